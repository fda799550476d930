#include "sermo/augment/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/hash.h"
#include "sermo/base/random.h"
#include "sermo/base/utf8.h"

namespace sermo::augment {
namespace {

struct NamedMixture {
  std::string_view name;
  Mixture mixture;  // a copy of each kind, where the recipe does not say how many
};

// `speed,degraded` is what the voice models learn from. Every degraded copy is also a little faster
// or slower; a word that stands more than once is drawn that much more often.
std::vector<NamedMixture> make_named_mixtures() {
  const std::string speed = "speed 0.88..1.13 + ";
  const std::string noise = "noise white|white|white|pink|half-pink ";
  const std::string room = speed + "room 0.15..0.6 s direct -2..8 dB";
  const std::string band = speed + "band-pass 150..400 3000..3800 Hz";
  const std::string low_pass = speed + "low-pass 3..7 kHz";
  const std::string some_noise = " + " + noise + "12..35 dB";
  return {{"speed", {{"speed 0.86..0.96"}, {"speed 1.04..1.15"}}},
          {"degraded",
           {{speed + noise + "8..28 dB"},
            {room, room + " + " + noise + "10..30 dB"},
            {band, band, band + some_noise, low_pass, low_pass, low_pass + some_noise},
            {speed + noise + "5..35 dB"}}}};
}

const std::vector<NamedMixture>& named_mixtures() {
  static const std::vector<NamedMixture> kMixtures = make_named_mixtures();
  return kMixtures;
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// The word of a pattern where `share` (from 0 to 1) says how far along the choice is.
std::string chosen_word(std::string_view word, double share) {
  if (const size_t dots = word.find(".."); dots != std::string_view::npos) {
    const auto low = number_in<double>(word.substr(0, dots));
    const auto high = number_in<double>(word.substr(dots + 2));
    if (!low || !high || !(*low < *high)) return std::string(word);  // parse_condition refuses it
    const double grain = std::pow(10.0, std::floor(std::log10((*high - *low) / 100.0)));
    const int digits = std::max(0, -static_cast<int>(std::lround(std::log10(grain))));
    const double value = std::round((*low + share * (*high - *low)) / grain) * grain;
    const std::string text = fmt::format("{:.{}f}", std::clamp(value, *low, *high), digits);
    return fmt::format("{}", *number_in<double>(text));  // without zeros at the end
  }
  const auto num_words = static_cast<size_t>(std::ranges::count(word, '|')) + 1;
  const size_t chosen =
      std::min(num_words - 1, static_cast<size_t>(share * static_cast<double>(num_words)));
  for (size_t i = 0; i < chosen; ++i) word.remove_prefix(word.find('|') + 1);
  return std::string(word.substr(0, word.find('|')));
}

Result<Condition> chosen(std::string_view pattern, const std::function<double()>& next_share) {
  std::string name;
  while (true) {
    const size_t space = pattern.find(' ');
    const std::string_view word = pattern.substr(0, space);
    const bool is_choice =
        word.find("..") != std::string_view::npos || word.find('|') != std::string_view::npos;
    name += is_choice ? chosen_word(word, next_share()) : std::string(word);
    if (space == std::string_view::npos) return parse_condition(name);
    name += ' ';
    pattern.remove_prefix(space + 1);
  }
}

// Both ends of every choice must be conditions.
Result<void> check_pattern(std::string_view pattern) {
  for (const double share : {0.0, 1.0}) SERMO_TRY_VOID(chosen(pattern, [share] { return share; }));
  return {};
}

Result<RecipePart> parse_part(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  RecipePart part{{{std::string(name)}}, 1};
  const auto found = std::ranges::find(named_mixtures(), name, &NamedMixture::name);
  if (found != named_mixtures().end()) part = {found->mixture, found->mixture.size()};
  if (colon != std::string_view::npos) {
    const auto count = number_in<size_t>(text.substr(colon + 1));
    if (!count || *count < 1 || *count > kMaxCopies) {
      return fail(ErrorCode::kUsage,
                  fmt::format("'{}' copies, wanted 1 to {}", printable_utf8(text.substr(colon + 1)),
                              kMaxCopies));
    }
    part.num_copies = *count;
  }
  for (const std::vector<std::string>& kind : part.mixture) {
    for (const std::string& pattern : kind) SERMO_TRY_VOID(check_pattern(pattern));
  }
  return part;
}

// 64 bits that follow from all that decides a copy.
uint64_t bits_of(std::string_view recording, size_t number, uint64_t seed) {
  const std::string hex =
      ContentHash().add(fmt::format("{}\n{}\n{}", recording, number, seed)).hex();
  uint64_t bits = 0;
  std::from_chars(hex.data(), hex.data() + 16, bits, 16);
  return bits;
}

}  // namespace

size_t Recipe::num_copies() const {
  size_t sum = 0;
  for (const RecipePart& part : parts) sum += part.num_copies;
  return sum;
}

Result<Recipe> parse_recipe(std::string_view text) {
  Recipe recipe;
  if (text == "none") return recipe;
  for (bool more = !text.empty(); more;) {
    const size_t comma = text.find(',');
    Result<RecipePart> part = parse_part(text.substr(0, comma));
    if (!part) {
      return fail(ErrorCode::kUsage,
                  fmt::format("{}; a recipe is made of such conditions and of\n{}",
                              part.error().message, known_mixtures()));
    }
    recipe.parts.push_back(std::move(*part));
    more = comma != std::string_view::npos;
    text.remove_prefix(more ? comma + 1 : text.size());
  }
  if (recipe.num_copies() > kMaxCopies) {
    return fail(ErrorCode::kUsage, fmt::format("{} copies of a recording, wanted at most {}",
                                               recipe.num_copies(), kMaxCopies));
  }
  return recipe;
}

Recipe recipe_of(const std::vector<Condition>& conditions) {
  RecipePart part{{}, conditions.size()};
  for (const Condition& condition : conditions) part.mixture.push_back({name_of(condition)});
  return {{std::move(part)}};
}

std::string known_mixtures() {
  std::string text;
  for (const NamedMixture& named : named_mixtures()) {
    text += fmt::format("{}{}: in turn", text.empty() ? "" : "\n", named.name);
    for (const std::vector<std::string>& kind : named.mixture)
      text += fmt::format("\n  {}{}", kind.size() > 1 ? "one of: " : "", fmt::join(kind, "; "));
  }
  return text;
}

Copy draw_copy(const Recipe& recipe, size_t number, std::string_view recording, uint64_t seed) {
  size_t within = number;
  auto part = recipe.parts.begin();
  while (part != recipe.parts.end() && within >= part->num_copies) {
    within -= part->num_copies;
    ++part;
  }
  SERMO_CHECK(part != recipe.parts.end(), "a recipe has fewer copies than that");
  const uint64_t bits = bits_of(recording, number, seed);
  Random random(bits, 0);
  const std::vector<std::string>& kind = part->mixture[within % part->mixture.size()];
  const std::string& pattern = kind[random.below(static_cast<uint32_t>(kind.size()))];
  Result<Condition> condition = chosen(pattern, [&] { return random.uniform(); });
  SERMO_CHECK(condition.has_value(), "patterns are checked when a recipe is read");
  return {std::move(*condition), random.next()};
}

bool needs_talkers(const Recipe& recipe) {
  return std::ranges::any_of(recipe.parts, [](const RecipePart& part) {
    return std::ranges::any_of(part.mixture, [](const std::vector<std::string>& kind) {
      return std::ranges::any_of(kind, [](const std::string& pattern) {
        return needs_talkers(*chosen(pattern, [] { return 0.0; }));
      });
    });
  });
}

}  // namespace sermo::augment
