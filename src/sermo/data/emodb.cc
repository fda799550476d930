#include "sermo/data/emodb.h"

#include <cstddef>

namespace sermo::data {
namespace {

constexpr size_t kStemLength = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Empty for another letter.
std::string_view emotion_of(char letter) {
  switch (letter) {
    case 'W':
      return "angry";  // Wut, also Ärger
    case 'L':
      return "bored";  // Langeweile
    case 'E':
      return "disgust";  // Ekel
    case 'A':
      return "fearful";  // Angst
    case 'F':
      return "happy";  // Freude
    case 'T':
      return "sad";  // Trauer
    case 'N':
      return "neutral";
    default:
      return {};
  }
}

}  // namespace

std::optional<EmodbClip> parse_emodb_path(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  if (name.size() < kStemLength) return std::nullopt;
  if (name.size() > kStemLength && name[kStemLength] != '.') return std::nullopt;
  for (const size_t i : {0, 1, 3, 4})
    if (!is_digit(name[i])) return std::nullopt;
  for (const size_t i : {2, 6})
    if (!is_lower(name[i])) return std::nullopt;
  EmodbClip clip;
  clip.speaker = 10 * (name[0] - '0') + (name[1] - '0');
  clip.text = name.substr(2, 3);
  clip.emotion = emotion_of(name[5]);
  clip.version = name[6];
  if (clip.emotion.empty()) return std::nullopt;
  return clip;
}

}  // namespace sermo::data
