#include "sermo/features/librosa110.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/dsp/chroma_stft.h"
#include "sermo/dsp/dct.h"
#include "sermo/dsp/decibel.h"
#include "sermo/dsp/delta.h"
#include "sermo/dsp/harmonic_tonnetz.h"
#include "sermo/dsp/mel_filterbank.h"
#include "sermo/dsp/power.h"
#include "sermo/dsp/spectral_contrast.h"
#include "sermo/dsp/spectral_shape.h"
#include "sermo/dsp/stft.h"
#include "sermo/dsp/time_domain.h"
#include "sermo/dsp/tuning.h"
#include "sermo/features/check_samples.h"
#include "sermo/features/statistics.h"

namespace sermo::features {
namespace {

constexpr int kSampleRateHz = 22050;
constexpr int kVersion = 1;
constexpr dsp::Stft::Options kFrames{};  // 2048 every 512, Hann

// Everything that shapes the numbers. A change here changes the schema's id.
constexpr std::string_view kParameters = R"({
  "reference": "librosa 0.11.0",
  "sample_rate_hz": 22050,
  "frames": {"n_fft": 2048, "hop_length": 512, "window": "hann", "padding": "zeros"},
  "mfcc": {"num_mels": 128, "mel_scale": "slaney", "amin": 1e-10, "top_db": 80, "dct": "ii ortho"},
  "delta": {"width": 9, "edges": "interpolated"},
  "chroma": {"tuning": "estimated", "norm": "largest"},
  "contrast": {"min_frequency_hz": 200, "num_octaves": 6, "quantile": 0.02},
  "tonnetz": {"harmonic_kernel": 31, "mask_power": 2, "bins_per_octave": 36, "num_octaves": 7,
              "tuning": "estimated"},
  "rolloff": {"share": 0.85},
  "statistics": ["mean", "population standard deviation"]
})";

// The blocks of the vector in their order: how many rows each has. Means come before deviations.
enum Block { kMfcc, kDelta, kChroma, kContrast, kTonnetz, kZcr, kRms, kCentroid, kRolloff };
constexpr std::array<size_t, 9> kBlockRows = {13, 13, 12, 7, 6, 1, 1, 1, 1};

std::string row_name(size_t block, size_t row) {
  constexpr std::array<std::string_view, 12> kPitchClasses = {
      "c", "c_sharp", "d", "d_sharp", "e", "f", "f_sharp", "g", "g_sharp", "a", "a_sharp", "b"};
  switch (block) {
    case kMfcc:
      return fmt::format("mfcc_{:02}", row);
    case kDelta:
      return fmt::format("delta_{:02}", row);
    case kChroma:
      return fmt::format("chroma_{}", kPitchClasses[row]);
    case kContrast:
      return fmt::format("contrast_{}", row);
    case kTonnetz:
      return fmt::format("tonnetz_{}", row);
    case kZcr:
      return "zcr";
    case kRms:
      return "rms";
    case kCentroid:
      return "centroid";
    default:
      return "rolloff";
  }
}

std::vector<std::string> feature_names() {
  std::vector<std::string> names;
  for (size_t block = 0; block < kBlockRows.size(); ++block) {
    for (const std::string_view statistic : {"mean", "std"}) {
      for (size_t row = 0; row < kBlockRows[block]; ++row) {
        names.push_back(fmt::format("{}_{}", row_name(block, row), statistic));
      }
    }
  }
  return names;
}

// Our own constants are valid options.
template <typename T>
T valid(Result<T> result) {
  SERMO_CHECK(result.has_value(), "the options of librosa-110 are valid");
  return std::move(*result);
}

class Librosa110Workspace final : public Workspace {
 public:
  dsp::StftWorkspace stft;
  dsp::Spectrum spectrum;
  dsp::FrameMatrix magnitude;
  dsp::FrameMatrix power;
  dsp::FrameMatrix mel;
  dsp::SpectralContrast::Workspace contrast;
  dsp::TuningWorkspace tuning;
  dsp::ChromaStftWorkspace chroma;
  dsp::HarmonicTonnetzWorkspace tonnetz;
  std::array<dsp::FrameMatrix, kBlockRows.size()> blocks;
};

class Librosa110 final : public Extractor {
 public:
  const Schema& schema() const override { return schema_; }
  int sample_rate_hz() const override { return kSampleRateHz; }
  std::unique_ptr<Workspace> make_workspace() const override {
    return std::make_unique<Librosa110Workspace>();
  }
  Result<void> extract(std::span<const float> samples, std::span<float> out,
                       Workspace& workspace) const override;

 private:
  void compute_blocks(std::span<const float> samples, Librosa110Workspace& w) const;

  Schema schema_ = make_schema("librosa-110", kVersion, std::string(kParameters), feature_names());
  dsp::Stft stft_ = valid(dsp::Stft::create(kFrames));
  dsp::MelFilterbank mel_ = valid(dsp::MelFilterbank::create({.sample_rate_hz = kSampleRateHz}));
  dsp::Dct dct_ = valid(dsp::Dct::create({}));
  dsp::TuningEstimator tuning_ = valid(dsp::TuningEstimator::create({}));
  dsp::ChromaStft chroma_ = valid(dsp::ChromaStft::create({}));
  dsp::SpectralContrast contrast_ = valid(dsp::SpectralContrast::create({}));
  dsp::HarmonicTonnetz tonnetz_ = valid(dsp::HarmonicTonnetz::create({}));
};

void Librosa110::compute_blocks(std::span<const float> samples, Librosa110Workspace& w) const {
  stft_.transform(samples, w.spectrum, w.magnitude, w.stft);
  dsp::power_of(w.magnitude, w.power);

  mel_.apply(w.power, w.mel);
  dsp::power_to_db(w.mel, w.mel);
  dct_.apply(w.mel, w.blocks[kMfcc]);
  dsp::delta(w.blocks[kMfcc], w.blocks[kDelta]);

  const double tuning = tuning_.estimate(w.power, w.tuning);
  chroma_.compute(w.power, tuning, w.blocks[kChroma], w.chroma);

  contrast_.apply(w.magnitude, w.blocks[kContrast], w.contrast);
  dsp::spectral_centroid(w.magnitude, kSampleRateHz, w.blocks[kCentroid]);
  dsp::spectral_rolloff(w.magnitude, kSampleRateHz, w.blocks[kRolloff]);
  tonnetz_.compute(w.spectrum, w.magnitude, samples.size(), w.blocks[kTonnetz], w.tonnetz);

  dsp::zero_crossing_rate(samples, w.blocks[kZcr]);
  dsp::root_mean_square(samples, w.blocks[kRms]);
}

Result<void> Librosa110::extract(std::span<const float> samples, std::span<float> out,
                                 Workspace& workspace) const {
  auto* const own = dynamic_cast<Librosa110Workspace*>(&workspace);
  SERMO_CHECK(own != nullptr, "the workspace is one that this extractor made");
  SERMO_CHECK(out.size() == schema_.num_features(), "there is a place for every feature");
  SERMO_TRY_VOID(check_samples(samples, kLibrosa110MinSamples, kSampleRateHz));
  compute_blocks(samples, *own);
  for (const dsp::FrameMatrix& block : own->blocks) {
    const size_t num_rows = block.num_rows();
    row_statistics(block, out.first(num_rows), out.subspan(num_rows, num_rows));
    out = out.subspan(2 * num_rows);
  }
  return {};
}

}  // namespace

std::shared_ptr<const Extractor> make_librosa110() { return std::make_shared<Librosa110>(); }

}  // namespace sermo::features
