#include <fmt/format.h>

#include "config/network_table.h"
#include "config/schema.h"
#include "config/service_table.h"

namespace ros::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

Made from the table of keys in ros/config/schema.cc; a test compares the two.

Layers, later ones win: the built-in `os-config.yml`, `user-data` of a NoCloud disc (label `cidata`), the files of
`/var/lib/rancher/conf/cloud-config.d` by name, `/var/lib/rancher/conf/cloud-config.yml`, the kernel command
line. Maps merge key by key, lists
and single values are replaced; a key without a value goes back to the default. Where a list is expected, a single
value is a list of one.

What is wrong is left out and the rest is in effect. It is reported once, with file, line and column: on the consoles after the boot,
to everybody who logs in, and by `ros config validate`, which reads the files that the next boot will read. Of a file on the state that does not parse,
the version that last did is in effect, kept in `/var/lib/rancher/last-good`. Without one, the keys of the file, of `rancher` and of `rancher.services`,
and the items of `ssh_authorized_keys` and `write_files`, each count when they can be read on their own.

On the kernel command line a key is written whole: `rancher.debug` (means true), `rancher.state.dev=LABEL=X`,
`rancher.modules=[a, b]`; a list may also be given by repeating its key. Top-level keys get the prefix `cc.`:
`cc.hostname=box`. Values with blanks are quoted: `rancher.password="two words"`.
)";

// A table cell holds one line and no bar.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

std::string flow(const Node& node) {
  if (node.is_scalar()) return node.text;
  std::string result;
  for (const auto& child : node.children) {
    if (!result.empty()) result += ", ";
    result += child.key.empty() ? flow(child) : child.key + ": " + flow(child);
  }
  return node.is_map() ? "{" + result + "}" : "[" + result + "]";
}

template <class Target>
std::string default_of(const Row<Target>& entry) {
  if (entry.show == nullptr) return "";
  const auto shown = flow(entry.show(Target{}));
  return shown.empty() || shown == "[]" || shown == "{}" ? "" : "`" + shown + "`";
}

template <class Target>
std::string table(std::span<const Row<Target>> rows) {
  std::string result = "| key | type | default | meaning |\n|---|---|---|---|\n";
  std::string without;
  for (const auto& entry : rows) {
    if (entry.read == nullptr) {
      without += fmt::format("| `{}` | {} |\n", entry.path, cell(entry.doc));
      continue;
    }
    const auto* const place =
        entry.origin == Origin::kCommandLine ? " Kernel command line only." : "";
    result += fmt::format("| `{}` | {} | {} | {}{} |\n", entry.path, cell(entry.type),
                          cell(default_of(entry)), cell(entry.doc), place);
  }
  if (!without.empty())
    result +=
        "\nKnown, without effect here, and reported:\n\n| key | instead |\n|---|---|\n" + without;
  return result;
}

}  // namespace

std::string schema_markdown() {
  std::string text(kIntroduction);
  text += "\n## Keys\n\n" + table(config_table());
  text +=
      "\n## Keys of a network interface\n\nEntries of `rancher.network.interfaces`. An interface "
      "takes the entry with its hardware address, else the one with its name, else the first "
      "pattern. What Docker makes (`docker*`, `br-*`, `veth*`) is never touched.\n\n";
  text += table(interface_table());
  text +=
      "\n## Keys of a service\n\nEntries of `rancher.services`, in the shape of a compose file, "
      "version 1.\n\n";
  text += table(compose_table());
  text += "\n## Labels of a service\n\n" + table(label_table());
  return text;
}

}  // namespace ros::config
