#include "sermo/eval/enrolment.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/eval/metrics.h"

namespace sermo::eval {
namespace {

using nlohmann::ordered_json;

size_t num_listed(const EnrolmentDraw& draw) {
  return static_cast<size_t>(
      std::ranges::count_if(kEnrolmentClips, [&](size_t k) { return k <= draw.given.size(); }));
}

// The scored rows with each listed number of clips taken into account, one block after the other.
Matrix enrolled_rows(const Matrix& features, const EnrolmentDraw& draw,
                     std::span<const float> training_mean, double shrink_clips) {
  const size_t num_scored = draw.scored.size();
  Matrix all(num_listed(draw) * num_scored, features.num_cols());
  std::vector<double> sum(features.num_cols());
  size_t num_given = 0;
  for (size_t block = 0; block * num_scored < all.num_rows(); ++block) {
    for (; num_given < kEnrolmentClips[block]; ++num_given) {
      const std::span<const float> clip = features.row(draw.given[num_given]);
      for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(clip[c]);
    }
    Matrix scored = select_rows(features, draw.scored);
    model::subtract_from_rows(model::speaker_shift(sum, num_given, training_mean, shrink_clips),
                              scored);
    std::ranges::copy(scored.values(), all.row(block * num_scored).data());
  }
  return all;
}

// What a model answered to a tested row of which it knew no more than the recording.
size_t answer_to_unknown(const CrossEvaluation& all, const OutOfFoldModel& model, size_t row) {
  const auto at = std::ranges::lower_bound(all.rows, row);
  SERMO_CHECK(at != all.rows.end() && *at == row, "a scored row is tested");
  return model::argmax(model.calibrated.row(static_cast<size_t>(at - all.rows.begin())));
}

}  // namespace

Result<EnrolmentTrial> EnrolmentTrial::create(const LabelledExamples& rows, const FoldPlan& plan,
                                              const std::vector<std::string>& labels, uint32_t seed,
                                              const EnrolmentOptions& options) {
  if (!plan.speakers_apart) {
    return fail(ErrorCode::kUsage,
                plan.name +
                    ": enrolment is measured on speakers that were not learnt from, but "
                    "these folds have speakers on both sides or do not know them");
  }
  EnrolmentTrial trial(rows, labels.size(), seed, options);
  for (const auto& [kind, name] : kGivenClips) {
    for (EnrolmentDraw& draw :
         draw_given_clips(kind, rows, plan, labels, options.num_draws, seed)) {
      trial.draws_.push_back({std::move(draw), kind});
    }
    if (trial.draws_.empty())  // of every label; more can be given of these than of one
      return fail(ErrorCode::kTooShort, "no tested speaker has a clip to be enrolled with");
  }
  return trial;
}

std::vector<FoldQuestion> EnrolmentTrial::questions() const {
  std::vector<FoldQuestion> questions;
  for (const Draw& draw : draws_) {
    questions.push_back({draw.fold, num_listed(draw) * draw.scored.size(),
                         [rows = rows_, draw, shrink_clips = options_.shrink_clips](
                             std::span<const float> training_mean) {
                           return enrolled_rows(rows->features, draw, training_mean, shrink_clips);
                         }});
  }
  return questions;
}

EnrolmentFindings EnrolmentTrial::findings(const CrossEvaluation& answers) const {
  EnrolmentFindings findings{options_.num_draws, options_.shrink_clips, {}};
  for (const OutOfFoldModel& model : answers.models) {
    SERMO_CHECK(model.to_questions.size() == draws_.size(), "answers to these questions");
    EnrolledModel& enrolled =
        findings.models.emplace_back(model.name, model.title, model.schema_id);
    for (const auto& [kind, name] : kGivenClips) {
      EnrolmentCurve curve{name, {}};
      for (size_t at = 0; at < std::size(kEnrolmentClips); ++at) {
        if (std::optional<EnrolmentPoint> found = point(kind, at, answers, model))
          curve.points.push_back(*found);
      }
      if (!curve.points.empty()) enrolled.curves.push_back(std::move(curve));
    }
  }
  return findings;
}

// Over the draws that gave as many clips; nothing where none did.
std::optional<EnrolmentPoint> EnrolmentTrial::point(GivenClips kind, size_t clips_at,
                                                    const CrossEvaluation& all,
                                                    const OutOfFoldModel& model) const {
  const ConfusionMatrix none(num_labels_);
  std::map<int, std::pair<ConfusionMatrix, ConfusionMatrix>> of_speaker;  // with and without
  std::pair pooled(none, none);
  for (size_t d = 0; d < draws_.size(); ++d) {
    const Draw& draw = draws_[d];
    if (draw.kind != kind || clips_at >= num_listed(draw)) continue;
    auto& own = of_speaker.try_emplace(draw.speaker, none, none).first->second;
    const size_t first = clips_at * draw.scored.size();
    for (size_t i = 0; i < draw.scored.size(); ++i) {
      const auto truth = static_cast<size_t>(rows_->labels[draw.scored[i]]);
      const size_t with = model::argmax(model.to_questions[d].row(first + i));
      const size_t without = answer_to_unknown(all, model, draw.scored[i]);
      for (auto* counts : {&own, &pooled}) {
        counts->first.add(truth, with);
        counts->second.add(truth, without);
      }
    }
  }
  if (of_speaker.empty()) return std::nullopt;
  std::vector<ConfusionMatrix> with;
  std::vector<ConfusionMatrix> without;
  for (const auto& [speaker, counts] : of_speaker) {
    with.push_back(counts.first);
    without.push_back(counts.second);
  }
  return EnrolmentPoint{kEnrolmentClips[clips_at], of_speaker.size(),
                        pooled.second.unweighted_average_recall(),
                        pooled.first.unweighted_average_recall(),
                        compare_paired(with, without, seed_)};
}

ordered_json to_json(const EnrolmentFindings& findings) {
  ordered_json models = ordered_json::array();
  for (const EnrolledModel& model : findings.models) {
    models.push_back({{"name", model.name},
                      {"title", model.title},
                      {"schema_id", model.schema_id},
                      {"curves", to_json(model.curves)}});
  }
  return {{"shrink_clips", findings.shrink_clips},
          {"draws", findings.num_draws},
          {"models", std::move(models)}};
}

}  // namespace sermo::eval
