// The magnitude of the constant-Q transform: how strong each pitch of a finely divided scale is.
//
// Equals abs(librosa.cqt(y, sr=..., hop_length=..., fmin=..., n_bins=num_octaves * bins_per_octave,
// bins_per_octave=..., tuning=tuning)) with librosa's other defaults (filter_scale 1, norm 1,
// sparsity 0.01, Hann window, scale True, zero padding, res_type 'soxr_hq'): the filters of one
// octave (constant_q_basis.h) over a short-time Fourier transform without a window, for the highest
// octave from the samples as they are, and for each lower one from the samples halved in rate once
// more. Row r is pitch fmin * 2^((r + tuning) / bins_per_octave), column f is centred on sample
// f * hop_length.
//
// The filters depend on the tuning, which is one of 100 values (tuning.h). A workspace keeps those
// that it has met, so a batch builds each once per thread, without a lock.
// Thread rule: immutable; one ConstantQWorkspace belongs to one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/constant_q_basis.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {

class ConstantQWorkspace {
 private:
  friend class ConstantQ;
  const ConstantQBasis& basis_for(double tuning, const ConstantQBasisBuilder& builder);

  std::vector<std::pair<double, ConstantQBasis>> bases_;
  ConstantQBasisWorkspace basis_workspace_;
  StftWorkspace stft_;
  Spectrum spectrum_;
  std::array<std::vector<float>, 2> halved_;  // the samples of one octave and of the next
};

class ConstantQ {
 public:
  struct Options {
    double sample_rate_hz = 22050.0;
    double min_hz = 32.703195662574829;  // C1, the lowest row's pitch when in tune
    int bins_per_octave = 36;
    int num_octaves = 7;
    size_t hop_length = 512;  // samples; a multiple of 2^num_octaves
  };

  // kUsage for options whose filters do not fit (constant_q_basis.h) or leave so much room below
  // half the sample rate that librosa would halve the rate beforehand, or for a hop_length that
  // cannot be halved for every octave.
  static Result<ConstantQ> create(const Options& options);

  size_t num_rows() const {
    return static_cast<size_t>(options_.bins_per_octave) *
           static_cast<size_t>(options_.num_octaves);
  }

  // magnitude: resized to [num_rows][1 + samples.size() / hop_length]. tuning: in rows, in
  // [-0.5, 0.5).
  void transform(std::span<const float> samples, double tuning, FrameMatrix& magnitude,
                 ConstantQWorkspace& workspace) const;

 private:
  ConstantQ(const Options& options, ConstantQBasisBuilder builder, std::vector<Stft> stfts)
      : options_(options), builder_(std::move(builder)), stfts_(std::move(stfts)) {}

  Options options_;
  ConstantQBasisBuilder builder_;
  std::vector<Stft> stfts_;  // highest octave first
};

}  // namespace sermo::dsp
