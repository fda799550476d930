#include "sermo/serve/net/drain.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace sermo::serve {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

asio::awaitable<void> drain(tcp::socket& socket, Deadline& deadline, std::shared_ptr<void> owner,
                            const bool& stopping) {
  constexpr size_t kBlockBytes = 64 * 1024;
  boost::system::error_code error;
  socket.shutdown(tcp::socket::shutdown_send, error);
  if (error) co_return;  // it is gone
  deadline.set(kMaxDrainTime, std::move(owner));
  std::vector<std::byte> block(kBlockBytes);
  size_t drained = 0;
  while (drained < kMaxDrainedBytes && !stopping) {
    const auto [failure, count] =
        co_await socket.async_read_some(asio::buffer(block), asio::as_tuple(asio::use_awaitable));
    if (failure) break;
    drained += count;
  }
  deadline.lift();
}

}  // namespace sermo::serve
