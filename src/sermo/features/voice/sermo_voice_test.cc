#include "sermo/features/voice/sermo_voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "allocation_counter.h"
#include "extraction.h"
#include "instruction_sets.h"
#include "sermo/features/voice/names.h"
#include "voice_goldens.h"

namespace sermo::features {
namespace {

// The bar of parity, in standard deviations of a number over the clips of RAVDESS.
constexpr double kMaxErrorSigma = 1e-3;

using testing::noise;

class SermoVoiceTest : public testing::ExtractorTest {
 protected:
  SermoVoiceTest() : ExtractorTest(make_sermo_voice()) {}
  void expect_equals_reference(const std::string& clip) {
    SCOPED_TRACE(clip);
    const testing::VoiceGolden golden(clip);
    const std::vector<float> got = extract(golden.samples());
    const std::vector<float> want = golden.values("vector");
    const std::vector<float> sigmas = testing::voice_sigmas();
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i) {
      // One number is the same for all clips of RAVDESS and has no sigma.
      const double unit = sigmas[i] > 0 ? sigmas[i] : 1.0;
      EXPECT_NEAR(got[i], want[i], kMaxErrorSigma * unit) << extractor_->schema().names[i];
    }
  }
  float value(const std::vector<float>& vector, std::string_view name) {
    const auto& names = extractor_->schema().names;
    const auto at = std::find(names.begin(), names.end(), name);
    EXPECT_NE(at, names.end()) << name;
    return vector[static_cast<size_t>(at - names.begin())];
  }
};

// A vowel without any life: pulses of a steady pitch.
std::vector<float> monotone(size_t num_samples, size_t period = 100) {
  std::vector<float> samples(num_samples);
  for (size_t n = 0; n < num_samples; n += period) samples[n] = 0.5f;
  return samples;
}

TEST_F(SermoVoiceTest, EqualsTheReferenceOnEveryClip) {
  for (const std::string& clip : testing::voice_golden_clips()) expect_equals_reference(clip);
}

TEST_F(SermoVoiceTest, EveryInstructionSetEqualsTheReference) {
  testing::for_each_instruction_set([&] { expect_equals_reference("speech"); });
}

// A change of the id makes every cache and model that exists foreign: it must be meant.
TEST_F(SermoVoiceTest, SchemaIdIsPinned) {
  EXPECT_EQ(extractor_->schema().id, "sermo-voice/1-c4c076b85ce7");
  EXPECT_EQ(extractor_->schema().num_features(), 3728);
  EXPECT_EQ(extractor_->sample_rate_hz(), 16000);
}

TEST_F(SermoVoiceTest, RefusesWhatItCannotMeasure) {
  EXPECT_EQ(error_of({}), ErrorCode::kTooShort);
  EXPECT_EQ(error_of(noise(kVoiceMinSamples - 1)), ErrorCode::kTooShort);
  EXPECT_EQ(error_of(std::vector<float>(kVoiceMinSamples, 0.0f)), ErrorCode::kSilent);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    std::vector<float> samples = noise(5000);
    samples[4999] = bad;
    EXPECT_EQ(error_of(samples), ErrorCode::kNotFinite);
  }
}

TEST_F(SermoVoiceTest, GivesFiniteNumbersForAnythingElse) {
  std::vector<std::vector<float>> clips;
  for (const size_t size : {kVoiceMinSamples, kVoiceMinSamples + 1, size_t{30000}, size_t{90001}}) {
    clips.push_back(noise(size));
    clips.push_back(monotone(size));
    clips.emplace_back(size, 1.0f);    // an offset and nothing else
    clips.emplace_back(size, 3e38f);   // the largest numbers there are
    clips.emplace_back(size, 1e-30f);  // all but silent
    clips.emplace_back(size, 1e-44f);  // denormal
    clips.emplace_back(size, 0.0f);    // a click, at every place that is special
    clips.back()[0] = 1.0f;
    clips.emplace_back(size, 0.0f);
    clips.back()[size - 1] = -1.0f;
    clips.emplace_back(size, 0.0f);
    clips.back()[size / 2] = 1e-20f;
    clips.push_back(noise(size));  // clipped hard
    for (float& sample : clips.back()) sample = sample > 0 ? 1.0f : -1.0f;
    clips.emplace_back(size);  // the highest frequency there is
    for (size_t i = 0; i < size; ++i) clips.back()[i] = i % 2 == 0 ? 1.0f : -1.0f;
  }
  for (size_t c = 0; c < clips.size(); ++c) {
    const std::vector<float> got = extract(clips[c]);
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_TRUE(std::isfinite(got[i]))
          << extractor_->schema().names[i] << " of clip " << c << ", " << clips[c].size();
    }
  }
}

