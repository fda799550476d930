#include "sermo/eval/cross_corpus.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "sermo/eval/metrics.h"

namespace sermo::eval {
namespace {

bool contains(const std::vector<std::string>& labels, std::string_view label) {
  return std::ranges::find(labels, label) != labels.end();
}

size_t position(const std::vector<std::string>& labels, std::string_view label) {
  return static_cast<size_t>(std::ranges::find(labels, label) - labels.begin());
}

// Learnt class -> shared class; num_shared where it is not shared.
std::vector<size_t> shared_classes(const LabelMapping& mapping) {
  std::vector<size_t> classes;
  for (const std::string& label : mapping.learnt_to_shared)
    classes.push_back(position(mapping.shared, label));
  return classes;
}

// Columns of shared classes, and one more for everything else.
Matrix merged_columns(const Matrix& probabilities, const std::vector<size_t>& shared_of,
                      size_t num_shared) {
  Matrix merged(probabilities.num_rows(), num_shared + 1);
  for (size_t r = 0; r < probabilities.num_rows(); ++r) {
    for (size_t k = 0; k < shared_of.size(); ++k) merged(r, shared_of[k]) += probabilities(r, k);
  }
  return merged;
}

Matrix renormalised(const Matrix& merged) {
  Matrix shared(merged.num_rows(), merged.num_cols() - 1);
  for (size_t r = 0; r < shared.num_rows(); ++r) {
    const std::span<const float> from = merged.row(r).first(shared.num_cols());
    const float sum = std::accumulate(from.begin(), from.end(), 0.0f);
    for (size_t k = 0; k < from.size(); ++k) {
      shared(r, k) = sum > 0.0f ? from[k] / sum : 1.0f / static_cast<float>(shared.num_cols());
    }
  }
  return shared;
}

std::vector<int> shared_truth(const CrossEvaluation& answers,
                              const std::vector<size_t>& shared_of) {
  std::vector<int> truth;
  for (int label : answers.truth)
    truth.push_back(static_cast<int>(shared_of[static_cast<size_t>(label)]));
  return truth;
}

}  // namespace

Result<LabelMapping> map_labels(const std::vector<std::string>& learnt,
                                const std::vector<std::string>& tested) {
  LabelMapping mapping;
  std::set<std::string> shared;
  for (const std::string& label : learnt) {
    std::string target = label == "calm" && !contains(tested, label) ? "neutral" : label;
    if (!contains(tested, target)) target.clear();
    if (target.empty()) {
      mapping.not_in_test.push_back(label);
    } else {
      shared.insert(target);
    }
    mapping.learnt_to_shared.push_back(std::move(target));
  }
  mapping.shared.assign(shared.begin(), shared.end());
  for (const std::string& label : tested) {
    if (!shared.contains(label)) mapping.not_learnt.push_back(label);
  }
  if (mapping.shared.size() < 2) {
    return fail(ErrorCode::kMismatch,
                fmt::format("{} labels are shared (learnt: {}; tested: {}), wanted at least 2",
                            mapping.shared.size(), fmt::join(learnt, " "), fmt::join(tested, " ")));
  }
  return mapping;
}

Result<JoinedCorpora> join_corpora(const data::Table& learnt, const data::LabelledRows& learnt_rows,
                                   const data::Table& tested, std::string tested_name) {
  if (tested.schema.id != learnt.schema.id) {
    return fail(ErrorCode::kMismatch, fmt::format("{} has features {}, the training table {}",
                                                  tested_name, tested.schema.id, learnt.schema.id));
  }
  SERMO_TRY_VOID(data::check_table(tested));
  SERMO_TRY(const data::LabelledRows tested_rows, data::labelled_rows(tested));
  JoinedCorpora joined;
  SERMO_TRY(joined.mapping, map_labels(learnt_rows.labels, tested_rows.labels));

  const LabelledExamples first = labelled_examples(learnt, learnt_rows);
  const ReportedClips first_clips = reported_clips(learnt, learnt_rows);
  const ReportedClips second_clips = reported_clips(tested, tested_rows);
  const int first_free_speaker =
      first.speakers.empty() ? 0 : std::max(0, std::ranges::max(first.speakers)) + 1;
  joined.clips = first_clips;
  joined.clips.labels = joined.mapping.shared;
  joined.rows.labels = first.labels;
  joined.rows.speakers = first.speakers;
  joined.rows.copies = first.copies;  // the first rows keep their places
  std::vector<size_t>& kept = joined.tested_rows;
  for (size_t i = 0; i < tested_rows.rows.size(); ++i) {
    const std::string& label = tested.labels[tested_rows.rows[i]];
    if (!contains(joined.mapping.shared, label)) {
      ++joined.num_left_out;
      continue;
    }
    kept.push_back(tested_rows.rows[i]);
    joined.rows.labels.push_back(
        static_cast<int>(position(joined.mapping.learnt_to_shared, label)));
    const int speaker = second_clips.speakers[i];
    joined.rows.speakers.push_back(speaker < 0 ? -1 : speaker + first_free_speaker);
    joined.clips.paths.push_back(second_clips.paths[i]);
    joined.clips.speakers.push_back(speaker);
    for (size_t g = 0; g < joined.clips.groupings.size(); ++g) {
      joined.clips.groupings[g].group_of.push_back(second_clips.groupings[g].group_of[i]);
    }
  }
  const size_t num_learnt = first.num_rows();
  joined.rows.features.resize(num_learnt + kept.size(), first.features.num_cols());
  for (size_t r = 0; r < num_learnt; ++r)
    std::ranges::copy(first.features.row(r), joined.rows.features.row(r).begin());
  for (size_t i = 0; i < kept.size(); ++i) {
    std::ranges::copy(tested.features.row(kept[i]),
                      joined.rows.features.row(num_learnt + i).begin());
  }
  Fold fold{tested_name, {}};
  for (size_t r = 0; r < num_learnt + kept.size(); ++r)
    (r < num_learnt ? fold.rows.train : fold.rows.test).push_back(r);
  const bool speakers_known =
      std::ranges::none_of(joined.rows.speakers, [](int s) { return s < 0; });
  joined.plan = {fmt::format("to {}", tested_name), {std::move(fold)}, speakers_known};
  return joined;
}

CrossEvaluation among_shared_labels(const CrossEvaluation& answers, const JoinedCorpora& corpora) {
  const std::vector<size_t> shared_of = shared_classes(corpora.mapping);
  const size_t num_shared = corpora.mapping.shared.size();
  CrossEvaluation shared = answers;
  shared.truth = shared_truth(answers, shared_of);
  const auto share = [&](Answers& given) {
    given.raw = renormalised(merged_columns(given.raw, shared_of, num_shared));
    given.calibrated = renormalised(merged_columns(given.calibrated, shared_of, num_shared));
  };
  for (OutOfFoldModel& model : shared.models) {
    share(model);
    for (Answers& condition : model.in_conditions) share(condition);
  }
  return shared;
}

double uar_without_help(const OutOfFoldModel& model, const CrossEvaluation& answers,
                        const JoinedCorpora& corpora) {
  const std::vector<size_t> shared_of = shared_classes(corpora.mapping);
  ConfusionMatrix confusion(corpora.mapping.shared.size() + 1);
  for (size_t i = 0; i < answers.truth.size(); ++i) {
    const size_t answer = model::argmax(model.calibrated.row(i));
    confusion.add(shared_of[static_cast<size_t>(answers.truth[i])], shared_of[answer]);
  }
  return confusion.unweighted_average_recall();
}

nlohmann::ordered_json to_json(const LabelMapping& mapping,
                               const std::vector<std::string>& learnt_labels) {
  nlohmann::ordered_json learnt = nlohmann::ordered_json::object();
  for (size_t k = 0; k < learnt_labels.size(); ++k) {
    learnt[learnt_labels[k]] = mapping.learnt_to_shared[k].empty()
                                   ? nlohmann::ordered_json(nullptr)
                                   : nlohmann::ordered_json(mapping.learnt_to_shared[k]);
  }
  return {{"learnt_to_tested", std::move(learnt)}, {"not_learnt", mapping.not_learnt}};
}

}  // namespace sermo::eval
