#include "netconf/dhcpcd.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/log.h"
#include "netconf/dhcp_args.h"

namespace ros::netconf {
namespace {

constexpr auto kProgram = "/sbin/dhcpcd";
constexpr auto kConf = "/run/dhcpcd.conf";
constexpr sys::Millis kStopLimit{5'000};
constexpr sys::Millis kGoodRun{60'000};  // longer than that: not a failure at start
constexpr sys::Millis kFirstDelay{500};
constexpr int kMostDoublings = 6;  // 32 s

// Words of the file are separated by blanks; '#' begins a comment.
bool can_be_written(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c != '#' && c != '\\'; });
}

std::string block(const Wanted& one, std::vector<std::string>& complaints) {
  std::string text = "\ninterface " + one.link.name + "\n";
  if (!one.dhcp) text += "nodhcp\nnodhcp6\nnoipv6rs\n";
  if (one.ipv4ll) text += "ipv4ll\n";
  const auto own = dhcp_lines(one.dhcp_args);
  for (const auto& line : own.lines) text += line + "\n";
  for (const auto& argument : own.ignored)
    complaints.push_back(
        fmt::format("{}: dhcp_args: '{}' has no effect here", one.link.name, argument));
  return text;
}

}  // namespace

std::string dhcpcd_conf(const std::string& base, const std::vector<Wanted>& wanted,
                        std::chrono::seconds timeout, std::vector<std::string>& complaints) {
  std::string names;
  std::string blocks;
  for (const auto& one : wanted) {
    if (!one.automatic()) continue;
    if (!can_be_written(one.link.name)) {
      complaints.push_back(one.link.name + ": dhcpcd can't have an interface of this name");
      continue;
    }
    names += " " + one.link.name;
    blocks += block(one, complaints);
  }
  if (names.empty()) return "";
  return fmt::format("{}\ntimeout {}\nallowinterfaces{}\n{}", base, timeout.count(), names, blocks);
}

Dhcpcd::Dhcpcd(sys::EventLoop& loop, const sys::Files& files)
    : loop_(loop), child_(files, kConf, {kProgram, "--nobackground", "--config", kConf}) {}

bool Dhcpcd::is_outdated(const std::string& conf) const {
  return child_.running() && conf != conf_;
}

void Dhcpcd::stop(std::function<void()> stopped) {
  loop_.cancel(timer_);
  if (!child_.running()) return stopped();
  stopped_ = std::move(stopped);
  child_.kill(SIGTERM);
  timer_ = loop_.after(kStopLimit, [this] { child_.kill(SIGKILL); });
}

void Dhcpcd::start(const std::string& conf) {
  if (child_.running() || (conf == conf_ && failures_ > 0)) return;  // the next try has its time
  loop_.cancel(timer_);
  conf_ = conf;
  failures_ = 0;
  if (conf_.empty()) return;
  launch();
}

void Dhcpcd::launch() {
  started_ = loop_.now();
  if (const auto started = child_.start(conf_); !started) launch_later(started.error().message);
}

void Dhcpcd::ended(pid_t pid, const std::string& how) {
  if (!child_.ended(pid)) return;
  loop_.cancel(timer_);
  if (stopped_) return std::exchange(stopped_, nullptr)();
  launch_later("ended: " + how);
}

void Dhcpcd::launch_later(const std::string& why) {
  failures_ = loop_.now() - started_ < kGoodRun ? failures_ + 1 : 1;
  const auto delay = kFirstDelay * (1 << std::min(failures_ - 1, kMostDoublings));
  log(LogLevel::kError, fmt::format("dhcpcd: {}; again in {} ms", why, delay.count()));
  timer_ = loop_.after(delay, [this] { launch(); });
}

}  // namespace ros::netconf
