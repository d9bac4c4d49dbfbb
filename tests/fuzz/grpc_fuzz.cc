// Any bytes as what a peer sends: on the connection, as an event, as JSON documents. One request is
// open; its sink hears of its end exactly once.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "containerd/decode.h"
#include "containerd/grpc_wire.h"
#include "containerd/http2.h"
#include "containerd/oci_spec.h"

namespace {

using namespace ros::containerd;

struct Sink final : StreamSink {
  ResponseHead head;
  FrameReader reader;
  std::vector<std::string> messages;
  int ends = 0;
  void on_header(std::string_view name, std::string_view value) override {
    if (ends != 0) std::abort();
    head.add(name, value);
  }
  void on_data(std::string_view bytes) override {
    if (ends != 0) std::abort();
    (void)reader.feed(bytes, messages);
  }
  void on_close(std::uint32_t) override { ++ends; }
  void on_lost(const ros::Error&) override { ++ends; }
};

void converse(const std::string& bytes) {
  auto http2 = Http2::create().value();
  Sink sink;
  const auto stream = http2->request({{":method", "POST"}, {":path", "/x"}}, "body", sink);
  if (!stream) std::abort();
  const auto drain = [&http2] {
    for (auto part = http2->output(); part && !part->empty(); part = http2->output()) {
    }
  };
  drain();
  if (http2->receive(bytes)) drain();
  (void)sink.head.status();
  for (const auto& message : sink.messages) (void)decode_event(message);
  http2->lose(ros::Error{});
  if (sink.ends != 1) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  google::protobuf::SetLogHandler(nullptr);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  converse(bytes);
  FrameReader reader;
  std::vector<std::string> messages;
  (void)reader.feed(bytes, messages);
  (void)decode_event(bytes);
  if (decode_status_message(bytes).size() > 2048) std::abort();
  (void)call_name(bytes);
  (void)parse_image_config(bytes);
  (void)shim_group_of(bytes);
  (void)with_shim_group(bytes, "group");
  (void)exec_process(bytes, {"true"});
  return 0;
}
