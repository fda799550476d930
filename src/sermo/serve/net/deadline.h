// A limit on how long a socket may take. When it is over, what the socket does is cancelled, again
// and again until the deadline is lifted, so that no operation slips through between two others.
//
// Belongs to the network thread. `owner` keeps alive whatever holds both socket and deadline.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace sermo::serve {

class Deadline {
 public:
  explicit Deadline(boost::asio::ip::tcp::socket& socket)
      : socket_(socket), timer_(socket.get_executor()) {}

  // From now on; replaces the limit before.
  void set(std::chrono::milliseconds limit, std::shared_ptr<void> owner) {
    is_over_ = false;
    timer_.expires_after(limit);
    wait(std::move(owner));
  }
  void lift() {
    is_over_ = false;
    timer_.expires_at(Clock::time_point::max());
  }
  bool is_over() const { return is_over_; }

 private:
  using Clock = std::chrono::steady_clock;

  void wait(std::shared_ptr<void> owner) {
    timer_.async_wait([this, owner = std::move(owner)](boost::system::error_code error) mutable {
      if (error || timer_.expiry() > Clock::now()) return;  // lifted, or set anew
      is_over_ = true;
      boost::system::error_code ignored;
      socket_.cancel(ignored);
      constexpr std::chrono::milliseconds kAgain{20};
      timer_.expires_after(kAgain);
      wait(std::move(owner));
    });
  }

  boost::asio::ip::tcp::socket& socket_;
  boost::asio::steady_timer timer_;
  bool is_over_ = false;
};

}  // namespace sermo::serve
