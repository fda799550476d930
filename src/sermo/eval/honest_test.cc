#include "sermo/eval/honest.h"

#include <gtest/gtest.h>

#include <set>

#include "sermo/learn/registry.h"
#include "temporary_folder.h"

namespace sermo::eval {
namespace {

HonestFigure figure(std::string model, double uar) {
  HonestFigure made;
  made.model = model;
  made.fingerprint = "f-" + model;
  made.schema_id = "s";
  made.data_fingerprint = "d";
  made.folds = "emobox";
  made.num_clips = 1440;
  made.num_speakers = 24;
  made.uar = uar;
  made.uar_interval = Interval{uar - 0.04, uar + 0.04};
  made.calibrator = {1.7, 0.01};
  made.uncertain_below = 0.625;
  return made;
}

TEST(Honest, WhatIsWrittenComesBack) {
  const testing::TemporaryFolder folder;
  std::vector<HonestFigure> figures = {figure("svm", 0.46), figure("et", 0.45)};
  figures[1].uncertain_below.reset();
  figures[1].uar_interval.reset();
  figures[0].enrolled = {{"neutral", {{3, 24, 0.46, 0.48, PairedTest{0.02, {0.01, 0.03}, 0.004}}}}};
  ASSERT_TRUE(write_figures(folder.path() / "honest.json", figures));
  const auto read = read_figures(folder.path() / "honest.json").value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(to_json(read), to_json(figures));
  EXPECT_EQ(read[0].calibrator, figures[0].calibrator);
  EXPECT_FALSE(read[1].uncertain_below);
  EXPECT_EQ(read[0].enrolled, figures[0].enrolled);
  EXPECT_TRUE(read[1].enrolled.empty());
}

TEST(Honest, AFigureHoldsForItsLearnerItsSchemaAndItsDataOnly) {
  const std::vector<HonestFigure> figures = {figure("svm", 0.46), figure("et", 0.45)};
  ASSERT_NE(find_figure(figures, "f-et", "s", "d"), nullptr);
  EXPECT_EQ(find_figure(figures, "f-et", "s", "d")->uar, 0.45);
  EXPECT_EQ(find_figure(figures, "f-rf", "s", "d"), nullptr);
  EXPECT_EQ(find_figure(figures, "f-et", "t", "d"), nullptr);
  EXPECT_EQ(find_figure(figures, "f-et", "s", "e"), nullptr);
}

TEST(Honest, ANewerFigureReplacesTheSameOneOnly) {
  const std::vector<HonestFigure> newer = {figure("et", 0.5)};
  const auto both = merged({figure("svm", 0.46), figure("et", 0.45)}, newer);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(find_figure(both, "f-et", "s", "d")->uar, 0.5);
  EXPECT_EQ(find_figure(both, "f-svm", "s", "d")->uar, 0.46);
}

TEST(Honest, WhatEnrolmentAddsStaysUntilItIsMeasuredAgain) {
  HonestFigure old = figure("et", 0.45);
  old.enrolled = {{"every label", {{5, 24, 0.45, 0.5, {}}}}};
  HonestFigure newer = figure("et", 0.5);
  EXPECT_EQ(merged({old}, std::vector{newer})[0].enrolled, old.enrolled);
  newer.enrolled = {{"every label", {{5, 24, 0.5, 0.52, {}}}}};
  EXPECT_EQ(merged({old}, std::vector{newer})[0].enrolled, newer.enrolled);
}

TEST(Honest, FingerprintsTellLearnersAndTheirSettingsApart) {
  std::set<std::string> prints;
  for (const auto& learner : learn::all_learners()) {
    prints.insert(learner_fingerprint(*learner, learn::ClassWeight::kNone, 0));
    prints.insert(learner_fingerprint(*learner, learn::ClassWeight::kBalanced, 0));
    prints.insert(learner_fingerprint(*learner, learn::ClassWeight::kNone, 7));
  }
  EXPECT_EQ(prints.size(), 3 * learn::all_learners().size());
  const auto vote = learn::find_vote("gb_svm").value();
  EXPECT_NE(vote_fingerprint(vote, std::vector<std::string>{"a", "b"}),
            vote_fingerprint(vote, std::vector<std::string>{"a", "c"}));
}

TEST(Honest, WhatIsDamagedIsRefused) {
  const auto code = [](const std::string& text) { return parse_figures(text).error().code; };
  EXPECT_EQ(code("{"), ErrorCode::kCorrupt);
  EXPECT_EQ(code("{}"), ErrorCode::kCorrupt);
  EXPECT_EQ(code(R"({"format":2,"figures":[]})"), ErrorCode::kUnsupported);
  EXPECT_EQ(code(R"({"format":1,"figures":[{"model":"svm"}]})"), ErrorCode::kCorrupt);
  auto json = to_json(std::vector<HonestFigure>{figure("svm", 0.46)});
  json["figures"][0]["temperature"] = 0.0;
  EXPECT_EQ(code(json.dump()), ErrorCode::kCorrupt);
  json = to_json(std::vector<HonestFigure>{figure("svm", 46.0)});
  EXPECT_EQ(code(json.dump()), ErrorCode::kCorrupt);
  EXPECT_EQ(read_figures("/nowhere/honest.json").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sermo::eval
