#include "sermo/dsp/fir.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "filter_goldens.h"

namespace sermo::dsp {
namespace {

double gain_db(std::span<const float> kernel, int rate_hz, double hz) {
  std::complex<double> sum = 0;
  for (size_t n = 0; n < kernel.size(); ++n) {
    sum += static_cast<double>(kernel[n]) *
           std::polar(1.0, -2.0 * std::numbers::pi * hz * static_cast<double>(n) / rate_hz);
  }
  return 20.0 * std::log10(std::abs(sum));
}

constexpr double kHalfTransitionHz = kFirTransitionHz / 2;
constexpr double kPassBandDb = 0.01;
// Kaiser's formula is an estimate, which SciPy's filters of the same length miss as well.
constexpr double kStopBandSlackDb = 0.5;

TEST(Fir, BandKernelsEqualFirwin) {
  const testing::FilterGoldens goldens;
  const auto compare = [&](const std::vector<float>& got, const std::string& name) {
    const std::vector<double> wanted = goldens.doubles(name);
    ASSERT_EQ(got.size(), wanted.size()) << name;
    double largest = 0.0;
    double difference = 0.0;
    for (size_t n = 0; n < wanted.size(); ++n) {
      largest = std::max(largest, std::abs(wanted[n]));
      difference = std::max(difference, std::abs(got[n] - wanted[n]));
    }
    EXPECT_LT(difference, 1e-6 * largest) << name;
  };
  compare(low_pass_kernel(16000, 4000), "firwin_16000_0_4000");
  compare(low_pass_kernel(22050, 7000), "firwin_22050_0_7000");
  compare(band_pass_kernel(16000, 300, 3400), "firwin_16000_300_3400");
  compare(band_pass_kernel(22050, 300, 3400), "firwin_22050_300_3400");
  compare(band_pass_kernel(48000, 200, 7000), "firwin_48000_200_7000");
}

TEST(Fir, TheLowPassKeepsAndStopsWhatItPromises) {
  for (const int rate_hz : {16000, 22050}) {
    for (const double edge : {3000.0, 4000.0, 7000.0}) {
      const std::vector<float> kernel = low_pass_kernel(rate_hz, edge);
      EXPECT_EQ(kernel.size() % 2, 1U);
      for (double hz = 0; hz < rate_hz / 2.0; hz += 17) {
        const double gain = gain_db(kernel, rate_hz, hz);
        const bool passes = hz <= edge - kHalfTransitionHz;
        const bool stops = hz >= edge + kHalfTransitionHz;
        EXPECT_TRUE(!passes || std::abs(gain) < kPassBandDb) << hz << " Hz: " << gain;
        EXPECT_TRUE(!stops || gain < -kFirStopBandDb + kStopBandSlackDb) << hz << " Hz: " << gain;
      }
      EXPECT_NEAR(gain_db(kernel, rate_hz, edge), -6.02, 0.1);
    }
  }
}

TEST(Fir, TheTelephoneBandKeepsAndStopsWhatItPromises) {
  const std::vector<float> kernel = band_pass_kernel(16000, 300, 3400);
  for (double hz = 0; hz < 8000; hz += 13) {
    const double gain = gain_db(kernel, 16000, hz);
    const bool passes = hz >= 400 && hz <= 3300;
    const bool stops = hz <= 200 || hz >= 3500;
    EXPECT_TRUE(!passes || std::abs(gain) < kPassBandDb) << hz << " Hz: " << gain;
    EXPECT_TRUE(!stops || gain < -kFirStopBandDb + kStopBandSlackDb) << hz << " Hz: " << gain;
  }
}

TEST(Fir, KernelsAreSymmetric) {
  for (const std::vector<float>& kernel :
       {low_pass_kernel(16000, 4000), band_pass_kernel(22050, 300, 3400),
        shaped_kernel(16000, 1023, [](double hz) { return 1.0 / (1.0 + hz / 500.0); })}) {
    for (size_t n = 0; n < kernel.size(); ++n)
      EXPECT_NEAR(kernel[n], kernel[kernel.size() - 1 - n], 1e-9);
  }
}

TEST(Fir, AShapedKernelHasTheShape) {
  const auto gain_at = [](double hz) { return std::sqrt(50.0 / std::max(hz, 50.0)); };
  for (const int rate_hz : {16000, 22050}) {
    const std::vector<float> kernel = shaped_kernel(rate_hz, 4095, gain_at);
    for (double hz = 60; hz < rate_hz / 2.0 - 20; hz *= 1.1)
      EXPECT_NEAR(gain_db(kernel, rate_hz, hz), 20.0 * std::log10(gain_at(hz)), 0.1) << hz;
  }
}

}  // namespace
}  // namespace sermo::dsp
