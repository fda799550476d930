#include "sermo/serve/net/connection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <ctime>
#include <iterator>
#include <random>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/utf8.h"
#include "sermo/serve/net/drain.h"
#include "sermo/serve/net/event.h"
#include "sermo/serve/net/stream_session.h"
#include "sermo/serve/problem.h"
#include "sermo/serve/routes/routes.h"
#include "sermo/serve/voice.h"

namespace sermo::serve {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

constexpr size_t kMaxHeadBytes = 16 * 1024;
constexpr size_t kBlockBytes = 64 * 1024;
// A form is a little longer than the recordings and the voice in it.
constexpr size_t kFormBytes = 64 * 1024 + kMaxVoiceBytes;
// Other calls have no use for a body.
constexpr size_t kMaxUnusedBodyBytes = 64 * 1024;
// As nginx logs it: the client closed the connection before the answer.
constexpr int kClientWentAway = 499;

std::string text_of(std::string_view view) { return std::string(view); }

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

// Different in every process, so that the logs of several can be put together.
std::string next_request_id() {
  static const uint64_t start = std::random_device()();
  static uint32_t count = 0;
  return fmt::format("{:08x}{:08x}", start & 0xffffffffU, ++count);
}

std::string http_date() {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::time(nullptr)));
}

// Whether the other side has sent its last byte: it closed, or its machine is gone.
bool has_left(tcp::socket& socket) {
  std::array<char, 1> byte{};
  error_code error;
  socket.non_blocking(true, error);
  const size_t count = socket.receive(asio::buffer(byte), tcp::socket::message_peek, error);
  return error ? error != asio::error::would_block : count == 0;
}

}  // namespace

class Connection::Incoming {
 public:
  using Parser = http::request_parser<http::buffer_body>;

  Incoming() {
    parser.header_limit(kMaxHeadBytes);
    parser.body_limit(boost::none);  // ours is told apart by route
  }

  std::string field(http::field name) const { return text_of(parser.get()[name]); }
  // A list that may be spread over several lines, as one.
  std::string list(http::field name) const {
    std::string items;
    const auto [first, end] = parser.get().equal_range(name);
    for (auto line = first; line != end; ++line) {
      if (!items.empty()) items += ", ";
      items += text_of(line->value());
    }
    return items;
  }

  // The rest of the head once it has been read; the target is taken apart elsewhere.
  RequestHead head() const {
    RequestHead head;
    head.method = text_of(parser.get().method_string());
    head.content_type = field(http::field::content_type);
    head.content_encoding = field(http::field::content_encoding);
    head.accept_encoding = field(http::field::accept_encoding);
    head.if_none_match = field(http::field::if_none_match);
    head.authorization = field(http::field::authorization);
    head.origin = field(http::field::origin);
    head.host = field(http::field::host);
    head.preflight_method = field(http::field::access_control_request_method);
    head.subprotocols = list(http::field::sec_websocket_protocol);
    head.wants_websocket = boost::beast::websocket::is_upgrade(parser.get());
    const std::string given = text_of(parser.get()["X-Request-Id"]);
    head.id = is_request_id(given) ? given : next_request_id();
    return head;
  }
  bool lacks_host() const {
    const auto& request = parser.get();
    return request.version() >= 11 && request.count(http::field::host) != 1;
  }
  bool expects_continue() const {
    return boost::beast::iequals(field(http::field::expect), "100-continue");
  }

  Parser parser;
  size_t max_body_bytes = kMaxUnusedBodyBytes;
};

Connection::Connection(tcp::socket socket, Hub& hub)
    : socket_(std::move(socket)), hub_(hub), deadline_(socket_) {
  hub_.connections.insert(this);
}

Connection::~Connection() { hub_.connections.erase(this); }

void Connection::stop() {
  stopping_ = true;
  if (state_ == State::kIdle || state_ == State::kReading)
    deadline_.set(milliseconds(0), shared_from_this());
  if (stop_stream_) stop_stream_();
}

asio::awaitable<void> Connection::run() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  while (co_await serve_one()) {
  }
  deadline_.lift();
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

