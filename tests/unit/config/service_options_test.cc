#include "config/service_options.h"

#include <gtest/gtest.h>

#include "config/load.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

TEST(SyslogTarget, Parses) {
  EXPECT_EQ(parse_syslog_target("udp://log.example.org"),
            (SyslogTarget{"udp", "log.example.org", 514}));
  EXPECT_EQ(parse_syslog_target("tcp://10.0.0.1:6514"), (SyslogTarget{"tcp", "10.0.0.1", 6514}));
  EXPECT_EQ(parse_syslog_target("tcp://[fe80::1]:1"), (SyslogTarget{"tcp", "fe80::1", 1}));
  EXPECT_EQ(parse_syslog_target("udp://[::1]"), (SyslogTarget{"udp", "::1", 514}));
}

// What is accepted goes into rsyslog's configuration between quotes.
TEST(SyslogTarget, RefusesWhatIsNoTarget) {
  for (const char* text :
       {"", "udp", "udp://", "udp:log", "http://log", "udp://a\" x=\"b", "udp://a b",
        "udp://a:", "udp://a:0", "udp://a:65536", "udp://a:1x", "udp://a:1:2", "udp://[::1",
        "udp://[::1]2", "udp://-a", "udp://a/b", "udp://a\nb"})
    EXPECT_FALSE(parse_syslog_target(text)) << text;
}

TEST(ServiceOptions, WrongItemsAreLeftOut) {
  const auto loaded =
      load({{"user-data",
             "#cloud-config\nrancher:\n  syslog:\n    remote: [\"udp://a\", \"b\"]\n"
             "  ntp:\n    servers: [time.example.org, \"a b\"]\n    nts: [nts.example.org, -x]\n"}},
           "");
  EXPECT_EQ(loaded.config.syslog_remote, (std::vector<SyslogTarget>{{"udp", "a", 514}}));
  EXPECT_EQ(loaded.config.ntp_servers, std::vector<std::string>{"time.example.org"});
  EXPECT_EQ(loaded.config.nts_servers, std::vector<std::string>{"nts.example.org"});
  EXPECT_EQ(loaded.complaints.size(), 3U);
}

// What is accepted becomes a directory's name, and stands between quotes in containerd's files.
TEST(ServiceOptions, RegistriesAndTheirMirror) {
  const auto loaded =
      load({{"user-data",
             "rancher:\n  system_docker:\n"
             "    insecure_registry: [10.0.2.2:5000, '[::1]:5000', ../x, 'a\"b', '']\n"
             "    registry_mirror: https://mirror/path\n"}},
           "");
  EXPECT_EQ(loaded.config.system_docker.insecure_registries,
            (std::vector<std::string>{"10.0.2.2:5000", "[::1]:5000"}));
  EXPECT_EQ(loaded.config.system_docker.registry_mirror, "https://mirror/path");
  EXPECT_EQ(loaded.complaints.size(), 3U);
  for (const char* wrong : {"mirror", "https://", "ftp://m", "'http://a b'", "'http://a\"'"}) {
    const auto text = std::string("rancher: {system_docker: {registry_mirror: ") + wrong + "}}";
    EXPECT_EQ(load({{"user-data", text}}, "").complaints.size(), 1U) << wrong;
  }
}

TEST(ServiceOptions, HostNames) {
  const auto name = [](const std::string& text) {
    return load({{"user-data", "hostname: " + text + "\n"}}, "").config.hostname;
  };
  for (const auto& good :
       {std::string("box"), std::string("my_box.example.org"), std::string(64, 'a')})
    EXPECT_EQ(name(good), good);
  for (const auto& wrong : {std::string("two words"), std::string(65, 'a'), std::string("a:b"),
                            std::string("[a]"), std::string("-a"), std::string("a/b")})
    EXPECT_EQ(name(wrong), "") << wrong;
}

TEST(ServiceOptions, OnTheCommandLine) {
  const auto loaded = load({}, "rancher.syslog.remote=[tcp://h:1] rancher.ntp.servers=[10.0.2.2]");
  EXPECT_EQ(loaded.config.syslog_remote, (std::vector<SyslogTarget>{{"tcp", "h", 1}}));
  EXPECT_EQ(loaded.config.ntp_servers, std::vector<std::string>{"10.0.2.2"});
  EXPECT_EQ(tests::lines(loaded.complaints), tests::Lines{});
}

}  // namespace
}  // namespace ros::config
