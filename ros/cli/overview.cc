#include "cli/overview.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "control/client.h"
#include "netconf/wanted.h"
#include "sys/files.h"
#include "sys/machine.h"

namespace ros::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{10'000};

std::string uptime_text(std::int64_t seconds) {
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  const auto hours = minutes / 60;
  if (hours < 24) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} days {} h", hours / 24, hours % 24);
}

std::string line(std::string_view name, const std::string& text) {
  return fmt::format("{:<14} {}\n", name, text);
}

std::string services_text(const std::vector<control::ServiceRow>& services) {
  const auto ready = [](const control::ServiceRow& row) { return row.ready && !row.failed; };
  std::vector<std::string> names;
  for (const auto& row : services)
    if (row.failed) names.push_back(row.name + " (" + row.reason + ")");
  const auto text = fmt::format("{} run", std::ranges::count_if(services, ready));
  return names.empty() ? text : text + "; failed: " + join(names, ", ");
}

// Of cards and what users make of them.
std::vector<std::string> addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> end(list, freeifaddrs);
  std::vector<std::string> result;
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    const auto* const address = each->ifa_addr;
    const std::string_view name(each->ifa_name);
    if (address == nullptr || netconf::is_foreign(name)) continue;
    const auto family = address->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    std::array<char, NI_MAXHOST> host{};
    const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (getnameinfo(address, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (const std::string_view text(host.data()); !text.starts_with("fe80:"))
      result.push_back(fmt::format("{} {}", name, text));
  }
  return result;
}

// What a manager that is late would say belongs to another question: it is not asked any more.
Result<void> ask(control::Client& client, Overview& overview) {
  auto rows = client.call(control::ServiceList{});
  if (!rows) return std::unexpected(rows.error());
  overview.services = std::move(rows->services);
  auto state = client.call(control::StateGet{});
  if (!state) return std::unexpected(state.error());
  overview.state = std::move(state->summary);
  overview.problems = std::move(state->problems);
  const auto complaints = client.call(control::ConfigValidate{});
  if (!complaints) return std::unexpected(complaints.error());
  overview.complaints = static_cast<std::size_t>(
      std::ranges::count(complaints->complaints, false, &control::ComplaintRow::harmless));
  return {};
}

void ask_manager(Overview& overview) {
  auto client = control::Client::connect(control::kSocketPath, kPatience);
  overview.answered = client.has_value();
  if (!client) return;
  if (const auto asked = ask(*client, overview); !asked)
    overview.problems.push_back("the manager does not answer: " + asked.error().message);
}

}  // namespace

std::string overview_text(const Overview& overview) {
  std::string text =
      line("Roster OS", fmt::format("{}, up {}", ROS_VERSION, uptime_text(overview.uptime_s)));
  text += line("Memory", fmt::format("{} of {} MiB in use", overview.memory_used_kib / 1024,
                                     overview.memory_kib / 1024));
  text +=
      line("Network", overview.addresses.empty() ? "no address" : join(overview.addresses, ", "));
  if (!overview.answered)
    return text + "\nServices, state and configuration: sudo ros. Commands: ros --help\n";
  text += line("Services", services_text(overview.services));
  text += line("State", overview.state);
  for (const auto& problem : overview.problems) text += line("", "problem: " + problem);
  if (overview.complaints > 0)
    text += line("Configuration",
                 fmt::format("{} complaints: ros config validate", overview.complaints));
  return text + "\nCommands: ros --help\n";
}

int show_overview() {
  const sys::Files files;
  Overview overview;
  overview.uptime_s =
      static_cast<std::int64_t>(std::atof(files.read("/proc/uptime").value_or("0").c_str()));
  overview.memory_kib = sys::memory_kib();
  overview.memory_used_kib = overview.memory_kib - sys::available_memory_kib(files).value_or(0);
  overview.addresses = addresses();
  ask_manager(overview);
  fmt::print("{}", overview_text(overview));
  const bool fine = overview.problems.empty() && overview.complaints == 0 &&
                    std::ranges::none_of(overview.services, &control::ServiceRow::failed);
  return fine ? 0 : 1;
}

}  // namespace ros::cli
