#include "config/ssh_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ros::config {
namespace {

// PUBKEY_TYPES of OpenSSH 10's ssh_config(5); each may also be a certificate's.
constexpr std::array<std::string_view, 7> kKeyTypes = {"ssh-ed25519",
                                                       "ssh-rsa",
                                                       "ecdsa-sha2-nistp256",
                                                       "ecdsa-sha2-nistp384",
                                                       "ecdsa-sha2-nistp521",
                                                       "sk-ssh-ed25519@openssh.com",
                                                       "sk-ecdsa-sha2-nistp256@openssh.com"};
constexpr std::string_view kCertificate = "-cert-v01@openssh.com";
constexpr std::array<std::string_view, 3> kHostKeyTypes = {"ed25519", "ecdsa", "rsa"};

bool is_key_type(std::string_view word) {
  return std::ranges::any_of(kKeyTypes, [word](std::string_view type) {
    if (word == type) return true;
    const auto plain = type.substr(0, type.find('@'));
    return word.starts_with(plain) && word.substr(plain.size()) == kCertificate;
  });
}

// Options may stand before the type, and hold words in quotes.
bool has_key_type(std::string_view line) {
  return std::ranges::any_of(split_words(line), is_key_type);
}

}  // namespace

bool AuthorizedKeys::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    std::string line;
    if (!Text::read(item, line, at.item(i))) return false;
    const auto before = out.size();
    for (const auto& each : split(line, '\n')) {  // a whole file of keys as one text
      const auto key = trim(each);
      if (key.starts_with('#')) continue;
      if (has_key_type(key))
        out.emplace_back(key);
      else if (!key.empty() || !line.contains('\n'))
        at.item(i).complain(
            item, "expected a public key of a type that sshd knows: ed25519, RSA, ECDSA; left out");
    }
    return out.size() != before;
  });
  return true;
}

bool HostKeys::read(Node& node, std::map<std::string, std::string>& out, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  keep_children(node, [&](Node& value, std::size_t) {
    std::string_view type(value.key);
    if (type.ends_with("-pub")) type.remove_suffix(4);
    if (std::ranges::find(kHostKeyTypes, type) != kHostKeyTypes.end()) return true;
    return at.child(value.key).complain(value, "expected ed25519, ecdsa or rsa, or one with -pub");
  });
  return TextMap::read(node, out, at);
}

bool Addresses::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  std::string text;
  if (!Text::read(node, text, at)) return false;
  const auto words = split_words(text);
  const auto odd = std::ranges::find_if(words, [](const auto& word) {
    return word.find_first_not_of("0123456789abcdefABCDEF.:[]%_-ghijklmnopqrstuvwxyz") !=
           std::string::npos;
  });
  if (odd != words.end()) return at.complain(node, fmt::format("'{}' is no address", *odd));
  out = words;
  return true;
}

}  // namespace ros::config
