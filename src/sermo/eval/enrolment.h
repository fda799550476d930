// Enrolled speakers: what a few unlabelled recordings of the tested voice are worth.
//
// Models are fitted on the training parts of a plan that keeps speakers apart, as ever. Some clips
// of each tested speaker are set aside in an order drawn at random; the others are answered with
// the first k of these taken into account (model/speaker_shift.h), k being 0, 1, 2, ... The clips
// that were set aside are never scored, and every k is scored on the same clips, so one curve's
// figures differ by k alone. Nobody's label is used but for the choice of what to set aside, which
// stands for what a speaker would record.
//
// These are further questions to the models that cross_evaluate fits, so nothing is fitted for
// them, and votes answer them with the weights and calibrators of the fold. Members of a vote see
// the same features and learn from the same rows, so one shift is that of all; there are no votes
// over two schemas. The figures stand beside those of unknown speakers, never among them. Thread
// rule: plain values, pure functions; results do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/base/result.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/enrolment_draws.h"
#include "sermo/eval/enrolment_figures.h"
#include "sermo/eval/examples.h"
#include "sermo/eval/folds.h"
#include "sermo/model/speaker_shift.h"

namespace sermo::eval {

struct EnrolledModel {
  std::string name;
  std::string title;
  std::string schema_id;
  std::vector<EnrolmentCurve> curves;
};

struct EnrolmentOptions {
  size_t num_draws = 5;  // of clips to set aside, for each speaker and curve
  double shrink_clips = model::kShrinkClips;
};

struct EnrolmentFindings {
  size_t num_draws = 0;
  double shrink_clips = 0.0;
  std::vector<EnrolledModel> models;  // in the order of the evaluation, votes among them
};

// What is asked of the models of one plan, and what their answers say.
class EnrolmentTrial {
 public:
  // What is given is drawn as enrolment_draws.h says; "neutral" is measured where one of `labels`
  // has that name. `rows` must outlive the trial. kUsage where the plan does not keep speakers
  // apart, kTooShort where nobody has a clip to give.
  static Result<EnrolmentTrial> create(const LabelledExamples& rows, const FoldPlan& plan,
                                       const std::vector<std::string>& labels, uint32_t seed,
                                       const EnrolmentOptions& options = {});

  // To be asked of the models of `rows` and `plan` as CrossEvaluationOptions::questions.
  std::vector<FoldQuestion> questions() const;

  // `answers` are to these questions and to nothing else.
  EnrolmentFindings findings(const CrossEvaluation& answers) const;

 private:
  struct Draw : EnrolmentDraw {
    GivenClips kind = GivenClips::kEveryLabel;
  };

  EnrolmentTrial(const LabelledExamples& rows, size_t num_labels, uint32_t seed,
                 const EnrolmentOptions& options)
      : rows_(&rows), num_labels_(num_labels), seed_(seed), options_(options) {}

  std::optional<EnrolmentPoint> point(GivenClips kind, size_t clips_at, const CrossEvaluation& all,
                                      const OutOfFoldModel& model) const;

  const LabelledExamples* rows_;
  size_t num_labels_;
  uint32_t seed_;
  EnrolmentOptions options_;
  std::vector<Draw> draws_;  // one a question
};

// {"shrink_clips", "draws", "models":[{"name","title","schema_id","curves":[...]}]}
nlohmann::ordered_json to_json(const EnrolmentFindings& findings);

}  // namespace sermo::eval
