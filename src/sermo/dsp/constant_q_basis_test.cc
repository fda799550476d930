#include "sermo/dsp/constant_q_basis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "sermo/dsp/tuning.h"
#include "tonal_goldens.h"

namespace sermo::dsp {
namespace {

using Row = std::vector<std::complex<double>>;

Row dense_row(const ConstantQBasis& basis, size_t row, size_t num_bins) {
  Row values(num_bins);
  for (size_t i = basis.row_starts[row]; i < basis.row_starts[row + 1]; ++i)
    values[basis.entries[i].bin] = {basis.entries[i].re, basis.entries[i].im};
  return values;
}

double length_samples(const ConstantQBasisBuilder::Options& options, double bin) {
  const double ratio = std::exp2(2.0 / options.bins_per_octave);
  const double hz = options.octave_hz * std::exp2(bin / options.bins_per_octave);
  return (ratio + 1.0) / (ratio - 1.0) * options.sample_rate_hz / hz;
}

// The filter before anything is dropped, by its definition in double.
Row slow_row(const ConstantQBasisBuilder::Options& options, double bin, size_t n_fft) {
  const double length = length_samples(options, bin);
  const double hz = options.octave_hz * std::exp2(bin / options.bins_per_octave);
  const auto first = static_cast<int>(std::floor(-length / 2.0));
  const int count = static_cast<int>(std::floor(length / 2.0)) - first;
  Row filter(n_fft);
  double sum = 0.0;
  for (int n = 0; n < count; ++n) {
    const double window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * n / count);
    sum += window;
    filter[(n_fft - static_cast<size_t>(count)) / 2 + static_cast<size_t>(n)] =
        std::polar(window, (first + n) * 2.0 * std::numbers::pi * hz / options.sample_rate_hz);
  }
  Row bins(n_fft / 2 + 1);
  for (size_t k = 0; k < bins.size(); ++k) {
    for (size_t n = 0; n < n_fft; ++n)
      bins[k] +=
          filter[n] * std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k * n % n_fft) /
                                          static_cast<double>(n_fft));
    bins[k] *= length / static_cast<double>(n_fft) / sum / std::sqrt(length);
  }
  return bins;
}

TEST(ConstantQBasis, EqualsTheDefinitionAndDropsLessThanAHundredth) {
  const ConstantQBasisBuilder builder = *ConstantQBasisBuilder::create({});
  ASSERT_EQ(builder.n_fft(), 1024u);
  ConstantQBasisWorkspace workspace;
  for (const double tuning : {-0.5, 0.0, 0.31}) {
    const ConstantQBasis basis = builder.build(tuning, workspace);
    ASSERT_EQ(basis.num_rows(), 36u);
    for (size_t r = 0; r < 36; r += 5) {
      const Row want = slow_row({}, static_cast<double>(r) + tuning, 1024);
      const Row got = dense_row(basis, r, 513);
      double sum = 0.0;
      double dropped = 0.0;
      double largest_dropped = 0.0;
      double smallest_kept = HUGE_VAL;
      for (size_t k = 0; k < 513; ++k) {
        sum += std::abs(want[k]);
        if (got[k] == 0.0) {
          dropped += std::abs(want[k]);
          largest_dropped = std::max(largest_dropped, std::abs(want[k]));
        } else {
          ASSERT_LT(std::abs(got[k] - want[k]), 1e-8) << k;  // 5e-7 of the largest, 0.02
          smallest_kept = std::min(smallest_kept, std::abs(want[k]));
        }
      }
      EXPECT_LT(dropped, 0.01 * sum);
      EXPECT_GE(dropped + smallest_kept, 0.01 * sum) << "one more could be dropped";
      EXPECT_LT(largest_dropped, smallest_kept);
    }
  }
}

