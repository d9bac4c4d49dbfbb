// Requests to the manager, and replies.
//
// They come through sockets, each for one role (Role): who can connect to it may ask what the role
// may.
//
// A connection carries frames (control/frame.h) of JSON. The client's first frame names the version
// it speaks, {"version": 1}; a server that does not speak it says so and closes. Each further frame
// of the client is a request, {"op": "service.logs", "name": "docker", "lines": 20}; the next one
// may follow when the reply is complete. Replies:
//   {"ok": true, ...}                the fields of the operation's Reply
//   {"ok": true, "more": true, ...}  a part of it; further frames follow
//   {"error": "...", "code": 2}      in words, and an errno value or 0
// Absent fields have the values below, unknown ones are ignored: fields may be added within a
// version. Each operation is one structure here with its name, role, reply and fields: nothing else
// has to change to add one but kinds of Request and the manager's table of handlers.
//
// History: version 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace ros::control {

inline constexpr char kSocketPath[] = "/run/ros/control/control.sock";   // role admin
inline constexpr char kPowerSocketPath[] = "/run/ros/power/power.sock";  // role power
inline constexpr int kProtocolVersion = 1;

// Each operation names the role that it needs besides kAdmin, which may ask everything.
enum class Role {
  kPower,   // to end the machine's work
  kReader,  // to see how the machine is, without what may be secret
  kAdmin,   // to change it; whoever has this role is root of the machine
};

// ---- Parts of replies

struct ServiceRow {
  std::string name;
  std::string state;   // supervise::word()
  std::string reason;  // "" = nothing to say
  std::string image;
  std::string command;
  std::string id;  // container, "" = none yet
  std::int64_t pid = 0;
  std::int64_t restarts = 0;
  std::int64_t start_ms = -1;  // since boot; -1 = never
  std::int64_t ready_ms = -1;
  bool up = false;  // wanted
  bool ready = false;
  bool failed = false;
  bool outdated = false;

  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("name", self.name);
    visit("state", self.state);
    visit("reason", self.reason);
    visit("image", self.image);
    visit("command", self.command);
    visit("id", self.id);
    visit("pid", self.pid);
    visit("restarts", self.restarts);
    visit("start_ms", self.start_ms);
    visit("ready_ms", self.ready_ms);
    visit("up", self.up);
    visit("ready", self.ready);
    visit("failed", self.failed);
    visit("outdated", self.outdated);
  }
};

struct ComplaintRow {
  std::string file;
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string key;
  std::string message;
  bool harmless = false;  // a key that does nothing here

  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("file", self.file);
    visit("line", self.line);
    visit("column", self.column);
    visit("key", self.key);
    visit("message", self.message);
    visit("harmless", self.harmless);
  }
};

// ---- Replies

struct Done {
  template <class Visitor, class Self>
  static void fields(Visitor&, Self&) {}
};

struct ServiceRows {
  std::vector<ServiceRow> services;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("services", self.services);
  }
};

// A part holds some lines; with `follow` parts come until the client goes.
struct LogLines {
  std::vector<std::string> lines;  // as in the file, see logd/format.h
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("lines", self.lines);
  }
};

struct Text {
  std::string text;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("text", self.text);
  }
};

struct ComplaintRows {
  std::vector<ComplaintRow> complaints;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("complaints", self.complaints);
  }
};

struct StateInfo {
  std::string summary;
  std::vector<std::string> problems;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("summary", self.summary);
    visit("problems", self.problems);
  }
};

struct VersionInfo {
  std::string version;  // of the manager
  std::int64_t protocol = kProtocolVersion;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("version", self.version);
    visit("protocol", self.protocol);
  }
};

// ---- Requests

struct ServiceList {
  static constexpr char kOp[] = "service.list";
  static constexpr Role kRole = Role::kReader;
  using Reply = ServiceRows;
  template <class Visitor, class Self>
  static void fields(Visitor&, Self&) {}
};

struct ServicePs {
  static constexpr char kOp[] = "service.ps";
  static constexpr Role kRole = Role::kReader;
  using Reply = ServiceRows;
  std::vector<std::string> names;  // empty = all
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("names", self.names);
  }
};

struct ServiceLogs {
  static constexpr char kOp[] = "service.logs";
  static constexpr Role kRole = Role::kReader;
  using Reply = LogLines;  // in parts
  std::string name;        // "" = the system log and all services, each line with its source
  std::int64_t lines = 100;
  bool follow = false;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("name", self.name);
    visit("lines", self.lines);
    visit("follow", self.follow);
  }
};

