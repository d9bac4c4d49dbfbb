#include "manager/dhcp_hostname.h"

#include <sys/epoll.h>

#include "plan/tables.h"

namespace ros::manager {

DhcpHostname::DhcpHostname(sys::EventLoop& loop, const sys::Files& files,
                           std::function<void()> changed)
    : loop_(loop), files_(files), changed_(std::move(changed)) {}

DhcpHostname::~DhcpHostname() {
  if (watch_) loop_.unwatch(watch_->fd());
}

Result<void> DhcpHostname::begin() {
  const std::string directory(plan::kNetworkState);
  if (auto made = files_.make_directories(directory); !made) return made;
  name_ = read();
  auto watch = sys::DirectoryWatch::open(directory);
  if (!watch) return std::unexpected(watch.error());
  watch_ = std::move(*watch);
  return loop_.watch(watch_->fd(), EPOLLIN, [this](std::uint32_t) {
    watch_->drain();
    const auto name = read();
    if (name == name_) return;
    name_ = name;
    changed_();
  });
}

std::string DhcpHostname::read() const {
  return files_.read(plan::kDhcpHostname).value_or("");
}

}  // namespace ros::manager
