// Errors that callers can expect and handle.
//
// Every failure that bad input, a missing file or a foreign model can cause is an `Error` value
// inside a `Result<T>` (result.h); nothing in the library throws, prints or exits for them. Bugs
// abort through SERMO_CHECK (check.h).
//
// A message says what, where, got and wanted: `a.wav: no audio stream (found: video h264)`. It
// never ends in a period and never holds a stack trace. Thread rule: plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sermo {

// The closed list of expected failures. `error_traits` gives each its public name, exit status and
// HTTP status.
enum class ErrorCode {
  kUsage,        // the request itself is malformed: unknown option, impossible combination
  kNotFound,     // no such file, folder or model
  kNotReadable,  // it exists, but the system refuses to read it
  kNotWritable,  // the output cannot be created or written
  kCorrupt,      // recognised, but damaged: wrong checksum, impossible sizes, truncated beyond use
  kUnsupported,  // not a kind of file or content that is supported
  kTooShort,     // fewer samples, rows or speakers than the operation is defined for
  kTooLong,      // longer than the limit on duration
  kTooLarge,     // more bytes or elements than the limit on size
  kSilent,       // every sample is zero
  kNotFinite,    // NaN or infinity among the values
  kMismatch,     // schema, labels or shapes of two things that must agree do not
  kCancelled,    // the caller asked to stop
  kUnavailable,  // not now: loading, stopping, or the queue is full
  kInternal,     // a bug that was contained
};

struct ErrorTraits {
  std::string_view name;  // as in JSON answers, e.g. "too_short"
  int exit_status;        // of the program, see the table in README.md
  int http_status;        // of the service
};

// The one table from codes to names, exit statuses and HTTP statuses.
ErrorTraits error_traits(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // The same error with `where: ` put before the message, for naming the file that a lower layer
  // did not know.
  Error in(std::string_view where) && {
    message.insert(0, std::string(where) + ": ");
    return std::move(*this);
  }
  bool operator==(const Error&) const = default;
};

}  // namespace sermo
