// Which degraded copies of a recording are made, drawn at random but for all times.
//
// A recipe is written as parts between commas, each with a number of copies: "speed,degraded:8". A
// part is a named mixture or a pattern of its own: the name of a condition (condition.h) in which
// LOW..HIGH stands for a number drawn evenly from that range (to a hundredth of it) and a|b|b for
// one of these words: "room 0.2..0.5 s + noise white|pink 10..30 dB:2". A copy is decided by the
// recording, the copy's number and the seed, and by nothing else. Thread rule: plain values, pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/base/result.h"

namespace sermo::augment {

inline constexpr size_t kMaxCopies = 64;  // of a recording

// Kinds of copies, each a list of patterns: copy n of a part is of kind n, and so on round, and one
// of the kind's patterns is drawn evenly.
using Mixture = std::vector<std::vector<std::string>>;

// What the voice model learns from besides the recordings themselves, so that a microphone in a
// room or a telephone does not confuse it.
inline constexpr std::string_view kRobustRecipe = "speed:2,degraded:4";

struct RecipePart {
  Mixture mixture;
  size_t num_copies = 0;
};

struct Recipe {
  std::vector<RecipePart> parts;

  size_t num_copies() const;
};

// kUsage, with what is wrong and what there is. "none" and the empty text are recipes of no copies.
Result<Recipe> parse_recipe(std::string_view text);

// A recipe of exactly these conditions, in turn.
Recipe recipe_of(const std::vector<Condition>& conditions);

// The named mixtures, for people: a line a kind of copy.
std::string known_mixtures();

struct Copy {
  Condition condition;
  uint64_t seed = 0;  // of what is random in it
};

// Copy `number` (below num_copies()) of the recording that `recording` names (a hash of its bytes).
Copy draw_copy(const Recipe& recipe, size_t number, std::string_view recording, uint64_t seed);

// Whether some copy may need other talkers.
bool needs_talkers(const Recipe& recipe);

}  // namespace sermo::augment
