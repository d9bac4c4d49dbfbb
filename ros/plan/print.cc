#include "plan/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace ros::plan {
namespace {

// "3 files", "1 file"
std::string count(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

template <class Items, class Member>
std::string names(const Items& items, Member member) {
  std::vector<std::string> list;
  for (const auto& item : items) list.push_back(std::invoke(member, item));
  return join(list, " ");
}

std::string modules_of(const std::string& release) {
  return release.empty() ? "" : " of " + release;
}

std::string_view which(Discs discs) {
  if (discs == Discs::kNoStick) return ", but no stick";
  return discs == Discs::kStickAlone ? ", a stick only without other configuration" : "";
}

struct Describe {
  std::string operator()(const SetCgroups& a) const {
    return "protect memory of cgroups " + names(a.cgroups, &Cgroup::path);
  }
  std::string operator()(const LoadModules& a) const {
    return fmt::format("load modules{}: {}", modules_of(a.kernel_release), join(a.lines, ", "));
  }
  std::string operator()(const Coldplug& a) const {
    return fmt::format("load modules{} for the devices that are there",
                       modules_of(a.kernel_release));
  }
  std::string operator()(const SetSysctls& a) const {
    return "set " + names(a.values, [](const auto& v) { return v.first + "=" + v.second; });
  }
  std::string operator()(const LockDown& a) const { return "lock down the kernel: " + a.level; }
  std::string operator()(const LoopbackUp&) const { return "bring up lo"; }
  std::string operator()(const SetClock& a) const {
    return "set the clock to the last change of " + a.path + " when it stands before that";
  }
  std::string operator()(const WaitDevice& a) const {
    return fmt::format("wait for {}, at most {} s{}", a.device, a.limit.count(),
                       a.grace ? " while devices are being found" : "");
  }
  std::string operator()(const MountState& a) const {
    const auto what = a.directory.empty() ? a.device : a.directory + " of " + a.device;
    return fmt::format("check and mount {} ({}) on {}, {}", what, a.fstype, a.target,
                       a.required ? "required" : "else a tmpfs");
  }
  std::string operator()(const GrowState& a) const {
    return fmt::format("grow a partition {} to the end of its disk, once", a.partition);
  }
  std::string operator()(const Autoformat& a) const {
    return fmt::format("without {} for {} s: format the first empty one of {}", a.state,
                       (a.quiet.count() > 0 ? a.quiet : a.limit).count(), join(a.devices, " "));
  }
  std::string operator()(const MountAll& a) const {
    return "mount " + names(a.mounts, [](const auto& mount) {
             return mount.type == "swap" ? mount.device : mount.directory;
           });
  }
  std::string operator()(const BindUserPaths& a) const {
    return fmt::format("bind from {}: {}", a.state, names(a.paths, &Directory::path));
  }
  std::string operator()(const MakeDirectories& a) const {
    return "make " + names(a.directories, &Directory::path);
  }
  std::string operator()(const StartContainerd&) const { return "start the system containerd"; }
  std::string operator()(const ReadConfig& a) const {
    const auto files = join(a.files, " ");
    if (a.discs == Discs::kNone) return "read " + files;
    return fmt::format("read {}{}a disc labelled {}{}", files, files.empty() ? "" : " and ",
                       a.disc_label, which(a.discs));
  }
  std::string operator()(const SetHostname& a) const { return "set host name " + a.name; }
  std::string operator()(const WriteEtc& a) const {
    const auto& servers = a.nameservers.empty() ? a.fallback_nameservers : a.nameservers;
    return fmt::format("write {}: host {}, name servers {}{}{}{}", a.directory, a.hostname,
                       a.nameservers.empty() ? "of DHCP or " : "", join(servers, " "),
                       a.search.empty() ? "" : ", search " + join(a.search, " "),
                       a.password.empty() ? "" : ", a password for rancher");
  }
  std::string operator()(const MachineId& a) const {
    return fmt::format("copy {} to {}", a.store, a.path);
  }
  std::string operator()(const WriteRegistries& a) const {
    return fmt::format("write {}: {} without TLS{}", a.directory, count(a.insecure.size(), "host"),
                       a.mirror.empty() ? "" : ", mirror " + a.mirror);
  }
  std::string operator()(const WriteFiles& a) const {
    return fmt::format("write {}{}", names(a.files, &config::WriteFile::path),
                       a.root.empty() ? "" : " below " + a.root);
  }
  std::string operator()(const WriteLines& a) const {
    return fmt::format("write {} to {}", count(a.lines.size(), "line"), a.path);
  }
  std::string operator()(const RunCommands& a) const {
    return "run " + count(a.commands.size(), "command");
  }
};

constexpr std::size_t kWidest = 30;  // a longer cell moves what follows it

// Rows of cells as columns two blanks apart.
std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(row[i].size(), kWidest));
  }
  std::string text;
  for (const auto& row : rows) {
    text += " ";
    for (std::size_t i = 0; i < row.size(); ++i)
      text += i + 1 == row.size() ? " " + row[i] : fmt::format(" {:<{}} ", row[i], widths[i]);
    text += "\n";
  }
  return text;
}

std::string or_dash(const std::vector<std::string>& list) {
  return list.empty() ? "-" : join(list, ",");
}

}  // namespace

std::string describe(const Action& action) {
  return std::visit(Describe{}, action);
}

std::string to_text(const BootPlan& plan) {
  std::vector<std::vector<std::string>> steps{{"STEP", "AFTER", "DOES"}};
  for (const auto& step : plan.steps)
    steps.push_back({step.name, or_dash(step.after), describe(step.action)});
  std::vector<std::vector<std::string>> services{{"SERVICE", "AFTER", "IMAGE", "READY"}};
  for (const auto& service : plan.services)
    services.push_back({service.name, or_dash(service.after),
                        service.image.empty() ? "-" : service.image,
                        service.rejected.empty() ? service.ready : "failed: " + service.rejected});
  return fmt::format("{}\nServices start after {}:\n{}", columns(steps),
                     join(plan.services_after, ", "), columns(services));
}

std::string to_json(const BootPlan& plan) {
  using Json = nlohmann::ordered_json;
  Json steps = Json::array();
  for (const auto& step : plan.steps)
    steps.push_back({{"name", step.name}, {"what", describe(step.action)}, {"after", step.after}});
  Json services = Json::array();
  for (const auto& service : plan.services)
    services.push_back({{"name", service.name},
                        {"image", service.image},
                        {"after", service.after},
                        {"ready", service.ready},
                        {"rejected", service.rejected}});
  const Json whole = {
      {"steps", steps}, {"services_after", plan.services_after}, {"services", services}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ros::plan
