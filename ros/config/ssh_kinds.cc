#include "config/ssh_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ros::config {
namespace {

// Options may stand before the type, and hold words in quotes.
bool is_ed25519(const std::string& line) {
  const auto words = split_words(line);
  return std::ranges::any_of(words, [](const auto& word) {
    return word == "ssh-ed25519" || word == "ssh-ed25519-cert-v01@openssh.com";
  });
}

}  // namespace

bool AuthorizedKeys::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  if (!node.is_list()) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    std::string line;
    if (!Text::read(item, line, at.item(i))) return false;
    line = trim(line);
    if (line.contains('\n')) return at.item(i).complain(item, "expected one line; left out");
    if (!is_ed25519(line))
      return at.item(i).complain(item, "expected a key of type ssh-ed25519; left out");
    out.push_back(std::move(line));
    return true;
  });
  return true;
}

bool HostKeys::read(Node& node, std::map<std::string, std::string>& out, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  keep_children(node, [&](Node& value, std::size_t) {
    if (value.key == "ed25519" || value.key == "ed25519-pub") return true;
    return at.child(value.key).complain(value, "only ed25519 and ed25519-pub have an effect");
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
