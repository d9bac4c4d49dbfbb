#include "sys/modules.h"

#include <algorithm>

#include "base/text.h"

namespace ros::sys {
namespace {

std::string plain_name(std::string_view text) {
  std::string name(text);
  std::ranges::replace(name, '-', '_');
  return name;
}

// "kernel/fs/nfs/nfs-acl.ko.zst" -> "nfs_acl"
std::string name_of(std::string_view path) {
  path.remove_prefix(path.find_last_of('/') + 1);  // npos + 1 = 0
  return plain_name(path.substr(0, path.find('.')));
}

// Aliases of one bus only match modaliases of the same: the part before ':'.
std::string_view bus_of(std::string_view text) {
  const auto colon = text.find(':');
  return colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
}

void push_unique(std::vector<std::string>& list, const std::string& text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

}  // namespace

ModuleIndex::ModuleIndex(const Tables& tables) {
  for (const auto& line : split(tables.dep, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    Module module{line.substr(0, colon), split_words(line.substr(colon + 1)), {}, {}};
    modules_.emplace(name_of(module.path), std::move(module));
  }
  for (const auto& line : split(tables.alias, '\n')) {
    const auto words = split_words(line);
    if (words.size() != 3 || words[0] != "alias") continue;
    alias_[std::string(bus_of(words[1]))].push_back({words[1], plain_name(words[2])});
  }
  for (const auto& line : split(tables.builtin, '\n'))
    if (!line.empty()) builtin_.insert(name_of(line));
  for (const auto& line : split(tables.softdep, '\n')) add_softdep(line);
}

void ModuleIndex::add_softdep(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() < 3 || words[0] != "softdep") return;
  const auto found = modules_.find(plain_name(words[1]));
  if (found == modules_.end()) return;
  auto* list = &found->second.soft_before;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "pre:")
      list = &found->second.soft_before;
    else if (words[i] == "post:")
      list = &found->second.soft_after;
    else
      list->push_back(plain_name(words[i]));
  }
}

Result<ModuleIndex> ModuleIndex::load(const Files& files, const std::string& release) {
  const std::string directory = "/lib/modules/" + release;
  const auto dep = files.read(directory + "/modules.dep");
  if (!dep) return std::unexpected(dep.error());
  return ModuleIndex(Tables{*dep, files.read(directory + "/modules.alias").value_or(""),
                            files.read(directory + "/modules.softdep").value_or(""),
                            files.read(directory + "/modules.builtin").value_or("")});
}

std::vector<std::string> ModuleIndex::match(std::string_view modalias) const {
  std::vector<std::string> names;
  const auto bucket = alias_.find(bus_of(modalias));
  if (bucket == alias_.end()) return names;
  for (const auto& alias : bucket->second)
    if (glob_match(alias.pattern, modalias)) push_unique(names, alias.module);
  return names;
}

Result<std::vector<std::string>> ModuleIndex::load_order(std::string_view name) const {
  std::set<std::string> seen;
  std::vector<std::string> order;
  const std::string wanted = plain_name(name);
  if (modules_.contains(wanted)) {
    visit(wanted, seen, order);
    return order;
  }
  if (builtin_.contains(wanted)) return order;
  const auto names = match(name);
  if (names.empty()) return fail_errno("module '" + std::string(name) + "'", ENOENT);
  for (const auto& module : names) visit(module, seen, order);
  return order;
}

void ModuleIndex::visit(const std::string& name, std::set<std::string>& seen,
                        std::vector<std::string>& order) const {
  const auto found = modules_.find(name);
  if (found == modules_.end() || !seen.insert(name).second) return;
  const Module& module = found->second;
  for (const auto& before : module.soft_before) visit(before, seen, order);
  for (auto path = module.dependencies.rbegin(); path != module.dependencies.rend(); ++path)
    visit(name_of(*path), seen, order);
  push_unique(order, module.path);
  for (const auto& after : module.soft_after) visit(after, seen, order);
}

}  // namespace ros::sys
