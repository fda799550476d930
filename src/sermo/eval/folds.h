// Who is learnt from and who is tested: the ways in which a table is cut for evaluation.
//
// Rows are indices into the labelled rows of a table (data::labelled_rows order), given by their
// classes, speakers and paths. Every row is tested at most once; a plan whose folds keep speakers
// apart says so, and only then is its score one for strangers. Thread rule: plain values, pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/data/split.h"

namespace sermo::eval {

// What folds are made from; views of the caller's.
struct FoldRows {
  std::span<const int> classes;        // [N]
  std::span<const int> speakers;       // [N], -1 unknown
  std::span<const std::string> paths;  // [N]
};

struct Fold {
  std::string name;  // "actors 1 11 20 21"
  data::Split rows;
};

struct FoldPlan {
  std::string name;  // "emobox", "loso", "random", "original", or the file's name
  std::vector<Fold> folds;
  bool speakers_apart = false;  // no fold has a speaker on both sides, and every speaker is known
};

// The 80/20 split of scikit-learn's train_test_split, stratified by class.
Result<FoldPlan> original_folds(const FoldRows& rows, uint32_t seed);

// Stratified k-fold, shuffled: the same speakers on both sides, so an inflated figure.
Result<FoldPlan> random_folds(const FoldRows& rows, size_t num_folds, uint32_t seed);

// EmoBox's six folds of RAVDESS actors (Ma et al. 2024). kMismatch when a row's speaker is none of
// the 24 actors.
Result<FoldPlan> emobox_folds(const FoldRows& rows);

// One fold a speaker. kTooShort for fewer than two known speakers, kMismatch where a speaker is
// unknown.
Result<FoldPlan> leave_one_speaker_out(const FoldRows& rows);

// From JSON: {"folds": [{"name": "a", "test_speakers": [1, 2]}, {"name": "b", "test_paths":
// ["x.wav", ...]}]}. What a fold does not test it learns from. kCorrupt for another form, kMismatch
// for a speaker or path that no row has or that two folds test.
Result<FoldPlan> folds_from_json(const FoldRows& rows, std::string_view text, std::string name);

}  // namespace sermo::eval
