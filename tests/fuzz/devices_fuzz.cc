// Any bytes as what devices and networks say: an event of the kernel, the head of a disk, a lease.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "netconf/lease.h"
#include "sys/gpt.h"
#include "sys/superblock.h"
#include "sys/uevent.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ros;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto event = sys::parse_uevent(bytes); event && event->value("DEVNAME").size() > size)
    std::abort();
  if (const auto found = sys::identify(bytes); found && found->type.empty()) std::abort();
  for (const std::size_t block : {512U, 4096U})
    for (const unsigned number : {0U, 1U, 128U, ~0U})
      (void)sys::gpt_partition_uuid(bytes, block, number);
  (void)netconf::parse_lease(bytes);
  return 0;
}
