#include "sermo/data/sound_print.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "sermo/audio/resample.h"
#include "sermo/base/check.h"
#include "sermo/dsp/stft.h"

namespace sermo::data {
namespace {

constexpr int kRateHz = 8000;
constexpr size_t kFrame = 2048;
constexpr size_t kHop = 128;
constexpr size_t kBands = 33;  // one more than there are bits in a word
constexpr double kLowestHz = 300.0;
constexpr double kHighestHz = 2000.0;
constexpr float kLoud = 1e-3f;  // of the largest energy of a frame: 30 dB below it

// The bins of band b are edges[b] up to edges[b + 1].
const std::array<size_t, kBands + 1>& band_edges() {
  static const std::array<size_t, kBands + 1> edges = [] {
    std::array<size_t, kBands + 1> bins{};
    for (size_t b = 0; b <= kBands; ++b) {
      const double share = static_cast<double>(b) / kBands;
      const double hz = kLowestHz * std::pow(kHighestHz / kLowestHz, share);
      bins[b] = static_cast<size_t>(std::ceil(hz * kFrame / kRateHz));
    }
    return bins;
  }();
  return edges;
}

// [bands][frames]
std::vector<std::vector<float>> band_energies(std::span<const float> samples) {
  static const dsp::Stft stft = dsp::Stft::create({.n_fft = kFrame, .hop_length = kHop}).value();
  const auto& edges = band_edges();
  dsp::StftWorkspace workspace;
  dsp::Spectrum spectrum;
  stft.transform_bins(samples, edges.front(), edges.back(), spectrum, workspace);
  const size_t num_frames = stft.num_frames(samples.size());
  std::vector<std::vector<float>> energies(kBands, std::vector<float>(num_frames));
  for (size_t b = 0; b < kBands; ++b) {
    for (size_t bin = edges[b]; bin < edges[b + 1]; ++bin) {
      const auto re = spectrum.re.frames(bin - edges.front());
      const auto im = spectrum.im.frames(bin - edges.front());
      for (size_t f = 0; f < num_frames; ++f) energies[b][f] += re[f] * re[f] + im[f] * im[f];
    }
  }
  return energies;
}

// A word of one recording.
struct Posting {
  uint32_t word;
  uint32_t clip;
  int32_t frame;
  auto operator<=>(const Posting&) const = default;
};

// How alike two recordings are when frame f of the first goes with frame f + shift of the second;
// nothing where too little of them meets.
std::optional<double> likeness(const SoundPrint& first, const SoundPrint& second, int shift) {
  constexpr size_t kFewest = 32;  // words, half a second
  size_t num_compared = 0;
  size_t num_equal_bits = 0;
  const int num_first = static_cast<int>(first.words.size());
  const int num_second = static_cast<int>(second.words.size());
  for (int f = std::max(0, -shift); f < std::min(num_first, num_second - shift); ++f) {
    const auto a = static_cast<size_t>(f);
    const auto b = static_cast<size_t>(f + shift);
    if (!first.loud[a] && !second.loud[b]) continue;
    ++num_compared;
    num_equal_bits += 32 - static_cast<size_t>(std::popcount(first.words[a] ^ second.words[b]));
  }
  const auto loud_of = [](const SoundPrint& print) {
    return static_cast<size_t>(std::ranges::count(print.loud, true));
  };
  const size_t wanted = std::max(kFewest, std::min(loud_of(first), loud_of(second)) / 2);
  if (num_compared < wanted) return std::nullopt;
  return static_cast<double>(num_equal_bits) / (32.0 * static_cast<double>(num_compared));
}

}  // namespace

Result<SoundPrint> sound_print(const audio::DecodedAudio& audio) {
  SERMO_TRY(const std::vector<float> samples,
            audio::resample(audio.samples, audio.format.sample_rate_hz, kRateHz));
  const std::vector<std::vector<float>> energies = band_energies(samples);
  const size_t num_frames = energies.front().size();
  std::vector<float> total(num_frames);
  for (const std::vector<float>& band : energies) {
    for (size_t f = 0; f < num_frames; ++f) total[f] += band[f];
  }
  const float threshold = kLoud * *std::ranges::max_element(total);
  SoundPrint print;
  for (size_t f = 1; f < num_frames; ++f) {
    uint32_t word = 0;
    for (size_t b = 0; b + 1 < kBands; ++b) {
      const float now = energies[b][f] - energies[b + 1][f];
      const float before = energies[b][f - 1] - energies[b + 1][f - 1];
      word |= now > before ? uint32_t{1} << b : 0;
    }
    print.words.push_back(word);
    print.loud.push_back(total[f] > threshold);
  }
  return print;
}

std::vector<SoundCopy> find_copies(std::span<const SoundPrint> prints) {
  std::vector<Posting> postings;
  for (size_t clip = 0; clip < prints.size(); ++clip) {
    for (size_t f = 0; f < prints[clip].words.size(); ++f) {
      if (!prints[clip].loud[f]) continue;
      postings.push_back(
          {prints[clip].words[f], static_cast<uint32_t>(clip), static_cast<int32_t>(f)});
    }
  }
  std::ranges::sort(postings);
  // How often two recordings have a word in common at a distance in time. A word that very many
  // share says little, and its neighbours in the list are enough to find copies of copies.
  constexpr size_t kMostNeighbours = 64;
  std::map<std::tuple<uint32_t, uint32_t, int32_t>, size_t> common;
  for (size_t i = 0; i < postings.size(); ++i) {
    const size_t end = std::min(postings.size(), i + 1 + kMostNeighbours);
    for (size_t j = i + 1; j < end && postings[j].word == postings[i].word; ++j) {
      if (postings[i].clip != postings[j].clip)
        ++common[{postings[i].clip, postings[j].clip, postings[j].frame - postings[i].frame}];
    }
  }
  std::vector<SoundCopy> copies;
  for (const auto& [pair, count] : common) {
    if (count < 2) continue;
    const auto& [first, second, shift] = pair;
    const std::optional<double> like = likeness(prints[first], prints[second], shift);
    if (!like || *like < kCopyLikeness) continue;
    if (copies.empty() || copies.back().first != first || copies.back().second != second)
      copies.push_back({first, second, *like});
    copies.back().likeness = std::max(copies.back().likeness, *like);
  }
  return copies;
}

}  // namespace sermo::data
