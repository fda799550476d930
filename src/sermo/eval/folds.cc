#include "sermo/eval/folds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace sermo::eval {
namespace {

bool speakers_are_apart(const FoldRows& rows, const std::vector<Fold>& folds) {
  return std::ranges::all_of(folds, [&](const Fold& fold) {
    std::set<int> in_test;
    for (size_t r : fold.rows.test) in_test.insert(rows.speakers[r]);
    if (in_test.contains(-1)) return false;
    return std::ranges::none_of(fold.rows.train, [&](size_t r) {
      return rows.speakers[r] == -1 || in_test.contains(rows.speakers[r]);
    });
  });
}

FoldPlan plan_of(std::string name, const FoldRows& rows, std::vector<Fold> folds) {
  const bool apart = speakers_are_apart(rows, folds);
  return {std::move(name), std::move(folds), apart};
}

Fold fold_of_test_rows(std::string name, size_t num_rows, const std::set<size_t>& test) {
  Fold fold{std::move(name), {}};
  for (size_t r = 0; r < num_rows; ++r)
    (test.contains(r) ? fold.rows.test : fold.rows.train).push_back(r);
  return fold;
}

std::set<size_t> rows_of_speakers(const FoldRows& rows, const std::vector<int>& speakers) {
  std::set<size_t> found;
  for (size_t r = 0; r < rows.speakers.size(); ++r) {
    if (std::ranges::find(speakers, rows.speakers[r]) != speakers.end()) found.insert(r);
  }
  return found;
}

}  // namespace

Result<FoldPlan> original_folds(const FoldRows& rows, uint32_t seed) {
  SERMO_TRY(data::Split split, data::stratified_split(rows.classes, 0.2, seed));
  return plan_of("original", rows, {{"80/20", std::move(split)}});
}

Result<FoldPlan> random_folds(const FoldRows& rows, size_t num_folds, uint32_t seed) {
  SERMO_TRY(const std::vector<size_t> fold_of_row,
            data::stratified_folds(rows.classes, num_folds, seed));
  std::vector<Fold> folds;
  for (size_t k = 0; k < num_folds; ++k) {
    folds.push_back({fmt::format("part {}", k + 1), data::split_of_fold(fold_of_row, k)});
  }
  return plan_of("random", rows, std::move(folds));
}

Result<FoldPlan> emobox_folds(const FoldRows& rows) {
  static const std::vector<std::vector<int>> kActors = {{1, 11, 20, 21}, {4, 10, 12, 14},
                                                        {8, 9, 19, 23},  {3, 5, 7, 24},
                                                        {2, 15, 16, 18}, {6, 13, 17, 22}};
  for (size_t r = 0; r < rows.speakers.size(); ++r) {
    if (rows.speakers[r] < 1 || rows.speakers[r] > 24) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("{}: speaker {}, but EmoBox's folds are of RAVDESS's actors 1 to 24",
                              rows.paths[r], rows.speakers[r]));
    }
  }
  std::vector<Fold> folds;
  for (const std::vector<int>& actors : kActors) {
    const std::set<size_t> test = rows_of_speakers(rows, actors);
    if (!test.empty())
      folds.push_back(fold_of_test_rows(fmt::format("actors {}", fmt::join(actors, " ")),
                                        rows.classes.size(), test));
  }
  return plan_of("emobox", rows, std::move(folds));
}

Result<FoldPlan> leave_one_speaker_out(const FoldRows& rows) {
  std::set<int> speakers;
  for (size_t r = 0; r < rows.speakers.size(); ++r) {
    if (rows.speakers[r] < 0) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("{}: speaker unknown, so it cannot be told whom to leave out",
                              rows.paths[r]));
    }
    speakers.insert(rows.speakers[r]);
  }
  if (speakers.size() < 2) {
    return fail(ErrorCode::kTooShort,
                fmt::format("{} speaker, wanted at least 2 to leave one out", speakers.size()));
  }
  std::vector<Fold> folds;
  for (int speaker : speakers) {
    folds.push_back(fold_of_test_rows(fmt::format("speaker {}", speaker), rows.classes.size(),
                                      rows_of_speakers(rows, {speaker})));
  }
  return plan_of("loso", rows, std::move(folds));
}

Result<FoldPlan> folds_from_json(const FoldRows& rows, std::string_view text, std::string name) {
  std::map<std::string_view, size_t> row_of_path;
  for (size_t r = 0; r < rows.paths.size(); ++r) row_of_path.emplace(rows.paths[r], r);
  std::vector<Fold> folds;
  std::set<size_t> tested;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    for (const nlohmann::json& described : json.at("folds")) {
      const std::string fold_name =
          described.value("name", fmt::format("fold {}", folds.size() + 1));
      std::set<size_t> test;
      for (int speaker : described.value("test_speakers", std::vector<int>{})) {
        const std::set<size_t> found = rows_of_speakers(rows, {speaker});
        if (found.empty())
          return fail(ErrorCode::kMismatch,
                      fmt::format("{}: no clip of speaker {}", fold_name, speaker));
        test.insert(found.begin(), found.end());
      }
      for (const std::string& path : described.value("test_paths", std::vector<std::string>{})) {
        const auto found = row_of_path.find(path);
        if (found == row_of_path.end())
          return fail(ErrorCode::kMismatch,
                      fmt::format("{}: no labelled clip {}", fold_name, path));
        test.insert(found->second);
      }
      if (test.empty()) {
        return fail(
            ErrorCode::kCorrupt,
            fmt::format("{}: nothing to test, wanted test_speakers or test_paths", fold_name));
      }
      for (size_t r : test) {
        if (!tested.insert(r).second) {
          return fail(ErrorCode::kMismatch,
                      fmt::format("{}: {} is tested by an earlier fold", fold_name, rows.paths[r]));
        }
      }
      folds.push_back(fold_of_test_rows(fold_name, rows.classes.size(), test));
    }
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, fmt::format("not a list of folds ({})", error.what()));
  }
  if (folds.empty()) return fail(ErrorCode::kCorrupt, "the list of folds is empty");
  return plan_of(std::move(name), rows, std::move(folds));
}

}  // namespace sermo::eval
