#include "copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "progress.h"
#include "sermo/data/clip_prints.h"

namespace sermo::app {
namespace {

std::string line_of(const eval::FoldPlan& plan, const eval::Leak& leak,
                    std::span<const std::string> paths) {
  return fmt::format("  {} {} {} ({} tests the first and learns from the second)",
                     paths[leak.tested], leak.exact ? "=" : "~", paths[leak.learnt],
                     plan.folds[leak.fold].name);
}

// The first few of one kind, and how many more there are.
std::string lines_of(const eval::FoldPlan& plan, const eval::LeakReport& leaks,
                     std::span<const std::string> paths, bool exact) {
  constexpr size_t kFew = 10;
  std::string lines;
  size_t num_leaks = 0;
  for (const eval::Leak& leak : leaks.copies) {
    if (leak.exact == exact && ++num_leaks <= kFew) lines += "\n" + line_of(plan, leak, paths);
  }
  if (num_leaks > kFew) lines += fmt::format("\n  and {} more", num_leaks - kFew);
  return lines;
}

}  // namespace

Result<std::vector<eval::CopyPair>> find_copies(const CorpusOptions& corpus,
                                                std::span<const std::string> paths,
                                                MatrixView features, const Console& console) {
  if (corpus.roots.empty()) return eval::copies_by_features(features);
  const std::vector<std::filesystem::path> roots(corpus.roots.begin(), corpus.roots.end());
  Progress progress(console, "looking for copies", "clips");
  data::ClipPrintOptions options;
  options.num_threads = corpus.jobs;
  options.progress = [&](size_t num_done) {
    progress.report(static_cast<double>(num_done), static_cast<double>(paths.size()));
  };
  SERMO_TRY(const std::vector<data::ClipPrint> prints,
            data::read_clip_prints(roots, paths, options));
  return eval::copies_by_sound(prints);
}

Result<void> tell_leaks(const eval::FoldPlan& plan, const eval::LeakReport& leaks,
                        std::span<const std::string> paths, bool allow_leaks,
                        const Console& console) {
  const auto num_exact = std::ranges::count(leaks.copies, true, &eval::Leak::exact);
  const auto num_near = static_cast<ptrdiff_t>(leaks.copies.size()) - num_exact;
  if (leaks.num_kept_together > 0) {
    console.note(fmt::format("{}: of exact copies, {} moved to the side on which the first stands",
                             plan.name, leaks.num_kept_together));
  }
  if (num_near > 0) {
    console.note(fmt::format("{}: near copies in training and test, which inflate the score: {}{}",
                             plan.name, num_near, lines_of(plan, leaks, paths, false)));
  }
  if (num_exact == 0) return {};
  const std::string message = fmt::format("{}: the same recording in training and test, {} times{}",
                                          plan.name, num_exact, lines_of(plan, leaks, paths, true));
  if (!allow_leaks) {
    return fail(ErrorCode::kMismatch,
                message + "\nremove the copies, or go on all the same with --allow-leaks");
  }
  console.note(message);
  return {};
}

}  // namespace sermo::app
