// What enrolment adds to a model, by what is given and how much of it, and its JSON form.
//
// Measured by enrolment.h; kept in honest.json and in the manifest. Thread rule: plain values, pure
// functions.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/eval/resampling.h"

namespace sermo::eval {

// One number of clips, against none.
struct EnrolmentPoint {
  size_t num_clips = 0;
  size_t num_speakers = 0;   // who have as many to give
  double uar_unknown = 0.0;  // of their scored clips with no clip taken into account
  double uar = 0.0;
  std::optional<PairedTest> gain;  // uar - uar_unknown, speakers drawn; nothing for one speaker

  bool operator==(const EnrolmentPoint&) const = default;
};

// What the clips are that are set aside.
struct EnrolmentCurve {
  std::string clips_of;  // "every label" in turn; "one label", another one each draw; "neutral"
  std::vector<EnrolmentPoint> points;

  bool operator==(const EnrolmentCurve&) const = default;
};

// [{"clips_of","points":[{"clips","speakers","uar_unknown","uar","gain","gain_interval","p_value"}]}],
// the last three null where there is one speaker. Reading throws nlohmann's exceptions.
nlohmann::ordered_json to_json(std::span<const EnrolmentCurve> curves);
std::vector<EnrolmentCurve> enrolment_curves_from(const nlohmann::json& json);

}  // namespace sermo::eval
