// Any bytes as the kernel's answer about interfaces, addresses and routes. What comes of an answer
// has the form that the header promises.
#include <cstdint>
#include <cstdlib>

#include "base/ip.h"
#include "fakes/netlink_replies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ros;
  fakes::NetlinkReplies replies(std::string(reinterpret_cast<const char*>(data), size));
  (void)replies.network().links();
  if (const auto addresses = replies.network().addresses())
    for (const auto& each : *addresses)
      if (ip_with_prefix(each.address) != each.address) std::abort();
  if (const auto routes = replies.network().default_routes())
    for (const auto& each : *routes)
      if (ip_address(each.gateway) != each.gateway) std::abort();
  return 0;
}
