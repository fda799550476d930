#include "sermo/engine/enrolment.h"

#include <fmt/format.h>

#include "sermo/eval/enrolment_figures.h"

namespace sermo::engine {
namespace {

// Files may come from anyone, so what is not of the form counts as not measured.
std::optional<eval::EnrolmentPoint> measured_point(const model::Metadata& metadata,
                                                   size_t num_clips) {
  const auto enrolled = metadata.metrics.find("enrolled");
  if (enrolled == metadata.metrics.end()) return std::nullopt;
  std::vector<eval::EnrolmentCurve> curves;
  try {
    curves = eval::enrolment_curves_from(*enrolled);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  std::optional<eval::EnrolmentPoint> nearest;
  for (const eval::EnrolmentCurve& curve : curves) {
    if (curve.clips_of != "every label") continue;
    for (const eval::EnrolmentPoint& point : curve.points) {
      if (point.gain && point.num_clips <= num_clips &&
          (!nearest || point.num_clips > nearest->num_clips))
        nearest = point;
    }
  }
  return nearest;
}

}  // namespace

Enrolment Enrolment::joined(std::span<const Enrolment> parts) {
  Enrolment all;
  for (const Enrolment& part : parts) {
    if (part.num_clips_ == 0) continue;
    if (all.num_clips_ == 0) {
      all = part;
      continue;
    }
    all.num_clips_ += part.num_clips_;
    for (auto entry = all.sums_.begin(); entry != all.sums_.end();) {
      std::vector<double>& sum = entry->second;
      const std::vector<double>* added = part.sum_under(entry->first);
      if (added == nullptr || added->size() != sum.size()) {
        entry = all.sums_.erase(entry);
        continue;
      }
      for (size_t c = 0; c < sum.size(); ++c) sum[c] += (*added)[c];
      ++entry;
    }
  }
  return all;
}

const std::vector<double>* Enrolment::sum_under(const std::string& schema_id) const {
  const auto found = sums_.find(schema_id);
  return found == sums_.end() ? nullptr : &found->second;
}

std::optional<std::string> enrolment_warning(const model::Metadata& metadata, size_t num_clips) {
  if (num_clips == 1) return "enrolled with one clip, which says little of a voice: 5 or more help";
  const auto measured = measured_point(metadata, num_clips);
  if (!measured) return "what enrolment adds to this model was not measured";
  if (measured->gain->interval.low > 0.0) return std::nullopt;
  return fmt::format(
      "enrolment may not help this model: UAR {:+.3f} ({:+.3f} to {:+.3f}) with {} clips",
      measured->gain->difference, measured->gain->interval.low, measured->gain->interval.high,
      measured->num_clips);
}

}  // namespace sermo::engine