TEST_F(SermoVoiceTest, NothingVoicedHasTheValuesOfThePage) {
  std::vector<float> samples = noise(16000);
  // White noise sometimes seems voiced for a frame or two; its difference does not.
  for (size_t n = samples.size() - 1; n > 0; --n) samples[n] -= samples[n - 1];
  const std::vector<float> got = extract(samples);
  ASSERT_EQ(value(got, "voiced_share"), 0.0f);
  EXPECT_EQ(value(got, "num_voiced_runs"), 1.0f);
  EXPECT_EQ(value(got, "voiced_run_max"), 0.0f);
  EXPECT_EQ(value(got, "unvoiced_run_max"), 101.0f);
  for (const char* name :
       {"f0_mean", "f0_std", "f0_slope", "f0_cosine_1", "f0_eighth_8", "jitter_mean",
        "shimmer_mean", "hnr_std", "h1_h2_kurtosis", "voicecorr_f0_hnr", "energy_voiced_std"}) {
    EXPECT_EQ(value(got, name), 0.0f) << name;
  }
  EXPECT_NEAR(value(got, "energy_voiced_mean"), value(got, "energy_mean"), 1e-5f);
}

TEST_F(SermoVoiceTest, AMonotoneVoiceHasItsPitchAndNoMelody) {
  const std::vector<float> got = extract(monotone(32000, 100));  // 160 Hz
  EXPECT_NEAR(value(got, "f0_p50"), 12 * std::log2(160.0 / 55.0), 0.01);
  EXPECT_GT(value(got, "voiced_share"), 0.95f);
  EXPECT_NEAR(value(got, "f0_p75_p25"), 0.0, 1e-3);
  EXPECT_NEAR(value(got, "jitter_p50"), 0.0, 1e-3);
}

TEST_F(SermoVoiceTest, DoesNotDependOnLevelOrOnSilenceAround) {
  std::vector<float> samples = testing::VoiceGolden("speech").samples();
  const std::vector<float> want = extract(samples);
  std::vector<float> quiet = samples;
  for (float& sample : quiet) sample *= 0.125f;
  const std::vector<float> sigmas = testing::voice_sigmas();
  const auto expect_same = [&](const std::vector<float>& got) {
    for (size_t i = 0; i < want.size(); ++i) {
      const double unit = sigmas[i] > 0 ? sigmas[i] : 1.0;
      EXPECT_NEAR(got[i], want[i], kMaxErrorSigma * unit) << extractor_->schema().names[i];
    }
  };
  expect_same(extract(quiet));
  // Whole frames of silence before and after what is quiet already.
  std::fill(samples.begin(), samples.begin() + 160, 0.0f);
  const std::vector<float> alone = extract(samples);
  samples.insert(samples.begin(), 160 * 30, 0.0f);
  samples.insert(samples.end(), 8000, 0.0f);
  const std::vector<float> around = extract(samples);
  EXPECT_NEAR(value(around, "f0_mean"), value(alone, "f0_mean"), 1e-3);
  EXPECT_NEAR(value(around, "mfcc_00_mean"), value(alone, "mfcc_00_mean"), 0.5);
  EXPECT_EQ(value(around, "num_voiced_runs"), value(alone, "num_voiced_runs"));
}

