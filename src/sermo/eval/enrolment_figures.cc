#include "sermo/eval/enrolment_figures.h"

#include <utility>

#include "sermo/eval/rounded.h"

namespace sermo::eval {

using nlohmann::ordered_json;

ordered_json to_json(std::span<const EnrolmentCurve> curves) {
  ordered_json list = ordered_json::array();
  for (const EnrolmentCurve& curve : curves) {
    ordered_json points = ordered_json::array();
    for (const EnrolmentPoint& point : curve.points) {
      ordered_json json = {{"clips", point.num_clips},
                           {"speakers", point.num_speakers},
                           {"uar_unknown", rounded(point.uar_unknown)},
                           {"uar", rounded(point.uar)},
                           {"gain", nullptr},
                           {"gain_interval", nullptr},
                           {"p_value", nullptr}};
      if (point.gain) {
        json["gain"] = rounded(point.gain->difference);
        json["gain_interval"] = {rounded(point.gain->interval.low),
                                 rounded(point.gain->interval.high)};
        json["p_value"] = rounded(point.gain->p_value);
      }
      points.push_back(std::move(json));
    }
    list.push_back({{"clips_of", curve.clips_of}, {"points", std::move(points)}});
  }
  return list;
}

std::vector<EnrolmentCurve> enrolment_curves_from(const nlohmann::json& json) {
  std::vector<EnrolmentCurve> curves;
  for (const nlohmann::json& from : json) {
    EnrolmentCurve curve{from.at("clips_of").get<std::string>(), {}};
    for (const nlohmann::json& at : from.at("points")) {
      EnrolmentPoint point{at.at("clips").get<size_t>(),
                           at.at("speakers").get<size_t>(),
                           at.at("uar_unknown").get<double>(),
                           at.at("uar").get<double>(),
                           {}};
      if (!at.at("gain").is_null()) {
        const nlohmann::json& interval = at.at("gain_interval");
        point.gain = PairedTest{at.at("gain").get<double>(),
                                {interval.at(0).get<double>(), interval.at(1).get<double>()},
                                at.at("p_value").get<double>()};
      }
      curve.points.push_back(std::move(point));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace sermo::eval
