// Settings of the running kernel that are neither files nor mounts, behind an interface for tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "sys/files.h"

namespace ros::sys {

class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;

  [[nodiscard]] virtual Result<void> set_hostname(const std::string& name) = 0;
  [[nodiscard]] virtual std::chrono::system_clock::time_point clock() = 0;
  [[nodiscard]] virtual Result<void> set_clock(std::chrono::system_clock::time_point time) = 0;
  // Interface lo, with its addresses.
  [[nodiscard]] virtual Result<void> loopback_up() = 0;
  // Tells the kernel that partition `number` of `disk` ("/dev/vda") has a new size, also while it
  // is in use. Bytes.
  [[nodiscard]] virtual Result<void> resize_partition(const std::string& disk, unsigned number,
                                                      std::uint64_t start, std::uint64_t size) = 0;
  // finit_module(2) on a .ko file, compressed or not. A module that is already there is fine.
  [[nodiscard]] virtual Result<void> load_module(const std::string& file,
                                                 const std::string& parameters) = 0;
};

class KernelMachine final : public Machine {
 public:
  [[nodiscard]] Result<void> set_hostname(const std::string& name) override;
  [[nodiscard]] std::chrono::system_clock::time_point clock() override;
  [[nodiscard]] Result<void> set_clock(std::chrono::system_clock::time_point time) override;
  [[nodiscard]] Result<void> loopback_up() override;
  [[nodiscard]] Result<void> resize_partition(const std::string& disk, unsigned number,
                                              std::uint64_t start, std::uint64_t size) override;
  [[nodiscard]] Result<void> load_module(const std::string& file,
                                         const std::string& parameters) override;
};

[[nodiscard]] std::string kernel_release();  // uname -r
[[nodiscard]] std::uint64_t memory_kib();    // all that the kernel manages, as MemTotal in proc(5)

// What programs can still have, MemAvailable in proc_meminfo(5).
[[nodiscard]] Result<std::uint64_t> available_memory_kib(const Files& files);

// `size` bytes of the kernel's random generator; waits until it is seeded.
[[nodiscard]] Result<std::string> random_bytes(std::size_t size);

// All pages of this process, as they come into use, stay in memory.
[[nodiscard]] Result<void> lock_memory();

}  // namespace ros::sys
