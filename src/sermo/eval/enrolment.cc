#include "sermo/eval/enrolment.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/eval/enrolment_draws.h"
#include "sermo/eval/metrics.h"

namespace sermo::eval {
namespace {

using nlohmann::ordered_json;

class Measurement {
 public:
  Measurement(const LabelledExamples& rows, const FoldPlan& plan, const model::Signature& signature,
              const CrossEvaluationOptions& options, const EnrolmentOptions& enrolment)
      : rows_(rows), plan_(plan), signature_(signature), options_(options), enrolment_(enrolment) {
    for (const auto& [kind, name] : kGivenClips) {
      draws_[kind] = draw_given_clips(kind, rows, plan, signature.labels, enrolment.num_draws,
                                      static_cast<uint32_t>(options.seed));
    }
  }

  Result<EnrolmentFindings> run() {
    if (draws_[GivenClips::kEveryLabel].empty())
      return fail(ErrorCode::kTooShort, "no tested speaker has a clip to be enrolled with");
    std::vector<std::optional<Error>> errors(options_.learners.size());
    std::vector<Answers> answers(options_.learners.size());
    for (Answers& of_learner : answers) {
      for (const auto& [kind, draws] : draws_) of_learner[kind].resize(draws.size());
    }
    const size_t num_fits = options_.learners.size() * plan_.folds.size();
    size_t num_done = 0;
    std::mutex mutex;
    parallel_for(num_fits, options_.num_threads, [&](size_t i) {
      const size_t l = i / plan_.folds.size();
      if (options_.cancel.stop_requested()) return;
      const Result<void> done =
          answer_fold(*options_.learners[l], i % plan_.folds.size(), answers[l]);
      const std::lock_guard lock(mutex);
      if (!done && !errors[l]) errors[l] = done.error();
      if (options_.progress)
        options_.progress({++num_done, num_fits, std::string(options_.learners[l]->name())});
    });
    if (options_.cancel.stop_requested())
      return fail(ErrorCode::kCancelled, "the evaluation was cancelled");
    EnrolmentFindings findings{enrolment_.num_draws, enrolment_.shrink_clips, {}, {}};
    for (size_t l = 0; l < options_.learners.size(); ++l) {
      const learn::Learner& learner = *options_.learners[l];
      if (errors[l]) {
        findings.failures.push_back({std::string(learner.name()), *errors[l]});
      } else {
        findings.models.push_back(
            {std::string(learner.name()), std::string(learner.title()), curves(answers[l])});
      }
    }
    if (findings.models.empty()) return fail(findings.failures.front().error);
    return findings;
  }

 private:
  // The classes answered to a draw's scored rows, by the number of clips: 0, then those listed.
  using OfDraw = std::map<size_t, std::vector<size_t>>;
  using Answers = std::map<GivenClips, std::vector<OfDraw>>;

  Result<void> answer_fold(const learn::Learner& learner, size_t fold, Answers& answers) const {
    LabelledExamples part = rows_.at(plan_.folds[fold].rows.train);
    if (enrolment_.learn_from) part = enrolment_.learn_from(part);
    SERMO_TRY(const std::unique_ptr<model::Classifier> classifier,
              fit_part(learner, part, signature_, options_));
    for (const auto& [kind, draws] : draws_) {
      for (size_t d = 0; d < draws.size(); ++d) {
        if (draws[d].fold == fold) answers[kind][d] = answer(*classifier, draws[d]);
      }
    }
    return {};
  }

