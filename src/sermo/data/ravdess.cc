#include "sermo/data/ravdess.h"

#include <array>
#include <cstddef>

namespace sermo::data {
namespace {

constexpr std::array<std::string_view, 8> kEmotions = {
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"};
constexpr size_t kNumFields = 7;
// The highest code of each field; the lowest is 1.
constexpr std::array<int, kNumFields> kHighest = {3, 2, 8, 2, 2, 2, 24};
constexpr size_t kStemLength = 3 * kNumFields - 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<RavdessClip> parse_ravdess_path(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  if (name.size() < kStemLength) return std::nullopt;
  if (name.size() > kStemLength && name[kStemLength] != '.') return std::nullopt;
  std::array<int, kNumFields> codes{};
  for (size_t i = 0; i < kNumFields; ++i) {
    const char tens = name[3 * i], ones = name[3 * i + 1];
    if (!is_digit(tens) || !is_digit(ones)) return std::nullopt;
    if (i > 0 && name[3 * i - 1] != '-') return std::nullopt;
    codes[i] = 10 * (tens - '0') + (ones - '0');
    if (codes[i] < 1 || codes[i] > kHighest[i]) return std::nullopt;
  }
  RavdessClip clip;
  clip.modality = static_cast<Modality>(codes[0]);
  clip.channel = static_cast<VocalChannel>(codes[1]);
  clip.emotion = kEmotions[static_cast<size_t>(codes[2] - 1)];
  clip.intensity = static_cast<Intensity>(codes[3]);
  clip.statement = codes[4];
  clip.repetition = codes[5];
  clip.actor = codes[6];
  return clip;
}

}  // namespace sermo::data
