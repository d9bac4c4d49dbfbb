#include "config/service_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "config/table.h"

namespace ros::config {
namespace {

constexpr auto kPropagations = std::to_array<std::string_view>(
    {"private", "rprivate", "shared", "rshared", "slave", "rslave"});

void add_name(std::vector<std::string>& names, std::string_view name) {
  if (!name.empty() && std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

bool set_option(std::string_view option, Volume& volume) {
  if (option == "ro" || option == "rw") {
    volume.read_only = option == "ro";
  } else if (std::ranges::find(kPropagations, option) != kPropagations.end()) {
    volume.propagation = option;
  } else {
    return option == "z" || option == "Z";  // SELinux labels: nothing to do
  }
  return true;
}

bool read_volume(const Node& node, Volume& volume, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, "HOST:CONTAINER[:OPTIONS]");
  const auto parts = split(node.text, ':');
  const bool paths = parts.size() >= 2 && parts.size() <= 3 && parts[0].starts_with('/') &&
                     parts[1].starts_with('/');
  if (!paths) return at.expected(node, "HOST:CONTAINER[:OPTIONS] with absolute paths");
  volume.source = parts[0];
  volume.target = parts[1];
  if (parts.size() < 3) return true;
  for (const auto& option : split(parts[2], ','))
    if (!set_option(option, volume))
      return at.complain(node, fmt::format("unknown volume option '{}'", option));
  return true;
}

// nofile: a number, or soft and hard limits of which the hard one counts.
bool read_nofile(Node& node, std::uint64_t& nofile, const Reading& at) {
  using Limit = Number<0, 1'048'576>;
  if (!node.is_map()) return Limit::read(node, nofile, at);
  struct Limits {
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
  } limits;
  static constexpr auto kLimits = std::to_array<Row<Limits>>(
      {row<Limit, &Limits::soft>("soft", ""), row<Limit, &Limits::hard>("hard", "")});
  if (!read_table(node, std::span<const Row<Limits>>(kLimits), limits, at)) return false;
  nofile = std::max(limits.soft, limits.hard);
  return true;
}

// Compose's form: a text for the shell, or ["CMD", ...], ["CMD-SHELL", text], ["NONE"].
bool read_test(Node& node, Healthcheck& check, const Reading& at) {
  if (node.is_scalar()) {
    check.test = {"/bin/sh", "-c", node.text};
    return true;
  }
  std::vector<std::string> words;
  if (!TextList::read(node, words, at)) return false;
  const auto form = words.empty() ? "" : words.front();
  if (form == "NONE") {
    check.test.clear();
  } else if (form == "CMD-SHELL" && words.size() == 2) {
    check.test = {"/bin/sh", "-c", words[1]};
  } else if (form == "CMD" && words.size() > 1) {
    check.test.assign(words.begin() + 1, words.end());
  } else {
    return at.complain(node, "expected a text, or a list that begins with CMD, CMD-SHELL or NONE");
  }
  return true;
}

constexpr auto kHealth = std::to_array<Row<Healthcheck>>({
    row<Healthcheck>("test", Command::kName, "", read_test),
    row<Duration, &Healthcheck::interval>("interval", ""),
    row<Duration, &Healthcheck::timeout>("timeout", ""),
    row<Number<1, 1000>, &Healthcheck::retries>("retries", ""),
    no_effect<Healthcheck>({"start_period"}),
    no_effect<Healthcheck>({"start_interval"}),
    no_effect<Healthcheck>({"disable"}),
});

struct SecurityOption {
  std::string_view text;
  bool Security::* member;
  bool value;
};
constexpr auto kSecurityOptions = std::to_array<SecurityOption>({
    {"no-new-privileges", &Security::new_privileges, false},
    {"no-new-privileges:true", &Security::new_privileges, false},
    {"no-new-privileges:false", &Security::new_privileges, true},
    {"seccomp:builtin", &Security::seccomp, true},
    {"seccomp:unconfined", &Security::seccomp, false},
});

}  // namespace

bool Links::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  std::vector<std::string> links;
  if (!TextList::read(node, links, at)) return false;
  for (const auto& link : links) add_name(out, trim(link.substr(0, link.find(':'))));
  return true;
}

bool NameList::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, kName);
  for (const auto& name : split(node.text, ',')) add_name(out, trim(name));
  return true;
}

bool HostOnly::read(Node& node, bool& out, const Reading& at) {
  if (!node.is_scalar() || node.text != "host") return at.expected(node, "'host'");
  out = true;
  return true;
}

