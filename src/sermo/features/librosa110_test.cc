#include "sermo/features/librosa110.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "allocation_counter.h"
#include "extraction.h"
#include "feature_goldens.h"
#include "sermo/dsp/simd.h"

namespace sermo::features {
namespace {

// The contract's bar, in standard deviations of a feature over the clips of RAVDESS.
constexpr double kMaxErrorSigma = 1e-3;

using testing::noise;

class Librosa110Test : public testing::ExtractorTest {
 protected:
  Librosa110Test() : ExtractorTest(make_librosa110()) {}
};

TEST_F(Librosa110Test, EqualsLibrosaOnEveryClip) {
  const std::vector<double> sigmas = testing::feature_sigmas();
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    const std::vector<float> got = extract(golden.samples());
    const std::vector<double> want = golden.vector();
    ASSERT_EQ(want.size(), got.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], kMaxErrorSigma * sigmas[i]) << extractor_->schema().names[i];
    }
  }
}

// One binary serves processors with and without AVX2 and AVX-512; the features are the same on all,
// though not to the last bit (without fused multiply-add, magnitudes round differently).
TEST_F(Librosa110Test, EveryInstructionSetEqualsLibrosa) {
  const std::vector<double> sigmas = testing::feature_sigmas();
  const testing::FeatureGolden golden("speech");
  const std::vector<double> want = golden.vector();
  size_t num_tried = 0;
  for (int64_t left = hwy::SupportedTargets() & HWY_TARGETS; left != 0; left &= left - 1) {
    const int64_t target = left & -left;
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    const std::vector<float> got = extract(golden.samples());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], kMaxErrorSigma * sigmas[i]) << extractor_->schema().names[i];
    }
    ++num_tried;
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_GE(num_tried, 1);
}

TEST_F(Librosa110Test, NamesAreInTheOrderOfTheContract) {
  const std::vector<std::string>& names = extractor_->schema().names;
  ASSERT_EQ(names.size(), 110);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 110);
  EXPECT_EQ(names[3], "mfcc_03_mean");
  EXPECT_EQ(names[13], "mfcc_00_std");
  EXPECT_EQ(names[26], "delta_00_mean");
  EXPECT_EQ(names[52], "chroma_c_mean");
  EXPECT_EQ(names[75], "chroma_b_std");
  EXPECT_EQ(names[76], "contrast_0_mean");
  EXPECT_EQ(names[90], "tonnetz_0_mean");
  EXPECT_EQ(names[102], "zcr_mean");
  EXPECT_EQ(names[103], "zcr_std");
  EXPECT_EQ(names[104], "rms_mean");
  EXPECT_EQ(names[106], "centroid_mean");
  EXPECT_EQ(names[109], "rolloff_std");
}

// A change of the id makes every cache and model that exists foreign: it must be meant.
TEST_F(Librosa110Test, SchemaIdIsPinned) {
  EXPECT_EQ(extractor_->schema().id, "librosa-110/1-cf32e7984b3e");
}

TEST_F(Librosa110Test, RefusesWhatItCannotMeasure) {
  EXPECT_EQ(error_of({}), ErrorCode::kTooShort);
  EXPECT_EQ(error_of(noise(4095)), ErrorCode::kTooShort);
  EXPECT_EQ(error_of(std::vector<float>(4096, 0.0f)), ErrorCode::kSilent);
  EXPECT_EQ(error_of(std::vector<float>(4096, -0.0f)), ErrorCode::kSilent);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    std::vector<float> samples = noise(5000);
    samples[4999] = bad;
    EXPECT_EQ(error_of(samples), ErrorCode::kNotFinite);
  }
}

TEST_F(Librosa110Test, GivesFiniteNumbersForAnythingElse) {
  std::vector<std::vector<float>> clips = {noise(4096), noise(4097), noise(30000)};
  clips.push_back(std::vector<float>(6000, 0.0f));
  clips.back()[5999] = 1e-30f;  // all but silent
  clips.push_back(std::vector<float>(6000, 1.0f));
  clips.push_back(noise(6000));
  for (float& sample : clips.back()) sample *= 1e4f;
  clips.push_back(std::vector<float>(22050));
  for (size_t i = 0; i < clips.back().size(); ++i) clips.back()[i] = i % 2 == 0 ? 1.0f : -1.0f;
  for (size_t c = 0; c < clips.size(); ++c) {
    for (const float value : extract(clips[c])) EXPECT_TRUE(std::isfinite(value)) << "clip " << c;
  }
}

TEST_F(Librosa110Test, AWorkspaceRemembersNothing) {
  const std::vector<float> clip = noise(9000);
  const std::vector<float> fresh = extract(clip);
  extract(noise(60000));
  extract(std::vector<float>(5000, 0.5f));
  EXPECT_EQ(extract(clip), fresh);
}

TEST_F(Librosa110Test, TheSecondClipOfALengthAllocatesNothing) {
  const std::vector<float> first = noise(40000);
  std::vector<float> second = first;
  for (float& sample : second) sample *= 0.5f;  // another clip, of the same tuning
  std::vector<float> out(110);
  ASSERT_TRUE(extractor_->extract(first, out, *workspace_).has_value());
  const size_t before = testing::num_allocations();
  ASSERT_TRUE(extractor_->extract(second, out, *workspace_).has_value());
  EXPECT_EQ(testing::num_allocations() - before, 0);
}

TEST_F(Librosa110Test, HasNoContours) {
  const auto contours = extractor_->contours(noise(9000), *workspace_);
  ASSERT_FALSE(contours.has_value());
  EXPECT_EQ(contours.error().code, ErrorCode::kUsage);
  EXPECT_NE(contours.error().message.find("librosa-110"), std::string::npos);
}

TEST_F(Librosa110Test, ThreadsShareAnExtractor) {
  const std::vector<float> clip = noise(20000);
  const std::vector<float> want = extract(clip);
  std::vector<std::vector<float>> got(4, std::vector<float>(110));
  std::vector<std::thread> threads;
  for (std::vector<float>& out : got) {
    threads.emplace_back([&] {
      const auto workspace = extractor_->make_workspace();
      for (int repetition = 0; repetition < 3; ++repetition) {
        EXPECT_TRUE(extractor_->extract(clip, out, *workspace).has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& out : got) EXPECT_EQ(out, want);
}

TEST(Extractors, AreFoundByName) {
  ASSERT_FALSE(all_extractors().empty());
  const auto found = find_extractor("librosa-110");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ((*found)->schema().name, "librosa-110");
  EXPECT_EQ((*found)->sample_rate_hz(), 22050);
  EXPECT_EQ(find_extractor("librosa-110")->get(), found->get());
  const auto unknown = find_extractor("librosa-111");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_NE(unknown.error().message.find("librosa-110"), std::string::npos);
}

}  // namespace
}  // namespace sermo::features
