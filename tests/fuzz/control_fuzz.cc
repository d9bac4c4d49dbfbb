// Any bytes from a client of the control socket, as replies to one, and as packets to PID 1: what
// decodes can be encoded and decodes again to the same text.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/pid1_protocol.h"
#include "control/session.h"

namespace {

using namespace ros::control;

void check_request(const Request& request) {
  const auto text = encode_request(request);
  const auto again = decode_request(text);
  if (!again || again->index() != request.index() || encode_request(*again) != text) std::abort();
}

template <class Body>
void check_reply(const std::string& text) {
  const auto answer = decode_reply<Body>(text);
  if (!answer) return;
  const auto written = encode_reply(answer->reply, answer->more);
  const auto again = decode_reply<Body>(written);
  if (!again || encode_reply(again->reply, again->more) != written) std::abort();
}

void check_session(const std::string& bytes, std::size_t piece) {
  Session session(Role::kAdmin);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    session.feed(std::string_view(bytes).substr(at, piece));
    while (const auto request = session.next()) {
      if (*request) check_request(**request);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_session(text, 7);
  check_session(encode_frame(encode_hello()) + encode_frame(text.empty() ? "x" : text), 4096);
  check_reply<ServiceRows>(text);
  check_reply<LogLines>(text);
  check_reply<Text>(text);
  check_reply<ComplaintRows>(text);
  check_reply<VersionInfo>(text);
  const auto packet = std::as_bytes(std::span(data, size));
  pid1::Request request;
  if (pid1::decode_request(packet, request) == 0 && pid1::encode(request).size() != size) {
    std::abort();
  }
  pid1::Reply reply;
  if (pid1::decode_reply(packet, reply) == 0 && reply.child_count > pid1::kChildren) std::abort();
  return 0;
}
