#include "cuts.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "copies.h"
#include "sermo/base/file.h"

namespace sermo::app {
namespace {

constexpr size_t kMaxFoldsBytes = size_t{16} << 20;
constexpr size_t kRandomFolds = 5;

// A cut that pays no regard to speakers can keep copies on one side; one that was given, or keeps
// speakers apart, cannot, and a copy across it is the user's to remove.
bool may_move_copies(const std::string& name) { return name == "random" || name == "original"; }

// How many rows two cuts of the same rows test in different folds, or one of them only.
size_t num_moved(const eval::FoldPlan& before, const eval::FoldPlan& after, size_t num_rows) {
  const auto tested_by = [&](const eval::FoldPlan& plan) {
    std::vector<size_t> fold_of(num_rows, plan.folds.size());
    for (size_t k = 0; k < plan.folds.size(); ++k) {
      for (size_t r : plan.folds[k].rows.test) fold_of[r] = k;
    }
    return fold_of;
  };
  const std::vector<size_t> was = tested_by(before);
  const std::vector<size_t> is = tested_by(after);
  size_t count = 0;
  for (size_t r = 0; r < num_rows; ++r) count += was[r] != is[r] ? 1 : 0;
  return count;
}

}  // namespace

// A name that is none of the known ones is a file's.
Result<eval::FoldPlan> make_plan(const std::string& name, const eval::FoldRows& rows,
                                 uint32_t seed) {
  if (name == "original") return eval::original_folds(rows, seed);
  if (name == "random") return eval::random_folds(rows, kRandomFolds, seed);
  if (name == "emobox") return eval::emobox_folds(rows);
  if (name == "loso") return eval::leave_one_speaker_out(rows);
  if (!name.ends_with(".json")) {
    return fail(ErrorCode::kUsage,
                fmt::format("no folds are called {}, wanted original, random, emobox, loso or a "
                            "file F.json",
                            name));
  }
  SERMO_TRY(const std::string text, read_text_file(name, kMaxFoldsBytes));
  Result<eval::FoldPlan> plan =
      eval::folds_from_json(rows, text, std::filesystem::path(name).stem().string());
  if (!plan) return fail(std::move(plan.error()).in(name));
  return plan;
}

Result<Cut> cut_within(const std::string& name, const eval::LabelledExamples& rows,
                       const eval::ReportedClips& clips, std::span<const eval::CopyPair> copies,
                       uint32_t seed, bool by_sound, bool allow_leaks, const Console& console) {
  const eval::FoldRows fold_rows{rows.labels, rows.speakers, clips.paths};
  Cut cut{.clips = &clips};
  SERMO_TRY(cut.plan, make_plan(name, fold_rows, seed));
  size_t num_kept_together = 0;
  if (may_move_copies(name)) {
    eval::FoldPlan together = eval::keep_copies_together(cut.plan, copies, fold_rows);
    num_kept_together = num_moved(cut.plan, together, rows.num_rows());
    cut.plan = std::move(together);
  }
  cut.leaks = eval::find_leaks(cut.plan, copies, clips);
  cut.leaks.by_sound = by_sound;
  cut.leaks.num_kept_together = num_kept_together;
  SERMO_TRY_VOID(tell_leaks(cut.plan, cut.leaks, clips.paths, allow_leaks, console));
  return cut;
}

Result<Cut> cut_across(const eval::JoinedCorpora& corpora, bool allow_leaks,
                       const Console& console) {
  Cut cut{.plan = corpora.plan, .clips = &corpora.clips, .corpora = &corpora};
  cut.leaks =
      eval::find_leaks(cut.plan, eval::copies_by_features(corpora.rows.features), corpora.clips);
  // Equal numbers of speakers in two corpora are different people.
  cut.leaks.num_shared_speakers = 0;
  SERMO_TRY_VOID(tell_leaks(cut.plan, cut.leaks, corpora.clips.paths, allow_leaks, console));
  return cut;
}

}  // namespace sermo::app
