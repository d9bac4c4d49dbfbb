// A socket of libnl behind which no kernel is: each call is answered with the same bytes, once, for
// libnl asks again for as long as an answer says that it was interrupted.
#pragma once

#include <netlink/handlers.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "sys/netlink.h"

namespace ros::fakes {

class NetlinkReplies {
 public:
  // `bytes`: one datagram of any number of messages (netlink(7)).
  explicit NetlinkReplies(std::string bytes) : bytes_(std::move(bytes)) {
    auto* const socket = nl_socket_alloc();
    nl_socket_disable_seq_check(socket);
    auto* const callbacks = nl_socket_get_cb(socket);
    nl_cb_overwrite_send(callbacks, &NetlinkReplies::ask);
    nl_cb_overwrite_recv(callbacks, &NetlinkReplies::answer);
    nl_cb_put(callbacks);
    network_ = sys::network_over(socket);
  }
  NetlinkReplies(const NetlinkReplies&) = delete;
  NetlinkReplies& operator=(const NetlinkReplies&) = delete;
  ~NetlinkReplies() { current = nullptr; }

  [[nodiscard]] sys::Network& network() {
    current = this;
    left_ = true;
    return *network_;
  }

 private:
  // libnl's callbacks have no argument of their own.
  static thread_local inline NetlinkReplies* current = nullptr;

  static int ask(nl_sock* /*socket*/, nl_msg* /*request*/) { return 1; }

  // The end of what there is, once the bytes are read; libnl frees `buffer`.
  static int answer(nl_sock* /*socket*/, sockaddr_nl* from, unsigned char** buffer,
                    ucred** /*sender*/) {
    if (!std::exchange(current->left_, false) || current->bytes_.empty()) return 0;
    *from = {};
    from->nl_family = AF_NETLINK;
    *buffer = static_cast<unsigned char*>(std::malloc(current->bytes_.size()));
    std::memcpy(*buffer, current->bytes_.data(), current->bytes_.size());
    return static_cast<int>(current->bytes_.size());
  }

  std::string bytes_;
  bool left_ = false;
  std::unique_ptr<sys::Network> network_;
};

}  // namespace ros::fakes
