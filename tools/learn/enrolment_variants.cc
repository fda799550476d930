// Compares ways to enrol speakers, on training speakers only.
//
//   sermo_enrolment_variants share/ravdess-librosa110.npz --models lda,kernel_ridge,svm --jobs 2
//
// Inside the training part of each of EmoBox's folds, the other five folds take turns as speakers
// who were not learnt from; the fold's own actors have no part in it. Models learn from the rows as
// they are, from rows of speakers who were enrolled with all their clips, or from rows enrolled one
// by one with 1 to 20 other clips of their speaker, drawn afresh; and the shrinkage differs
// (model/speaker_shift.h). Printed is the mean UAR over the training parts.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "sermo/base/mt19937.h"
#include "sermo/data/table_io.h"
#include "sermo/eval/enrolment.h"
#include "sermo/eval/enrolment_draws.h"
#include "sermo/eval/inner_folds.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/registry.h"

namespace sermo {
namespace {

using eval::LabelledExamples;

struct Args {
  std::string features;
  std::vector<std::string> models = {"lda", "kernel_ridge", "svm"};
  std::vector<double> shrink = {2.0, model::kShrinkClips, 10.0};
  int num_jobs = 1;
};

using LearnFrom = std::function<LabelledExamples(const LabelledExamples& part)>;

// Learns from other rows in place of those that it is given.
class LearnsFrom : public learn::Learner {
 public:
  LearnsFrom(std::shared_ptr<const learn::Learner> learner, LearnFrom learn_from)
      : learner_(std::move(learner)), learn_from_(std::move(learn_from)) {}

  std::string_view name() const override { return learner_->name(); }
  std::string_view title() const override { return learner_->title(); }
  nlohmann::json hyperparameters() const override { return learner_->hyperparameters(); }
  Result<std::unique_ptr<model::Classifier>> fit(
      const learn::FitRequest& request) const override {
    const learn::Examples& train = request.train;
    std::vector<size_t> all(train.features.num_rows());
    std::iota(all.begin(), all.end(), size_t{0});
    const LabelledExamples rows =
        learn_from_({select_rows(train.features, all),
                     {train.labels.begin(), train.labels.end()},
                     {train.speakers.begin(), train.speakers.end()}});
    learn::FitRequest other = request;
    other.train = rows.view();
    return learner_->fit(other);
  }

