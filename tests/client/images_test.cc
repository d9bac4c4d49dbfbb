// Images from a registry: transfer, content, snapshots, leases.
#include <sys/stat.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/fixture.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

constexpr const char* kReference = "127.0.0.1:5000/busybox:1";  // pushed by tests/client/run
constexpr std::size_t kLimit = std::size_t{1} << 20U;
constexpr const char* kChainLabel = "containerd.io/gc.ref.snapshot.overlayfs";

class ImagesTest : public ClientTest {
 protected:
  Json read_json(const std::string& digest) {
    const auto text = await(client_->read_content(digest, kLimit, kCall));
    EXPECT_TRUE(text) << text.error().message;
    return text ? Json::parse(*text, nullptr, false) : Json();
  }
};

TEST_F(ImagesTest, PulledUnpackedAndRun) {
  const auto image = await(client_->pull(kReference, true, kCall));
  ASSERT_OK(image);
  EXPECT_EQ(image->name, kReference);
  const auto images = await(client_->list_images(kCall));
  ASSERT_OK(images);
  ASSERT_EQ(images->size(), 1U);
  EXPECT_EQ(images->front().target_digest, image->target_digest);

  const std::string config_digest = read_json(image->target_digest)["config"]["digest"];
  const auto config = await(client_->read_content(config_digest, kLimit, kCall));
  ASSERT_OK(config);
  const auto image_config = parse_image_config(*config);
  ASSERT_OK(image_config);
  EXPECT_EQ(image_config->command, (std::vector<std::string>{"/bin/sh", "-c", "exit 5"}));
  const auto labels = await(client_->content_labels(config_digest, kCall));
  ASSERT_OK(labels);
  ASSERT_TRUE(labels->contains(kChainLabel));

  const auto mounts = await(client_->prepare_snapshot("pulled.1", labels->at(kChainLabel), kCall));
  ASSERT_OK(mounts);
  EXPECT_EQ(await(client_->snapshot_mounts("pulled.1", kCall)).value(), *mounts);
  EXPECT_EQ(
      await(client_->prepare_snapshot("pulled.1", labels->at(kChainLabel), kCall)).error().code,
      EEXIST);
  EXPECT_EQ(await(client_->list_snapshots(kCall)).value(), std::vector<std::string>{"pulled.1"});

  config::ServiceDefinition definition;
  definition.name = "test";
  definition.pids_limit = -1;
  const auto spec =
      build_spec({.service = definition,
                  .image = *image_config,
                  .id = "pulled.1",
                  .cgroup_path = std::string(std::getenv("CLIENT_TEST_CGROUP")) + "/pulled.1",
                  .seccomp_profile = seccomp_profile()});
  ASSERT_OK(spec);
  Container made;
  made.id = "pulled.1";
  made.spec_json = *spec;
  made.snapshotter = "overlayfs";
  made.snapshot_key = "pulled.1";
  ASSERT_OK(await(client_->create_container(made, kCall)));
  NewTask task;
  task.container_id = "pulled.1";
  task.rootfs = *mounts;
  ASSERT_OK(await(client_->create_task(task, kCall)));
  ASSERT_OK(await(client_->start_task("pulled.1", kCall)));
  EXPECT_EQ(await(client_->wait_task("pulled.1", kCall))->code, 5U);
  remove("pulled.1");

  ASSERT_OK(await(client_->remove_snapshot("pulled.1", kCall)));
  EXPECT_TRUE(await(client_->list_snapshots(kCall)).value().empty());
  EXPECT_EQ(await(client_->remove_snapshot("pulled.1", kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->snapshot_mounts("pulled.1", kCall)).error().code, ENOENT);
  ASSERT_OK(await(client_->delete_image(kReference, kCall)));
  EXPECT_EQ(await(client_->delete_image(kReference, kCall)).error().code, ENOENT);
}

TEST_F(ImagesTest, WhatIsNotThere) {
  const auto missing = await(client_->pull("127.0.0.1:5000/none:1", true, kCall));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ENOENT) << missing.error().message;
  const auto nobody = await(client_->pull("127.0.0.1:5001/busybox:1", true, kCall));
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().message.find("transfer.Transfer '127.0.0.1:5001/busybox:1'"),
            std::string::npos);
  EXPECT_EQ(await(client_->prepare_snapshot("none.1", "sha256:none", kCall)).error().code, ENOENT);
  const std::string digest = "sha256:" + std::string(64, '0');
  EXPECT_EQ(await(client_->read_content(digest, kLimit, kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->content_labels(digest, kCall)).error().code, ENOENT);
}

TEST_F(ImagesTest, ContentIsLimited) {
  const auto image = await(client_->pull(kReference, true, kCall));
  ASSERT_OK(image);
  EXPECT_EQ(await(client_->read_content(image->target_digest, 10, kCall)).error().code, EFBIG);
  // A layer comes in many pieces.
  const std::string layer = read_json(image->target_digest)["layers"][0]["digest"];
  const auto size = read_json(image->target_digest)["layers"][0]["size"].get<std::size_t>();
  EXPECT_EQ(await(client_->read_content(layer, size, kCall))->size(), size);
  EXPECT_EQ(await(client_->read_content(layer, size - 1, kCall)).error().code, EFBIG);
  ASSERT_OK(await(client_->delete_image(kReference, kCall)));
}

TEST_F(ImagesTest, Leases) {
  const auto lease = await(client_->create_lease("lease-1", kCall));
  ASSERT_OK(lease);
  EXPECT_EQ(*lease, "lease-1");
  EXPECT_EQ(await(client_->create_lease("lease-1", kCall)).error().code, EEXIST);
  auto leased_options = options();
  leased_options.lease = "lease-1";
  const auto leased = connect(*loop_, leased_options);
  ASSERT_OK(await(leased->prepare_snapshot("leased.1", "", kCall)));
  ASSERT_OK(await(leased->remove_snapshot("leased.1", kCall)));
  ASSERT_OK(await(client_->delete_lease("lease-1", kCall)));
  EXPECT_EQ(await(client_->delete_lease("lease-1", kCall)).error().code, ENOENT);
}

}  // namespace
}  // namespace ros::containerd
