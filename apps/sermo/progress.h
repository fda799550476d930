// How far long work has come: a bar with rate and time left on a terminal, elsewhere a line now and
// then.
//
// Thread rule: report() and note() may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "console.h"

namespace sermo::app {

class Progress {
 public:
  // `doing` is what the line starts with ("extracting"), `unit` what is counted ("clips").
  Progress(const Console& console, std::string doing, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `total` units are finished; `note` says what is being done now.
  void report(double done, double total, std::string_view note = {});

 private:
  using Clock = std::chrono::steady_clock;

  std::string line(double done, double total, std::string_view note) const;

  const Console& console_;
  const std::string doing_;
  const std::string unit_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  Clock::time_point last_shown_ = Clock::now();
  bool bar_is_drawn_ = false;
};

}  // namespace sermo::app
