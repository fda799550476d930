// How long the calling thread has been at work.
//
// Unlike the time of day it does not count the time in which other programs had the processor, so
// what it measures is the same on a busy machine.
#pragma once

#include <ctime>

namespace sermo {

// Seconds of processor time of the calling thread since it began.
inline double thread_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace sermo
