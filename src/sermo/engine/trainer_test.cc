#include "sermo/engine/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "sermo/base/mt19937.h"
#include "sermo/data/split.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"
#include "spy_learner.h"

namespace sermo::engine {
namespace {

// Four labels and twenty features, so that nothing may assume eight and 110; 24 rows of each label
// around its own centre, spoken by six speakers.
data::Table small_table() {
  constexpr size_t kFeatures = 20;
  const std::vector<std::string> labels = {"blue", "green", "red", "yellow"};
  data::Table table;
  std::vector<std::string> names;
  for (size_t c = 0; c < kFeatures; ++c) names.push_back("f" + std::to_string(c));
  table.schema = features::make_schema("test", 1, "{}", names);
  table.features.resize(24 * labels.size(), kFeatures);
  RandomState random(3);
  for (size_t r = 0; r < table.features.num_rows(); ++r) {
    const size_t label = r % labels.size();
    table.labels.push_back(labels[label]);
    table.speakers.push_back(static_cast<int>(r % 6));
    table.paths.push_back("clip" + std::to_string(r) + ".wav");
    for (size_t c = 0; c < kFeatures; ++c) {
      const double noise = random.random_sample() - 0.5;
      table.features(r, c) =
          static_cast<float>((c % labels.size() == label ? 101.0 : 100.0) + 1.5 * noise);
    }
  }
  return table;
}

TrainingOptions options_for_all() {
  TrainingOptions options;
  const auto all = learn::all_learners();
  options.learners.assign(all.begin(), all.end());
  options.dataset_name = "small";
  options.sermo_version = "test";
  return options;
}

TEST(Trainer, EveryLearnerLearnsATableOfFourLabelsAndTwentyFeatures) {
  const TrainingReport report = train(small_table(), options_for_all()).value();
  EXPECT_EQ(report.failures.size(), 0u);
  ASSERT_EQ(report.models.size(), learn::all_learners().size());
  EXPECT_EQ(report.labels, (std::vector<std::string>{"blue", "green", "red", "yellow"}));
  EXPECT_EQ(report.split.num_train, 76u);
  EXPECT_EQ(report.split.num_test, 20u);
  EXPECT_EQ(report.split.num_shared_speakers, 6u);
  for (const TrainedModel& model : report.models) {
    const model::Metadata& metadata = model.artifact.metadata;
    // A few dozen rows are not much for nets that learn by epochs; the others must get them right.
    const bool in_epochs = !model.log.empty();
    EXPECT_GE(model.test.accuracy, in_epochs ? 0.2 : 0.9) << metadata.name;
    EXPECT_EQ(model.test.num_clips, 20u);
    EXPECT_EQ(metadata.dataset.num_clips, 96);
    EXPECT_EQ(metadata.dataset.num_speakers, 6);
    EXPECT_EQ(metadata.calibration.at("calibrated_on"), "known speakers");
    EXPECT_GT(model.artifact.known_rows.features.num_rows(), 0u) << metadata.name;
  }
}

// The bytes of the artifacts are the strictest comparison there is.
std::vector<std::string> bytes_of(const TrainingReport& report) {
  std::vector<std::string> bytes;
  for (const TrainedModel& model : report.models)
    bytes.push_back(model::serialise(model.artifact).value());
  return bytes;
}

TEST(Trainer, SameBytesWhateverTheNumberOfThreads) {
  TrainingOptions options = options_for_all();
  const std::vector<std::string> one = bytes_of(train(small_table(), options).value());
  options.num_threads = 5;
  EXPECT_EQ(bytes_of(train(small_table(), options).value()), one);
  options.seed = 43;
  EXPECT_NE(bytes_of(train(small_table(), options).value()), one);
}

TEST(Trainer, AVoteWeighsItsMembersByWhatTheyDidOnTrainingClips) {
  TrainingOptions options = options_for_all();
  options.votes = {learn::find_vote("vote(knn,et,mlp)").value()};
  const TrainingReport report = train(small_table(), options).value();
  EXPECT_EQ(report.failures.size(), 0u);
  const TrainedModel& vote = report.models.back();
  EXPECT_EQ(vote.artifact.metadata.name, "vote(knn,et,mlp)");
  EXPECT_GE(vote.test.accuracy, 0.9);
  const auto& weights = vote.artifact.metadata.hyperparameters.at("weights");
  double sum = 0.0;
  for (const auto& [name, weight] : weights.items()) sum += weight.get<double>();
  EXPECT_NEAR(sum, 1.0, 1e-6);
  EXPECT_EQ(weights.size(), 3u);
  // A stratified tenth of 76 training clips is what mlp watched, so all three have answers to these
  // only.
  EXPECT_EQ(vote.artifact.metadata.calibration.at("calibration_clips"), 8);
}

TEST(Trainer, AVoteWithoutAMemberFailsAloneAndSaysWhich) {
  TrainingOptions options = options_for_all();
  options.learners.resize(1);
  options.votes = {learn::find_vote("vote(svm,et)").value()};
  const TrainingReport report = train(small_table(), options).value();
  EXPECT_EQ(report.models.size(), 1u);
  ASSERT_EQ(report.failures.size(), 1u);
  EXPECT_NE(report.failures[0].error.message.find("svm"), std::string::npos);
}

TEST(Trainer, UnlabelledRowsAreLeftOutAndCounted) {
  data::Table table = small_table();
  table.labels[0] = table.labels[7] = "";
  const TrainingReport report = train(table, options_for_all()).value();
  EXPECT_EQ(report.split.num_unlabelled, 2u);
  EXPECT_EQ(report.split.num_train + report.split.num_test, 94u);
}

TEST(Trainer, ATableThatCannotBeLearntFromSaysWhy) {
  data::Table table = small_table();
  table.labels.assign(table.labels.size(), "red");
  EXPECT_EQ(train(table, options_for_all()).error().code, ErrorCode::kTooShort);
  table = small_table();
  table.labels[0] = "once";
  EXPECT_EQ(train(table, options_for_all()).error().code, ErrorCode::kTooShort);
  table = small_table();
  table.features(3, 3) = std::nanf("");
  EXPECT_EQ(train(table, options_for_all()).error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(train(small_table(), {}).error().code, ErrorCode::kUsage);
}

TEST(Trainer, TestRowsHaveNoSayInWhatIsLearnt) {
  // Two test rows are exchanged: the models and their calibration must stay the same,
  // only the scores change.
  const data::Table table = small_table();
  const TrainingReport before = train(table, options_for_all()).value();
  const data::LabelledRows labelled = data::labelled_rows(table).value();
  const data::Split split = data::stratified_split(labelled.classes, 0.2, 42).value();
  data::Table changed = table;
  const size_t first = split.test[0];
  size_t second = 0;
  for (size_t r : split.test) {
    if (table.labels[r] != table.labels[first]) second = r;
  }
  std::swap_ranges(changed.features.row(first).begin(), changed.features.row(first).end(),
                   changed.features.row(second).begin());
  const TrainingReport after = train(changed, options_for_all()).value();
  for (size_t m = 0; m < before.models.size(); ++m) {
    const model::Artifact& a = before.models[m].artifact;
    const model::Artifact& b = after.models[m].artifact;
    EXPECT_EQ(a.classifier->calibrator(), b.classifier->calibrator()) << a.metadata.name;
    EXPECT_EQ(a.metadata.calibration.at("uncertain_below"),
              b.metadata.calibration.at("uncertain_below"));
    Matrix of_a;
    Matrix of_b;
    a.classifier->predict_proba(table.features, of_a);
    b.classifier->predict_proba(table.features, of_b);
    EXPECT_TRUE(std::ranges::equal(of_a.values(), of_b.values())) << a.metadata.name;
  }
}

TEST(Trainer, ScoresAsTheEvaluationOfTheSameSplit) {
  // `evaluate --folds original` is what `train` does: the same fits, weights and calibration. What
  // stops early is calibrated on other clips there, so its scores are compared and no more.
  data::Table table = small_table();
  for (size_t r = 0; r < table.labels.size(); r += 3)  // so that models are unsure and disagree
    table.labels[r] = table.labels[(r + 1) % table.labels.size()];
  TrainingOptions options = options_for_all();
  options.votes = {learn::find_vote("vote(svm,et)").value(), learn::find_vote("voice").value()};
  options.max_epochs = 1;
  const TrainingReport report = train(table, options).value();
  const data::LabelledRows labelled = data::labelled_rows(table).value();
  const eval::LabelledExamples rows = eval::labelled_examples(table, labelled);
  eval::CrossEvaluationOptions cross;
  cross.learners = options.learners;
  cross.votes = options.votes;
  cross.max_epochs = options.max_epochs;
  const model::Signature signature{table.schema.id, table.schema.num_features(), labelled.labels};
  const eval::FoldPlan plan =
      eval::original_folds({rows.labels, rows.speakers, table.paths}, 42).value();
  const eval::CrossEvaluation found = eval::cross_evaluate(rows, plan, signature, cross).value();
  ASSERT_EQ(found.models.size(), report.models.size());
  for (size_t m = 0; m < found.models.size(); ++m) {
    const TrainedModel& trained = report.models[m];
    EXPECT_EQ(found.models[m].name, trained.artifact.metadata.name);
    EXPECT_EQ(eval::confusion_of(found.models[m].raw, found.truth).accuracy(),
              trained.test.accuracy)
        << found.models[m].name;
    if (!trained.log.empty()) continue;
    Matrix answers;
    trained.artifact.classifier->predict_proba(rows.at(found.rows).features, answers);
    for (size_t i = 0; i < answers.num_rows() * answers.num_cols(); ++i)
      ASSERT_NEAR(found.models[m].calibrated.values()[i], answers.values()[i], 1e-6f);
  }
}

TEST(Trainer, AFigureForStrangersCalibratesTheModelThatItIsOf) {
  const data::Table table = small_table();
  TrainingOptions options = options_for_all();
  std::erase_if(options.learners, [](const auto& learner) {
    return learner->name() != "svm" && learner->name() != "et";
  });
  eval::HonestFigure figure;
  figure.fingerprint = eval::learner_fingerprint(*options.learners[0], options.class_weight, 0);
  figure.schema_id = table.schema.id;
  figure.data_fingerprint = data::fingerprint(table);
  figure.folds = "loso";
  figure.uar = 0.625;
  figure.calibrator = {3.0, 0.25};
  figure.uncertain_below = 0.5;
  options.honest_figures = {figure};
  const auto calibration_of = [&] {
    const TrainingReport report = train(table, options).value();
    EXPECT_EQ(report.models.size(), 2u);
    EXPECT_EQ(report.models[1].artifact.metadata.calibration.at("calibrated_on"), "known speakers");
    return std::pair(report.models[0].artifact.classifier->calibrator(),
                     report.models[0].artifact.metadata);
  };
  const auto [calibrator, metadata] = calibration_of();
  EXPECT_EQ(calibrator, figure.calibrator);
  EXPECT_EQ(metadata.calibration.at("calibrated_on"), "unknown speakers");
  EXPECT_EQ(metadata.calibration.at("uncertain_below"), 0.5);
  EXPECT_EQ(metadata.metrics.at("uar_speaker_independent"), 0.625);
  // Other settings, another table: no figure.
  options.class_weight = learn::ClassWeight::kBalanced;
  EXPECT_TRUE(calibration_of().second.metrics.at("uar_speaker_independent").is_null());
  options.class_weight = learn::ClassWeight::kNone;
  options.honest_figures[0].data_fingerprint = "another";
  EXPECT_NE(calibration_of().first, figure.calibrator);
  // The original protocol is another way to train.
  options.honest_figures[0].data_fingerprint = data::fingerprint(table);
  options.protocol = Protocol::kOriginal;
  EXPECT_TRUE(calibration_of().second.metrics.at("uar_speaker_independent").is_null());
}

// Every row known by its first feature, three copies of each, those of the last rows first.
data::Table table_with_copies() {
  data::Table table = small_table();
  const size_t num_rows = table.num_rows();
  std::vector<size_t> rows;
  for (size_t r = 0; r < num_rows; ++r) {
    table.features(r, 0) = static_cast<float>(r);
    rows.push_back(r);
  }
  for (size_t r = num_rows; r-- > 0;) rows.insert(rows.end(), 3, r);
  table = data::select_rows(table, rows);
  table.conditions.assign(rows.size(), "");
  for (size_t r = num_rows; r < rows.size(); ++r) {
    table.conditions[r] = r % 3 == 0 ? "speed 0.9" : "noise white 20 dB";
    table.features(r, 0) += 0.25f * static_cast<float>(1 + r % 3);
  }
  return table;
}

TEST(Trainer, CopiesOfUnlabelledClipsAreNotAmongWhatWasLearntFrom) {
  data::Table table = table_with_copies();
  const std::set<std::string> unlabelled(table.paths.begin(), table.paths.begin() + 16);
  for (size_t r = 0; r < table.num_rows(); ++r) {
    if (!unlabelled.contains(table.paths[r])) continue;
    table.labels[r] = "";
    if (table.is_copy(r)) table.conditions[r] = "room 0.4 s";
  }
  TrainingOptions options;
  options.learners = {learn::find_learner("knn").value()};
  const TrainingReport report = train(table, options).value();
  const nlohmann::json& training = report.models.front().artifact.metadata.training;
  EXPECT_EQ(training.at("copies"), 3 * report.split.num_train);
  EXPECT_FALSE(training.at("conditions").contains("room"));
}

TEST(Trainer, CopiesAreLearntFromWhereTheirClipIsAndNowhereElse) {
  const data::Table table = table_with_copies();
  std::vector<size_t> recordings(96);
  std::iota(recordings.begin(), recordings.end(), size_t{0});
  const data::Table plain = data::select_rows(table, recordings);
  const auto knn = learn::find_learner("knn").value();
  for (const Protocol protocol : {Protocol::kHonest, Protocol::kOriginal}) {
    const auto spy = std::make_shared<testing::SpyLearner>(knn, false);
    const auto watching = std::make_shared<testing::SpyLearner>(knn, true);
    TrainingOptions options;
    options.learners = {spy, watching};
    options.protocol = protocol;
    const TrainingReport report = train(table, options).value();
    EXPECT_EQ(spy->fits().size(), 6u) << "five folds and the one that is kept";
    size_t num_whole = 0;
    for (const auto& fit : spy->fits()) {
      EXPECT_EQ(what_is_wrong(fit, 3), "");
      num_whole += fit.learnt.size() == 4 * report.split.num_train ? 1 : 0;
    }
    EXPECT_EQ(num_whole, 1u) << "each fold's copy of the model leaves clips out, and their copies";
    for (const auto& fit : watching->fits()) EXPECT_EQ(what_is_wrong(fit, 3), "");
    // The split, the test and what is said of the data are those without copies.
    const TrainingReport without = train(plain, options).value();
    EXPECT_EQ(report.split.num_train, without.split.num_train);
    EXPECT_EQ(report.split.num_train_copies, 3 * report.split.num_train);
    EXPECT_EQ(report.split.num_test, without.split.num_test);
    EXPECT_EQ(report.split.num_unlabelled, 0u);
    const data::Split split =
        data::stratified_split(data::labelled_rows(table).value().classes, 0.2, 42).value();
    const std::set<size_t> tested(split.test.begin(), split.test.end());
    for (const auto& fit : spy->fits()) {
      for (const float id : fit.learnt) EXPECT_FALSE(tested.contains(static_cast<size_t>(id)));
    }
    const size_t num_train = report.split.num_train;
    for (const TrainedModel& model : report.models) {
      EXPECT_EQ(model.artifact.metadata.dataset.num_clips, 96);
      EXPECT_EQ(model.artifact.metadata.training,
                (nlohmann::json{{"clips", num_train},
                                {"copies", 3 * num_train},
                                {"conditions", {{"noise", 2 * num_train}, {"speed", num_train}}}}));
      const Matrix& known = model.artifact.known_rows.features;
      for (size_t r = 0; r < known.num_rows(); ++r)
        EXPECT_TRUE(tested.contains(static_cast<size_t>(known(r, 0)))) << known(r, 0);
    }
    // The scaler has seen the copies: the mean of the first feature is theirs, too.
    double sum = 0.0;
    const auto& kept = spy->fits().front().learnt;
    for (const float id : kept) sum += id;
    EXPECT_NEAR(spy->fits().front().scaler_offset, sum / static_cast<double>(kept.size()), 1e-3);
  }
}

TEST(Trainer, ACancelledRunStops) {
  TrainingOptions options = options_for_all();
  std::stop_source stop;
  options.cancel = stop.get_token();
  options.progress = [&](const TrainingProgress&) { stop.request_stop(); };
  EXPECT_EQ(train(small_table(), options).error().code, ErrorCode::kCancelled);
}

TEST(Trainer, ProgressCountsToTheEnd) {
  TrainingOptions options = options_for_all();
  options.num_threads = 3;
  TrainingProgress last;
  size_t num_calls = 0;
  options.progress = [&](const TrainingProgress& progress) {
    EXPECT_EQ(progress.num_fits_done, ++num_calls);
    last = progress;
  };
  ASSERT_TRUE(train(small_table(), options));
  EXPECT_EQ(last.num_fits_done, last.num_fits);
  size_t num_fits = 0;
  for (const auto& learner : options.learners) num_fits += learner->stops_early() ? 1 : 6;
  EXPECT_EQ(last.num_fits, num_fits);
}

}  // namespace
}  // namespace sermo::engine
