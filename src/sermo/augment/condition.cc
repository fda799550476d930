#include "sermo/augment/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <type_traits>

#include "sermo/base/utf8.h"

namespace sermo::augment {
namespace {

constexpr std::string_view kClean = "clean";
constexpr std::string_view kBetweenSteps = " + ";
constexpr std::array<std::string_view, 4> kColours = {"white", "pink", "half-pink", "speech"};

std::string name_of_step(const Step& step) {
  return std::visit(
      [](const auto& s) -> std::string {
        using T = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Noise>) {
          return fmt::format("noise {} {} dB", kColours[static_cast<size_t>(s.colour)], s.snr_db);
        } else if constexpr (std::is_same_v<T, Babble>) {
          return fmt::format("babble {} dB", s.snr_db);
        } else if constexpr (std::is_same_v<T, LowPass>) {
          return fmt::format("low-pass {} kHz", s.edge_khz);
        } else if constexpr (std::is_same_v<T, BandPass>) {
          return s == BandPass{} ? "telephone"
                                 : fmt::format("band-pass {} {} Hz", s.low_hz, s.high_hz);
        } else if constexpr (std::is_same_v<T, Room>) {
          return s.direct_db == 0.0 ? fmt::format("room {} s", s.rt60_s)
                                    : fmt::format("room {} s direct {} dB", s.rt60_s, s.direct_db);
        } else {
          return fmt::format("gain {} dB", s.db);
        }
      },
      step);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

// Reads words one after the other; what does not fit is remembered.
class Words {
 public:
  explicit Words(std::string_view text) : words_(split(text, " ")) {}

  bool next_is(std::string_view word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }
  double number(double least, double most) {
    double value = 0.0;
    const std::string_view word = at_ < words_.size() ? words_[at_++] : std::string_view();
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || word.empty()) {
      complain(fmt::format("'{}' is no number", printable_utf8(word)));
    } else if (!(value >= least && value <= most)) {
      complain(fmt::format("{} is not from {} to {}", value, least, most));
    }
    return value;
  }
  NoiseColour colour() {
    for (size_t c = 0; c < kColours.size(); ++c) {
      if (next_is(kColours[c])) return static_cast<NoiseColour>(c);
    }
    complain("wanted noise that is white, pink, half-pink or speech");
    return NoiseColour::kWhite;
  }
  void wanted(std::string_view word) {
    if (!next_is(word)) complain(fmt::format("wanted '{}'", word));
  }
  void complain(std::string what) {
    if (!complaint_) complaint_ = std::move(what);
  }
  bool at_end() const { return at_ == words_.size(); }
  std::optional<std::string> complaint() const {
    return complaint_ || at_end() ? complaint_ : fmt::format("'{}' is too much", words_[at_]);
  }

 private:
  std::vector<std::string_view> words_;
  size_t at_ = 0;
  std::optional<std::string> complaint_;
};

std::optional<Step> read_step(Words& words) {
  if (words.next_is("noise")) {
    Noise noise{.colour = words.colour()};
    noise.snr_db = words.number(-20, 60);
    words.wanted("dB");
    return noise;
  }
  if (words.next_is("babble")) {
    const Babble babble{words.number(-20, 60)};
    words.wanted("dB");
    return babble;
  }
  if (words.next_is("low-pass")) {
    const LowPass band{words.number(0.5, 20)};
    words.wanted("kHz");
    return band;
  }
  if (words.next_is("telephone")) return BandPass{};
  if (words.next_is("band-pass")) {
    BandPass band{.low_hz = words.number(50, 19'700)};
    band.high_hz = words.number(band.low_hz + 300, 20'000);
    words.wanted("Hz");
    return band;
  }
  if (words.next_is("room")) {
    Room room{.rt60_s = words.number(0.02, 5)};
    words.wanted("s");
    if (words.next_is("direct")) {
      room.direct_db = words.number(-30, 40);
      words.wanted("dB");
    }
    return room;
  }
  if (words.next_is("gain")) {
    const Gain gain{words.number(-60, 40)};
    words.wanted("dB");
    return gain;
  }
  return std::nullopt;
}

}  // namespace

std::string name_of(const Condition& condition) {
  std::string name = condition.speed == 1.0 ? "" : fmt::format("speed {}", condition.speed);
  for (const Step& step : condition.steps) {
    if (!name.empty()) name += kBetweenSteps;
    name += name_of_step(step);
  }
  return name.empty() ? std::string(kClean) : name;
}

std::string kind_of(const Condition& condition) {
  // In the order of Step.
  constexpr std::array<std::string_view, std::variant_size_v<Step>> kKinds = {
      "noise", "babble", "low-pass", "band-pass", "room", "gain"};
  std::string kind;
  for (const Step& step : condition.steps) {
    if (!kind.empty()) kind += kBetweenSteps;
    kind += kKinds[step.index()];
  }
  if (!kind.empty()) return kind;
  return std::string(condition.speed == 1.0 ? kClean : "speed");
}

Result<Condition> parse_condition(std::string_view name) {
  Condition condition;
  if (name == kClean) return condition;
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::kUsage, fmt::format("condition '{}': {}", printable_utf8(name), what));
  };
  bool is_first = true;
  for (const std::string_view text : split(name, kBetweenSteps)) {
    Words words(text);
    if (std::exchange(is_first, false) && words.next_is("speed")) {
      condition.speed = words.number(0.5, 2);
    } else if (const std::optional<Step> step = read_step(words)) {
      condition.steps.push_back(*step);
    } else {
      return bad(fmt::format(
          "'{}' is none of noise, babble, low-pass, band-pass, telephone, room, gain, or speed as "
          "the first",
          printable_utf8(text)));
    }
    if (const auto complaint = words.complaint()) return bad(*complaint);
  }
  return condition;
}

bool needs_talkers(const Condition& condition) {
  return std::ranges::any_of(condition.steps,
                             [](const Step& step) { return std::holds_alternative<Babble>(step); });
}

}  // namespace sermo::augment
