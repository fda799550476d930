// Which degraded copies of a recording are made, drawn at random but for all times.
//
// A recipe is written as parts between commas, each with a number of copies: "degraded:3,speed". A
// part is one of the named mixtures below or a pattern of its own: the name of a condition
// (condition.h) in which LOW..HIGH stands for a number drawn evenly from that range (to a hundredth
// of it) and white|pink|speech for one of these words: "room 0.2..0.5 s + noise white|pink 10..30
// dB:2". A copy is decided by the recording, the copy's number and the seed, and by nothing else.
// Thread rule: plain values, pure functions.
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

// Patterns of which each copy takes one.
struct Mixture {
  std::vector<std::string> patterns;
  bool in_turn = false;  // copy n takes pattern n, and so on round; else drawn evenly
};

struct RecipePart {
  Mixture mixture;
  size_t num_copies = 0;
};

struct Recipe {
  std::string text;  // as it was written
  std::vector<RecipePart> parts;

  size_t num_copies() const;
};

// kUsage, with what is wrong and what there is. An empty text is a recipe of no copies.
Result<Recipe> parse_recipe(std::string_view text);

// A recipe of exactly these conditions, in turn.
Recipe recipe_of(const std::vector<Condition>& conditions);

// What users can choose from, a line each: "degraded: one of ...".
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