bool HostOrNone::read(Node& node, bool& out, const Reading& at) {
  const bool known = node.is_scalar() && (node.text == "host" || node.text == "none");
  if (!known) return at.expected(node, "'host' or 'none'");
  out = node.text == "host";
  return true;
}

bool Restart::read(Node& node, RestartPolicy& out, const Reading& at) {
  constexpr std::string_view kFailure = "on-failure";
  const std::string_view text = node.is_scalar() ? std::string_view(node.text) : "";
  if (text == "no" || text == "false") {
    out = {};
  } else if (text == "always" || text == "unless-stopped") {
    out = {RestartKind::kAlways, 0};
  } else if (text == kFailure) {
    out = {RestartKind::kOnFailure, 0};
  } else {
    const bool limited = text.starts_with(kFailure) && text[kFailure.size()] == ':';
    const auto tries = limited ? parse_int(text.substr(kFailure.size() + 1)) : fail("");
    if (!tries || *tries < 1 || *tries > 1'000'000)
      return at.expected(node, "'no', 'always', 'unless-stopped' or 'on-failure[:TRIES]'");
    out = {RestartKind::kOnFailure, static_cast<int>(*tries)};
  }
  return true;
}

Node Restart::show(const RestartPolicy& value) {
  if (value.kind == RestartKind::kNo) return Node::scalar("no", true);
  if (value.kind == RestartKind::kAlways) return Node::scalar("always");
  return Node::scalar(value.tries == 0 ? "on-failure" : fmt::format("on-failure:{}", value.tries));
}

bool Volumes::read(Node& node, std::vector<Volume>& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    Volume volume;
    if (!read_volume(item, volume, at.item(i))) return false;
    out.push_back(std::move(volume));
    return true;
  });
  return true;
}

bool Ulimits::read(Node& node, std::uint64_t& nofile, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  keep_children(node, [&](Node& value, std::size_t) {
    const auto here = at.child(value.key);
    if (value.key != "nofile") return here.no_effect(value);
    return read_nofile(value, nofile, here);
  });
  return true;
}

bool SecurityOptions::read(Node& node, Security& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  out = {};
  keep_children(node, [&](Node& item, std::size_t i) {
    std::string text = item.is_scalar() ? item.text : "";
    std::ranges::replace(text, '=', ':');  // Docker takes both
    const auto* const option = std::ranges::find(kSecurityOptions, text, &SecurityOption::text);
    if (option == kSecurityOptions.end())
      return at.item(i).expected(item, "'no-new-privileges[:false]' or 'seccomp=unconfined'");
    out.*option->member = option->value;
    return true;
  });
  return true;
}

bool Health::read(Node& node, Healthcheck& out, const Reading& at) {
  return read_table(node, std::span<const Row<Healthcheck>>(kHealth), out, at);
}

bool Ready::read(Node& node, Readiness& out, const Reading& at) {
  constexpr std::string_view kSocket = "socket:";
  const std::string_view text = node.is_scalar() ? std::string_view(node.text) : "";
  if (text == "started") {
    out.kind = ReadinessKind::kStarted;
  } else if (text == "notify") {
    out.kind = ReadinessKind::kNotify;
  } else if (text == "health") {
    out.kind = ReadinessKind::kHealth;
  } else if (text.starts_with(kSocket) && text.substr(kSocket.size()).starts_with('/')) {
    out.kind = ReadinessKind::kSocket;
    out.socket = text.substr(kSocket.size());
  } else {
    return at.expected(node, kName);
  }
  return true;
}

Node Ready::show(const Readiness& value) {
  switch (value.kind) {
    case ReadinessKind::kNotify:
      return Node::scalar("notify");
    case ReadinessKind::kHealth:
      return Node::scalar("health");
    case ReadinessKind::kSocket:
      return Node::scalar("socket:" + value.socket);
    case ReadinessKind::kStarted:
      break;
  }
  return Node::scalar("started");
}

bool TruthLabel::read(Node& node, std::map<std::string, std::string>& /*labels*/,
                      const Reading& at) {
  bool value = false;
  return Flag::read(node, value, at);
}

bool Scope::read(Node& node, std::map<std::string, std::string>& /*labels*/, const Reading& at) {
  if (node.is_scalar() && node.text == "system") return true;
  return at.complain(node, "only 'system' has an effect here, got " + node.describe());
}

}  // namespace ros::config
