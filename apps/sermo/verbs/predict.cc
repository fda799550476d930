// `sermo predict PATH...`: which emotion each recording carries.
#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "answer_writer.h"
#include "enrolled_speaker.h"
#include "honest_figures.h"
#include "inputs.h"
#include "model_names.h"
#include "output.h"
#include "progress.h"
#include "sermo/audio/decode.h"
#include "sermo/base/parallel.h"
#include "sermo/engine/model_folder.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

struct PredictOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> models;
  std::string models_dir = "models";
  AnswerFormat format = AnswerFormat::kTable;
  size_t top_k = 0;
  bool timeline = false;
  engine::TimelineOptions windows;
  std::vector<std::string> enroll;  // recordings of the one who speaks; empty: a voice never heard
  double max_duration_s = audio::DecodeOptions{}.max_duration_s;
  std::string out;
  int jobs = 1;
};

// Standard input, up to the size that a recording of the longest allowed duration could have.
Result<std::vector<std::byte>> read_stream(std::istream& in) {
  constexpr size_t kMaxBytes = size_t{1} << 30;
  constexpr size_t kBlock = size_t{1} << 16;
  std::vector<std::byte> bytes;
  while (in) {
    const size_t size = bytes.size();
    if (size > kMaxBytes)
      return fail(ErrorCode::kTooLarge,
                  fmt::format("more than {} bytes on standard input", kMaxBytes));
    bytes.resize(size + kBlock);
    in.read(reinterpret_cast<char*>(bytes.data() + size), kBlock);
    bytes.resize(size + static_cast<size_t>(in.gcount()));
  }
  return bytes;
}

// Every label that one of the models can answer, each once.
std::vector<std::string> all_labels(const engine::Recognizer& recognizer) {
  std::vector<std::string> labels;
  for (const engine::Recognizer::Model& model : recognizer.models()) {
    for (const std::string& label : model->classifier->signature().labels) {
      if (std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
    }
  }
  return labels;
}

// How far the answers can be trusted, before they are given.
std::string worth_line(const engine::Recognizer& recognizer) {
  std::string line;
  for (const engine::Recognizer::Model& model : recognizer.models()) {
    line += fmt::format(
        "{}{} {}", line.empty() ? "UAR on unknown voices: " : ", ", model->metadata.name,
        figure_text(model->metadata.metrics.value("uar_speaker_independent", nlohmann::json())));
  }
  return line;
}

class Prediction {
 public:
  Prediction(const PredictOptions& options, Console& console, const engine::Recognizer& recognizer)
      : options_(options),
        console_(console),
        recognizer_(recognizer),
        output_(console, options.out) {
    for (size_t i = 0; i < recognizer.models().size(); ++i) model_indices_.push_back(i);
  }

  int run(const std::vector<Input>& inputs) {
    if (!options_.enroll.empty()) {
      auto speaker = enrol_speaker(options_.enroll, recognizer_, decode_options(), options_.jobs,
                                   console_, outcome_);
      if (!speaker) return failed(console_, speaker.error());
      speaker_ = std::move(*speaker);
    }
    writer_ = make_answer_writer({.format = options_.format,
                                  .labels = all_labels(recognizer_),
                                  .single_input = inputs.size() == 1,
                                  .colour = console_.colour && options_.out.empty()});
    {
      Progress progress(console_, "predicting", "recordings");
      size_t num_done = 0;
      parallel_for(inputs.size(), options_.jobs, [&](size_t i) {
        Result<std::vector<engine::Answer>> answers = answer(inputs[i]);
        const std::lock_guard lock(mutex_);
        ready_.emplace(i, std::move(answers));
        write_what_is_next(inputs);
        progress.report(static_cast<double>(++num_done), static_cast<double>(inputs.size()));
      });
    }
    output_.write(writer_->finish());
    if (const Result<void> closed = output_.close(); !closed)
      return failed(console_, closed.error());
    return outcome_.exit_status();
  }

 private:
  audio::DecodeOptions decode_options() const {
    return {.max_duration_s = options_.max_duration_s};
  }

  Result<std::vector<engine::Answer>> answer(const Input& input) const {
    if (input.error) return fail(*input.error);
    const std::string& path = input.path;
    const audio::DecodeOptions decode = decode_options();
    const auto decoded = [&]() -> Result<audio::DecodedAudio> {
      if (path != "-") return audio::decode_file(path, decode);
      SERMO_TRY(const std::vector<std::byte> bytes, read_stream(console_.in));
      return audio::decode_bytes(bytes, decode);
    }();
    if (!decoded) return fail(decoded.error());
    engine::RecognitionOptions recognition{.top_k = options_.top_k, .enrolment = speaker_};
    if (options_.timeline) recognition.timeline = options_.windows;
    SERMO_TRY(std::vector<engine::Answer> answers,
              recognizer_.recognize(*decoded, model_indices_, recognition));
    for (engine::Answer& answer : answers) answer.path = path;
    return answers;
  }

  // Results come out in the order of the inputs, as soon as all before them are there.
  void write_what_is_next(const std::vector<Input>& inputs) {
    for (auto next = ready_.find(num_written_); next != ready_.end();
         next = ready_.find(num_written_)) {
      const Result<std::vector<engine::Answer>>& answers = next->second;
      const std::string& path = inputs[num_written_++].path;
      if (answers) {
        outcome_.succeeded();
        output_.write(writer_->add(*answers));
      } else {
        outcome_.failed(answers.error());
        const std::string& message = answers.error().message;
        console_.complain(message.starts_with(path) ? message : path + ": " + message);
        output_.write(writer_->add_failure(path, answers.error()));
      }
      ready_.erase(next);
    }
  }

  const PredictOptions& options_;
  Console& console_;
  const engine::Recognizer& recognizer_;
  std::shared_ptr<const engine::Enrolment> speaker_;  // null: a voice never heard
  std::vector<size_t> model_indices_;                 // every model that was loaded
  Output output_;
  std::unique_ptr<AnswerWriter> writer_;
  Outcome outcome_;
  std::mutex mutex_;  // guards all below and the writing
  std::map<size_t, Result<std::vector<engine::Answer>>> ready_;
  size_t num_written_ = 0;
};

int predict(const PredictOptions& options, Console& console) {
  const auto recognizer =
      engine::load_recognizer(options.models_dir, split_model_names(options.models), options.jobs);
  if (!recognizer) return failed(console, recognizer.error());
  console.note(worth_line(**recognizer));
  return Prediction(options, console, **recognizer).run(expand(options.inputs));
}

}  // namespace

