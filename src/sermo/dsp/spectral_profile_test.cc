#include "sermo/dsp/spectral_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "frame_matrices.h"
#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

using Row = SpectralProfile::Row;

// The definitions of one frame, in double; `before` is the frame before, or empty.
std::vector<double> slow_profile(const std::vector<double>& power,
                                 const std::vector<double>& before) {
  const auto f = [](size_t k) { return 31.25 * static_cast<double>(k); };
  double total = 0, total_before = 0, log_sum = 0;
  for (size_t k = 0; k < power.size(); ++k) {
    total += power[k];
    log_sum += std::log(power[k]);
    if (!before.empty()) total_before += before[k];
  }
  const auto sum_p = [&](const std::function<double(size_t)>& weight) {
    double sum = 0;
    for (size_t k = 0; k < power.size(); ++k) sum += power[k] / total * weight(k);
    return sum;
  };
  const auto band = [&](double low, double high) {
    double sum = 0;
    for (size_t k = 0; k < power.size(); ++k)
      if (f(k) >= low && f(k) < high) sum += power[k];
    return std::log(sum);
  };
  const auto db = [&](size_t k) { return 10 * std::log10(power[k]); };
  const auto strongest = [&](const std::function<bool(double)>& inside) {
    double largest = -1e9;
    for (size_t k = 0; k < power.size(); ++k)
      if (inside(f(k))) largest = std::max(largest, db(k));
    return largest;
  };
  const auto slope = [&](double low, double high) {
    double mean = 0, count = 0, product = 0, squares = 0;
    for (size_t k = 0; k < power.size(); ++k)
      if (f(k) >= low && f(k) < high) mean += f(k), count += 1;
    mean /= count;
    for (size_t k = 0; k < power.size(); ++k) {
      if (f(k) < low || f(k) >= high) continue;
      product += db(k) * (f(k) - mean);
      squares += (f(k) - mean) * (f(k) - mean);
    }
    return product / squares * 1000;
  };
  const auto rolloff = [&](double share) {
    double sum = 0;
    for (size_t k = 0; k < power.size(); ++k) {
      sum += power[k] / total;
      if (sum >= share) return f(k);
    }
    return f(power.size() - 1);
  };
  std::vector<double> out(SpectralProfile::kNumRows);
  const double centroid = sum_p(f);
  const double spread =
      std::sqrt(sum_p([&](size_t k) { return (f(k) - centroid) * (f(k) - centroid); }));
  out[Row::kCentroid] = centroid;
  out[Row::kSpread] = spread;
  out[Row::kSkewness] = sum_p([&](size_t k) { return std::pow(f(k) - centroid, 3); }) /
                        (spread * spread * spread + 1e-6);
  out[Row::kRolloff25] = rolloff(0.25);
  out[Row::kRolloff50] = rolloff(0.5);
  out[Row::kRolloff75] = rolloff(0.75);
  out[Row::kRolloff90] = rolloff(0.9);
  out[Row::kEntropy] = -sum_p([&](size_t k) { return std::log(power[k] / total); });
  const auto size = static_cast<double>(power.size());
  out[Row::kFlatness] = log_sum / size - std::log(total / size);
  if (!before.empty()) {
    double sum = 0;
    for (size_t k = 0; k < power.size(); ++k)
      sum += std::pow(std::sqrt(power[k] / total) - std::sqrt(before[k] / total_before), 2);
    out[Row::kFlux] = std::sqrt(sum);
  }
  out[Row::kAlphaRatio] = band(50, 1000) - band(1000, 5000);
  out[Row::kHammarberg] = strongest([](double hz) { return hz < 2000; }) -
                          strongest([](double hz) { return hz >= 2000 && hz < 5000; });
  out[Row::kSlopeLow] = slope(0, 500);
  out[Row::kSlopeMiddle] = slope(500, 1500);
  out[Row::kEnergy] = std::log(total);
  out[Row::kBand250To650] = band(250, 650) - out[Row::kEnergy];
  out[Row::kBand1000To4000] = band(1000, 4000) - out[Row::kEnergy];
  out[Row::kBand4000To8000] = band(4000, 8000) - out[Row::kEnergy];
  out[Row::kBand50To250] = band(50, 250) - out[Row::kEnergy];
  out[Row::kStrongest3kHz] = strongest([](double hz) { return hz > 2500 && hz < 3500; });
  return out;
}

FrameMatrix random_power(size_t num_frames) {
  FrameMatrix power = testing::random_magnitudes(257, num_frames, 4);
  for (size_t k = 0; k < 257; ++k)
    for (size_t f = 0; f < num_frames; ++f) power(k, f) += 1e-10f;
  return power;
}

// Frames `first` to end - 1, with nonsense in the padding.
FrameMatrix piece_of(const FrameMatrix& power, size_t first, size_t end) {
  Matrix piece(257, end - first);
  for (size_t k = 0; k < 257; ++k)
    for (size_t f = first; f < end; ++f) piece(k, f - first) = power(k, f);
  return testing::to_frames(piece);
}

void expect_equals_definitions(const FrameMatrix& power, size_t piece_frames) {
  const SpectralProfile profile = *SpectralProfile::create({});
  SpectralProfile::State state;
  FrameMatrix log_power;
  FrameMatrix rows;
  for (int round = 0; round < 2; ++round) {  // a state is reused
    state.reset();
    std::vector<double> before;
    for (size_t first = 0; first < power.num_frames(); first += piece_frames) {
      const size_t end = std::min(first + piece_frames, power.num_frames());
      profile.apply(piece_of(power, first, end), state, log_power, rows);
      ASSERT_EQ(rows.num_frames(), end - first);
      for (size_t f = first; f < end; ++f) {
        std::vector<double> frame(257);
        for (size_t k = 0; k < 257; ++k) frame[k] = power(k, f);
        const std::vector<double> want = slow_profile(frame, before);
        for (size_t r = 0; r < want.size(); ++r)
          ASSERT_NEAR(rows(r, f - first), want[r], 5e-6 * (std::abs(want[r]) + 1)) << r << " " << f;
        for (size_t k = 0; k < 257; k += 64)
          ASSERT_NEAR(log_power(k, f - first), std::log(frame[k]), 1e-5);
        before = frame;
      }
    }
  }
}

TEST(SpectralProfile, EqualsTheDefinitions) {
  for (const size_t num_frames : {1, 16, 33})
    expect_equals_definitions(random_power(num_frames), 64);
}

TEST(SpectralProfile, PiecesOfAClipGiveWhatTheWholeGives) {
  expect_equals_definitions(random_power(75), 32);
}

TEST(SpectralProfile, EqualsTheDefinitionsForEveryInstructionSet) {
  const FrameMatrix power = random_power(20);
  testing::for_each_instruction_set([&] { expect_equals_definitions(power, 64); });
}

TEST(SpectralProfile, RefusesASpectrumThatIsTooCoarseOrTooNarrow) {
  EXPECT_EQ(SpectralProfile::create({.sample_rate_hz = 8000}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(SpectralProfile::create({.n_fft = 64}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(SpectralProfile::create({.n_fft = 513}).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::dsp
