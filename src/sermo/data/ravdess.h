// What a RAVDESS file name says about its clip.
//
// Names are seven two-digit fields, `03-01-06-01-02-01-12.wav`: modality, vocal channel, emotion,
// emotional intensity, statement, repetition, actor. Reference: Livingstone & Russo, "The Ryerson
// Audio-Visual Database of Emotional Speech and Song (RAVDESS)", PLoS ONE 13(5), 2018. Thread rule:
// pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace sermo::data {

enum class Modality { kFullAv = 1, kVideoOnly = 2, kAudioOnly = 3 };
enum class VocalChannel { kSpeech = 1, kSong = 2 };
enum class Intensity { kNormal = 1, kStrong = 2 };
enum class Sex { kFemale, kMale };

struct RavdessClip {
  Modality modality = Modality::kAudioOnly;
  VocalChannel channel = VocalChannel::kSpeech;
  std::string_view emotion;  // "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust",
                             // "surprised"
  Intensity intensity = Intensity::kNormal;
  int statement = 0;   // 1 "Kids are talking by the door", 2 "Dogs are sitting by the door"
  int repetition = 0;  // 1 or 2
  int actor = 0;       // 1 to 24

  Sex sex() const { return actor % 2 == 0 ? Sex::kFemale : Sex::kMale; }
};

// Reads the last component of `path`; any extension will do. Nothing for another form of name or a
// code outside the lists.
std::optional<RavdessClip> parse_ravdess_path(std::string_view path);

}  // namespace sermo::data
