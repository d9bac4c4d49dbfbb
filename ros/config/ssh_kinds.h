// Kinds of values that sshd reads. The OpenSSH of the console has no OpenSSL, so ed25519 is the one
// type of key.
#pragma once

#include "config/kinds.h"

namespace ros::config {

// Lines of an authorized_keys file (sshd(8)).
struct AuthorizedKeys {
  static constexpr std::string_view kName = "a list of public keys";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

// `ed25519` and `ed25519-pub`.
struct HostKeys {
  static constexpr std::string_view kName = "a map of keys";
  static constexpr Shape kShape = Shape::kMap;
  static bool read(Node& node, std::map<std::string, std::string>& out, const Reading& at);
};

// One or more addresses with blanks between them.
struct Addresses {
  static constexpr std::string_view kName = "addresses";
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
};

}  // namespace ros::config
