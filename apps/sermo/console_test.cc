#include "console.h"

#include <gtest/gtest.h>

#include "model_names.h"
#include "progress.h"
#include "test_console.h"
#include "text_table.h"

namespace sermo::app {
namespace {

const Error kSilent{ErrorCode::kSilent, "all samples are zero"};
const Error kMissing{ErrorCode::kNotFound, "no such file"};

TEST(Outcome, FollowsTheDocumentedRules) {
  Outcome all;
  all.succeeded();
  EXPECT_EQ(all.exit_status(), 0);
  Outcome one;
  one.failed(kSilent);
  EXPECT_EQ(one.exit_status(), 4) << "one input: its own status";
  one.failed(kMissing);
  EXPECT_EQ(one.exit_status(), 4) << "none succeeded: the first failure's";
  one.succeeded();
  EXPECT_EQ(one.exit_status(), 1) << "some succeeded";
}

TEST(Console, QuietSilencesNotesButNotComplaints) {
  TestConsole test;
  test.console.quiet = true;
  test.console.note("42 clips");
  EXPECT_EQ(test.err.str(), "");
  EXPECT_EQ(failed(test.console, kMissing), 3);
  EXPECT_EQ(test.err.str(), "sermo: no such file\n");
}

TEST(Progress, DrawsABarOnATerminalAndWipesIt) {
  TestConsole test;
  test.console.err_is_terminal = true;
  { Progress(test.console, "extracting", "clips").report(5, 10); }
  const std::string drawn = test.err.str();
  EXPECT_NE(drawn.find("[===============               ] extracting 5 of 10 clips"),
            std::string::npos)
      << drawn;
  EXPECT_TRUE(drawn.ends_with("\r\x1b[K")) << drawn;
}

TEST(Progress, SaysNothingElsewhereWhenTheWorkIsShort) {
  TestConsole test;
  { Progress(test.console, "extracting", "clips").report(5, 10); }
  EXPECT_EQ(test.err.str(), "");
}

TEST(TextTable, AlignsColumnsByCodePoints) {
  TextTable table({{"name"}, {"score", Align::kRight}, {"note"}});
  table.add_row({"märz", "1.5", ""});
  table.add_row({"x", "22.25", "last"});
  EXPECT_EQ(table.str(),
            "name  score  note\n"
            "märz    1.5\n"
            "x     22.25  last\n");
}

TEST(ModelNames, CommasInsideParenthesesDoNotSeparate) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(split_model_names({"svm,et"}), (Names{"svm", "et"}));
  EXPECT_EQ(split_model_names({"vote(svm,et),rf", "knn"}), (Names{"vote(svm,et)", "rf", "knn"}));
  EXPECT_EQ(split_model_names({",svm,,", ""}), (Names{"svm"}));
  EXPECT_EQ(split_model_names({"vote(svm,et"}), (Names{"vote(svm,et"}));
}

}  // namespace
}  // namespace sermo::app