void add_predict(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand("predict", "Say which emotion recordings carry");
  const auto options = std::make_shared<PredictOptions>();
  verb.add_option(
          "PATH", options->inputs,
          "Recordings or folders of them (searched recursively); - reads one from standard input")
      ->required();
  verb.add_option("--model", options->models,
                  "Models by name or file, joined by commas, or all (default: the folder's best)")
      ->allow_extra_args(false)  // what follows is a PATH
      ->type_name("NAMES");
  verb.add_option("--models", options->models_dir, "Folder of trained models")
      ->capture_default_str()
      ->type_name("DIR");
  static const std::map<std::string, AnswerFormat> kFormats = {{"table", AnswerFormat::kTable},
                                                               {"json", AnswerFormat::kJson},
                                                               {"jsonl", AnswerFormat::kJsonl},
                                                               {"csv", AnswerFormat::kCsv}};
  verb.add_option("--format", options->format, "table, json, jsonl or csv")
      ->transform(CLI::Transformer(kFormats, CLI::ignore_case).description(""))
      ->type_name("FORMAT");
  verb.add_option("--top-k", options->top_k,
                  "Give the K most probable emotions only (default: all)")
      ->check(CLI::PositiveNumber)
      ->type_name("K");
  verb.add_flag("--timeline", options->timeline, "Also answer for each window along the recording");
  verb.add_option("--window", options->windows.window_s, "Length of a window in seconds")
      ->capture_default_str()
      ->type_name("S");
  verb.add_option("--hop", options->windows.hop_s, "Seconds from one window to the next")
      ->capture_default_str()
      ->type_name("S");
  verb.add_option("--enroll", options->enroll,
                  "A recording of the speaker, or a folder of them, unlabelled: answers take the "
                  "voice into account (5 or more, of various moods; once for each)")
      ->allow_extra_args(false)
      ->type_name("DIR");
  verb.add_option("--max-duration", options->max_duration_s, "Refuse longer recordings, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->type_name("S");
  verb.add_option("--out,-o", options->out, "Write the answers to a file")->type_name("F");
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo predict --model svm --format csv recordings/ > answers.csv");
  verb.callback([options, &console, &status] { status = predict(*options, console); });
}

}  // namespace sermo::app
