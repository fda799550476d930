#include "sermo/engine/answer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace sermo::engine {
namespace {

using nlohmann::ordered_json;

// Six decimals say all that a float probability holds, and read better than 0.8299999833106995.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

ordered_json to_json(const std::vector<Score>& scores) {
  ordered_json array = ordered_json::array();
  for (const Score& score : scores)
    array.push_back({{"label", score.label}, {"score", rounded(score.score)}});
  return array;
}

}  // namespace

std::vector<Score> ranked(const std::vector<std::string>& labels,
                          std::span<const float> probabilities, size_t top_k) {
  std::vector<Score> scores;
  for (size_t k = 0; k < labels.size(); ++k) scores.push_back({labels[k], probabilities[k]});
  std::stable_sort(scores.begin(), scores.end(),
                   [](const Score& a, const Score& b) { return a.score > b.score; });
  if (top_k > 0 && top_k < scores.size()) scores.resize(top_k);
  return scores;
}

ordered_json to_json(const Answer& answer) {
  ordered_json json = {{"path", answer.path},
                       {"model", answer.model},
                       {"duration_s", rounded(answer.duration_s)},
                       {"label", answer.label()},
                       {"confidence", rounded(answer.confidence())},
                       {"uncertain", answer.uncertain},
                       {"scores", to_json(answer.scores)},
                       {"warnings", answer.warnings}};
  if (answer.num_enrolled > 0) json["enrolled"] = answer.num_enrolled;
  if (answer.segments) {
    json["segments"] = ordered_json::array();
    for (const Segment& segment : *answer.segments) json["segments"].push_back(to_json(segment));
  }
  return json;
}

ordered_json to_json(const Segment& segment) {
  ordered_json json = {{"start_s", rounded(segment.start_s)}, {"end_s", rounded(segment.end_s)}};
  if (segment.error) {
    json["label"] = nullptr;
    json["scores"] = ordered_json::array();
    json["error"] = to_json(*segment.error);
  } else {
    json["label"] = segment.scores.front().label;
    json["scores"] = to_json(segment.scores);
  }
  return json;
}

ordered_json to_json(const Error& error) {
  return {{"code", error_traits(error.code).name}, {"message", error.message}};
}

ordered_json failure_row(std::string_view path, const Error& error) {
  return {{"path", path}, {"error", to_json(error)}};
}

}  // namespace sermo::engine
