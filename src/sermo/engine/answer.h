// What Sermo says about one recording, and its JSON form: the row of `predict --format json` and of
// the service.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::engine {

struct Score {
  std::string label;
  float score = 0.0f;  // calibrated probability
};

// An answer over a part of the recording.
struct Segment {
  double start_s = 0.0;
  double end_s = 0.0;
  std::vector<Score> scores;   // most probable first; empty when `error` is set
  std::optional<Error> error;  // silent or too short: no answer is made up
};

struct Answer {
  std::string path;  // as the caller named the input
  std::string model;
  double duration_s = 0.0;
  std::vector<Score> scores;  // most probable first, at most top_k
  bool uncertain = false;     // the confidence is below the model's threshold
  size_t num_enrolled = 0;    // clips of the speaker that were taken into account
  std::vector<std::string> warnings;
  std::optional<std::vector<Segment>> segments;  // where a timeline was asked for

  const std::string& label() const { return scores.front().label; }
  float confidence() const { return scores.front().score; }
};

// The labels with their probabilities, most probable first (ties in the order of the labels), the
// first `top_k` of them; 0 means all.
std::vector<Score> ranked(const std::vector<std::string>& labels,
                          std::span<const float> probabilities, size_t top_k);

nlohmann::ordered_json to_json(const Answer& answer);
nlohmann::ordered_json to_json(const Segment& segment);
nlohmann::ordered_json to_json(const Error& error);  // {"code","message"}
// The row of an input that could not be answered: {"path","error":{"code","message"}}.
nlohmann::ordered_json failure_row(std::string_view path, const Error& error);

}  // namespace sermo::engine
