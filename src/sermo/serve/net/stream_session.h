// A live stream: a WebSocket that takes sound and gives one answer a hop, in order.
//
// While an answer is computed nothing is read, so a client that sends faster than it is answered is
// held back by TCP and no hop is lost. Belongs to the network thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string>

#include "sermo/serve/live_window.h"
#include "sermo/serve/net/deadline.h"
#include "sermo/serve/net/hub.h"
#include "sermo/serve/net/stream_socket.h"

namespace sermo::serve {

class StreamSession : public std::enable_shared_from_this<StreamSession> {
 public:
  // The request that asked for the WebSocket.
  using Upgrade = boost::beast::http::request<boost::beast::http::empty_body>;

  StreamSession(boost::asio::ip::tcp::socket socket, Hub& hub,
                std::shared_ptr<const ModelSet> models, size_t model_index);
  ~StreamSession();
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  // Until either side ends it. `head` is that of the upgrade, and stays until then.
  boost::asio::awaitable<void> run(Upgrade upgrade, const RequestHead& head);

  // Ends it after the answer that is under way, if any.
  void stop();

 private:
  using Stream = boost::beast::websocket::stream<StreamSocket, false>;

  boost::asio::awaitable<bool> read_message();
  boost::asio::awaitable<bool> answer(LiveHop hop);
  boost::asio::awaitable<void> converse();
  boost::asio::awaitable<void> close(boost::beast::websocket::close_code code, std::string reason);

  Stream stream_;
  Hub& hub_;
  Deadline deadline_;  // once the stream has ended
  std::shared_ptr<const ModelSet> models_;
  size_t model_index_;
  std::shared_ptr<const engine::Enrolment> enrolment_;  // null: a voice never heard
  boost::beast::flat_buffer buffer_;
  bool reading_ = false;
  bool draining_ = false;
  bool stopping_ = false;
};

}  // namespace sermo::serve
