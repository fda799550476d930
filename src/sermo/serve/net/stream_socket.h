// The socket under a live stream.
//
// When a stream has failed or is closed, Beast tears its connection down: it reads once and closes,
// which resets the connection of a client that is still sending, and the close frame that says why
// is lost. This socket takes that step over and leaves itself open: whoever owns the stream drains
// and closes it.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <utility>

namespace sermo::serve {

class StreamSocket : public boost::asio::ip::tcp::socket {
 public:
  explicit StreamSocket(boost::asio::ip::tcp::socket socket)
      : boost::asio::ip::tcp::socket(std::move(socket)) {}
};

// Found by Beast in place of its own.
template <typename Handler>
void async_teardown(boost::beast::role_type, StreamSocket& socket, Handler&& handler) {
  boost::asio::post(
      socket.get_executor(),
      boost::beast::bind_front_handler(std::forward<Handler>(handler), boost::beast::error_code()));
}

}  // namespace sermo::serve
