#include "sermo/eval/report_html.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "made_up_table.h"
#include "sermo/eval/report.h"
#include "sermo/learn/registry.h"

namespace sermo::eval {
namespace {

// A whole report of a small table, evaluated with speakers apart and mixed.
nlohmann::ordered_json small_report(const std::string& name) {
  const testing::MadeUpTable made = testing::made_up_table({.num_rows = 120});
  data::Table table;
  table.features = made.features;
  std::vector<std::string> names;
  for (size_t c = 0; c < 20; ++c) names.push_back("f" + std::to_string(c));
  table.schema = features::make_schema("test", 1, "{}", names);
  for (size_t r = 0; r < 120; ++r) {
    table.labels.push_back(made.label_names[static_cast<size_t>(made.labels[r])]);
    table.speakers.push_back(static_cast<int>(r / 20));
    table.paths.push_back(std::to_string(r) + ".wav");
  }
  const data::LabelledRows labelled = data::labelled_rows(table).value();
  const LabelledExamples rows = labelled_examples(table, labelled);
  const ReportedClips clips = reported_clips(table, labelled);
  const FoldRows fold_rows{rows.labels, rows.speakers, clips.paths};
  CrossEvaluationOptions options;
  options.learners = {learn::find_learner("knn").value(), learn::find_learner("lda").value()};
  options.votes = {learn::find_vote("vote(knn,lda)").value()};
  options.calibration_rows = CalibrationRows::kOtherFolds;
  const model::Signature signature{table.schema.id, 20, labelled.labels};
  nlohmann::ordered_json evaluations = nlohmann::ordered_json::array();
  for (const FoldPlan& plan :
       {leave_one_speaker_out(fold_rows).value(), random_folds(fold_rows, 3, 1).value()}) {
    Evaluation evaluation{.plan = plan, .leaks = find_leaks(plan, {}, clips)};
    std::vector<FoldQuestion> questions;
    std::optional<EnrolmentTrial> trial;
    if (plan.speakers_apart) {
      trial = EnrolmentTrial::create(rows, plan, signature.labels, 42).value();
      questions = trial->questions();
    }
    options.questions = questions;
    evaluation.answers = cross_evaluate(rows, plan, signature, options).value();
    if (trial) evaluation.enrolment = trial->findings(evaluation.answers);
    evaluations.push_back(to_json(evaluation, clips, 1));
  }
  return report_json(std::vector<ReportedTable>{{table.schema.id, data::fingerprint(table)}}, clips,
                     name, "2020-01-01T00:00:00Z", {}, std::move(evaluations));
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(ReportHtml, HasTheTablesAndThePicturesOfEveryCut) {
  const nlohmann::ordered_json report = small_report("mine");
  const std::string html = report_html(report);
  // Two cuts with confusion, reliability, risk and speakers, and the inflation between them.
  EXPECT_EQ(count(html, "<figure>"), 9u);
  EXPECT_EQ(count(html, "<h2>"), 3u);
  EXPECT_EQ(count(html, "Same speakers in training and test (6)"), 1u);
  EXPECT_EQ(count(html, "<td>test</td>"), 6u) << "which features each model of each cut saw";
  EXPECT_NE(html.find("What knowing the speakers adds"), std::string::npos);
  EXPECT_EQ(count(html, "<svg"), count(html, "</svg>"));
  EXPECT_EQ(count(html, "<h3>Enrolled speakers</h3>"), 1u) << "where speakers are apart";
  const auto& enrolled = report["evaluations"][0]["enrolled"]["models"];
  ASSERT_EQ(enrolled.size(), 3u);
  EXPECT_EQ(enrolled[2]["name"], "vote(knn,lda)");
  EXPECT_NE(html.find("<tr><td>vote(knn,lda)</td><td>every label</td>"), std::string::npos);
  for (const auto& model : enrolled) {
    const auto& point = model["curves"][0]["points"][2];
    const auto uar = point["uar"].get<double>();
    EXPECT_NE(html.find(fmt::format("<td>{:.3f} {:+.3f}</td>", uar,
                                    uar - point["uar_unknown"].get<double>())),
              std::string::npos);
  }
}

TEST(ReportHtml, NeedsNoNetworkAndTrustsNoText) {
  const std::string html = report_html(small_report("<script>alert(1)</script>"));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
}

}  // namespace
}  // namespace sermo::eval
