// Golden files: expected texts under tests/golden. ROS_GOLDEN_UPDATE=1 writes them anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace ros::tests {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// `path` is absolute.
inline void expect_golden(const std::string& path, const std::string& text) {
  if (std::getenv("ROS_GOLDEN_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(read_file(path), text) << path << " differs; ROS_GOLDEN_UPDATE=1 writes it anew";
}

}  // namespace ros::tests
