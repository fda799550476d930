// One connection: its requests one after another, from the first byte to the last.
//
// Reads a request's head, lets the service refuse it early, reads the body within the limits, has
// it answered (by a worker where it computes) and writes the answer. A client that goes away while
// it waits takes its work with it. Belongs to the network thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sermo/serve/net/deadline.h"
#include "sermo/serve/net/hub.h"

namespace sermo::serve {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Hub& hub);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  boost::asio::awaitable<void> run();

  // Ends it as soon as the answer that is under way, if any, is sent.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  enum class State { kIdle, kReading, kAnswering, kStreaming };
  class Incoming;  // the parser and what has arrived

  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<std::optional<Response>> read_body(Incoming& incoming, Request& request,
                                                            UploadLease& lease);
  boost::asio::awaitable<std::optional<Response>> compute(const Route& route, Request request);
  boost::asio::awaitable<void> stream(const Incoming& incoming, const RequestHead& head,
                                      const Route& route);
  boost::asio::awaitable<bool> send(const RequestHead& head, Response& response, bool keep_alive);
  boost::asio::awaitable<void> drain();
  std::optional<Response> explain(boost::system::error_code error, bool head_has_begun) const;
  void log(const RequestHead& head, const Route* route, const Response& response,
           Clock::time_point begin) const;

  boost::asio::ip::tcp::socket socket_;
  Hub& hub_;
  Deadline deadline_;
  boost::beast::flat_buffer buffer_;
  State state_ = State::kIdle;
  bool stopping_ = false;
  std::function<void()> stop_stream_;
};

}  // namespace sermo::serve
