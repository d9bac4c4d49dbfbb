#include "netconf/dhcpcd.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/log.h"
#include "netconf/dhcp_args.h"
#include "sys/process.h"

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

bool Dhcpcd::is_outdated(const std::string& conf) const {
  return pid_ != 0 && conf != conf_;
}

void Dhcpcd::stop(std::function<void()> stopped) {
  loop_.cancel(timer_);
  if (pid_ == 0) return stopped();
  stopped_ = std::move(stopped);
  kill(pid_, SIGTERM);
  timer_ = loop_.after(kStopLimit, [this] { kill(pid_, SIGKILL); });
}

void Dhcpcd::start(const std::string& conf) {
  if (pid_ != 0 || (conf == conf_ && failures_ > 0)) return;  // the next try has its time
  loop_.cancel(timer_);
  conf_ = conf;
  failures_ = 0;
  if (conf_.empty()) return;
  launch();
}

void Dhcpcd::launch() {
  started_ = loop_.now();
  Result<pid_t> pid = fail("");
  if (auto written = files_.write_atomic(kConf, conf_); !written) {
    pid = std::unexpected(written.error());
  } else {
    pid = sys::spawn({.argv = {kProgram, "--nobackground", "--config", kConf},
                      .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                      .cgroup = {}});
  }
  pid_ = pid.value_or(0);
  if (!pid) {
    log(LogLevel::kError, "dhcpcd: " + pid.error().message);
    ended(0, "not started");
  }
}

void Dhcpcd::ended(pid_t pid, const std::string& how) {
  if (pid != pid_) return;
  pid_ = 0;
  loop_.cancel(timer_);
  if (stopped_) return std::exchange(stopped_, nullptr)();
  failures_ = loop_.now() - started_ < kGoodRun ? failures_ + 1 : 1;
  const auto delay = kFirstDelay * (1 << std::min(failures_ - 1, kMostDoublings));
  log(LogLevel::kError, fmt::format("dhcpcd ended: {}; again in {} ms", how, delay.count()));
  timer_ = loop_.after(delay, [this] { launch(); });
}

}  // namespace ros::netconf