// Start, stop and restart answer when the services have settled, with their rows.
template <const char* Name>
struct ServiceVerb {
  static constexpr const char* kOp = Name;
  static constexpr Role kRole = Role::kAdmin;
  using Reply = ServiceRows;
  std::vector<std::string> names;
  std::optional<std::int64_t> timeout_s;  // stop grace instead of the service's own
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("names", self.names);
    visit("timeout_s", self.timeout_s);
  }
};
inline constexpr char kServiceStart[] = "service.start";
inline constexpr char kServiceUp[] = "service.up";
inline constexpr char kServiceStop[] = "service.stop";
inline constexpr char kServiceRestart[] = "service.restart";
using ServiceStart = ServiceVerb<kServiceStart>;
using ServiceUp = ServiceVerb<kServiceUp>;
using ServiceStop = ServiceVerb<kServiceStop>;
using ServiceRestart = ServiceVerb<kServiceRestart>;

struct PlanGet {
  static constexpr char kOp[] = "plan.get";
  static constexpr Role kRole = Role::kReader;
  using Reply = Text;
  bool json = false;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("json", self.json);
  }
};

struct ConfigGet {
  static constexpr char kOp[] = "config.get";
  static constexpr Role kRole = Role::kAdmin;
  using Reply = Text;  // YAML
  std::string key;     // "" = everything
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("key", self.key);
  }
};

struct ConfigValidate {
  static constexpr char kOp[] = "config.validate";
  static constexpr Role kRole = Role::kAdmin;
  using Reply = ComplaintRows;
  std::optional<std::string> text;  // a cloud-config; without one: what this boot has read
  std::string file;                 // name of `text` in complaints
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("text", self.text);
    visit("file", self.file);
  }
};

// Set and merge answer when the file is on the disk and the change in effect.
struct ConfigSet {
  static constexpr char kOp[] = "config.set";
  static constexpr Role kRole = Role::kAdmin;
  using Reply = Done;
  std::string key;
  std::string value;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("key", self.key);
    visit("value", self.value);
  }
};

struct ConfigMerge {
  static constexpr char kOp[] = "config.merge";
  static constexpr Role kRole = Role::kAdmin;
  using Reply = Done;
  std::string text;  // a cloud-config
  std::string file;  // its name in complaints
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("text", self.text);
    visit("file", self.file);
  }
};

struct ConfigExport {
  static constexpr char kOp[] = "config.export";
  static constexpr Role kRole = Role::kAdmin;
  using Reply = Text;  // YAML
  bool full = false;   // with the built-in file
  bool with_private = false;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("full", self.full);
    visit("private", self.with_private);
  }
};

// How the state partition is now.
struct StateGet {
  static constexpr char kOp[] = "state.get";
  static constexpr Role kRole = Role::kReader;
  using Reply = StateInfo;
  template <class Visitor, class Self>
  static void fields(Visitor&, Self&) {}
};

struct BootReport {
  static constexpr char kOp[] = "boot.report";
  static constexpr Role kRole = Role::kReader;
  using Reply = Text;
  bool json = false;
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("json", self.json);
  }
};

struct Power {
  static constexpr char kOp[] = "power";
  static constexpr Role kRole = Role::kPower;
  using Reply = Done;
  std::string action;  // pid1::name(PowerAction)
  template <class Visitor, class Self>
  static void fields(Visitor& visit, Self& self) {
    visit("action", self.action);
  }
};

struct Version {
  static constexpr char kOp[] = "version";
  static constexpr Role kRole = Role::kReader;
  using Reply = VersionInfo;
  template <class Visitor, class Self>
  static void fields(Visitor&, Self&) {}
};

using Request =
    std::variant<ServiceList, ServicePs, ServiceLogs, ServiceStart, ServiceUp, ServiceStop,
                 ServiceRestart, PlanGet, ConfigGet, ConfigValidate, ConfigSet, ConfigMerge,
                 ConfigExport, StateGet, BootReport, Power, Version>;

// ---- Text of frames. Nothing throws; bytes that are no UTF-8 become U+FFFD.

[[nodiscard]] std::string encode_hello();
// An error for anything but this version's hello.
[[nodiscard]] Result<void> decode_hello(const std::string& frame);

[[nodiscard]] std::string encode_request(const Request& request);
// Errors name the operation and the field.
[[nodiscard]] Result<Request> decode_request(const std::string& frame);

// EACCES when a caller with this role may not ask it.
[[nodiscard]] Result<void> check_role(Role caller, const Request& request);

[[nodiscard]] std::string encode_error(const Error& error);

// For the types of `Reply` above.
template <class Reply>
[[nodiscard]] std::string encode_reply(const Reply& reply, bool more);

template <class Reply>
struct Answer {
  Reply reply;
  bool more = false;
};
// An error reply comes back as its Error.
template <class Reply>
[[nodiscard]] Result<Answer<Reply>> decode_reply(const std::string& frame);

}  // namespace ros::control
