// `sermo serve`: the page and the HTTP API.
#include "sermo/serve/server.h"

#include <fmt/format.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <ostream>
#include <string>

#include "sermo/base/file.h"
#include "sermo/model/manifest.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

struct ServeOptions {
  serve::ServerOptions server;
  std::string models_dir = "models";
  std::string token_file;
  double request_timeout_s = 60.0;
  double idle_timeout_s = 60.0;
  int jobs = 1;
};

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(1e3 * seconds));
}

// The first line of a file, which must say something.
Result<std::string> read_token(const std::string& path) {
  constexpr size_t kMaxBytes = 4096;
  SERMO_TRY(std::string text, read_text_file(path, kMaxBytes));
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos)
    return fail(ErrorCode::kUsage, path + ": its first line should hold the token");
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int run_server(ServeOptions& options, Console& console) {
  serve::ServerOptions& server = options.server;
  server.models_dir = options.models_dir;
  server.num_workers = static_cast<size_t>(options.jobs);
  server.request_timeout = milliseconds_of(options.request_timeout_s);
  server.idle_timeout = milliseconds_of(options.idle_timeout_s);
  if (!options.token_file.empty()) {
    Result<std::string> token = read_token(options.token_file);
    if (!token) return failed(console, token.error());
    server.service.token = std::move(*token);
  }
  // Loading goes on in the background; that there is nothing to load is said at once.
  if (const auto manifest = model::read_manifest(options.models_dir); !manifest)
    return failed(console, manifest.error());

  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(console.err, true);
  server.logger = std::make_shared<spdlog::logger>("sermo", sink);
  server.logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  if (console.quiet) server.logger->set_level(spdlog::level::warn);
  server.on_listening = [&console](const std::string& url) {
    console.out << "Sermo is at " << url << std::endl;
  };
  const Result<void> done = serve::serve(server);
  return done ? 0 : failed(console, done.error());
}

}  // namespace

void add_serve(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand("serve", "Serve the page and the HTTP API");
  const auto options = std::make_shared<ServeOptions>();
  serve::ServerOptions& server = options->server;
  verb.add_option("--models", options->models_dir, "Folder of trained models")
      ->capture_default_str()
      ->type_name("DIR");
  verb.add_option("--host", server.host, "Address to listen on; 0.0.0.0 lets other machines in")
      ->capture_default_str()
      ->type_name("ADDRESS");
  verb.add_option("--port", server.port, "Port to listen on; 0 picks a free one")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--max-upload", server.service.max_upload_bytes,
                  "Refuse larger recordings (default: 32MiB)")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--max-duration", server.service.max_duration_s,
                  "Refuse longer recordings, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->type_name("S");
  verb.add_option("--token-file", options->token_file,
                  "Ask clients for the bearer token in the first line of this file")
      ->type_name("F");
  verb.add_option("--cors", server.service.cors_origin,
                  "Let pages of this origin call too, such as https://example.org")
      ->type_name("ORIGIN");
  verb.add_option("--queue", server.queue_capacity,
                  "Recordings that may wait; beyond, clients are told to come back")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--request-timeout", options->request_timeout_s,
                  "Seconds that a request may take to arrive")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->type_name("S");
  verb.add_option("--idle-timeout", options->idle_timeout_s,
                  "Seconds that a connection may stay open without a request")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->type_name("S");
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo serve --port 8080, then open http://127.0.0.1:8080");
  verb.callback([options, &console, &status] { status = run_server(*options, console); });
}

}  // namespace sermo::app