  OfDraw answer(const model::Classifier& classifier, const EnrolmentDraw& draw) const {
    OfDraw answers;
    std::vector<double> sum(signature_.num_features);
    Matrix probabilities;
    for (size_t k = 0; k <= draw.given.size(); ++k) {
      if (k > 0) {
        const std::span<const float> clip = rows_.features.row(draw.given[k - 1]);
        for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(clip[c]);
      }
      if (k > 0 && std::ranges::find(kEnrolmentClips, k) == std::end(kEnrolmentClips)) continue;
      Matrix scored = select_rows(rows_.features, draw.scored);
      model::subtract_from_rows(
          model::speaker_shift(sum, k, classifier.training_mean(), enrolment_.shrink_clips),
          scored);
      classifier.predict_proba(scored, probabilities);
      for (size_t i = 0; i < draw.scored.size(); ++i)
        answers[k].push_back(model::argmax(std::as_const(probabilities).row(i)));
    }
    return answers;
  }

  std::vector<EnrolmentCurve> curves(const Answers& answers) const {
    std::vector<EnrolmentCurve> all;
    for (const auto& [kind, name] : kGivenClips) {
      EnrolmentCurve curve{name, {}};
      for (size_t k : kEnrolmentClips) {
        if (std::optional<EnrolmentPoint> at = point(kind, k, answers)) curve.points.push_back(*at);
      }
      if (!curve.points.empty()) all.push_back(std::move(curve));
    }
    return all;
  }

  // Over the draws that gave as many clips; nothing where none did.
  std::optional<EnrolmentPoint> point(GivenClips kind, size_t k, const Answers& answers) const {
    const std::vector<EnrolmentDraw>& draws = draws_.at(kind);
    std::map<int, std::pair<ConfusionMatrix, ConfusionMatrix>> of_speaker;  // with and without
    const ConfusionMatrix none(signature_.num_labels());
    std::pair pooled(none, none);
    for (size_t d = 0; d < draws.size(); ++d) {
      if (draws[d].given.size() < k) continue;
      auto& own = of_speaker.try_emplace(draws[d].speaker, none, none).first->second;
      const OfDraw& of_draw = answers.at(kind)[d];
      for (size_t i = 0; i < draws[d].scored.size(); ++i) {
        const auto truth = static_cast<size_t>(rows_.labels[draws[d].scored[i]]);
        for (auto* counts : {&own, &pooled}) {
          counts->first.add(truth, of_draw.at(k)[i]);
          counts->second.add(truth, of_draw.at(0)[i]);
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
    return EnrolmentPoint{k, of_speaker.size(), pooled.second.unweighted_average_recall(),
                          pooled.first.unweighted_average_recall(),
                          compare_paired(with, without, static_cast<uint32_t>(options_.seed))};
  }

  const LabelledExamples& rows_;
  const FoldPlan& plan_;
  const model::Signature& signature_;
  const CrossEvaluationOptions& options_;
  const EnrolmentOptions& enrolment_;
  std::map<GivenClips, std::vector<EnrolmentDraw>> draws_;
};

}  // namespace

Result<EnrolmentFindings> measure_enrolment(const LabelledExamples& rows, const FoldPlan& plan,
                                            const model::Signature& signature,
                                            const CrossEvaluationOptions& options,
                                            const EnrolmentOptions& enrolment) {
  if (options.learners.empty())
    return fail(ErrorCode::kUsage, "no model to evaluate, wanted at least one");
  if (!plan.speakers_apart) {
    return fail(ErrorCode::kUsage,
                plan.name +
                    ": enrolment is measured on speakers that were not learnt from, but "
                    "these folds have speakers on both sides or do not know them");
  }
  return Measurement(rows, plan, signature, options, enrolment).run();
}

ordered_json to_json(const EnrolmentFindings& findings) {
  ordered_json models = ordered_json::array();
  for (const EnrolledModel& model : findings.models) {
    models.push_back(
        {{"name", model.name}, {"title", model.title}, {"curves", to_json(model.curves)}});
  }
  ordered_json failures = ordered_json::array();
  for (const FailedModel& failure : findings.failures)
    failures.push_back({{"name", failure.name}, {"error", failure.error.message}});
  return {{"shrink_clips", findings.shrink_clips},
          {"draws", findings.num_draws},
          {"models", std::move(models)},
          {"failures", std::move(failures)}};
}

}  // namespace sermo::eval
