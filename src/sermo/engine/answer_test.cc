#include "sermo/engine/answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sermo::engine {
namespace {

Answer example() {
  Answer answer;
  answer.path = "a.wav";
  answer.model = "svm";
  answer.duration_s = 3.7;
  answer.scores = {{"angry", 0.83f}, {"calm", 0.17f}};
  return answer;
}

TEST(Answer, RowIsWhatInterfaceDocumentsKeyForKey) {
  EXPECT_EQ(
      to_json(example()).dump(),
      R"({"path":"a.wav","model":"svm","duration_s":3.7,"label":"angry","confidence":0.83,"uncertain":false,)"
      R"("scores":[{"label":"angry","score":0.83},{"label":"calm","score":0.17}],"warnings":[]})");
}

TEST(Answer, TimelineSaysSilenceAsSilence) {
  Answer answer = example();
  answer.segments = {Segment{0.0, 3.0, {{"angry", 1.0f}}, {}},
                     Segment{1.0, 4.0, {}, Error{ErrorCode::kSilent, "all samples are zero"}}};
  EXPECT_EQ(
      to_json(answer)["segments"].dump(),
      R"([{"start_s":0.0,"end_s":3.0,"label":"angry","scores":[{"label":"angry","score":1.0}]},)"
      R"({"start_s":1.0,"end_s":4.0,"label":null,"scores":[],)"
      R"("error":{"code":"silent","message":"all samples are zero"}}])");
}

TEST(Answer, FailureRow) {
  EXPECT_EQ(failure_row("b.txt", {ErrorCode::kUnsupported, "not audio"}).dump(),
            R"({"path":"b.txt","error":{"code":"unsupported","message":"not audio"}})");
}

TEST(Answer, RankingPutsTheMostProbableFirstAndTiesInLabelOrder) {
  const std::vector<std::string> labels = {"a", "b", "c", "d"};
  const std::vector<float> probabilities = {0.2f, 0.3f, 0.2f, 0.3f};
  const std::vector<Score> all = ranked(labels, probabilities, 0);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].label + all[1].label + all[2].label + all[3].label, "bdac");
  EXPECT_EQ(ranked(labels, probabilities, 2).size(), 2u);
  EXPECT_EQ(ranked(labels, probabilities, 9).size(), 4u);
}

}  // namespace
}  // namespace sermo::engine