// Answers one request. Gives whether another may follow.
asio::awaitable<bool> Connection::serve_one() {
  state_ = State::kIdle;
  if (stopping_) co_return false;
  if (buffer_.size() == 0) {
    buffer_.shrink_to_fit();  // hundreds of idle connections need not remember their uploads
    deadline_.set(hub_.options.idle_timeout, shared_from_this());
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
    if (error) co_return false;
  }
  state_ = State::kReading;
  deadline_.set(hub_.options.request_timeout, shared_from_this());
  const Clock::time_point begin = Clock::now();
  Incoming incoming;
  const auto [head_error, head_bytes] =
      co_await http::async_read_header(socket_, buffer_, incoming.parser, kAwait);
  RequestHead head;
  if (head_error) {
    std::optional<Response> response = explain(head_error, incoming.parser.got_some());
    if (!response) co_return false;
    head.id = next_request_id();
    hub_.service.finish(head, *response);
    co_await send(head, *response, false);
    log(head, nullptr, *response, begin);
    co_await drain();
    co_return false;
  }

  head = incoming.head();
  Service::Admission admission;
  Result<Target> target = parse_target(text_of(incoming.parser.get().target()));
  if (target) {
    head.target = std::move(*target);
    admission = hub_.service.admit(head);
  } else {
    admission.refusal = problem(target.error());
  }
  if (incoming.lacks_host()) admission.refusal = problem(kMalformed, "wanted one Host header");
  const Route* route = admission.route;
  std::optional<Response> response = std::move(admission.refusal);
  if (!response && route->where == Where::kWorker)
    incoming.max_body_bytes = hub_.options.service.max_upload_bytes + kFormBytes;

  Request request;
  request.head = head;
  UploadLease lease(hub_);
  if (!response) response = co_await read_body(incoming, request, lease);
  const Clock::time_point received = Clock::now();
  const bool keep_alive = incoming.parser.is_done() && incoming.parser.get().keep_alive();
  if (!response && !incoming.parser.is_done()) {  // the client went away while sending
    log(head, route, Response{.status = kClientWentAway}, received);
    co_return false;
  }

  state_ = State::kAnswering;
  if (!response && route->where == Where::kWorker) {
    response = co_await compute(*route, std::move(request));
    if (!response) {
      log(head, route, Response{.status = kClientWentAway}, received);
      co_return false;
    }
  } else if (!response) {
    response = hub_.service.respond(*route, request);
  }
  if (response->status == 101) {
    if (hub_.num_streams < hub_.options.max_streams) {
      co_await stream(incoming, head, *route);
      co_return false;
    }
    response = problem(kBusy, "too many live streams at once");
    response->add("Retry-After", "10");
  }
  hub_.service.finish(head, *response);
  const bool sent = co_await send(head, *response, keep_alive && !stopping_);
  log(head, route, *response, received);
  if (sent && !incoming.parser.is_done()) co_await drain();
  co_return sent&& keep_alive && !stopping_;
}

// Nothing when the whole body is there, or when the client went away (the parser knows which);
// otherwise why it is not taken.
asio::awaitable<std::optional<Response>> Connection::read_body(Incoming& incoming, Request& request,
                                                               UploadLease& lease) {
  auto& parser = incoming.parser;
  const auto too_large = [&] {
    return problem(kBodyTooLarge, fmt::format("the body is too large, wanted at most {} bytes",
                                              incoming.max_body_bytes));
  };
  const uint64_t declared = parser.content_length().value_or(0);
  if (declared > incoming.max_body_bytes) co_return too_large();
  if (parser.is_done()) co_return std::nullopt;
  if (incoming.expects_continue()) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, count] = co_await asio::async_write(
        socket_, asio::buffer(kContinue.data(), kContinue.size()), kAwait);
    if (error) co_return explain(error, true);
  }
  std::vector<std::byte> block(kBlockBytes);
  while (!parser.is_done()) {
    auto& target = parser.get().body();
    target.data = block.data();
    target.size = block.size();
    auto [error, count] = co_await http::async_read(socket_, buffer_, parser, kAwait);
    if (error == http::error::need_buffer) error = {};
    if (error) co_return explain(error, true);
    const size_t fresh = block.size() - target.size;
    if (request.body.size() + fresh > incoming.max_body_bytes) co_return too_large();
    if (!lease.add(fresh)) {
      Response busy = problem(kBusy, "too many uploads at once");
      busy.add("Retry-After", "1");
      co_return busy;
    }
    request.body.insert(request.body.end(), block.begin(),
                        block.begin() + static_cast<std::ptrdiff_t>(fresh));
  }
  co_return std::nullopt;
}

// What to answer to a request that did not arrive; nothing where nobody is there to read it.
std::optional<Response> Connection::explain(error_code error, bool head_has_begun) const {
  if (error == asio::error::operation_aborted) {
    if (stopping_) {
      Response response = problem(kNotNow, "the service is stopping");
      response.add("Retry-After", "1");
      return head_has_begun ? std::optional(response) : std::nullopt;
    }
    if (!deadline_.is_over()) return std::nullopt;
    return problem(
        kTooSlow, fmt::format("the request did not arrive within {} s",
                              std::chrono::duration<double>(hub_.options.request_timeout).count()));
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return problem(
        kHeadTooLarge,
        fmt::format("the request's head is too large, wanted at most {} bytes", kMaxHeadBytes));
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category())
    return problem(kMalformed, fmt::format("malformed HTTP: {}", error.message()));
  return std::nullopt;
}

