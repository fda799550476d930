// `sermo info FILE...`: what a model, a feature table or a recording is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "corpus.h"
#include "honest_figures.h"
#include "sermo/audio/decode.h"
#include "sermo/audio/quality.h"
#include "sermo/base/file.h"
#include "sermo/data/table_io.h"
#include "sermo/model/artifact.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

using nlohmann::json;

constexpr size_t kNameWidth = 26;

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("  {:<{}}{}\n", name, kNameWidth, value);
}

std::string plain(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  if (value.is_null()) return "not measured";
  return value.dump();
}

// One line a key; nested objects become "test.accuracy".
std::string lines_of(const json& object, const std::string& prefix = "") {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text +=
        value.is_object() ? lines_of(value, prefix + key + ".") : line(prefix + key, plain(value));
  }
  return text;
}

// "1152 clips and 6912 degraded copies of them (band-pass 1280, noise 2304, ...)"
std::string learnt_from(const json& training) {
  const auto copies = training.find("copies");
  if (copies == training.end()) return "not told";
  const std::string clips = plain(training.value("clips", json())) + " clips";
  if (*copies == 0) return clips + ", no degraded copies";
  const json conditions = training.value("conditions", json::object());
  std::string kinds;
  for (const auto& [kind, count] : conditions.items())
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", kind, plain(count));
  return fmt::format("{} and {} degraded copies of them ({})", clips, plain(*copies), kinds);
}

std::string describe(const model::Artifact& artifact) {
  const model::Metadata& metadata = artifact.metadata;
  const model::Signature& signature = artifact.classifier->signature();
  std::string text = fmt::format("a model: {}\n", metadata.title);
  text += line("unknown voices",
               "UAR " + figure_text(metadata.metrics.value("uar_speaker_independent", json())));
  text += line("name", metadata.name);
  text += line("family", artifact.classifier->family());
  text +=
      line("features", fmt::format("{} of schema {}", signature.num_features, signature.schema_id));
  text += line("labels", fmt::format("{}", fmt::join(signature.labels, " ")));
  text +=
      line("trained on", fmt::format("{} ({} clips, {} speakers, fingerprint {})",
                                     metadata.dataset.name, metadata.dataset.num_clips,
                                     metadata.dataset.num_speakers, metadata.dataset.fingerprint));
  text += line("learnt from", learnt_from(metadata.training));
  text += line("protocol", fmt::format("{}, seed {}", metadata.protocol, metadata.seed));
  text += line("known rows", fmt::format("{}", artifact.known_rows.features.num_rows()));
  text += line("sermo version", metadata.sermo_version);
  text += " hyper-parameters\n" + lines_of(metadata.hyperparameters);
  text += " measured\n" + lines_of(metadata.metrics);
  text += " calibration\n" + lines_of(metadata.calibration);
  return text;
}

std::string describe(const data::Table& table) {
  std::map<std::string, size_t> counts;
  for (size_t r = 0; r < table.num_rows(); ++r) {
    if (!table.is_copy(r)) ++counts[table.labels[r].empty() ? "(unlabelled)" : table.labels[r]];
  }
  std::set<int> speakers(table.speakers.begin(), table.speakers.end());
  speakers.erase(data::kUnknownSpeaker);
  std::string text = "a table of features\n";
  text += line("clips", std::to_string(table.num_rows() - table.num_copies()));
  if (table.num_copies() > 0) text += line("degraded copies", std::to_string(table.num_copies()));
  text += line("features",
               fmt::format("{} of schema {}", table.schema.num_features(), table.schema.id));
  text += line("speakers", std::to_string(speakers.size()));
  text += line("fingerprint", data::fingerprint(table));
  text += " clips by label\n";
  for (const auto& [label, count] : counts) text += line(label, std::to_string(count));
  return text;
}

std::string describe(const audio::DecodedAudio& audio) {
  const audio::Quality quality = audio::measure_quality(audio.samples, audio.format.sample_rate_hz);
  std::string text = "a recording\n";
  text += line("container", audio.format.container);
  text += line("codec", audio.format.codec);
  text += line("rate", fmt::format("{} Hz", audio.format.sample_rate_hz));
  text += line("channels", std::to_string(audio.format.num_channels));
  text += line("duration", fmt::format("{:.3f} s", audio.duration_s()));
  text += line("peak", fmt::format("{:.1f} dB of full scale", quality.peak_db));
  text += line("level", fmt::format("{:.1f} dB (root mean square)", quality.rms_db));
  text += line("clipped", fmt::format("{:.2f} % of samples", 100.0 * quality.clipped_fraction));
  text += line("silent", fmt::format("{:.0f} % of the time", 100.0 * quality.silent_fraction));
  for (const std::string& warning : audio.warnings) text += line("warning", warning);
  for (const std::string& warning : audio::warnings(quality, audio.duration_s()))
    text += line("warning", warning);
  return text;
}

// Models and tables by their extension, since that is what tells them apart from recordings to a
// person, too.
Result<std::string> describe_file(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".onnx") {
    SERMO_TRY(const model::Artifact artifact, model::read_artifact(path));
    return describe(artifact);
  }
  if (extension == ".npz" || extension == ".npy" || extension == ".csv") {
    SERMO_TRY(const data::LoadedTable loaded, data::read_table(path, known_schemas()));
    return describe(loaded.table) +
           (loaded.is_packed ? line("kept as", "packed, a byte a number") : "") +
           (loaded.note.empty() ? "" : line("note", loaded.note));
  }
  SERMO_TRY(const audio::DecodedAudio audio, audio::decode_file(path, {.max_duration_s = 1e9}));
  return describe(audio);
}

struct InfoOptions {
  std::vector<std::string> files;
  int jobs = 1;
};

int info(const InfoOptions& options, Console& console) {
  Outcome outcome;
  for (const std::string& path : options.files) {
    const Result<std::string> description = describe_file(path);
    if (description) {
      outcome.succeeded();
      console.out << path << ": " << *description << std::flush;
    } else {
      outcome.failed(description.error());
      const std::string& message = description.error().message;
      console.complain(message.starts_with(path) ? message : path + ": " + message);
    }
  }
  return outcome.exit_status();
}

}  // namespace

void add_info(CLI::App& program, Console& console, int& status) {
  CLI::App& verb =
      *program.add_subcommand("info", "Say what a model, a feature table or a recording is");
  const auto options = std::make_shared<InfoOptions>();
  verb.add_option("FILE", options->files, "MODEL.onnx, F.npz, F.csv or a recording")->required();
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo info models/svm.onnx voice.m4a");
  verb.callback([options, &console, &status] { status = info(*options, console); });
}

}  // namespace sermo::app
