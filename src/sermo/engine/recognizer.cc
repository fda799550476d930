#include "sermo/engine/recognizer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "sermo/audio/quality.h"
#include "sermo/audio/resample.h"
#include "sermo/model/speaker_shift.h"

namespace sermo::engine {
namespace {

// Rows of features of one recording under one schema: the whole first, then each window of the
// timeline.
struct Extracted {
  Matrix features;                           // a row is unspecified where its error is set
  std::vector<std::optional<Error>> errors;  // [rows]
  std::vector<Window> windows;               // of the rows after the first
  int sample_rate_hz = 0;
};

// Whether the recording itself is zero throughout a window of the resampled samples. Resampling
// leaves a residue of about 1e-8 of what lies beside, which must not be taken for sound.
bool is_silent(const audio::DecodedAudio& audio, const Window& window, int sample_rate_hz) {
  const double ratio = static_cast<double>(audio.format.sample_rate_hz) / sample_rate_hz;
  const auto at = [&](size_t sample) {
    return std::min(audio.samples.size(), static_cast<size_t>(static_cast<double>(sample) * ratio));
  };
  const std::span<const float> part(audio.samples);
  const size_t start = at(window.start_samples);
  const size_t end = at(window.start_samples + window.num_samples);
  return std::ranges::all_of(part.subspan(start, end - start), [](float x) { return x == 0.0f; });
}

// The rows as the model shall see them.
Result<Matrix> against_own_voice(const Matrix& rows, const Enrolment& enrolment,
                                 const model::Artifact& model) {
  const std::string& schema = model.classifier->signature().schema_id;
  const std::vector<double>* sum = enrolment.sum_under(schema);
  if (sum == nullptr || sum->size() != rows.num_cols()) {
    return fail(ErrorCode::kMismatch,
                fmt::format("{}: the speaker was not enrolled under its features {}",
                            model.metadata.name, schema));
  }
  Matrix moved = rows;
  model::subtract_from_rows(
      model::speaker_shift(*sum, enrolment.num_clips(), model.classifier->training_mean()), moved);
  return moved;
}

Error cancelled() { return {ErrorCode::kCancelled, "cancelled"}; }

bool all_finite(const Matrix& rows) {
  const std::span<const float> values(rows.data(), rows.num_rows() * rows.num_cols());
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

bool is_uncertain(const model::Metadata& metadata, float confidence) {
  const auto threshold = metadata.calibration.find("uncertain_below");
  if (threshold == metadata.calibration.end() || !threshold->is_number())
    return true;  // nobody measured when to be sure
  return confidence < threshold->get<float>();
}

}  // namespace

struct Recognizer::Source {
  std::shared_ptr<const features::Extractor> extractor;
  std::mutex mutex;
  std::vector<std::unique_ptr<features::Workspace>> idle;

  std::unique_ptr<features::Workspace> take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        std::unique_ptr<features::Workspace> workspace = std::move(idle.back());
        idle.pop_back();
        return workspace;
      }
    }
    return extractor->make_workspace();
  }
  void give_back(std::unique_ptr<features::Workspace> workspace) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(workspace));
  }

  Result<Extracted> extract(const audio::DecodedAudio& audio,
                            const std::optional<TimelineOptions>& timeline,
                            const std::stop_token& stop) {
    Extracted extracted;
    extracted.sample_rate_hz = extractor->sample_rate_hz();
    SERMO_TRY(
        const std::vector<float> samples,
        audio::resample(audio.samples, audio.format.sample_rate_hz, extracted.sample_rate_hz));
    if (timeline) {
      SERMO_TRY(extracted.windows,
                timeline_windows(samples.size(), extracted.sample_rate_hz, *timeline));
    }
    const size_t num_rows = 1 + extracted.windows.size();
    extracted.features.resize(num_rows, extractor->schema().num_features());
    extracted.errors.resize(num_rows);
    std::unique_ptr<features::Workspace> workspace = take();
    const std::span<const float> whole(samples);
    for (size_t row = 0; row < num_rows; ++row) {
      if (stop.stop_requested()) {
        give_back(std::move(workspace));
        return fail(cancelled());
      }
      const std::span<const float> part =
          row == 0 ? whole
                   : whole.subspan(extracted.windows[row - 1].start_samples,
                                   extracted.windows[row - 1].num_samples);
      Result<void> done =
          row > 0 && is_silent(audio, extracted.windows[row - 1], extracted.sample_rate_hz)
              ? fail(ErrorCode::kSilent, "silent: every sample is zero")
              : extractor->extract(part, extracted.features.row(row), *workspace);
      if (!done) {
        if (row == 0) return fail(std::move(done.error()));
        extracted.errors[row] = std::move(done.error());
        std::ranges::fill(extracted.features.row(row),
                          0.0f);  // so that models see numbers; the answer is not used
      }
    }
    give_back(std::move(workspace));
    return extracted;
  }
};

Recognizer::Recognizer(std::vector<Model> models) : models_(std::move(models)) {}
Recognizer::~Recognizer() = default;

