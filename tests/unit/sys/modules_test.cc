#include "sys/modules.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::sys {
namespace {

using Names = std::vector<std::string>;

ModuleIndex index() {
  return ModuleIndex({.dep = "kernel/a.ko.zst: kernel/b.ko.zst kernel/c-lib.ko.zst\n"
                             "kernel/b.ko.zst: kernel/c-lib.ko.zst\n"
                             "kernel/c-lib.ko.zst:\n"
                             "kernel/crc.ko.zst:\n"
                             "kernel/late.ko.zst:\n",
                      .alias = "# Aliases extracted from modules themselves.\n"
                               "alias pci:v00001AF4d00001000sv*sd*bc*sc*i* a\n"
                               "alias pci:v00001AF4d*sv*sd*bc*sc*i* c-lib\n"
                               "alias usb:v*p* b\n"
                               "alias fs-thing c_lib\n",
                      .softdep = "softdep c_lib pre: crc post: late\n"
                                 "softdep unknown pre: a\n",
                      .builtin = "kernel/fs/ext4/ext4.ko\n"});
}

TEST(ModulesTest, DependenciesComeFirstSoftOnesIncluded) {
  EXPECT_EQ(index().load_order("a").value(),
            (Names{"kernel/crc.ko.zst", "kernel/c-lib.ko.zst", "kernel/late.ko.zst",
                   "kernel/b.ko.zst", "kernel/a.ko.zst"}));
}

TEST(ModulesTest, DashAndUnderscoreAreEqual) {
  EXPECT_EQ(index().load_order("c_lib").value(), index().load_order("c-lib").value());
}

TEST(ModulesTest, ModaliasesMatchWithinTheirBus) {
  EXPECT_EQ(index().match("pci:v00001AF4d00001000sv00001AF4sd00000001bc02sc00i00"),
            (Names{"a", "c_lib"}));
  EXPECT_EQ(index().match("acpi:PNP0501:"), Names{});
}

TEST(ModulesTest, AnAliasWithoutABusIsAName) {
  EXPECT_EQ(index().load_order("fs-thing").value().front(), "kernel/crc.ko.zst");
}

TEST(ModulesTest, BuiltInNeedsNothingUnknownIsAnError) {
  EXPECT_EQ(index().load_order("ext4").value(), Names{});
  EXPECT_EQ(index().load_order("none").error(),
            (Error{ENOENT, "module 'none': No such file or directory"}));
}

TEST(ModulesTest, LoopsInSoftDependenciesEnd) {
  const ModuleIndex loop({.dep = "x.ko:\ny.ko:\n",
                          .alias = "",
                          .softdep = "softdep x pre: y\nsoftdep y pre: x\n",
                          .builtin = ""});
  EXPECT_EQ(loop.load_order("x").value(), (Names{"y.ko", "x.ko"}));
}

TEST(ModulesTest, OnlyModulesDepHasToExist) {
  const fakes::TempRoot root;
  EXPECT_FALSE(ModuleIndex::load(root.files(), "6.12"));
  root.write("/lib/modules/6.12/modules.dep", "x.ko:\n");
  EXPECT_TRUE(ModuleIndex::load(root.files(), "6.12"));
}

}  // namespace
}  // namespace ros::sys
