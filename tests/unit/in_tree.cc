// The one file that is compiled with the path of the tree, which differs between checkouts.
#include "golden.h"

namespace ros::tests {

std::string in_tree(const std::string& path) {
  return ROS_TREE "/" + path;
}

}  // namespace ros::tests
