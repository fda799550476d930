#include "progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace sermo::app {
namespace {

constexpr std::chrono::milliseconds kBarInterval{100};
constexpr std::chrono::seconds kLineInterval{10};
constexpr int kBarWidth = 30;

std::string duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(const Console& console, std::string doing, std::string unit)
    : console_(console), doing_(std::move(doing)), unit_(std::move(unit)) {}

Progress::~Progress() {
  if (bar_is_drawn_) console_.err << "\r\x1b[K" << std::flush;  // what follows says the result
}

void Progress::report(double done, double total, std::string_view note) {
  if (console_.quiet) return;
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  const Clock::duration interval =
      console_.err_is_terminal ? Clock::duration(kBarInterval) : Clock::duration(kLineInterval);
  const bool first_bar = console_.err_is_terminal && !bar_is_drawn_;
  if (!first_bar && now - last_shown_ < interval) return;
  last_shown_ = now;
  if (console_.err_is_terminal) {
    const int filled =
        total > 0.0 ? static_cast<int>(kBarWidth * std::clamp(done / total, 0.0, 1.0)) : 0;
    console_.err << fmt::format("\r\x1b[K[{:=<{}}{: <{}}] {}", "", filled, "", kBarWidth - filled,
                                line(done, total, note))
                 << std::flush;
    bar_is_drawn_ = true;
  } else {
    console_.err << line(done, total, note) << '\n' << std::flush;
  }
}

std::string Progress::line(double done, double total, std::string_view note) const {
  const double elapsed_s = std::chrono::duration<double>(Clock::now() - start_).count();
  std::string text = fmt::format("{} {:.0f} of {:.0f} {}", doing_, done, total, unit_);
  if (done > 0.0 && elapsed_s > 0.5) {
    text += fmt::format(", {:.1f} {}/s, {} left", done / elapsed_s, unit_,
                        duration(elapsed_s * (total - done) / done));
  }
  if (!note.empty()) text += fmt::format(" ({})", note);
  return text;
}

}  // namespace sermo::app
