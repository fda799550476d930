// Letting the other side read our last words before a connection is closed.
//
// Closing a socket while unread bytes lie in it, or still come, resets the connection, and the
// reset takes along what the other side has not read yet: the answer that says why. So the sending
// half is closed first, and what still comes is read and thrown away, within limits. Belongs to the
// network thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "sermo/serve/net/deadline.h"

namespace sermo::serve {

// Whoever sends more, or for longer, is cut off.
inline constexpr size_t kMaxDrainedBytes = size_t{256} << 20;
inline constexpr std::chrono::seconds kMaxDrainTime{10};

// Until the other side closes, a limit is reached or `stopping` becomes true (which whoever sets it
// follows by a deadline of nothing). `deadline` is that of `socket`, `owner` keeps both alive. The
// socket is left open.
boost::asio::awaitable<void> drain(boost::asio::ip::tcp::socket& socket, Deadline& deadline,
                                   std::shared_ptr<void> owner, const bool& stopping);

}  // namespace sermo::serve
