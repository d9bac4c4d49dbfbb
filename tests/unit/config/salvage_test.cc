#include "config/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "config_helpers.h"

namespace ros::config {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using tests::lines;
using tests::Lines;
using tests::load_text;

constexpr std::string_view kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcJ5gIXpN4PzyNaVTOQY64ovPfGcyhdDtXgsLRPMfHL me@home";

std::string good() {
  return std::string(
             "#cloud-config\n"
             "hostname: heron\n"
             "write_files:\n"
             "- path: /opt/a\n"
             "  content: |\n"
             "    #!/bin/sh\n"
             "    echo \"a: b\"\n"
             "- {path: /opt/b, content: b}\n"
             "ssh_authorized_keys:\n"
             "- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
             "you\n"
             "- ") +
         std::string(kKey) +
         "\n"
         "rancher:\n"
         "  network:\n"
         "    interfaces:\n"
         "      eth0: {address: 10.0.2.9/24, gateway: 10.0.2.2}\n"
         "  services:\n"
         "    web: {image: nginx}\n"
         "    db:\n"
         "      image: redis\n"
         "      environment: [A=1, B=2]\n"
         "runcmd:\n"
         "- echo done\n";
}

std::string with(std::string text, std::string_view what, std::string_view instead) {
  return text.replace(text.find(what), what.size(), instead);
}

bool has_key(const LoadResult& loaded) {
  return std::ranges::find(loaded.config.ssh_authorized_keys, kKey) !=
         loaded.config.ssh_authorized_keys.end();
}

TEST(Salvage, AKeyOfTheFile) {
  const auto loaded = load_text(with(good(), "hostname: heron", "hostname: \"heron"));
  EXPECT_EQ(loaded.config.hostname, Config().hostname);
  EXPECT_TRUE(has_key(loaded));
  EXPECT_EQ(loaded.config.write_files.size(), 2U);
  EXPECT_EQ(loaded.config.services.size(), 2U);
  EXPECT_THAT(lines(loaded.complaints), Contains(HasSubstr("user:2:11: hostname: ")));
}

TEST(Salvage, APartOfRancher) {
  const auto loaded = load_text(with(good(), "gateway: 10.0.2.2}", "gateway: 10.0.2.2"));
  EXPECT_TRUE(loaded.config.network.interfaces.empty()) << "a card is taken whole or not at all";
  EXPECT_EQ(loaded.config.services.size(), 2U);
  EXPECT_EQ(loaded.config.hostname, "heron");
  ASSERT_EQ(loaded.complaints.size(), 1U);
  EXPECT_EQ(loaded.complaints[0].key, "rancher.network");
}

TEST(Salvage, AService) {
  const auto loaded = load_text(with(good(), "[A=1, B=2]", "[A=1, B=2"));
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_EQ(loaded.config.services[0].name, "web");
  EXPECT_EQ(loaded.config.network.interfaces.size(), 1U);
}

TEST(Salvage, AnItemOfAList) {
  const auto loaded = load_text(with(good(), "{path: /opt/b", "{path /opt/b}}"));
  ASSERT_EQ(loaded.config.write_files.size(), 1U);
  EXPECT_EQ(loaded.config.write_files[0].content, "#!/bin/sh\necho \"a: b\"\n");
}

TEST(Salvage, AnEntryIsTakenWholeOrNotAtAll) {
  const auto loaded = load_text(
      "rancher:\n"
      "  services:\n"
      "    web:\n"
      "      image: nginx\n"
      "   cap_drop: [ALL]\n"
      "      read_only: true\n"
      "    db: {image: redis}\n"
      "write_files:\n"
      "- path: /secret\n"
      "permissions: '0600'\n"
      "  content: x\n"
      "- {path: /b, content: b}\n"
      "runcmd:\n"
      "- echo first\n"
      "then: {what\n"
      "- echo last\n");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_EQ(loaded.config.services[0].name, "db");
  for (const auto& file : loaded.config.write_files) EXPECT_NE(file.path, "/secret");
  EXPECT_TRUE(loaded.config.runcmd.empty()) << "half a list of commands";
}

TEST(Salvage, ACommentBehindTheKeyOfAList) {
  const auto text = with(with(good(), "ssh_authorized_keys:", "ssh_authorized_keys: # mine"),
                         "- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAA", "- [ssh-ed25519 AAAA");
  EXPECT_TRUE(has_key(load_text(text)));
}

TEST(Salvage, KeysOfAnotherListAreNotTaken) {
  const auto loaded = load_text("ssh_authorized_keys:\nrevoked: [\n- " + std::string(kKey) + "\n");
  EXPECT_FALSE(has_key(loaded));
}

// yaml-cpp would read UTF-16, of which a comment is all that is left.
TEST(Salvage, NulIsNoSignOfAnotherEncoding) {
  auto text = good();
  text[1] = '\0';
  const auto loaded = load_text(text);
  EXPECT_TRUE(has_key(loaded));
  EXPECT_THAT(lines(loaded.complaints), Contains(HasSubstr("user:1:2: ")));
  std::string wide = "#";
  for (int i = 0; i < 40; ++i) wide += "AN";
  wide[1] = '\0';
  EXPECT_FALSE(load_text(wide + "\n  a: b\nc: d\n").complaints.empty());
}

TEST(Salvage, BytesThatAreNoText) {
  const auto loaded = load_text(with(good(), "heron", "her\xFFon"));
  EXPECT_TRUE(has_key(loaded));
  EXPECT_EQ(
      lines(loaded.complaints),
      Lines{"user:2:14: hostname: not UTF-8 text; this part is left out, the rest of the file "
            "is in effect"});
}

TEST(Salvage, WhatIsNotPrintableIsShownEscaped) {
  const auto loaded = load_text(with(good(), "hostname: heron", "\"ho\\estname\": heron"));
  EXPECT_THAT(lines(loaded.complaints), Contains(HasSubstr("ho\\x1bstname: unknown key")));
}

TEST(Salvage, NoPartIsLeftOfWhatIsNoConfiguration) {
  for (const auto* const text : {"just: [words", "{", "- a\n- [b\n", "\xFF\xFE", ": :\n"}) {
    const auto loaded = load_text(text);
    ASSERT_EQ(loaded.complaints.size(), 1U) << text;
    EXPECT_TRUE(loaded.complaints[0].message.ends_with("; the file is left out")) << text;
  }
}

TEST(Salvage, ManyMistakesEndIt) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + ": [\n";
  const auto loaded = load_text(text + "hostname: heron\n");
  EXPECT_LT(loaded.complaints.size(), 30U);
}