Result<std::shared_ptr<const Recognizer>> Recognizer::create(std::vector<Model> models,
                                                             Extractors extractors) {
  if (models.empty())
    return fail(ErrorCode::kNotFound, "no models to answer with: run `sermo train` first");
  std::shared_ptr<Recognizer> recognizer(new Recognizer(std::move(models)));
  for (const Model& model : recognizer->models_) {
    const std::string& id = model->classifier->signature().schema_id;
    auto& sources = recognizer->sources_;
    auto known = std::ranges::find_if(
        sources, [&](const auto& source) { return source->extractor->schema().id == id; });
    if (known == sources.end()) {
      const auto extractor =
          std::ranges::find_if(extractors, [&](const auto& e) { return e->schema().id == id; });
      if (extractor == extractors.end()) {
        std::vector<std::string> ids;
        for (const auto& e : extractors) ids.push_back(e->schema().id);
        return fail(
            ErrorCode::kMismatch,
            fmt::format("{}: trained on features {}, but this Sermo computes {}: train it again",
                        model->metadata.name, id, fmt::join(ids, ", ")));
      }
      auto source = std::make_unique<Source>();
      source->extractor = *extractor;
      sources.push_back(std::move(source));
      known = sources.end() - 1;
    }
    recognizer->source_of_model_.push_back(static_cast<size_t>(known - sources.begin()));
  }
  return std::shared_ptr<const Recognizer>(std::move(recognizer));
}

Result<std::vector<size_t>> Recognizer::select(std::span<const std::string> names) const {
  if (names.empty()) return std::vector<size_t>{0};
  std::vector<size_t> chosen;
  for (const std::string& name : names) {
    if (name == "all") {
      for (size_t i = 0; i < models_.size(); ++i) chosen.push_back(i);
      continue;
    }
    const auto at = std::ranges::find_if(
        models_, [&](const Model& model) { return model->metadata.name == name; });
    if (at == models_.end()) {
      std::vector<std::string> known;
      for (const Model& model : models_) known.push_back(model->metadata.name);
      return fail(ErrorCode::kNotFound,
                  fmt::format("no model named {}, there are: {}", name, fmt::join(known, ", ")));
    }
    chosen.push_back(static_cast<size_t>(at - models_.begin()));
  }
  return chosen;
}

Result<Enrolment> Recognizer::enrol(const audio::DecodedAudio& audio) const {
  std::map<std::string, std::vector<double>> features;
  for (const std::unique_ptr<Source>& source : sources_) {
    SERMO_TRY(const Extracted extracted, source->extract(audio, std::nullopt, {}));
    const std::span<const float> row = extracted.features.row(0);
    features.emplace(source->extractor->schema().id, std::vector<double>(row.begin(), row.end()));
  }
  return Enrolment(std::move(features));
}

Result<void> Recognizer::check_enrolled(const Enrolment& enrolment) const {
  if (enrolment.num_clips() == 0) return {};
  for (const std::unique_ptr<Source>& source : sources_) {
    const features::Schema& schema = source->extractor->schema();
    const std::vector<double>* sum = enrolment.sum_under(schema.id);
    if (sum == nullptr || sum->size() != schema.num_features()) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("the speaker was not enrolled under the features {}: enrol again",
                              schema.id));
    }
  }
  if (enrolment.sums().size() != sources_.size()) {
    return fail(ErrorCode::kMismatch,
                "the speaker was enrolled under features that no model here uses: enrol again");
  }
  return {};
}

Result<std::vector<Answer>> Recognizer::recognize(const audio::DecodedAudio& audio,
                                                  std::span<const size_t> model_indices,
                                                  const RecognitionOptions& options) const {
  std::vector<std::string> warnings = audio.warnings;
  std::ranges::move(
      audio::warnings(audio::measure_quality(audio.samples, audio.format.sample_rate_hz),
                      audio.duration_s()),
      std::back_inserter(warnings));
  std::vector<std::optional<Extracted>> extracted(sources_.size());
  std::vector<Answer> answers;
  Matrix probabilities;
  for (size_t index : model_indices) {
    if (options.stop.stop_requested()) return fail(cancelled());
    const size_t source = source_of_model_[index];
    if (!extracted[source]) {
      Result<Extracted> rows = sources_[source]->extract(audio, options.timeline, options.stop);
      if (!rows) {  // what the decoder noticed may be why
        Error error = std::move(rows.error());
        for (const std::string& warning : audio.warnings) error.message += "; " + warning;
        return fail(std::move(error));
      }
      extracted[source] = std::move(*rows);
    }
    const Extracted& rows = *extracted[source];
    const model::Artifact& model = *models_[index];
    const std::vector<std::string>& labels = model.classifier->signature().labels;
    Answer answer;
    answer.warnings = warnings;
    if (options.enrolment == nullptr || options.enrolment->num_clips() == 0) {
      model.classifier->predict_proba(rows.features, probabilities);
    } else {
      SERMO_TRY(const Matrix moved, against_own_voice(rows.features, *options.enrolment, model));
      model.classifier->predict_proba(moved, probabilities);
      // Recordings move features by what a voice can be; a made-up voice may by anything.
      if (!all_finite(probabilities)) {
        return fail(ErrorCode::kNotFinite,
                    fmt::format("{}: nothing can be computed with the enrolled voice",
                                model.metadata.name));
      }
      answer.num_enrolled = options.enrolment->num_clips();
      if (auto warning = enrolment_warning(model.metadata, answer.num_enrolled))
        answer.warnings.push_back(std::move(*warning));
    }
    answer.model = model.metadata.name;
    answer.duration_s = audio.duration_s();
    answer.scores = ranked(labels, probabilities.row(0), options.top_k);
    answer.uncertain = is_uncertain(model.metadata, answer.confidence());
    if (options.timeline) {
      answer.segments.emplace();
      for (size_t w = 0; w < rows.windows.size(); ++w) {
        const double start_s =
            static_cast<double>(rows.windows[w].start_samples) / rows.sample_rate_hz;
        const double length_s =
            static_cast<double>(rows.windows[w].num_samples) / rows.sample_rate_hz;
        Segment segment{
            start_s, std::min(start_s + length_s, answer.duration_s), {}, rows.errors[w + 1]};
        if (!segment.error)
          segment.scores = ranked(labels, probabilities.row(w + 1), options.top_k);
        answer.segments->push_back(std::move(segment));
      }
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace sermo::engine
