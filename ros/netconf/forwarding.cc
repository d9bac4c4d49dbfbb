#include "netconf/forwarding.h"

#include <fmt/format.h>

#include <set>

#include "base/log.h"
#include "base/text.h"

namespace ros::netconf {
namespace {

constexpr auto kProgram = "/usr/sbin/nft";
// Without an error when there is none: made, then deleted, in one transaction.
constexpr auto kNoTable = "table inet roster {}\ndelete table inet roster\n";

}  // namespace

std::string forward_rules(const std::vector<sys::Link>& links, const std::vector<Wanted>& wanted,
                          bool allowed) {
  std::set<int> cards;  // by index: a name can hold what nft takes for something else
  for (const auto& link : links)
    if (link.card) cards.insert(link.index);
  for (const auto& one : wanted) cards.insert(one.link.index);
  if (allowed || cards.empty()) return kNoTable;
  std::vector<std::string> numbers;
  for (const int index : cards) numbers.push_back(std::to_string(index));
  return fmt::format(
      "{}table inet roster {{\n"
      "  set cards {{ type iface_index; elements = {{ {} }} }}\n"
      "  chain forward {{\n"
      "    type filter hook forward priority filter; policy accept;\n"
      "    iif @cards oif @cards drop\n"
      "  }}\n"
      "}}\n",
      kNoTable, join(numbers, ", "));
}

void Forwarding::set(const std::string& rules) {
  wanted_ = rules;
  if (pid_ != 0 || wanted_ == set_) return;
  if (const auto launched = launch(); !launched)
    log(LogLevel::kError, "forwarding between cards: " + launched.error().message);
}

Result<void> Forwarding::launch() {
  if (auto written = files_.write_atomic(path_, wanted_); !written) return written;
  const auto pid = sys::spawn({.argv = {kProgram, "-f", path_}, .environment = {}, .cgroup = {}});
  if (!pid) return std::unexpected(pid.error());
  pid_ = *pid;
  set_ = wanted_;
  return {};
}

void Forwarding::ended(pid_t pid, const sys::ExitStatus& status) {
  if (pid != pid_) return;
  pid_ = 0;
  if (!status.ok()) {
    log(LogLevel::kError, "forwarding between cards: nft: " + status.describe());
    set_.clear();
    return;
  }
  set(wanted_);
}

}  // namespace ros::netconf