// One mistake anywhere: a byte, a line, an indentation.
std::string broken(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto line = [&] {
    auto at = text.rfind('\n', below(text.size() - 1));
    return at == std::string::npos ? 0 : at + 1;
  };
  switch (below(5)) {
    case 0:
      return text.replace(below(text.size()), 1, 1, static_cast<char>(below(256)));
    case 1:
      return text.insert(line(), "  ");
    case 2:
      return text.insert(line(), "\"[what: is} this\n");
    case 3:
      return text.insert(line(), "\t");
    default:
      return text.erase(below(text.size()), 1);
  }
}

// Of the header, the key of the list, and the key itself.
bool key_is_whole(const std::string& text) {
  return text.contains("\nssh_authorized_keys:\n") &&
         text.contains("\n- " + std::string(kKey) + "\n");
}

TEST(Salvage, OneMistakeSomewhereElseLeavesTheWayIn) {
  std::mt19937 random(1);
  int not_whole = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto text = broken(good(), random);
    not_whole += problem_of({"user", text}) ? 1 : 0;
    const auto loaded = load_text(text);
    if (key_is_whole(text)) {
      EXPECT_TRUE(has_key(loaded)) << text;
    }
  }
  EXPECT_GT(not_whole, 1000) << "files that would be left out otherwise";
}

}  // namespace
}  // namespace ros::config
