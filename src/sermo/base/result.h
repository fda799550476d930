// Result<T>: a value, or the Error that explains why there is none.
//
//   Result<Clip> clip = decode_file(path);
//   if (!clip) return fail(std::move(clip.error()).in(path));
//   use(*clip);
//
// or, where the error is handed on as it is:
//
//   SERMO_TRY(Clip clip, decode_file(path));
//   SERMO_TRY_VOID(write(clip));
//
// Thread rule: plain values.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "sermo/base/error.h"

namespace sermo {

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace sermo

#define SERMO_CONCAT_INNER(a, b) a##b
#define SERMO_CONCAT(a, b) SERMO_CONCAT_INNER(a, b)

// Declares (or assigns) `target` from a Result, or returns its error from the enclosing function.
#define SERMO_TRY(target, ...) \
  SERMO_TRY_IMPL(SERMO_CONCAT(sermo_try_, __LINE__), target, __VA_ARGS__)
#define SERMO_TRY_IMPL(temporary, target, ...)                        \
  auto temporary = (__VA_ARGS__);                                     \
  if (!temporary) return ::sermo::fail(std::move(temporary.error())); \
  target = std::move(*temporary)

#define SERMO_TRY_VOID(...)                                                       \
  do {                                                                            \
    auto sermo_try_void = (__VA_ARGS__);                                          \
    if (!sermo_try_void) return ::sermo::fail(std::move(sermo_try_void.error())); \
  } while (false)
