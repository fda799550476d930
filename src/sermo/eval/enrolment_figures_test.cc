#include "sermo/eval/enrolment_figures.h"

#include <gtest/gtest.h>

namespace sermo::eval {
namespace {

const std::vector<EnrolmentCurve> kCurves = {
    {"every label",
     {{1, 24, 0.4875, 0.5, PairedTest{0.0125, {-0.001, 0.02}, 0.25}},
      {20, 24, 0.4875, 0.5625, PairedTest{0.075, {0.05, 0.1}, 0.001}}}},
    {"neutral", {{3, 1, 0.5, 0.5, {}}}}};

TEST(EnrolmentFigures, WhatIsWrittenComesBack) {
  const nlohmann::json json = nlohmann::json::parse(to_json(kCurves).dump());
  EXPECT_EQ(enrolment_curves_from(json), kCurves);
}

TEST(EnrolmentFigures, JsonSaysWhatWasGivenAndWhatItAdds) {
  const auto json = to_json(kCurves);
  EXPECT_EQ(json[0]["clips_of"], "every label");
  EXPECT_EQ(json[0]["points"][1]["clips"], 20);
  EXPECT_EQ(json[0]["points"][1]["uar_unknown"], 0.4875);
  EXPECT_EQ(json[0]["points"][1]["uar"], 0.5625);
  EXPECT_EQ(json[0]["points"][1]["gain"], 0.075);
  EXPECT_EQ(json[0]["points"][0]["gain_interval"], (std::vector<double>{-0.001, 0.02}));
  EXPECT_TRUE(json[1]["points"][0]["gain"].is_null());
}

TEST(EnrolmentFigures, AnotherFormThrows) {
  EXPECT_THROW(enrolment_curves_from(nlohmann::json::parse(R"([{"clips_of":"neutral"}])")),
               nlohmann::json::exception);
}

}  // namespace
}  // namespace sermo::eval
