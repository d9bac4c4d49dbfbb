#include "host/registries.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

TEST(Registries, InsecureOnesAndTheMirrorHaveTheirFile) {
  const fakes::TempRoot root;
  ASSERT_TRUE(write_registries({"/run/r", {"10.0.2.2:5000"}, "https://mirror"}, root.files()));
  EXPECT_EQ(root.read("/run/r/10.0.2.2:5000/hosts.toml"),
            "[host.\"http://10.0.2.2:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n"
            "  skip_verify = true\n");
  EXPECT_EQ(root.read("/run/r/docker.io/hosts.toml"),
            "server = \"https://registry-1.docker.io\"\n[host.\"https://mirror\"]\n"
            "  capabilities = [\"pull\", \"resolve\"]\n");
}

TEST(Registries, WhatIsNoLongerConfiguredGoes) {
  const fakes::TempRoot root;
  ASSERT_TRUE(write_registries({"/run/r", {"a", "b"}, ""}, root.files()));
  ASSERT_TRUE(write_registries({"/run/r", {"b"}, ""}, root.files()));
  EXPECT_EQ(root.files().list("/run/r").value(), std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace ros::host
