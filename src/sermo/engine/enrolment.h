// A voice that was heard before: what a speaker's recordings say of the voice, so that its answers
// can be given against it (model/speaker_shift.h). No label is needed, and none is asked for.
//
// Made by Recognizer::enrol, one recording at a time, and put together by joined(); given to
// Recognizer::recognize. Thread rule: immutable after construction, shared between threads; pure
// functions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/model/artifact.h"

namespace sermo::engine {

class Enrolment {
 public:
  // No clips: recognizing with it changes nothing.
  Enrolment() = default;
  // One clip: its raw features by schema id.
  explicit Enrolment(std::map<std::string, std::vector<double>> features)
      : Enrolment(1, std::move(features)) {}
  // What num_clips() and sums() said; sums of none are no clips.
  Enrolment(size_t num_clips, std::map<std::string, std::vector<double>> sums)
      : num_clips_(num_clips), sums_(std::move(sums)) {}

  // All clips of all of them; of the schemas that all have, where they have clips.
  static Enrolment joined(std::span<const Enrolment> parts);

  size_t num_clips() const { return num_clips_; }

  // The sums of the clips' raw features, [D], by schema id.
  const std::map<std::string, std::vector<double>>& sums() const { return sums_; }
  // One of them; null where they were not extracted under that schema.
  const std::vector<double>* sum_under(const std::string& schema_id) const;

 private:
  size_t num_clips_ = 0;
  std::map<std::string, std::vector<double>> sums_;  // by schema id
};

// What a user of this model should know who enrols with so many clips: that one says little, that
// the gain was not measured (`evaluate --enrolled` does it), or that what was measured with as many
// clips of every label, or the next fewer, may be none (its 95 % interval reaches zero). Nothing
// where it helps. At least one clip.
std::optional<std::string> enrolment_warning(const model::Metadata& metadata, size_t num_clips);

}  // namespace sermo::engine
