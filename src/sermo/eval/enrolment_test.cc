#include "sermo/eval/enrolment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace sermo::eval {
namespace {

TEST(Enrolment, TakesAwayWhatIsTheSpeakersOwn) {
  // Two speakers who differ in level and range only; the third column never changes.
  Matrix features(8, 3);
  std::vector<int> speakers;
  for (size_t r = 0; r < 8; ++r) {
    const bool second = r % 2 == 1;
    const auto clip = static_cast<float>(r / 2);
    speakers.push_back(second ? 9 : 4);
    features(r, 0) = second ? 100.0f + 10.0f * clip : clip;
    features(r, 1) = second ? -clip : 5.0f - 3.0f * clip;
    features(r, 2) = second ? 7.0f : 3.0f;
  }
  const Matrix enrolled = standardise_by_speaker(features, speakers).value();
  for (size_t r = 0; r < 8; r += 2) {
    for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(enrolled(r, c), enrolled(r + 1, c), 1e-5f);
  }
  // Mean 0 and deviation 1: clips 0 to 3 lie at -1.5, -0.5, 0.5, 1.5 deviations of sqrt(1.25).
  EXPECT_NEAR(enrolled(0, 0), -1.5 / std::sqrt(1.25), 1e-5);
  EXPECT_EQ(enrolled(0, 2), 0.0f);
}

TEST(Enrolment, NeedsToKnowWhoSpeaksAndAFewClipsOfEach) {
  const Matrix features(4, 2);
  EXPECT_EQ(standardise_by_speaker(features, std::vector<int>{1, 1, 1, -1}).error().code,
            ErrorCode::kMismatch);
  EXPECT_EQ(standardise_by_speaker(features, std::vector<int>{1, 1, 1, 2}).error().code,
            ErrorCode::kTooShort);
}

}  // namespace
}  // namespace sermo::eval
