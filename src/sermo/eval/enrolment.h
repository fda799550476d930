// Enrolled speakers: what a few unlabelled recordings of the tested voice are worth.
//
// Models are fitted on the training parts of a plan that keeps speakers apart, as ever. Some clips
// of each tested speaker are set aside in an order drawn at random; the others are answered with
// the first k of these taken into account (model/speaker_shift.h), k being 0, 1, 2, ... The clips
// that were set aside are never scored, and every k is scored on the same clips, so one curve's
// figures differ by k alone. Nobody's label is used but for the choice of what to set aside, which
// stands for what a speaker would record. These figures stand beside those of unknown speakers,
// never among them. Thread rule: plain values, pure functions; results do not depend on the number
// of threads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/base/result.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/enrolment_figures.h"
#include "sermo/eval/examples.h"
#include "sermo/eval/folds.h"
#include "sermo/model/speaker_shift.h"

namespace sermo::eval {

struct EnrolledModel {
  std::string name;
  std::string title;
  std::vector<EnrolmentCurve> curves;
};

struct EnrolmentOptions {
  size_t num_draws = 5;  // of clips to set aside, for each speaker and curve
  double shrink_clips = model::kShrinkClips;
  // What models learn in place of the rows of a training part; empty: these rows as they are.
  std::function<LabelledExamples(const LabelledExamples& part)> learn_from;
};

struct EnrolmentFindings {
  size_t num_draws = 0;
  double shrink_clips = 0.0;
  std::vector<EnrolledModel> models;  // in the order of the learners; votes are not measured
  std::vector<FailedModel> failures;  // the others went on
};

// What is given is drawn as enrolment_draws.h says; "neutral" is measured where a label has that
// name. kUsage where the
// plan does not keep speakers apart, kTooShort where nobody has a clip to give; kCancelled; where
// every model fails, the first one's error.
Result<EnrolmentFindings> measure_enrolment(const LabelledExamples& rows, const FoldPlan& plan,
                                            const model::Signature& signature,
                                            const CrossEvaluationOptions& options,
                                            const EnrolmentOptions& enrolment = {});

// {"shrink_clips", "draws", "models":[{"name","title","curves":[...]}], "failures":[...]}
nlohmann::ordered_json to_json(const EnrolmentFindings& findings);

}  // namespace sermo::eval
