#include "plan/service_files.h"

#include <gtest/gtest.h>

namespace ros::plan {
namespace {

TEST(ServiceFiles, TimeServersWithAndWithoutProof) {
  config::Config config;
  config.ntp_servers = {"pool.example.org"};
  config.nts_servers = {"nts.example.org"};
  for (const auto& file : service_files(config)) {
    if (!file.path.ends_with("ntp/config.sources")) continue;
    EXPECT_EQ(file.content,
              "# rancher.ntp.servers\nserver pool.example.org iburst\n"
              "# rancher.ntp.nts\nserver nts.example.org iburst nts\n");
    return;
  }
  FAIL() << "no file for chrony";
}

}  // namespace
}  // namespace ros::plan
