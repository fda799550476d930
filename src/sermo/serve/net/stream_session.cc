#include "sermo/serve/net/stream_session.h"

#include <spdlog/logger.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <span>
#include <utility>

#include "sermo/serve/live_answer.h"
#include "sermo/serve/net/drain.h"
#include "sermo/serve/net/event.h"
#include "sermo/serve/subprotocol.h"

namespace sermo::serve {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using std::chrono::milliseconds;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

constexpr size_t kMaxMessageBytes = size_t{1} << 20;  // half a minute at 16 kHz
constexpr milliseconds kHandshakeTimeout{10'000};
// A stream waits its turn when the queue is full, as its sound waits for it.
constexpr milliseconds kQueueRetry{50};
constexpr int kMaxQueueTries = 100;

std::span<const std::byte> bytes_of(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const std::byte*>(buffer.data().data()), buffer.data().size()};
}

}  // namespace

StreamSession::StreamSession(asio::ip::tcp::socket socket, Hub& hub,
                             std::shared_ptr<const ModelSet> models, size_t model_index)
    : stream_(std::move(socket)),
      hub_(hub),
      deadline_(stream_.next_layer()),
      models_(std::move(models)),
      model_index_(model_index) {
  ++hub_.num_streams;
}

StreamSession::~StreamSession() { --hub_.num_streams; }

void StreamSession::stop() {
  stopping_ = true;
  if (draining_) deadline_.set(milliseconds(0), shared_from_this());
  if (!reading_) return;  // noticed after the answer
  asio::co_spawn(
      stream_.get_executor(),
      [self = shared_from_this()] {
        return self->close(websocket::close_code::going_away, "the service is stopping");
      },
      asio::detached);
}

asio::awaitable<void> StreamSession::run(Upgrade upgrade, const RequestHead& head) {
  stream_.set_option(websocket::stream_base::timeout{
      .handshake_timeout = kHandshakeTimeout,
      .idle_timeout = hub_.options.idle_timeout,
      .keep_alive_pings = false,
  });
  stream_.set_option(websocket::stream_base::decorator([&head](websocket::response_type& response) {
    response.set("X-Request-Id", head.id);
    response.set(http::field::server, "sermo");  // not the library and its version
    if (offers_live(head.subprotocols))
      response.set(http::field::sec_websocket_protocol, kLiveSubprotocol);
  }));
  stream_.read_message_max(kMaxMessageBytes);
  const auto [error] = co_await stream_.async_accept(upgrade, kAwait);
  if (error) co_return;
  co_await converse();
  draining_ = true;
  co_await drain(stream_.next_layer(), deadline_, shared_from_this(), stopping_);
}

// Gives whether a message is in the buffer.
asio::awaitable<bool> StreamSession::read_message() {
  buffer_.clear();
  reading_ = true;
  const auto [error, count] = co_await stream_.async_read(buffer_, kAwait);
  reading_ = false;
  co_return !error;
}

asio::awaitable<void> StreamSession::converse() {
  if (!co_await read_message()) co_return;
  const std::span<const std::byte> first = bytes_of(buffer_);
  Result<StreamStart> start =
      parse_stream_start({reinterpret_cast<const char*>(first.data()), first.size()});
  if (start && start->enrolment != nullptr) {
    if (auto checked = models_->recognizer->check_enrolled(*start->enrolment); !checked)
      start = fail(std::move(checked.error()));
  }
  if (!start) {
    co_await close(websocket::close_code::policy_error, start.error().message);
    co_return;
  }
  enrolment_ = std::move(start->enrolment);
  LiveWindow window(start->sample_rate_hz);
  while (!stopping_ && co_await read_message()) {
    std::span<const std::byte> frames = bytes_of(buffer_);
    if (!stream_.got_binary() || frames.size() % 2 != 0) {
      co_await close(websocket::close_code::bad_payload,
                     "wanted binary messages of whole 16-bit samples");
      co_return;
    }
    while (window.take(frames)) {
      if (stopping_ || !co_await answer(window.hop())) break;
    }
  }
  if (stopping_) co_await close(websocket::close_code::going_away, "the service is stopping");
}

// Gives whether the answer was sent.
asio::awaitable<bool> StreamSession::answer(LiveHop hop) {
  struct Job {
    explicit Job(const asio::any_io_executor& executor) : done(executor) {}
    Event done;
    LiveHop hop;
    std::string text;
  };
  const asio::any_io_executor executor = stream_.get_executor();
  const auto job = std::make_shared<Job>(executor);
  job->hop = std::move(hop);
  WorkerPool::Ticket ticket;
  for (int i = 0; ticket == nullptr; ++i) {
    ticket = hub_.pool.submit([job, executor, models = models_, index = model_index_,
                               enrolment = enrolment_] {
      job->text = answer_hop(*models->recognizer, index, job->hop, enrolment);
      asio::post(executor, [job] { job->done.set(); });
    });
    if (ticket != nullptr) break;
    if (i == kMaxQueueTries) {
      co_await close(websocket::close_code::try_again_later, "the queue is full");
      co_return false;
    }
    asio::steady_timer pause(executor, kQueueRetry);
    co_await pause.async_wait(kAwait);
  }
  co_await job->done.wait();
  stream_.text(true);
  const auto [error, count] = co_await stream_.async_write(asio::buffer(job->text), kAwait);
  if (!error) hub_.service.metrics().stream_answered();
  co_return !error;
}

asio::awaitable<void> StreamSession::close(websocket::close_code code, std::string reason) {
  websocket::close_reason why(code);
  reason.resize(std::min(reason.size(), why.reason.max_size()));
  why.reason.assign(reason.data(), reason.size());
  co_await stream_.async_close(why, kAwait);
}

}  // namespace sermo::serve
