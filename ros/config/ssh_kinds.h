// Kinds of values that sshd reads. DSA is left out: OpenSSH 10 no longer has it.
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

// `ed25519`, `ecdsa`, `rsa`, and the same with `-pub`.
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