TEST(ConstantQBasis, EqualsLibrosa) {
  const sermo::testing::TonalGoldens goldens;
  const std::vector<double> tunings = goldens.doubles("tunings");
  const std::vector<float> want = goldens.floats("constant_q_filters");
  const ConstantQBasisBuilder builder = *ConstantQBasisBuilder::create({});
  ConstantQBasisWorkspace workspace;
  for (size_t t = 0; t < tunings.size(); ++t) {
    const ConstantQBasis basis = builder.build(tunings[t], workspace);
    for (size_t r = 0; r < 36; ++r) {
      const Row got = dense_row(basis, r, 513);
      const double scale = std::sqrt(length_samples({}, static_cast<double>(r) + tunings[t]));
      const float* re = want.data() + (t * 36 + r) * 2 * 513;
      const float* im = re + 513;
      for (size_t k = 0; k < 513; ++k) {
        ASSERT_EQ(got[k] == 0.0, re[k] == 0.0f && im[k] == 0.0f) << tunings[t] << " " << r;
        ASSERT_NEAR(got[k].real() * scale, re[k], 2e-7);  // the largest value is 0.5
        ASSERT_NEAR(got[k].imag() * scale, im[k], 2e-7);
      }
    }
  }
}

// A tone at a filter's pitch, as long as the frame, answers with half its amplitude times the
// square root of the filter's length.
TEST(ConstantQBasis, AToneAtAFiltersPitchAnswersWithItsAmplitude) {
  const ConstantQBasisBuilder builder = *ConstantQBasisBuilder::create({});
  ConstantQBasisWorkspace workspace;
  const double tuning = 0.2;
  const ConstantQBasis basis = builder.build(tuning, workspace);
  const RealFft fft = *RealFft::create(1024);
  for (const size_t r : {0u, 12u, 35u}) {
    const double hz =
        builder.options().octave_hz * std::exp2((static_cast<double>(r) + tuning) / 36.0);
    FrameMatrix frame(1024, 1);
    for (size_t n = 0; n < 1024; ++n)
      frame(n, 0) = static_cast<float>(
          std::cos(2.0 * std::numbers::pi * hz / 22050.0 * static_cast<double>(n)));
    Spectrum spectrum;
    FftWorkspace fft_workspace;
    fft.forward(frame, spectrum, fft_workspace);
    std::vector<double> answers;
    for (size_t row = 0; row < 36; ++row) {
      std::complex<double> sum = 0.0;
      const Row weights = dense_row(basis, row, 513);
      for (size_t k = 0; k < 513; ++k)
        sum += weights[k] * std::complex<double>(spectrum.re(k, 0), spectrum.im(k, 0));
      answers.push_back(std::abs(sum));
    }
    EXPECT_EQ(std::max_element(answers.begin(), answers.end()) - answers.begin(),
              static_cast<ptrdiff_t>(r));
    const double want = 0.5 * std::sqrt(length_samples({}, static_cast<double>(r) + tuning));
    EXPECT_NEAR(answers[r] / want, 1.0, 0.02);  // a hundredth of the filter is dropped
  }
}

TEST(ConstantQBasis, EveryTuningCanBeBuilt) {
  const ConstantQBasisBuilder builder = *ConstantQBasisBuilder::create({});
  ConstantQBasisWorkspace workspace;
  for (size_t i = 0; i < kNumTunings; ++i) {
    const ConstantQBasis basis = builder.build(tuning_value(i), workspace);
    ASSERT_EQ(basis.num_rows(), 36u);
    EXPECT_GT(basis.entries.size(), 500u);
    EXPECT_LT(basis.entries.size(), 700u);
    uint32_t lowest = 1024;
    uint32_t highest = 0;
    for (const auto& entry : basis.entries) {
      lowest = std::min(lowest, entry.bin);
      highest = std::max(highest, entry.bin);
    }
    EXPECT_EQ(basis.first_bin, lowest);
    EXPECT_EQ(basis.end_bin, highest + 1);
  }
}

TEST(ConstantQBasis, ImpossibleOptionsAreRefused) {
  for (const ConstantQBasisBuilder::Options& options :
       {ConstantQBasisBuilder::Options{.bins_per_octave = 0},
        ConstantQBasisBuilder::Options{.octave_hz = 0.0},
        ConstantQBasisBuilder::Options{.octave_hz = 5600.0},
        ConstantQBasisBuilder::Options{.octave_hz = 1.0},
        ConstantQBasisBuilder::Options{.sample_rate_hz = -1.0}}) {
    const auto builder = ConstantQBasisBuilder::create(options);
    ASSERT_FALSE(builder.has_value());
    EXPECT_EQ(builder.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
