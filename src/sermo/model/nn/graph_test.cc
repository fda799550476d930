#include "sermo/model/nn/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sermo/model/nn/architectures.h"

namespace sermo::model::nn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Numbers of parameters that Keras's model.summary() gives for the original's nets: 110 features,
// 8 labels. (Keras counts 3 * units more for each GRU: see graph.cc.)
TEST(Architectures, HaveTheOriginalsNumberOfParameters) {
  EXPECT_EQ(plan(mlp(8), 110)->num_parameters(), 225672u);
  EXPECT_EQ(plan(cnn1d(8), 110)->num_parameters(), 486280u);
  EXPECT_EQ(plan(lstm(8), 110)->num_parameters(), 120648u);
  EXPECT_EQ(plan(gru(8), 110)->num_parameters(), 92232u - 2 * 128u - 2 * 64u);
  EXPECT_EQ(plan(cnn_lstm(8), 110)->num_parameters(), 37960u);
}

TEST(Architectures, SurviveTheirText) {
  for (const Graph& graph : {mlp(8), cnn1d(8), lstm(8), gru(4), cnn_lstm(8)}) {
    const Result<Graph> parsed = parse_graph(to_text(graph));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, graph) << to_text(graph);
  }
  EXPECT_EQ(to_text(cnn_lstm(8)),
            "sequence conv1d(64,3) relu max_pool(2) dropout(0.3) lstm(64) dropout(0.3) dense(64) "
            "relu dense(8) softmax");
  EXPECT_THAT(to_text(gru(8)), HasSubstr("gru(128,sequences) dropout(0.3) gru(64)"));
}

TEST(Plan, GivesShapesAndWeights) {
  const Plan p = *plan({{Sequence{}, Conv1d{4, 3}, MaxPool{2}, Lstm{6}, Dense{3}, Softmax{}}}, 11);
  EXPECT_EQ(p.layers[1].output, (Shape{true, 11, 4}));
  EXPECT_EQ(p.layers[2].output, (Shape{true, 5, 4}));  // the eleventh step is dropped
  EXPECT_EQ(p.layers[3].output, (Shape{false, 1, 6}));
  EXPECT_EQ(p.num_labels, 3u);
  std::vector<std::string> names;
  for (const Weight& weight : p.weights()) {
    names.push_back(weight.name);
    EXPECT_EQ(weight.offset % 16, 0u);
  }
  EXPECT_THAT(names, ElementsAre("conv1d_1/kernel", "conv1d_1/bias", "lstm_1/kernel",
                                 "lstm_1/recurrent_kernel", "lstm_1/bias", "dense_1/kernel",
                                 "dense_1/bias"));
  EXPECT_THAT(p.weights()[0].shape, ElementsAre(3, 1, 4));
  EXPECT_THAT(p.weights()[3].shape, ElementsAre(6, 24));
}

struct Refused {
  const char* graph;
  ErrorCode code;
  const char* message;
};

class PlanRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(PlanRefuses, AndNamesTheLayer) {
  const Result<Plan> planned = plan(*parse_graph(GetParam().graph), 6);
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().code, GetParam().code);
  EXPECT_THAT(planned.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Graphs, PlanRefuses,
    ::testing::Values(
        Refused{"sequence dense(3) softmax", ErrorCode::kMismatch,
                "dense_1(3) got a sequence [6, 1], wanted a vector"},
        Refused{"dense(3) lstm(3) softmax", ErrorCode::kMismatch,
                "lstm_1(3) got a vector [3], wanted a sequence"},
        Refused{"sequence conv1d(3,2) flatten softmax", ErrorCode::kMismatch, "an odd kernel"},
        Refused{"sequence max_pool(7) flatten softmax", ErrorCode::kMismatch, "at least 7 steps"},
        Refused{"sequence max_pool(0) flatten softmax", ErrorCode::kMismatch, "max_pool_1(0)"},
        Refused{"sequence softmax", ErrorCode::kMismatch, "softmax_1 got a sequence [6, 1]"},
        Refused{"dense(3) dropout(1) softmax", ErrorCode::kMismatch, "below 1"},
        Refused{"dense(0) softmax", ErrorCode::kTooLarge, "dense_1: 0 units"},
        Refused{"dense(70000) softmax", ErrorCode::kTooLarge, "70000 units"},
        Refused{"dense(65536) dense(65536) softmax", ErrorCode::kTooLarge, "dense_2"},
        Refused{"dense(3)", ErrorCode::kMismatch, "softmax must be the last layer"},
        Refused{"dense(3) softmax dense(3) softmax", ErrorCode::kMismatch, "softmax_1 is layer 2"},
        Refused{"", ErrorCode::kMismatch, "without layers"}));

TEST(ParseGraph, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"dense", "dense()", "dense(x)", "dense(3", "dense(3,4)", "relu(1)",
                           "conv1d(4)", "lstm(3,last)", "lstm(sequences,3)", "dropout(a)",
                           "dense(-1)", "dense(99999999999999999999)", "attention(3)"}) {
    const Result<Graph> graph = parse_graph(text);
    ASSERT_FALSE(graph) << text;
    EXPECT_EQ(graph.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(graph.error().message, HasSubstr(text));
  }
}

}  // namespace
}  // namespace sermo::model::nn