// Has a worker answer. Nothing when the client went away meanwhile.
asio::awaitable<std::optional<Response>> Connection::compute(const Route& route, Request request) {
  struct Job {
    explicit Job(const asio::any_io_executor& executor) : done(executor) {}
    Event done;
    std::optional<Response> response;
    std::stop_source gone;
    Request request;
  };
  deadline_.lift();
  const asio::any_io_executor executor = socket_.get_executor();
  const auto job = std::make_shared<Job>(executor);
  request.gone = job->gone.get_token();
  job->request = std::move(request);
  const WorkerPool::Ticket ticket = hub_.pool.submit([job, executor, &route, &hub = hub_] {
    job->response = hub.service.respond(route, job->request);
    asio::post(executor, [job] { job->done.set(); });
  });
  if (ticket == nullptr) {
    Response response = problem(kBusy, "the queue is full");
    response.add("Retry-After", "1");
    co_return response;
  }
  socket_.async_wait(tcp::socket::wait_read,
                     [job, ticket, self = shared_from_this()](error_code error) {
                       if (error || !has_left(self->socket_)) return;
                       job->gone.request_stop();
                       if (self->hub_.pool.cancel(ticket)) job->done.set();
                     });
  co_await job->done.wait();
  error_code ignored;
  socket_.cancel(ignored);
  if (job->gone.stop_requested()) co_return std::nullopt;
  co_return std::move(job->response);
}

asio::awaitable<void> Connection::stream(const Incoming& incoming, const RequestHead& head,
                                         const Route& route) {
  const std::shared_ptr<const ModelSet> models = hub_.service.models();
  const Result<size_t> model_index = stream_model(head, *models);
  SERMO_CHECK(model_index.has_value(), "the route has looked at this");
  StreamSession::Upgrade upgrade(incoming.parser.get().base());
  deadline_.lift();
  state_ = State::kStreaming;
  const auto session =
      std::make_shared<StreamSession>(std::move(socket_), hub_, models, *model_index);
  stop_stream_ = [&session] { session->stop(); };
  const Clock::time_point begin = Clock::now();
  co_await session->run(std::move(upgrade), head);
  stop_stream_ = nullptr;
  log(head, &route, Response{.status = 101}, begin);
}

asio::awaitable<bool> Connection::send(const RequestHead& head, Response& response,
                                       bool keep_alive) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                 status_text(response.status), http_date());
  const auto out = std::back_inserter(text);
  const std::string_view body = response.bytes();
  const bool may_have_body = response.status != 204 && response.status != 304;
  if (may_have_body) fmt::format_to(out, "Content-Length: {}\r\n", body.size());
  if (!response.content_type.empty() && may_have_body)
    fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  for (const Header& header : response.headers)
    fmt::format_to(out, "{}: {}\r\n", header.name, header.value);
  fmt::format_to(out, "Connection: {}\r\n\r\n", keep_alive ? "keep-alive" : "close");
  const std::string_view sent_body = may_have_body && !head.is_head() ? body : std::string_view();
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(text), asio::buffer(sent_body.data(), sent_body.size())};
  deadline_.set(hub_.options.request_timeout, shared_from_this());
  const auto [error, count] = co_await asio::async_write(socket_, buffers, kAwait);
  co_return !error;
}

asio::awaitable<void> Connection::drain() {
  state_ = State::kIdle;  // the answer is out: nothing to wait for when told to stop
  co_await serve::drain(socket_, deadline_, shared_from_this(), stopping_);
}

void Connection::log(const RequestHead& head, const Route* route, const Response& response,
                     Clock::time_point begin) const {
  const double elapsed_s = std::chrono::duration<double>(Clock::now() - begin).count();
  constexpr std::string_view kKnown[] = {"GET", "HEAD", "POST", "OPTIONS"};
  const bool known = std::ranges::find(kKnown, head.method) != std::end(kKnown);
  hub_.service.metrics().answered(route == nullptr ? "other" : route->pattern,
                                  known ? std::string_view(head.method) : "other", response.status,
                                  elapsed_s);
  if (hub_.options.logger == nullptr) return;
  hub_.options.logger->info("{} {} {} {} {:.1f} ms", head.id,
                            head.method.empty() ? "-" : head.method,
                            head.target.path.empty() ? "-" : printable_utf8(head.target.path),
                            response.status, 1e3 * elapsed_s);
  if (!response.note.empty()) hub_.options.logger->error("{} {}", head.id, response.note);
}

}  // namespace sermo::serve
