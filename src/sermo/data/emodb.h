// What an EMO-DB file name says about its clip.
//
// Names are `03a01Fa.wav`: speaker (two digits), text (letter and two digits), emotion (a letter,
// from the German word) and version (a letter). Reference: Burkhardt et al., "A Database of German
// Emotional Speech", Interspeech 2005. Emotions have RAVDESS' words where it has them, so that
// models trained on one can be tested on the other. Thread rule: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace sermo::data {

struct EmodbClip {
  int speaker = 0;           // 0 to 99; the corpus has 3 and 8 to 16
  std::string_view text;     // "a01"; a look into the path that was parsed
  std::string_view emotion;  // "angry", "bored", "disgust", "fearful", "happy", "sad", "neutral"
  char version = 'a';
};

// Reads the last component of `path`; any extension will do. Nothing for another form of name or a
// letter outside the list.
std::optional<EmodbClip> parse_emodb_path(std::string_view path);

}  // namespace sermo::data