TEST_F(SermoVoiceTest, AWorkspaceRemembersNothing) {
  const std::vector<float> clip = noise(9000);
  const std::vector<float> fresh = extract(clip);
  extract(noise(90000));
  extract(monotone(5000));
  EXPECT_EQ(extract(clip), fresh);
}

TEST_F(SermoVoiceTest, TheSecondClipOfALengthAllocatesNothing) {
  for (const size_t size : {size_t{40000}, size_t{100000}}) {
    const std::vector<float> first = noise(size);
    std::vector<float> second = first;
    for (float& sample : second) sample *= 0.5f;  // another clip, of the same loud part
    std::vector<float> out(extractor_->schema().num_features());
    ASSERT_TRUE(extractor_->extract(first, out, *workspace_).has_value());
    const size_t before = testing::num_allocations();
    ASSERT_TRUE(extractor_->extract(second, out, *workspace_).has_value());
    EXPECT_EQ(testing::num_allocations() - before, 0) << size;
  }
}

TEST_F(SermoVoiceTest, ContoursAreThoseOfTheReferenceAtTheirTimes) {
  const testing::VoiceGolden golden("speech");
  std::vector<float> samples = golden.samples();
  const auto contours = extractor_->contours(samples, *workspace_);
  ASSERT_TRUE(contours.has_value());
  ASSERT_EQ(contours->contours.size(), contours->values.num_cols());
  const auto column = [&](const FrameContours& from, std::string_view name) {
    std::vector<float> values;
    for (size_t c = 0; c < from.contours.size(); ++c) {
      if (from.contours[c].name != name) continue;
      for (size_t t = 0; t < from.values.num_rows(); ++t) values.push_back(from.values(t, c));
    }
    return values;
  };
  const std::vector<float> f0_hz = golden.values("f0_hz");
  ASSERT_EQ(column(*contours, "f0").size(), f0_hz.size());
  for (size_t t = 0; t < f0_hz.size(); ++t) {
    EXPECT_NEAR(column(*contours, "f0")[t], f0_hz[t], 1e-3);
    EXPECT_NEAR(column(*contours, "mfcc_19")[t], golden.frames("mfcc")(19, t), 1e-4);
    EXPECT_NEAR(column(*contours, "zcr")[t], golden.frames("spec")(18, t), 1e-6);
    EXPECT_NEAR(column(*contours, "h1_a3")[t], golden.frames("harmonics")(2, t), 1e-3);
    EXPECT_EQ(column(*contours, "voiced")[t], static_cast<float>(golden.ints("voiced")[t]));
  }
  EXPECT_DOUBLE_EQ(contours->hop_s, 0.01);
  // Half a second of silence before the speech moves its frames by as much.
  samples.insert(samples.begin(), 8000, 0.0f);
  const auto later = extractor_->contours(samples, *workspace_);
  const auto first_voiced = [&](const FrameContours& from) {
    const std::vector<float> voiced = column(from, "voiced");
    return from.time_s(
        static_cast<size_t>(std::find(voiced.begin(), voiced.end(), 1.0f) - voiced.begin()));
  };
  EXPECT_NEAR(first_voiced(*later), first_voiced(*contours) + 0.5, 0.011);
  EXPECT_EQ(extractor_->contours(std::vector<float>(100), *workspace_).error().code,
            ErrorCode::kTooShort);
}

TEST_F(SermoVoiceTest, ThreadsShareAnExtractor) {
  const std::vector<float> clip = testing::VoiceGolden("vowels").samples();
  const std::vector<float> want = extract(clip);
  std::vector<std::vector<float>> got(4, std::vector<float>(want.size()));
  std::vector<std::thread> threads;
  for (std::vector<float>& out : got) {
    threads.emplace_back([&] {
      const auto workspace = extractor_->make_workspace();
      for (int repetition = 0; repetition < 3; ++repetition)
        EXPECT_TRUE(extractor_->extract(clip, out, *workspace).has_value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& out : got) EXPECT_EQ(out, want);
}

}  // namespace
}  // namespace sermo::features
