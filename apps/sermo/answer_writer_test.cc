#include "answer_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace sermo::app {
namespace {

engine::Answer answer(const std::string& path, const std::string& first,
                      const std::string& second) {
  engine::Answer a;
  a.path = path;
  a.model = "svm";
  a.duration_s = 1.5;
  a.scores = {{first, 0.75f}, {second, 0.25f}};
  return a;
}

// Everything a writer prints for one answer, one failure and another answer.
std::string printed(AnswerFormat format, bool single_input = false) {
  const auto writer = make_answer_writer(
      {.format = format, .labels = {"angry", "calm"}, .single_input = single_input});
  std::string text;
  const engine::Answer first = answer("a,b.wav", "angry", "calm");
  text += writer->add(std::span(&first, 1));
  text += writer->add_failure("b.txt", {ErrorCode::kUnsupported, "b.txt: not audio"});
  const engine::Answer second = answer("c.wav", "calm", "angry");
  text += writer->add(std::span(&second, 1));
  return text + writer->finish();
}

TEST(AnswerWriter, JsonIsTheArrayOfTheRowsOfJsonl) {
  nlohmann::json rows = nlohmann::json::array();
  std::istringstream lines(printed(AnswerFormat::kJsonl));
  for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1]["error"]["code"], "unsupported");
  EXPECT_EQ(nlohmann::json::parse(printed(AnswerFormat::kJson)), rows);
}

TEST(AnswerWriter, NothingIsStillWellFormed) {
  EXPECT_EQ(
      nlohmann::json::parse(make_answer_writer({.format = AnswerFormat::kJson})->finish()).size(),
      0u);
  EXPECT_EQ(make_answer_writer({.format = AnswerFormat::kJsonl})->finish(), "");
  EXPECT_EQ(make_answer_writer({.format = AnswerFormat::kCsv, .labels = {"x"}})->finish(),
            "path,model,duration_s,label,confidence,x,error\n");
}

TEST(AnswerWriter, CsvHasOneColumnALabelWhateverTheOrderOfScores) {
  EXPECT_EQ(printed(AnswerFormat::kCsv),
            "path,model,duration_s,label,confidence,angry,calm,error\n"
            "\"a,b.wav\",svm,1.500,angry,0.750000,0.750000,0.250000,\n"
            "b.txt,,,,,,,unsupported: b.txt: not audio\n"
            "c.wav,svm,1.500,calm,0.750000,0.250000,0.750000,\n");
}

TEST(AnswerWriter, ANameThatIsNotUtf8StillGivesJson) {
  const auto writer = make_answer_writer({.format = AnswerFormat::kJsonl});
  EXPECT_TRUE(nlohmann::json::accept(
      writer->add_failure("\xff\xfe.wav", {ErrorCode::kSilent, "all zero"})));
}

TEST(AnswerWriter, OneInputShowsEveryProbabilityManyShowALineEach) {
  const auto writer = make_answer_writer({.format = AnswerFormat::kTable, .single_input = true});
  const engine::Answer only = answer("a.wav", "angry", "calm");
  std::string text = writer->add(std::span(&only, 1));
  text += writer->finish();
  EXPECT_EQ(text,
            "a.wav  1.5 s  model svm\n"
            "angry, 75 %\n"
            "  angry   75 %  ██████████████████████████████\n"
            "  calm    25 %  ██████████\n");
  const std::string table = printed(AnswerFormat::kTable);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 3) << table;
  EXPECT_NE(table.find("calm 25 %"), std::string::npos) << table;
}

}  // namespace
}  // namespace sermo::app
