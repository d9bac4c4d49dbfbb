// Kinds that only services use; see kinds.h.
#pragma once

#include "config/kinds.h"
#include "config/service.h"

namespace ros::config {

// Adds to what is there: a service's dependencies come from several keys.
struct Links {
  static constexpr std::string_view kName = "a list of services";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
};

// The same as one text, names between commas.
struct NameList {
  static constexpr std::string_view kName = "names between commas";
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
};

struct HostOnly {
  static constexpr std::string_view kName = "host";
  static bool read(Node& node, bool& out, const Reading& at);
};

struct HostOrNone {
  static constexpr std::string_view kName = "host or none";
  static bool read(Node& node, bool& out, const Reading& at);
  static Node show(bool host) { return Node::scalar(host ? "host" : "none"); }
};

struct Restart {
  static constexpr std::string_view kName = "a restart policy";
  static bool read(Node& node, RestartPolicy& out, const Reading& at);
  static Node show(const RestartPolicy& value);
};

struct Volumes {
  static constexpr std::string_view kName = "a list of volumes";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<Volume>& out, const Reading& at);
};

struct Ulimits {
  static constexpr std::string_view kName = "a map of limits";
  static bool read(Node& node, std::uint64_t& nofile, const Reading& at);
};

struct SecurityOptions {
  static constexpr std::string_view kName = "a list of options";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, Security& out, const Reading& at);
};

struct Health {
  static constexpr std::string_view kName = "a health check";
  static bool read(Node& node, Healthcheck& out, const Reading& at);
};

struct Ready {
  static constexpr std::string_view kName = "started, socket:PATH, notify or health";
  static bool read(Node& node, Readiness& out, const Reading& at);
  static Node show(const Readiness& value);
};

// Kept as a label, read where it is needed.
struct TruthLabel {
  static constexpr std::string_view kName = Flag::kName;
  static bool read(Node& node, std::map<std::string, std::string>& labels, const Reading& at);
};

// The only scope is "system".
struct Scope {
  static constexpr std::string_view kName = "system";
  static bool read(Node& node, std::map<std::string, std::string>& labels, const Reading& at);
};

}  // namespace ros::config
