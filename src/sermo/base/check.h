// SERMO_CHECK(condition, "what must hold"): aborts with file and line when the condition is false.
//
// For bugs only, that is, for what no input can cause. Input is answered with a Result (result.h).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sermo::internal {

[[noreturn]] inline void check_failed(const char* file, int line, const char* condition,
                                      const char* what) {
  std::fprintf(stderr, "%s:%d: bug: %s (%s)\n", file, line, what, condition);
  std::abort();
}

}  // namespace sermo::internal

#define SERMO_CHECK(condition, what)                                                         \
  do {                                                                                       \
    if (!(condition)) ::sermo::internal::check_failed(__FILE__, __LINE__, #condition, what); \
  } while (false)
