#include "sermo/model/speaker_shift.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sermo::model {
namespace {

// Powers of two and their sums, so that nothing rounds but what the law itself divides.
const std::vector<float> kTrainingMean = {1.0f, -2.0f, 0.5f};

std::vector<double> sum_of(const std::vector<std::vector<float>>& clips) {
  std::vector<double> sum(kTrainingMean.size());
  for (const std::vector<float>& clip : clips) {
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(clip[c]);
  }
  return sum;
}

TEST(SpeakerShift, NoClipsAreTheIdentity) {
  const std::vector<float> shift = speaker_shift(sum_of({}), 0, kTrainingMean);
  EXPECT_EQ(shift, (std::vector<float>{0.0f, 0.0f, 0.0f}));
  Matrix rows({0.1f, -0.2f, 1e30f, 3.0f, 1e-30f, 0.0f}, 2, 3);
  const Matrix before = rows;
  subtract_from_rows(shift, rows);
  EXPECT_TRUE(std::ranges::equal(rows.values(), before.values()));
}

TEST(SpeakerShift, AVoiceLikeTheTrainingMeanIsNotMoved) {
  for (size_t k : {1, 4, 20}) {
    const std::vector<std::vector<float>> clips(k, kTrainingMean);
    EXPECT_EQ(speaker_shift(sum_of(clips), k, kTrainingMean),
              (std::vector<float>{0.0f, 0.0f, 0.0f}));
  }
}

TEST(SpeakerShift, OneClipMovesByASixthOfItsDifferenceFiveByHalf) {
  const std::vector<float> clip = {7.0f, -2.0f, -5.5f};  // 6, 0 and -6 away from the mean
  EXPECT_EQ(speaker_shift(sum_of({clip}), 1, kTrainingMean),
            (std::vector<float>{1.0f, 0.0f, -1.0f}));
  EXPECT_EQ(speaker_shift(sum_of({clip, clip, clip, clip, clip}), 5, kTrainingMean),
            (std::vector<float>{3.0f, 0.0f, -3.0f}));
}

TEST(SpeakerShift, ManyClipsTakeTheVoiceAwayWhole) {
  const std::vector<double> sum = {3e6, 4e6, 5e6};  // a million clips of mean 3, 4, 5
  const std::vector<float> shift = speaker_shift(sum, 1'000'000, kTrainingMean);
  Matrix rows({3.0f, 4.0f, 5.0f}, 1, 3);
  subtract_from_rows(shift, rows);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(rows(0, c), kTrainingMean[c], 1e-4f);
}

TEST(SpeakerShift, IsTakenFromEveryRow) {
  Matrix rows({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}, 2, 3);
  subtract_from_rows(std::vector<float>{1.0f, 0.0f, -1.0f}, rows);
  EXPECT_TRUE(
      std::ranges::equal(rows.values(), std::vector<float>{0.0f, 2.0f, 4.0f, 3.0f, 5.0f, 7.0f}));
}

}  // namespace
}  // namespace sermo::model
