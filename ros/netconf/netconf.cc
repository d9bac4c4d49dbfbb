#include "netconf/netconf.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "base/log.h"
#include "base/text.h"
#include "netconf/dhcpcd.h"
#include "netconf/forwarding.h"
#include "netconf/names.h"
#include "netconf/operations.h"
#include "sys/directory_watch.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/netlink.h"
#include "sys/notify.h"
#include "sys/process.h"

namespace ros::netconf {
namespace {

constexpr int kMostPasses = 3;  // over the operations, until there are none

void report(const Result<void>& result, const std::string& what = "") {
  if (result) return;
  log(LogLevel::kError,
      what.empty() ? result.error().message : what + ": " + result.error().message);
}

// A machine without a readable configuration is reached like one without any.
config::NetworkDocument read_document(const Paths& paths, const sys::Files& files) {
  const auto text = files.read(paths.config);
  auto document = text ? config::parse_network(*text) : std::unexpected(text.error());
  if (document) return *std::move(document);
  log(LogLevel::kError, document.error().message + "; every ethernet card gets DHCP");
  return {};
}

Result<Actual> read_actual(sys::Network& network) {
  auto links = network.links();
  if (!links) return std::unexpected(links.error());
  auto addresses = network.addresses();
  if (!addresses) return std::unexpected(addresses.error());
  auto routes = network.default_routes();
  if (!routes) return std::unexpected(routes.error());
  return Actual{*std::move(links), *std::move(addresses), *std::move(routes)};
}

Result<void> carry_out(const Operation& operation, sys::Network& network) {
  struct Perform {
    sys::Network& network;
    int link;
    Result<void> operator()(const SetMtu& o) const { return network.set_mtu(link, o.mtu); }
    Result<void> operator()(const BringUp&) const { return network.bring_up(link); }
    Result<void> operator()(const RemoveRoute& o) const { return network.remove_route(o.route); }
    Result<void> operator()(const RemoveAddress& o) const {
      return network.remove_address({link, o.address});
    }
    Result<void> operator()(const AddAddress& o) const {
      return network.add_address({link, o.address});
    }
    Result<void> operator()(const AddRoute& o) const { return network.add_route(o.route); }
  };
  return std::visit(Perform{network, operation.link}, operation.what);
}

// "2 192.168.1.10/24", one a line.
std::string to_lines(const std::set<sys::LinkAddress>& addresses) {
  std::string text;
  for (const auto& one : addresses) text += std::to_string(one.link) + " " + one.address + "\n";
  return text;
}

std::set<sys::LinkAddress> from_lines(std::string_view text) {
  std::set<sys::LinkAddress> addresses;
  for (const auto& line : split(text, '\n')) {
    const auto words = split_words(line);
    const auto index = words.size() == 2 ? parse_int(words[0]) : fail("");
    if (index) addresses.insert({static_cast<int>(*index), words[1]});
  }
  return addresses;
}

class Netconf {
 public:
  Netconf(sys::EventLoop& loop, sys::Network& network, Paths paths)
      : loop_(loop),
        network_(network),
        paths_(std::move(paths)),
        dhcpcd_(loop, files_),
        forwarding_(files_, paths_.state + "/forward.nft") {}

  Result<void> begin() {
    for (const auto& directory : {paths_.leases(), paths_.ntp_sources}) {
      if (auto made = files_.make_directories(directory); !made) return made;
    }
    if (auto set = set_watches(); !set) return set;
    if (auto set = set_signals(); !set) return set;
    ours_ = from_lines(files_.read(paths_.state + "/addresses").value_or(""));
    read_again();
    return {};
  }

 private:
  Result<void> set_watches() {
    auto events = sys::LinkEvents::open();
    if (!events) return std::unexpected(events.error());
    events_ = std::move(*events);
    auto set = loop_.watch(events_->fd(), EPOLLIN, [this](std::uint32_t) {
      events_->drain();
      look_again();
    });
    if (!set) return set;
    set = watch(config_watch_, sys::parent_of(paths_.config), [this] { read_again(); });
    return set ? watch(leases_watch_, paths_.leases(), [this] { update_names(); }) : set;
  }

  template <class Call>
  Result<void> watch(std::optional<sys::DirectoryWatch>& watch, const std::string& directory,
                     Call call) {
    auto opened = sys::DirectoryWatch::open(directory);
    if (!opened) return std::unexpected(opened.error());
    watch = std::move(*opened);
    return loop_.watch(watch->fd(), EPOLLIN, [&watch, call](std::uint32_t) {
      watch->drain();
      call();
    });
  }

  Result<void> set_signals() {
    const std::pair<int, std::function<void()>> handlers[] = {
        {SIGTERM, [this] { dhcpcd_.stop([this] { loop_.stop(); }); }},
        {SIGHUP, [this] { read_again(); }},
        {SIGCHLD, [this] { reap(); }},
    };
    for (const auto& [signo, handler] : handlers)
      if (auto set = loop_.on_signal(signo, handler); !set) return set;
    return {};
  }

  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto how = sys::ExitStatus::from_wait(status);
      dhcpcd_.ended(pid, how.describe());
      forwarding_.ended(pid, how);
    }
  }

  void read_again() {
    document_ = read_document(paths_, files_);
    complaints_.clear();
    known_.clear();
    look_again();
  }

