#include "plan/service_files.h"

#include <fmt/format.h>

namespace ros::plan {
namespace {

// RFC 5424 lines; over TCP each with its length in front (RFC 6587, 3.4.1), so that a line may hold
// anything. A target that is away holds up nothing: its lines wait in memory, the newest of too
// many are dropped.
std::string syslog_actions(const std::vector<config::SyslogTarget>& targets) {
  std::string text = "# rancher.syslog.remote\n";
  for (const auto& target : targets)
    text += fmt::format(
        "action(type=\"omfwd\" target=\"{}\" port=\"{}\" protocol=\"{}\" "
        "tcp_framing=\"octet-counted\" template=\"rfc5424\" "
        "action.resumeRetryCount=\"-1\" action.resumeInterval=\"2\" "
        "action.resumeIntervalMax=\"60\" queue.type=\"LinkedList\" queue.size=\"10000\" "
        "queue.timeoutEnqueue=\"0\" queue.timeoutShutdown=\"1000\")\n",
        target.host, target.port, target.protocol);
  return text;
}

std::string ntp_sources(const config::Config& config) {
  std::string text = "# rancher.ntp.servers\n";
  for (const auto& server : config.ntp_servers) text += fmt::format("server {} iburst\n", server);
  text += "# rancher.ntp.nts\n";
  for (const auto& server : config.nts_servers)
    text += fmt::format("server {} iburst nts\n", server);
  return text;
}

config::WriteFile file(std::string_view path, std::string content) {
  return {.path = fmt::format("{}/{}", kServiceConfig, path),
          .content = std::move(content),
          .owner = "",
          .container = ""};
}

}  // namespace

std::vector<config::WriteFile> service_files(const config::Config& config) {
  return {file("syslog/remote.conf", syslog_actions(config.syslog_remote)),
          file("ntp/config.sources", ntp_sources(config))};
}

}  // namespace ros::plan
