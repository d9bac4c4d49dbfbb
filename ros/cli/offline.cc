#include "cli/offline.h"

#include <fmt/format.h>

#include <cstdio>

#include "config/load.h"
#include "plan/plan.h"
#include "plan/print.h"
#include "sys/files.h"

namespace ros::cli {
namespace {

Result<config::LoadResult> load(const OfflineInput& input) {
  const sys::Files files;
  std::vector<config::Layer> layers;
  for (const auto& path : input.files) {
    auto text = files.read(path);
    if (!text) return std::unexpected(text.error());
    layers.push_back({path, std::move(*text), layers.empty()});
  }
  return config::load(layers, input.command_line);
}

void print_complaints(const config::Complaints& complaints) {
  for (const auto& complaint : complaints) fmt::print(stderr, "{}\n", complaint.describe());
}

}  // namespace

int plan_from_files(const OfflineInput& input, bool json) {
  const auto loaded = load(input);
  if (!loaded) {
    fmt::print(stderr, "ros plan: {}\n", loaded.error().message);
    return 1;
  }
  print_complaints(loaded->complaints);
  const auto plan = plan::build(loaded->config, {});
  fmt::print("{}", json ? plan::to_json(plan) : plan::to_text(plan));
  return 0;
}

int validate_files(const OfflineInput& input) {
  const auto loaded = load(input);
  if (!loaded) {
    fmt::print(stderr, "ros config validate: {}\n", loaded.error().message);
    return 2;
  }
  print_complaints(loaded->complaints);
  return loaded->complaints.empty() ? 0 : 1;
}

int show_version(bool sbom, const sys::Files& files) {
  if (!sbom) {
    fmt::print("{}\n", ROS_VERSION);
    return 0;
  }
  const auto text = files.read(kBillOfMaterials);
  if (!text) {
    fmt::print(stderr, "ros version: bill of materials: {}\n", text.error().message);
    return 1;
  }
  const auto written = std::fwrite(text->data(), 1, text->size(), stdout);
  return written == text->size() && std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace ros::cli
