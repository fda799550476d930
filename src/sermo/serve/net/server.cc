#include "sermo/serve/server.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <optional>
#include <thread>
#include <utility>

#include "sermo/serve/net/connection.h"
#include "sermo/serve/net/hub.h"
#include "sermo/serve/worker_pool.h"

namespace sermo::serve {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// As many open files as the system allows: each connection is one, and the usual limit of 1024 is
// there for programs that use select().
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

class Server {
 public:
  explicit Server(const ServerOptions& options)
      : options_(options),
        service_(options.service, [this] { return gauges(); }),
        hub_{io_, service_, pool_, options_},
        io_(1),  // one thread runs it
        acceptor_(io_),
        signals_(io_),
        patience_(io_),
        pool_(options.num_workers, options.queue_capacity) {}

  Result<void> run() {
    raise_file_limit();
    SERMO_TRY_VOID(listen());
    watch_signals();
    std::jthread loader([this] { load(); });
    asio::co_spawn(io_, accept(), asio::detached);
    if (options_.on_listening) options_.on_listening(url());
    io_.run();
    if (failure_) return fail(std::move(*failure_));
    return {};
  }

 private:
  Result<void> listen() {
    const auto cannot = [&](const error_code& error) {
      return fail(ErrorCode::kNotReadable,
                  fmt::format("cannot listen on {} port {}: {}", options_.host, options_.port,
                              error.message()));
    };
    error_code error;
    const auto found = tcp::resolver(io_).resolve(options_.host, std::to_string(options_.port),
                                                  tcp::resolver::passive, error);
    if (error) return cannot(error);
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot(error);
    return {};
  }

  std::string url() const {
    const tcp::endpoint endpoint = acceptor_.local_endpoint();
    const std::string host = endpoint.address().to_string();
    return endpoint.address().is_v6() ? fmt::format("http://[{}]:{}", host, endpoint.port())
                                      : fmt::format("http://{}:{}", host, endpoint.port());
  }

  asio::awaitable<void> accept() {
    while (!hub_.stopping) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (hub_.stopping) co_return;
      if (error) {  // most likely too many open files: others will end
        asio::steady_timer pause(io_, std::chrono::milliseconds(50));
        co_await pause.async_wait(kAwait);
        continue;
      }
      if (hub_.connections.size() >= options_.max_connections) continue;  // closes it
      const auto connection = std::make_shared<Connection>(std::move(socket), hub_);
      asio::co_spawn(
          io_, [connection] { return connection->run(); },
          [this, connection](const std::exception_ptr& bug) { ended(bug); });
    }
  }

  void ended(const std::exception_ptr& bug) {
    if (bug) {
      try {
        std::rethrow_exception(bug);
      } catch (const std::exception& error) {
        if (options_.logger)
          options_.logger->error("a connection ended by a bug: {}", error.what());
      }
    }
    // The connection itself goes when its handlers have gone.
    asio::post(io_, [this] { leave_when_idle(); });
  }

  void watch_signals() {
    for (const int signal : {SIGINT, SIGTERM}) {
      error_code ignored;
      signals_.add(signal, ignored);
    }
    signals_.async_wait([this](error_code error, int) {
      if (error) return;
      if (options_.logger) options_.logger->info("stopping: finishing what runs");
      signals_.async_wait([this](error_code again, int) {
        if (!again) io_.stop();
      });
      stop();
    });
  }

  // On a thread of its own.
  void load() {
    const Clock::time_point begin = Clock::now();
    Result<ModelSet> models =
        load_model_set(options_.models_dir, static_cast<int>(options_.num_workers));
    if (!models) {
      asio::post(io_, [this, error = std::move(models.error())] {
        failure_ = error;
        stop();
      });
      return;
    }
    const size_t count = models->recognizer->models().size();
    num_models_.store(count);
    service_.set_models(std::make_shared<const ModelSet>(std::move(*models)));
    if (options_.logger) {
      options_.logger->info(
          "{} models ready in {:.0f} ms", count,
          std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
  }

  void stop() {
    if (std::exchange(hub_.stopping, true)) return;
    service_.set_stopping();
    error_code ignored;
    acceptor_.close(ignored);
    for (Connection* connection : hub_.connections) connection->stop();
    patience_.expires_after(options_.stop_timeout);
    patience_.async_wait([this](error_code error) {
      if (!error) io_.stop();
    });
    leave_when_idle();
  }

  void leave_when_idle() {
    if (!hub_.stopping || !hub_.connections.empty()) return;
    patience_.cancel();
    error_code ignored;
    signals_.cancel(ignored);
  }

  Gauges gauges() const {
    return {.queue_depth = pool_.num_waiting(),
            .queue_capacity = pool_.capacity(),
            .busy_workers = pool_.num_busy(),
            .workers = pool_.num_workers(),
            .connections = hub_.connections.size(),
            .streams = hub_.num_streams,
            .models = num_models_.load(),
            .buffered_bytes = hub_.upload_bytes};
  }

  // The order matters at the end: workers go first, then the connections that io_ still holds, then
  // what those look at.
  const ServerOptions& options_;
  std::atomic<size_t> num_models_{0};
  Service service_;
  Hub hub_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer patience_;
  WorkerPool pool_;
  std::optional<Error> failure_;
};

}  // namespace

Result<void> serve(const ServerOptions& options) { return Server(options).run(); }

}  // namespace sermo::serve