 private:
  std::shared_ptr<const learn::Learner> learner_;
  LearnFrom learn_from_;
};

// The rows of each speaker of the part.
std::map<int, std::vector<size_t>> rows_by_speaker(const LabelledExamples& part) {
  std::map<int, std::vector<size_t>> rows_of;
  for (size_t r = 0; r < part.num_rows(); ++r) rows_of[part.speakers[r]].push_back(r);
  return rows_of;
}

std::vector<float> shift_by(const LabelledExamples& part, std::span<const size_t> clips,
                            const model::Scaler& scaler) {
  std::vector<double> sum(part.features.num_cols());
  for (size_t r : clips) {
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(part.features(r, c));
  }
  return model::speaker_shift(sum, clips.size(), scaler.offset());
}

LabelledExamples enrolled_with_all(const LabelledExamples& part) {
  const model::Scaler scaler = model::Scaler::fit(part.features).value();
  LabelledExamples out = part;
  for (const auto& [speaker, own] : rows_by_speaker(part)) {
    const std::vector<float> shift = shift_by(part, own, scaler);
    for (size_t r : own) {
      for (size_t c = 0; c < shift.size(); ++c) out.features(r, c) -= shift[c];
    }
  }
  return out;
}

LabelledExamples enrolled_afresh(const LabelledExamples& part) {
  const model::Scaler scaler = model::Scaler::fit(part.features).value();
  LabelledExamples out = part;
  RandomState random(7);
  for (const auto& [speaker, own] : rows_by_speaker(part)) {
    for (size_t r : own) {
      std::vector<size_t> others = own;
      std::erase(others, r);
      random.shuffle(std::span(others));
      const size_t drawn = random.interval(std::size(eval::kEnrolmentClips) - 1);
      others.resize(std::min(others.size(), eval::kEnrolmentClips[drawn]));
      const std::vector<float> shift = shift_by(part, others, scaler);
      for (size_t c = 0; c < shift.size(); ++c) out.features(r, c) -= shift[c];
    }
  }
  return out;
}

Result<void> run(const Args& args) {
  std::vector<features::Schema> schemas;
  for (const auto& extractor : features::all_extractors()) schemas.push_back(extractor->schema());
  SERMO_TRY(const data::LoadedTable loaded, data::read_table(args.features, schemas));
  const data::Table& table = loaded.table;
  SERMO_TRY(const data::LabelledRows labelled, data::labelled_rows(table));
  const LabelledExamples rows = eval::labelled_examples(table, labelled);
  const eval::FoldRows fold_rows{rows.labels, rows.speakers, table.paths};
  SERMO_TRY(const eval::FoldPlan outer, eval::emobox_folds(fold_rows));
  const model::Signature signature{table.schema.id, table.schema.num_features(), labelled.labels};
  eval::CrossEvaluationOptions options;
  options.calibration_rows = eval::CalibrationRows::kOtherFolds;  // no answer depends on these
  options.num_threads = args.num_jobs;
  const std::pair<const char*, LearnFrom> variants[] = {{"rows as they are", {}},
                                                        {"enrolled with all", enrolled_with_all},
                                                        {"enrolled afresh", enrolled_afresh}};
  for (const std::string& name : args.models) {
    SERMO_TRY(const auto learner, learn::find_learner(name));
    for (const auto& [variant, learn_from] : variants) {
      options.learners = {learn_from ? std::make_shared<LearnsFrom>(learner, learn_from) : learner};
      for (const double shrink : args.shrink) {
        if (learn_from && shrink != model::kShrinkClips) continue;  // they learn with this one
        std::map<std::pair<std::string, size_t>, double> uar;       // 0 clips: unknown
        for (size_t k = 0; k < outer.folds.size(); ++k) {
          eval::FoldPlan inner{"inner", {}, true};
          for (data::Split& split : eval::inner_folds(outer, k, fold_rows, 42).splits)
            inner.folds.push_back({"", std::move(split)});
          SERMO_TRY(const eval::EnrolmentTrial trial,
                    eval::EnrolmentTrial::create(rows, inner, signature.labels, 42,
                                                 {.num_draws = 3, .shrink_clips = shrink}));
          const std::vector<eval::FoldQuestion> questions = trial.questions();
          options.questions = questions;
          SERMO_TRY(const eval::CrossEvaluation answers,
                    eval::cross_evaluate(rows, inner, signature, options));
          const eval::EnrolmentFindings found = trial.findings(answers);
          const double share = 1.0 / static_cast<double>(outer.folds.size());
          for (const eval::EnrolmentCurve& curve : found.models.front().curves) {
            uar[{curve.clips_of, 0}] += share * curve.points.front().uar_unknown;
            for (const eval::EnrolmentPoint& point : curve.points)
              uar[{curve.clips_of, point.num_clips}] += share * point.uar;
          }
        }
        fmt::print("{:<13} {:<18} shrink {:>4}", name, variant, shrink);
        std::string clips_of;
        for (const auto& [key, value] : uar) {
          if (key.first != clips_of) fmt::print("  {}", clips_of = key.first);
          fmt::print(" {}:{:.3f}", key.second, value);
        }
        fmt::print("\n");
        std::fflush(stdout);
      }
    }
  }
  return {};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  sermo::Args args;
  CLI::App app("Compares ways to enrol speakers on training speakers only");
  app.add_option("FEATURES", args.features, "Table of RAVDESS")->required();
  app.add_option("--models", args.models)->delimiter(',');
  app.add_option("--shrink", args.shrink)->delimiter(',');
  app.add_option("--jobs", args.num_jobs);
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<void> done = sermo::run(args);
  if (!done) fmt::print(stderr, "{}\n", done.error().message);
  return done ? 0 : 1;
}
