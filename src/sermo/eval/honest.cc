#include "sermo/eval/honest.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "sermo/model/shallow_json.h"

namespace sermo::eval {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxBytes = size_t{16} << 20;

bool is_share(double value) { return value >= 0.0 && value <= 1.0; }

// nlohmann's accessors throw on missing keys and wrong types; parse_figures turns that into an
// Error.
HonestFigure figure_from(const json& from) {
  HonestFigure figure;
  from.at("model").get_to(figure.model);
  from.at("fingerprint").get_to(figure.fingerprint);
  from.at("schema_id").get_to(figure.schema_id);
  from.at("data_fingerprint").get_to(figure.data_fingerprint);
  from.at("folds").get_to(figure.folds);
  from.at("clips").get_to(figure.num_clips);
  from.at("speakers").get_to(figure.num_speakers);
  from.at("uar").get_to(figure.uar);
  if (const json& interval = from.at("uar_interval"); !interval.is_null())
    figure.uar_interval = Interval{interval.at(0).get<double>(), interval.at(1).get<double>()};
  from.at("accuracy").get_to(figure.accuracy);
  from.at("ece").get_to(figure.ece);
  from.at("temperature").get_to(figure.calibrator.temperature);
  from.at("smoothing").get_to(figure.calibrator.smoothing);
  if (const json& threshold = from.at("uncertain_below"); !threshold.is_null())
    figure.uncertain_below = threshold.get<double>();
  if (from.contains("enrolled")) figure.enrolled = enrolment_curves_from(from.at("enrolled"));
  return figure;
}

Result<void> check_figure(const HonestFigure& figure) {
  if (!is_share(figure.uar) || !is_share(figure.accuracy) || !is_share(figure.ece) ||
      !is_share(figure.uncertain_below.value_or(0.0))) {
    return fail(ErrorCode::kCorrupt, fmt::format("{}: a score outside 0 to 1", figure.model));
  }
  for (const EnrolmentCurve& curve : figure.enrolled) {
    for (const EnrolmentPoint& point : curve.points) {
      if (!is_share(point.uar) || !is_share(point.uar_unknown))
        return fail(ErrorCode::kCorrupt, fmt::format("{}: a score outside 0 to 1", figure.model));
    }
  }
  if (Result<void> checked = model::check(figure.calibrator); !checked)
    return fail(std::move(checked.error()).in(figure.model));
  return {};
}

bool same_subject(const HonestFigure& a, const HonestFigure& b) {
  return a.fingerprint == b.fingerprint && a.schema_id == b.schema_id &&
         a.data_fingerprint == b.data_fingerprint;
}

// Lengths keep neighbouring texts apart.
void add_text(ContentHash& hash, std::string_view text) {
  hash.add(fmt::format("{}:", text.size())).add(text);
}

}  // namespace

std::string learner_fingerprint(const learn::Learner& learner, learn::ClassWeight class_weight,
                                int max_epochs) {
  ContentHash hash;
  add_text(hash, learner.name());
  add_text(hash, learner.hyperparameters().dump());
  add_text(hash, class_weight == learn::ClassWeight::kBalanced ? "balanced" : "none");
  add_text(hash, std::to_string(max_epochs));
  return hash.hex();
}

std::string vote_fingerprint(const learn::VoteDefinition& vote,
                             std::span<const std::string> members) {
  ContentHash hash;
  add_text(hash, vote.name);
  for (const std::string& member : members) add_text(hash, member);
  if (vote.pooling != model::Pooling::kLinear) add_text(hash, model::pooling_name(vote.pooling));
  return hash.hex();
}

const HonestFigure* find_figure(std::span<const HonestFigure> figures, std::string_view fingerprint,
                                std::string_view schema_id, std::string_view data_fingerprint) {
  const auto found = std::ranges::find_if(figures, [&](const HonestFigure& figure) {
    return figure.fingerprint == fingerprint && figure.schema_id == schema_id &&
           figure.data_fingerprint == data_fingerprint;
  });
  return found == figures.end() ? nullptr : &*found;
}

std::vector<HonestFigure> merged(std::vector<HonestFigure> figures,
                                 std::span<const HonestFigure> newer) {
  std::vector<HonestFigure> added(newer.begin(), newer.end());
  std::erase_if(figures, [&](const HonestFigure& old) {
    const auto same = std::ranges::find_if(
        added, [&](const HonestFigure& figure) { return same_subject(old, figure); });
    if (same != added.end() && same->enrolled.empty()) same->enrolled = old.enrolled;
    return same != added.end();
  });
  std::ranges::move(added, std::back_inserter(figures));
  return figures;
}

ordered_json to_json(std::span<const HonestFigure> figures) {
  ordered_json list = ordered_json::array();
  for (const HonestFigure& figure : figures) {
    ordered_json json = {{"model", figure.model},
                         {"fingerprint", figure.fingerprint},
                         {"schema_id", figure.schema_id},
                         {"data_fingerprint", figure.data_fingerprint},
                         {"folds", figure.folds},
                         {"clips", figure.num_clips},
                         {"speakers", figure.num_speakers},
                         {"uar", figure.uar},
                         {"uar_interval", nullptr},
                         {"accuracy", figure.accuracy},
                         {"ece", figure.ece},
                         {"temperature", figure.calibrator.temperature},
                         {"smoothing", figure.calibrator.smoothing},
                         {"uncertain_below", nullptr}};
    if (figure.uar_interval)
      json["uar_interval"] = {figure.uar_interval->low, figure.uar_interval->high};
    if (figure.uncertain_below) json["uncertain_below"] = *figure.uncertain_below;
    if (!figure.enrolled.empty()) json["enrolled"] = to_json(figure.enrolled);
    list.push_back(std::move(json));
  }
  return {{"format", kHonestFormat}, {"figures", std::move(list)}};
}

Result<std::vector<HonestFigure>> parse_figures(std::string_view text) {
  std::vector<HonestFigure> figures;
  try {
    const json from = model::parse_shallow_json(text);
    if (from.is_discarded()) return fail(ErrorCode::kCorrupt, "no honest figures (it is not JSON)");
    if (const int format = from.at("format").get<int>(); format != kHonestFormat) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("honest figures of format {}, wanted {}", format, kHonestFormat));
    }
    for (const json& figure : from.at("figures")) figures.push_back(figure_from(figure));
  } catch (const json::exception& error) {
    return fail(ErrorCode::kCorrupt, fmt::format("no honest figures ({})", error.what()));
  }
  for (const HonestFigure& figure : figures) SERMO_TRY_VOID(check_figure(figure));
  return figures;
}

Result<std::vector<HonestFigure>> read_figures(const std::filesystem::path& file) {
  SERMO_TRY(const std::string text, read_text_file(file, kMaxBytes));
  Result<std::vector<HonestFigure>> figures = parse_figures(text);
  if (!figures) return fail(std::move(figures.error()).in(file.string()));
  return figures;
}

Result<void> write_figures(const std::filesystem::path& file,
                           std::span<const HonestFigure> figures) {
  return write_file_atomically(file, to_json(figures).dump(1) + "\n");
}

}  // namespace sermo::eval
