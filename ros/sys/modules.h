// Which files to load, in which order, for a module name or a device's modalias: depmod's tables
// (modules.dep(5), modules.builtin, modules.alias, modules.softdep) as a pure value.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/files.h"

namespace ros::sys {

class ModuleIndex {
 public:
  struct Tables {
    std::string dep, alias, softdep, builtin;  // texts of the files
  };
  explicit ModuleIndex(const Tables& tables);

  // From /lib/modules/RELEASE; only modules.dep has to exist.
  [[nodiscard]] static Result<ModuleIndex> load(const Files& files, const std::string& release);

  // Names of the modules that drive a device; none when nothing matches. '-' and '_' are equal.
  [[nodiscard]] std::vector<std::string> match(std::string_view modalias) const;

  // Paths below /lib/modules/RELEASE, dependencies first, soft ones included, for a name or an
  // alias. Empty when it is built in; an error when it is unknown.
  [[nodiscard]] Result<std::vector<std::string>> load_order(std::string_view name) const;

 private:
  struct Module {
    std::string path;
    std::vector<std::string> dependencies;  // paths, as modules.dep lists them: nearest first
    std::vector<std::string> soft_before, soft_after;  // names
  };
  struct Alias {
    std::string pattern, module;
  };
  void add_softdep(std::string_view line);
  void visit(const std::string& name, std::set<std::string>& seen,
             std::vector<std::string>& order) const;

  std::map<std::string, Module, std::less<>> modules_;            // by name
  std::map<std::string, std::vector<Alias>, std::less<>> alias_;  // by text before ':'
  std::set<std::string, std::less<>> builtin_;
};

}  // namespace ros::sys
