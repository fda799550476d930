// Our real FFT against FFTW (a measured plan) and FFmpeg's av_tx, per frame, in float32.
//
// Every transform reads 160 distinct frames (a clip of 3.7 s) and writes 160 spectra, more than the
// second-level cache holds. Ours takes them side by side, the opponents one after the other on
// 64-byte boundaries: each in the layout it wants. Results are compared before anything is timed.
#include <benchmark/benchmark.h>
#include <fftw3.h>

extern "C" {
#include <libavutil/tx.h>
}

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "sermo/dsp/fft.h"

namespace {

using sermo::dsp::AlignedFloats;
using sermo::dsp::FftWorkspace;
using sermo::dsp::FrameMatrix;
using sermo::dsp::RealFft;
using sermo::dsp::Spectrum;

constexpr size_t kNumFrames = 160;

std::vector<float> random_frames(size_t size) {
  std::mt19937 rng(1);
  std::normal_distribution<float> normal;
  std::vector<float> frames(size * kNumFrames);
  for (float& value : frames) value = normal(rng);
  return frames;
}

// Every opponent runs all frames and can show its result as [frames][bins][re, im].
class Ours {
 public:
  explicit Ours(size_t size) : fft_(*RealFft::create(size)), columns_(size, kNumFrames) {
    const std::vector<float> frames = random_frames(size);
    for (size_t n = 0; n < size; ++n) {
      for (size_t f = 0; f < kNumFrames; ++f) columns_(n, f) = frames[f * size + n];
    }
  }
  void run() { fft_.forward(columns_, spectrum_, workspace_); }
  std::vector<float> result() const {
    std::vector<float> out;
    for (size_t f = 0; f < kNumFrames; ++f) {
      for (size_t k = 0; k < spectrum_.num_bins(); ++k) {
        out.push_back(spectrum_.re(k, f));
        out.push_back(spectrum_.im(k, f));
      }
    }
    return out;
  }

 private:
  RealFft fft_;
  FrameMatrix columns_;
  Spectrum spectrum_;
  FftWorkspace workspace_;
};

// Frames and spectra one after the other, each on a 64-byte boundary.
class RowByRow {
 protected:
  explicit RowByRow(size_t size)
      : size_(size), spectrum_stride_((size + 2 + 15) / 16 * 16), num_values_(size + 2) {
    in_.reserve(size * kNumFrames);
    out_.reserve(spectrum_stride_ * kNumFrames);
  }
  void fill() {
    const std::vector<float> frames = random_frames(size_);
    std::copy(frames.begin(), frames.end(), in_.data());
  }
  float* frame(size_t f) { return in_.data() + f * size_; }
  float* spectrum(size_t f) { return out_.data() + f * spectrum_stride_; }

 public:
  std::vector<float> result() const {
    std::vector<float> out;
    for (size_t f = 0; f < kNumFrames; ++f) {
      const float* values = out_.data() + f * spectrum_stride_;
      out.insert(out.end(), values, values + num_values_);
    }
    return out;
  }

 private:
  size_t size_;
  size_t spectrum_stride_;
  size_t num_values_;
  AlignedFloats in_;
  AlignedFloats out_;
};

class Fftw : public RowByRow {
 public:
  explicit Fftw(size_t size)
      : RowByRow(size),
        plan_(fftwf_plan_dft_r2c_1d(static_cast<int>(size), frame(0),
                                    reinterpret_cast<fftwf_complex*>(spectrum(0)),
                                    FFTW_MEASURE | FFTW_PRESERVE_INPUT)) {
    fill();  // measuring destroys what is there
  }
  ~Fftw() { fftwf_destroy_plan(plan_); }
  Fftw(const Fftw&) = delete;
  Fftw& operator=(const Fftw&) = delete;
  void run() {
    for (size_t f = 0; f < kNumFrames; ++f) {
      fftwf_execute_dft_r2c(plan_, frame(f), reinterpret_cast<fftwf_complex*>(spectrum(f)));
    }
  }

 private:
  fftwf_plan plan_;
};

class AvTx : public RowByRow {
 public:
  explicit AvTx(size_t size) : RowByRow(size) {
    const float scale = 1.0f;
    if (av_tx_init(&context_, &transform_, AV_TX_FLOAT_RDFT, 0, static_cast<int>(size), &scale, 0) <
        0) {
      std::fprintf(stderr, "av_tx refuses %zu points\n", size);
      std::exit(1);
    }
    fill();
  }
  ~AvTx() { av_tx_uninit(&context_); }
  AvTx(const AvTx&) = delete;
  AvTx& operator=(const AvTx&) = delete;
  void run() {
    for (size_t f = 0; f < kNumFrames; ++f) {
      transform_(context_, spectrum(f), frame(f), sizeof(float));
    }
  }

 private:
  AVTXContext* context_ = nullptr;
  av_tx_fn transform_ = nullptr;
};

void check_against(const char* name, size_t size, const std::vector<float>& want,
                   const std::vector<float>& got) {
  double worst = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    worst = std::max<double>(worst, std::abs(want[i] - got[i]));
  }
  worst /= std::sqrt(static_cast<double>(size));
  if (want.size() != got.size() || !(worst < 2e-6)) {
    std::fprintf(stderr, "%s differs from ours at %zu points by %g\n", name, size, worst);
    std::exit(1);
  }
}

template <class Transform>
void time_transform(benchmark::State& state) {
  Transform transform(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    transform.run();
    benchmark::ClobberMemory();
  }
  state.counters["per_frame"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kNumFrames),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_TEMPLATE(time_transform, Ours)->Name("ours")->RangeMultiplier(2)->Range(256, 8192);
BENCHMARK_TEMPLATE(time_transform, Fftw)->Name("fftw")->RangeMultiplier(2)->Range(256, 8192);
BENCHMARK_TEMPLATE(time_transform, AvTx)->Name("av_tx")->RangeMultiplier(2)->Range(256, 8192);

}  // namespace

int main(int argc, char** argv) {
  for (size_t size = 256; size <= 8192; size *= 2) {
    Ours ours(size);
    Fftw fftw(size);
    AvTx av_tx(size);
    ours.run();
    fftw.run();
    av_tx.run();
    check_against("FFTW", size, ours.result(), fftw.result());
    check_against("av_tx", size, ours.result(), av_tx.result());
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
