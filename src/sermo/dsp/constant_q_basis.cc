#include "sermo/dsp/constant_q_basis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <span>

#include "sermo/base/check.h"

namespace sermo::dsp {
namespace {

constexpr double kDiscardedShare = 0.01;             // of a row's absolute sum
constexpr double kHannBandwidth = 1.50018310546875;  // noise bandwidth in bins, as librosa has it

// The relative bandwidth of a filter, one over the number of cycles it lasts.
double relative_bandwidth(int bins_per_octave) {
  const double ratio = std::exp2(2.0 / bins_per_octave);
  return (ratio - 1.0) / (ratio + 1.0);
}

double filter_hz(const ConstantQBasisBuilder::Options& options, double bin) {
  return options.octave_hz * std::exp2(bin / options.bins_per_octave);
}

double filter_length_samples(const ConstantQBasisBuilder::Options& options, double hz) {
  return options.sample_rate_hz / (relative_bandwidth(options.bins_per_octave) * hz);
}

// Writes the filter's real parts into column `column` of `filters` and its imaginary parts into the
// next. The column must hold zeros.
void write_filter(double hz, double sample_rate_hz, double length, double n_fft,
                  FrameMatrix& filters, size_t column) {
  const auto first = static_cast<int64_t>(std::floor(-length / 2.0));
  const auto end = static_cast<int64_t>(std::floor(length / 2.0));
  const auto count = static_cast<size_t>(end - first);
  const size_t start = (filters.num_rows() - count) / 2;
  // A Hann window of n values sums up to n / 2.
  const double gain = 2.0 / static_cast<double>(count) * (length / n_fft) / std::sqrt(length);
  const double angle = 2.0 * std::numbers::pi * hz / sample_rate_hz;
  const std::complex<double> step = std::polar(1.0, angle);
  const std::complex<double> window_step =
      std::polar(1.0, 2.0 * std::numbers::pi / static_cast<double>(count));
  // Turned on from value to value; in double the error stays below 1e-12 over such lengths.
  std::complex<double> tone = std::polar(gain, angle * static_cast<double>(first));
  std::complex<double> window_turn = 1.0;
  for (size_t n = 0; n < count; ++n) {
    const double window = 0.5 - 0.5 * window_turn.real();
    float* out = filters.row(start + n) + column;
    out[0] = static_cast<float>(window * tone.real());
    out[1] = static_cast<float>(window * tone.imag());
    tone = {tone.real() * step.real() - tone.imag() * step.imag(),
            tone.real() * step.imag() + tone.imag() * step.real()};
    window_turn = {
        window_turn.real() * window_step.real() - window_turn.imag() * window_step.imag(),
        window_turn.real() * window_step.imag() + window_turn.imag() * window_step.real()};
  }
}

// The smallest magnitude that is kept: those below make up less than the discarded share.
float smallest_kept(std::span<const float> magnitudes, std::vector<float>& candidates) {
  double sum = 0.0;
  for (const float m : magnitudes) sum += static_cast<double>(m);
  const double discarded = kDiscardedShare * sum;
  // All those below the share's average together cannot exceed it.
  const auto bound = static_cast<float>(discarded / static_cast<double>(magnitudes.size()));
  candidates.clear();
  for (const float m : magnitudes)
    if (m >= bound) candidates.push_back(m);
  std::sort(candidates.begin(), candidates.end(), std::greater<>());
  float smallest = candidates.front();
  for (size_t i = 0; i < candidates.size() && sum >= discarded; ++i) {
    smallest = candidates[i];
    sum -= static_cast<double>(smallest);
  }
  return smallest;
}

}  // namespace

Result<ConstantQBasisBuilder> ConstantQBasisBuilder::create(const Options& options) {
  if (options.bins_per_octave < 1 || !(options.octave_hz > 0.0) ||
      !(options.sample_rate_hz > 0.0)) {
    return fail(ErrorCode::kUsage,
                fmt::format("constant-Q filters: got {} per octave from {} Hz at {} Hz, wanted "
                            "positive numbers",
                            options.bins_per_octave, options.octave_hz, options.sample_rate_hz));
  }
  const double alpha = relative_bandwidth(options.bins_per_octave);
  const double highest_hz = filter_hz(options, options.bins_per_octave - 0.5);
  const double cutoff_hz = highest_hz * (1.0 + 0.5 * kHannBandwidth * alpha);
  if (cutoff_hz > options.sample_rate_hz / 2.0) {
    return fail(ErrorCode::kUsage,
                fmt::format("constant-Q filters reach up to {} Hz, wanted at most half the sample "
                            "rate of {} Hz",
                            cutoff_hz, options.sample_rate_hz));
  }
  // librosa takes the power of two for the tuning at hand; one for all tunings is wanted here.
  const auto frame_for = [&](double tuning) {
    const double longest = filter_length_samples(options, filter_hz(options, tuning));
    return std::exp2(std::ceil(std::log2(longest)));
  };
  if (frame_for(-0.5) != frame_for(0.5) || frame_for(0.5) > static_cast<double>(kMaxFftSize)) {
    return fail(ErrorCode::kUsage,
                fmt::format("constant-Q filters of {} samples: wanted at most {}, and not at a "
                            "power of two",
                            filter_length_samples(options, options.octave_hz), kMaxFftSize));
  }
  SERMO_TRY(RealFft fft, RealFft::create(static_cast<size_t>(frame_for(0.5))));
  return ConstantQBasisBuilder(options, std::move(fft));
}

ConstantQBasis ConstantQBasisBuilder::build(double tuning,
                                            ConstantQBasisWorkspace& workspace) const {
  SERMO_CHECK(tuning >= -0.5 && tuning < 0.5, "a tuning is a fraction of a bin");
  const auto num_rows = static_cast<size_t>(options_.bins_per_octave);
  FrameMatrix& filters = workspace.filters_;
  filters.resize(n_fft(), 2 * num_rows);
  std::fill(filters.data(), filters.data() + filters.num_rows() * filters.stride(), 0.0f);
  for (size_t r = 0; r < num_rows; ++r) {
    const double hz = filter_hz(options_, static_cast<double>(r) + tuning);
    write_filter(hz, options_.sample_rate_hz, filter_length_samples(options_, hz),
                 static_cast<double>(n_fft()), filters, 2 * r);
  }
  fft_.forward(filters, workspace.spectrum_, workspace.fft_);

  // The transform of a complex filter from those of its real and imaginary parts, filter by filter.
  const Spectrum& parts = workspace.spectrum_;
  const size_t num_bins = parts.num_bins();
  workspace.re_.resize(num_rows * num_bins);
  workspace.im_.resize(num_rows * num_bins);
  workspace.magnitudes_.resize(num_rows * num_bins);
  for (size_t k = 0; k < num_bins; ++k) {
    const float* re = parts.re.row(k);
    const float* im = parts.im.row(k);
    for (size_t r = 0; r < num_rows; ++r) {
      const float sum_re = re[2 * r] - im[2 * r + 1];
      const float sum_im = im[2 * r] + re[2 * r + 1];
      workspace.re_[r * num_bins + k] = sum_re;
      workspace.im_[r * num_bins + k] = sum_im;
      workspace.magnitudes_[r * num_bins + k] = std::sqrt(sum_re * sum_re + sum_im * sum_im);
    }
  }

  ConstantQBasis basis;
  for (size_t r = 0; r < num_rows; ++r) {
    const float* re = workspace.re_.data() + r * num_bins;
    const float* im = workspace.im_.data() + r * num_bins;
    const float* magnitude = workspace.magnitudes_.data() + r * num_bins;
    const float smallest = smallest_kept({magnitude, num_bins}, workspace.candidates_);
    basis.row_starts.push_back(basis.entries.size());
    for (size_t k = 0; k < num_bins; ++k)
      if (magnitude[k] >= smallest)
        basis.entries.push_back({static_cast<uint32_t>(k), re[k], im[k]});
  }
  basis.row_starts.push_back(basis.entries.size());
  const auto [first, last] =
      std::minmax_element(basis.entries.begin(), basis.entries.end(),
                          [](const auto& a, const auto& b) { return a.bin < b.bin; });
  basis.first_bin = first->bin;
  basis.end_bin = last->bin + size_t{1};
  return basis;
}

}  // namespace sermo::dsp
