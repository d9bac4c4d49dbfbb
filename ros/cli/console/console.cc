#include "cli/console/console.h"

#include <csignal>
#include <cstdlib>

#include "base/log.h"
#include "base/text.h"
#include "cli/console/children.h"
#include "cli/console/respawner.h"
#include "cli/console/sshd.h"
#include "cli/console/terminals.h"
#include "cli/console/user_commands.h"
#include "sys/background.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace ros::cli {
namespace {

constexpr auto kSshd = "/usr/sbin/sshd";
constexpr auto kKeygen = "/usr/bin/ssh-keygen";
constexpr auto kPath = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
constexpr sys::Millis kCheckLimit{60'000};    // sshd -t: well below a second
constexpr sys::Millis kKeygenLimit{600'000};  // waits for the kernel's random generator

// An error with what the tool said.
Result<void> run_tool(const std::vector<std::string>& argv, sys::Millis limit) {
  const auto finished = sys::run({.argv = argv, .environment = {kPath}, .cgroup = {}}, limit);
  if (!finished) return std::unexpected(finished.error());
  if (finished->status.ok()) return {};
  const auto said = join(split(trim(finished->output), '\n'), "; ");
  return fail(said.empty() ? finished->status.describe() : said);
}

Result<void> make_host_key(const std::string& path) {
  return run_tool({kKeygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path}, kKeygenLimit);
}

std::vector<std::string> sshd_command(const std::vector<std::string>& host_keys,
                                      const std::vector<std::string>& mode) {
  std::vector<std::string> argv = {kSshd};
  argv.insert(argv.end(), mode.begin(), mode.end());
  const std::vector<std::string> rest = {"-f", std::string(kSshdConfig),
                                         "-o", "PidFile=none",
                                         "-o", "SshdSessionPath=/usr/lib/ssh/session"};
  argv.insert(argv.end(), rest.begin(), rest.end());
  for (const auto& key : host_keys) argv.insert(argv.end(), {"-h", key});
  return argv;
}

class Console {
 public:
  Console(sys::EventLoop& loop, sys::Background& background)
      : background_(background), children_(loop), respawner_(loop), commands_(files_, children_) {
    if (const char* const path = std::getenv("NOTIFY_SOCKET")) notify_socket_ = path;
  }

  Result<void> begin() {
    if (auto begun = children_.begin(); !begun) return begun;
    if (auto kept = keep_terminals(files_, children_, respawner_); !kept)
      log(LogLevel::kError, kept.error().message);
    if (sshd_wanted(files_)) {
      respawner_.keep([this](std::function<void()> ended) { prepare_sshd(std::move(ended)); });
    } else {
      notify_ready();
    }
    commands_.begin();
    return {};
  }

 private:
  // Each time: a key or a configuration may have been changed.
  void prepare_sshd(std::function<void()> ended) {
    auto work = [this]() -> Result<void> {
      auto keys = provide_host_keys(files_, make_host_key);
      if (!keys) return std::unexpected(keys.error());
      host_keys_ = std::move(*keys);
      return write_sshd_config(
          files_, [this] { return run_tool(sshd_command(host_keys_, {"-t"}), kCheckLimit); });
    };
    background_.run(std::move(work), [this, ended = std::move(ended)](Result<void> prepared) {
      if (prepared) return start_sshd(ended);
      log(LogLevel::kError, "sshd: " + prepared.error().message);
      notify_ready();
      ended();
    });
  }

  void start_sshd(const std::function<void()>& ended) {
    sys::Command command{
        .argv = sshd_command(host_keys_, {"-D", "-e"}), .environment = {kPath}, .cgroup = {}};
    if (!notify_socket_.empty()) command.environment.push_back("NOTIFY_SOCKET=" + notify_socket_);
    const auto pid = children_.start(command, [this, ended](sys::ExitStatus status) {
      log(LogLevel::kError, "sshd: " + status.describe());
      notify_ready();
      ended();
    });
    if (pid) return;
    log(LogLevel::kError, "sshd: " + pid.error().message);
    notify_ready();
    ended();
  }

  // Once. An sshd that starts later has nothing to say.
  void notify_ready() {
    if (notify_socket_.empty()) return;
    if (auto sent = sys::send_unix(notify_socket_, "READY=1"); !sent)
      log(LogLevel::kWarning, sent.error().message);
    notify_socket_.clear();
  }

  sys::Files files_;
  sys::Background& background_;
  Children children_;
  Respawner respawner_;
  UserCommands commands_;
  std::string notify_socket_;
  std::vector<std::string> host_keys_;
};

}  // namespace

int console_main() {
  auto loop = sys::EventLoop::create();
  if (!loop) return 1;
  auto background = sys::Background::create(**loop);
  if (!background) return 1;
  if (!(*loop)->on_signal(SIGTERM, [&] { (*loop)->stop(); })) return 1;
  Console console(**loop, **background);
  if (auto begun = console.begin(); !begun) {
    log(LogLevel::kError, "console: " + begun.error().message);
    return 1;
  }
  return (*loop)->run().has_value() ? 0 : 1;
}

}  // namespace ros::cli
