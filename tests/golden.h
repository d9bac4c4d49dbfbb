// Golden files: expected texts under tests/golden. ROS_GOLDEN_UPDATE=1 writes them anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace ros::tests {

// The absolute path of a file of the tree.
std::string in_tree(const std::string& path);

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first line in which the texts differ, of both.
inline std::string first_difference(const std::string& expected, const std::string& got) {
  std::istringstream left(expected);
  std::istringstream right(got);
  for (int number = 1;; ++number) {
    std::string a = "(end)";
    std::string b = a;
    const bool more =
        static_cast<bool>(std::getline(left, a)) | static_cast<bool>(std::getline(right, b));
    if (a != b || !more) return "line " + std::to_string(number) + "\n- " + a + "\n+ " + b;
  }
}

// `path` is absolute.
inline void expect_golden(const std::string& path, const std::string& text) {
  if (std::getenv("ROS_GOLDEN_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << text;
  if (const auto expected = read_file(path); expected != text)
    ADD_FAILURE() << path << " differs; ROS_GOLDEN_UPDATE=1 writes it anew: "
                  << first_difference(expected, text);
}

}  // namespace ros::tests
