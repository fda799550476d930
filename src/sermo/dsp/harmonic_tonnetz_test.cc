#include "sermo/dsp/harmonic_tonnetz.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "feature_goldens.h"
#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

constexpr double kBar = 1e-4;  // of the stage's range, from the contract of the features

class HarmonicTonnetzOf : public ::testing::TestWithParam<std::string> {};

TEST_P(HarmonicTonnetzOf, EqualsLibrosaStepByStep) {
  const sermo::testing::FeatureGolden golden(GetParam());
  const std::vector<float> samples = golden.samples();
  Spectrum spectrum;
  FrameMatrix magnitude;
  StftWorkspace stft_workspace;
  Stft::create({})->transform(samples, spectrum, magnitude, stft_workspace);
  const HarmonicTonnetz pipeline = *HarmonicTonnetz::create({});
  HarmonicTonnetzWorkspace workspace;
  FrameMatrix tonnetz;
  sermo::testing::for_each_instruction_set([&] {
    pipeline.compute(spectrum, magnitude, samples.size(), tonnetz, workspace);
    EXPECT_EQ(workspace.harmonic, golden.values("harmonic")) << "bit for bit";
    EXPECT_EQ(static_cast<float>(workspace.tuning), golden.number("harmonic_tuning"));
    using sermo::testing::largest_error_of_range;
    EXPECT_LT(largest_error_of_range(workspace.constant_q, golden.frames("cqt_magnitude")), kBar);
    EXPECT_LT(largest_error_of_range(workspace.chroma, golden.frames("chroma_cqt")), kBar);
    EXPECT_LT(largest_error_of_range(tonnetz, golden.frames("tonnetz")), kBar);
  });

  // Again, and after a longer clip: the same bits.
  pipeline.compute(spectrum, magnitude, samples.size(), tonnetz, workspace);
  FrameMatrix again;
  std::vector<float> longer(samples);
  longer.resize(samples.size() + 20000, 0.01f);
  Spectrum longer_spectrum;
  FrameMatrix longer_magnitude;
  Stft::create({})->transform(longer, longer_spectrum, longer_magnitude, stft_workspace);
  pipeline.compute(longer_spectrum, longer_magnitude, longer.size(), again, workspace);
  pipeline.compute(spectrum, magnitude, samples.size(), again, workspace);
  for (size_t row = 0; row < tonnetz.num_rows(); ++row)
    for (size_t f = 0; f < tonnetz.num_frames(); ++f) ASSERT_EQ(again(row, f), tonnetz(row, f));
}

INSTANTIATE_TEST_SUITE_P(Goldens, HarmonicTonnetzOf,
                         ::testing::ValuesIn(sermo::testing::feature_golden_clips()),
                         [](const auto& suite) { return suite.param; });

TEST(HarmonicTonnetz, OptionsThatAStepRefusesAreRefused) {
  for (const Stft::Options& stft :
       {Stft::Options{.n_fft = 1000}, Stft::Options{.n_fft = 2048, .hop_length = 64}}) {
    const auto pipeline = HarmonicTonnetz::create({.stft = stft});
    ASSERT_FALSE(pipeline.has_value());
    EXPECT_EQ(pipeline.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
