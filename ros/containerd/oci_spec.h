// OCI runtime specification (opencontainers/runtime-spec 1.2, config.json) of one service
// container. Pure: equal inputs give equal JSON.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/service.h"

namespace ros::containerd {

// What the image itself says (OCI image-spec config.json, "config" object); the service's own
// values win.
struct ImageConfig {
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> environment;
  std::string working_dir;
  std::string user;
};

// From the text of an OCI image configuration.
[[nodiscard]] Result<ImageConfig> parse_image_config(const std::string& json);

struct SpecInput {
  const config::ServiceDefinition& service;
  const ImageConfig& image;
  std::string id;           // container id
  std::string cgroup_path;  // "/system/docker"
  std::string
      notify_socket_dir;  // host directory bound at /run/notify, "" = none (readiness notify)
};

// Errors: nothing to execute, a user name that is not numeric, an unknown capability or device.
[[nodiscard]] Result<std::string> build_spec(const SpecInput& input);

}  // namespace ros::containerd
