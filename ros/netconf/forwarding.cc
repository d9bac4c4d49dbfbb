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

Forwarding::Forwarding(const sys::Files& files, const std::string& path)
    : nft_(files, path, {kProgram, "-f", path}) {}

void Forwarding::set(const std::string& rules) {
  wanted_ = rules;
  if (nft_.running() || wanted_ == set_) return;
  if (const auto started = nft_.start(wanted_)) {
    set_ = wanted_;
  } else {
    log(LogLevel::kError, "forwarding between cards: " + started.error().message);
  }
}

void Forwarding::ended(pid_t pid, const sys::ExitStatus& status) {
  if (!nft_.ended(pid)) return;
  if (!status.ok()) {
    log(LogLevel::kError, "forwarding between cards: nft: " + status.describe());
    set_.clear();
    return;
  }
  set(wanted_);
}

}  // namespace ros::netconf
