// Audio in, answers out: the one call behind `predict`, the service and the page.
//
// A Recognizer holds trained models and the extractors that they need. It is immutable and shared
// between threads: any number of recordings may be answered at once. Each feature schema is
// extracted once a recording, however many models are asked.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/engine/answer.h"
#include "sermo/engine/enrolment.h"
#include "sermo/engine/timeline.h"
#include "sermo/features/extractor.h"
#include "sermo/model/artifact.h"

namespace sermo::engine {

struct RecognitionOptions {
  size_t top_k = 0;                            // scores per answer; 0 means all
  std::optional<TimelineOptions> timeline;     // also answer for each window
  std::shared_ptr<const Enrolment> enrolment;  // of the one who speaks; null: a voice never heard
  std::stop_token stop;  // asked between windows and models whether to go on
};

class Recognizer {
 public:
  using Model = std::shared_ptr<const model::Artifact>;

  using Extractors = std::span<const std::shared_ptr<const features::Extractor>>;

  // At least one model, best first: the first is the default. kMismatch when a model was trained on
  // features that none of the extractors computes.
  static Result<std::shared_ptr<const Recognizer>> create(
      std::vector<Model> models, Extractors extractors = features::all_extractors());
  ~Recognizer();

  std::span<const Model> models() const { return models_; }

  // The positions of the models with these names; no names mean the first model, the name "all"
  // every one. kNotFound with the known names in the message.
  Result<std::vector<size_t>> select(std::span<const std::string> names) const;

  // What one recording says of the voice in it, under the features of every model. The errors of
  // the extractors.
  Result<Enrolment> enrol(const audio::DecodedAudio& audio) const;

  // kMismatch unless `enrolment` is one of this recognizer's: under the features of every model and
  // no others, where it has clips.
  Result<void> check_enrolled(const Enrolment& enrolment) const;

  // One answer a chosen model, in that order; `path` is left empty. The errors of the extractors:
  // kTooShort, kSilent, kNotFinite; kUsage for an impossible timeline, kMismatch for an enrolment
  // under other features than the model's, kNotFinite for one with which nothing can be computed,
  // kCancelled. In a timeline a window without an answer says why and the others go on.
  Result<std::vector<Answer>> recognize(const audio::DecodedAudio& audio,
                                        std::span<const size_t> model_indices,
                                        const RecognitionOptions& options = {}) const;

 private:
  struct Source;  // an extractor and its idle workspaces

  explicit Recognizer(std::vector<Model> models);

  std::vector<Model> models_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<size_t> source_of_model_;
};

}  // namespace sermo::engine