  // Every event leads here. A dhcpcd with another configuration ends first: it would put back
  // what is taken away.
  void look_again() {
    if (dhcpcd_.stopping()) return;
    auto actual = read_actual(network_);
    if (!actual) return log(LogLevel::kError, actual.error().message);
    wanted_ = wanted(document_.network, actual->links);
    forwarding_.set(forward_rules(actual->links, wanted_, document_.network.forwarding));
    std::vector<std::string> complaints;
    const auto base = files_.read(paths_.dhcpcd_base);
    if (!base) complaints.push_back(base.error().message);
    const auto conf =
        dhcpcd_conf(base.value_or(""), wanted_, document_.network.dhcp_timeout, complaints);
    complain(complaints);
    if (dhcpcd_.is_outdated(conf)) return dhcpcd_.stop([this] { look_again(); });
    apply(*std::move(actual));
    dhcpcd_.start(conf);
    update_names();
    if (std::exchange(ready_, true)) return;
    report(sys::notify("READY=1"));
  }

  void complain(const std::vector<std::string>& complaints) {
    for (const auto& complaint : complaints)
      if (complaints_.insert(complaint).second) log(LogLevel::kWarning, complaint);
  }

  // Taking an address away takes others and routes along (those behind it in its network), so that
  // there may be something left to do.
  void apply(Actual actual) {
    std::set<int> present;
    std::set<int> fresh;
    for (const auto& link : actual.links) {
      present.insert(link.index);
      if (!known_.contains(link.index)) fresh.insert(link.index);
    }
    for (int pass = 0; pass < kMostPasses; ++pass) {
      const auto list = operations(wanted_, actual, ours_, fresh);
      for (const auto& operation : list) {
        log(LogLevel::kInfo, describe(operation));
        report(carry_out(operation, network_), describe(operation));
      }
      auto now = list.empty() ? fail("") : read_actual(network_);
      if (!now) break;
      actual = *std::move(now);
      wanted_ = wanted(document_.network, actual.links);
      fresh.clear();
    }
    if (!ready_ && wanted_.empty()) log(LogLevel::kWarning, "no network card to configure");
    known_ = std::move(present);
    std::set<sys::LinkAddress> ours;
    for (const auto& one : wanted_)
      for (const auto& address : one.addresses) ours.insert({one.link.index, address});
    if (ours == ours_) return;
    ours_ = std::move(ours);
    report(files_.write_atomic(paths_.state + "/addresses", to_lines(ours_)));
  }

  void update_names() {
    std::vector<std::string> automatic;
    for (const auto& one : wanted_)
      if (one.automatic()) automatic.push_back(one.link.name);
    const auto now = names(document_, automatic, read_leases(paths_.leases(), files_));
    put(paths_.resolv_conf, now.resolv_conf);
    put(paths_.state + "/hostname", now.hostname.empty() ? "" : now.hostname + "\n");
    for (const auto& [name, text] : now.ntp_sources) put(paths_.ntp_sources + "/" + name, text);
    for (const auto& name : files_.list(paths_.ntp_sources).value_or(std::vector<std::string>()))
      if (!now.ntp_sources.contains(name)) report(files_.remove(paths_.ntp_sources + "/" + name));
  }

  // Readers see the old text or the new one; an unchanged file is not touched.
  void put(const std::string& path, const std::string& text) {
    if (files_.read(path).value_or("") == text && files_.exists(path)) return;
    report(files_.write_atomic(path, text));
  }

  sys::EventLoop& loop_;
  sys::Network& network_;
  sys::Files files_;
  Paths paths_;
  Dhcpcd dhcpcd_;
  Forwarding forwarding_;
  std::optional<sys::LinkEvents> events_;
  std::optional<sys::DirectoryWatch> config_watch_;
  std::optional<sys::DirectoryWatch> leases_watch_;
  config::NetworkDocument document_;
  std::vector<Wanted> wanted_;
  std::set<sys::LinkAddress> ours_;  // static addresses that were set
  std::set<int> known_;              // interfaces that were looked at
  std::set<std::string> complaints_;
  bool ready_ = false;
};

Result<void> run() {
  auto loop = sys::EventLoop::create();
  if (!loop) return std::unexpected(loop.error());
  auto network = sys::open_network();
  if (!network) return std::unexpected(network.error());
  Netconf netconf(**loop, **network, {});
  if (auto begun = netconf.begin(); !begun) return begun;
  return (*loop)->run();
}

Result<void> dry_run(const Paths& paths) {
  auto network = sys::open_network();
  if (!network) return std::unexpected(network.error());
  const auto actual = read_actual(**network);
  if (!actual) return std::unexpected(actual.error());
  const sys::Files files;
  const auto list = wanted(read_document(paths, files).network, actual->links);
  std::set<int> all;
  for (const auto& link : actual->links) all.insert(link.index);
  const auto ours = from_lines(files.read(paths.state + "/addresses").value_or(""));
  std::string text;
  for (const auto& operation : operations(list, *actual, ours, all))
    text += describe(operation) + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) return fail_errno("print");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  set_log_sink({.name = "netconf"});
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (argc > 2 || (!option.empty() && option != "--dry-run")) {
    log(LogLevel::kError, "usage: ros netconf [--dry-run]");
    return 2;
  }
  const auto ended = option.empty() ? run() : dry_run({});
  report(ended);
  return ended ? 0 : 1;
}

int hook_main() {
  set_log_sink({.name = "netconf"});
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  const auto recorded = record(read_event(environment), Paths{}.leases(), sys::Files());
  report(recorded);
  return recorded ? 0 : 1;
}

}  // namespace ros::netconf
