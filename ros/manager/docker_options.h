// rancher.docker.* -> the daemon.json that dockerd reads, and its command line. Pure.
//
// Everything that dockerd takes in its file goes there; docs/decisions/0002 says why live-restore
// has to. An option that the user gives as an argument is left out of the file: dockerd refuses to
// start when it finds one in both.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace ros::manager {

inline constexpr char kDockerService[] = "docker";
// Where the services see and dockerd opens them; /etc/docker/tls of the image leads there.
inline constexpr char kDaemonFile[] = "/run/ros/docker/daemon.json";
inline constexpr char kDaemonCertificates[] = "/run/ros/docker/tls";

struct DaemonInput {
  std::string image_file;     // text of the image's own daemon.json, the lowest layer
  std::string user_file;      // text of config_file, "" = none
  bool live_restore = false;  // counts when the user has not said
};

// Errors: a file that is not a JSON object.
[[nodiscard]] Result<std::string> daemon_json(const config::DockerConfig& docker,
                                              const DaemonInput& input);

// Whether the user has decided about live-restore.
[[nodiscard]] bool live_restore_given(const config::DockerConfig& docker);

// Where dockerd keeps its data.
[[nodiscard]] std::string data_root(const config::DockerConfig& docker);

// The services as they are to run: `docker` with arguments and environment of config.docker added,
// and a label that changes with the options that count at its next start only.
[[nodiscard]] std::vector<config::ServiceDefinition> effective_services(
    const config::Config& config);

}  // namespace ros::manager
