// `sermo evaluate`: what models are worth on clips, and voices, that they had not learnt from.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "chosen_models.h"
#include "copies.h"
#include "corpus.h"
#include "honest_figures.h"
#include "model_names.h"
#include "output.h"
#include "progress.h"
#include "sermo/base/file.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/report.h"
#include "text_table.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMaxFoldsBytes = size_t{16} << 20;
constexpr size_t kRandomFolds = 5;

struct EvaluateOptions {
  CorpusOptions corpus;
  std::string features;
  std::vector<std::string> models = {"all"};
  std::vector<std::string> folds = {"emobox"};
  eval::CalibrationRows calibration_rows = eval::CalibrationRows::kInnerFolds;
  learn::ClassWeight class_weight = learn::ClassWeight::kNone;
  bool allow_leaks = false;
  uint32_t seed = 42;
  int epochs = 0;
  std::string out;
  std::string honest = "models/honest.json";
  int jobs = 1;
};

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

// A name that is none of the known ones is a file's.
Result<eval::FoldPlan> make_plan(const std::string& name, const eval::FoldRows& rows,
                                 uint32_t seed) {
  if (name == "original") return eval::original_folds(rows, seed);
  if (name == "random") return eval::random_folds(rows, kRandomFolds, seed);
  if (name == "emobox") return eval::emobox_folds(rows);
  if (name == "loso") return eval::leave_one_speaker_out(rows);
  if (!name.ends_with(".json")) {
    return fail(ErrorCode::kUsage,
                fmt::format("no folds are called {}, wanted original, random, emobox, loso or a "
                            "file F.json",
                            name));
  }
  SERMO_TRY(const std::string text, read_text_file(name, kMaxFoldsBytes));
  Result<eval::FoldPlan> plan =
      eval::folds_from_json(rows, text, std::filesystem::path(name).stem().string());
  if (!plan) return fail(std::move(plan.error()).in(name));
  return plan;
}

std::string speakers_line(const eval::Evaluation& evaluation) {
  if (evaluation.plan.speakers_apart) return "no speaker in both parts";
  if (evaluation.leaks.num_shared_speakers > 0) {
    return fmt::format(
        "same speakers in training and test ({} of them): expect less on voices that the models "
        "never heard",
        evaluation.leaks.num_shared_speakers);
  }
  return "speakers unknown: whether one is in both parts cannot be told";
}

std::string heading(const ordered_json& evaluation, const std::string& speakers) {
  return fmt::format("{}: {} folds, {} clips tested; {}\n",
                     evaluation["protocol"].get<std::string>(), evaluation["folds"].size(),
                     evaluation["clips"].size(), speakers);
}

std::string table_of(const ordered_json& evaluation) {
  TextTable table({{"model"},
                   {"UAR", Align::kRight},
                   {"95 %"},
                   {"accuracy", Align::kRight},
                   {"macro F1", Align::kRight},
                   {"ECE before", Align::kRight},
                   {"after", Align::kRight},
                   {"best half", Align::kRight},
                   {"fit", Align::kRight},
                   {"title"}});
  std::vector<const ordered_json*> models;
  for (const ordered_json& model : evaluation["models"]) models.push_back(&model);
  const auto uar = [](const ordered_json* m) { return (*m)["scores"]["uar"].get<double>(); };
  std::ranges::stable_sort(models, std::ranges::greater{}, uar);
  const auto digits = [](const ordered_json& value) {
    return fmt::format("{:.3f}", value.get<double>());
  };
  for (const ordered_json* model : models) {
    const ordered_json& scores = (*model)["scores"];
    const ordered_json& interval = scores["uar_interval"];
    table.add_row(
        {(*model)["name"].get<std::string>(), digits(scores["uar"]),
         interval.is_null() ? ""
                            : fmt::format("{} to {}", digits(interval[0]), digits(interval[1])),
         digits(scores["accuracy"]), digits(scores["macro_f1"]), digits(scores["ece_before"]),
         digits(scores["ece"]), digits(scores["accuracy_at_half_coverage"]),
         fmt::format("{:.2f} s", (*model)["fit_seconds"].get<double>()),
         (*model)["title"].get<std::string>()});
  }
  return table.str();
}

// A cut that pays no regard to speakers can keep copies on one side; one that was given, or keeps
// speakers apart, cannot, and a copy across it is the user's to remove.
bool may_move_copies(const std::string& name) { return name == "random" || name == "original"; }

// How many rows two cuts of the same rows test in different folds, or one of them only.
size_t num_moved(const eval::FoldPlan& before, const eval::FoldPlan& after, size_t num_rows) {
  const auto tested_by = [&](const eval::FoldPlan& plan) {
    std::vector<size_t> fold_of(num_rows, plan.folds.size());
    for (size_t k = 0; k < plan.folds.size(); ++k) {
      for (size_t r : plan.folds[k].rows.test) fold_of[r] = k;
    }
    return fold_of;
  };
  const std::vector<size_t> was = tested_by(before);
  const std::vector<size_t> is = tested_by(after);
  size_t count = 0;
  for (size_t r = 0; r < num_rows; ++r) count += was[r] != is[r] ? 1 : 0;
  return count;
}

// One cut of the data, told as it goes.
Result<eval::Evaluation> evaluate_plan(eval::FoldPlan plan, const eval::LabelledExamples& rows,
                                       const model::Signature& signature,
                                       eval::CrossEvaluationOptions options,
                                       const Console& console) {
  const auto start = std::chrono::steady_clock::now();
  Progress progress(console, "evaluating " + plan.name, "fits");
  options.progress = [&](const eval::CrossEvaluationProgress& p) {
    progress.report(static_cast<double>(p.num_fits_done), static_cast<double>(p.num_fits), p.note);
  };
  eval::Evaluation evaluation;
  SERMO_TRY(evaluation.answers, eval::cross_evaluate(rows, plan, signature, options));
  evaluation.plan = std::move(plan);
  evaluation.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return evaluation;
}

int evaluate(const EvaluateOptions& options, Console& console) {
  const Result<ChosenModels> chosen = choose_models(options.models);
  if (!chosen) return failed(console, chosen.error());
  Outcome inputs;
  const Result<data::Table> table = options.corpus.roots.empty()
                                        ? read_feature_table(options.features, console)
                                        : build_corpus(options.corpus, console, inputs);
  if (!table) return failed(console, table.error());
  if (const Result<void> checked = data::check_table(*table); !checked)
    return failed(console, checked.error());
  const Result<data::LabelledRows> labelled = data::labelled_rows(*table);
  if (!labelled) return failed(console, labelled.error());

  const eval::LabelledExamples rows = eval::labelled_examples(*table, *labelled);
  const eval::ReportedClips clips = eval::reported_clips(*table, *labelled);
  const eval::FoldRows fold_rows{rows.labels, rows.speakers, clips.paths};
  const auto copies = find_copies(options.corpus, clips.paths, rows.features, console);
  if (!copies) return failed(console, copies.error());
  std::vector<eval::FoldPlan> plans;
  std::vector<eval::LeakReport> leaks;
  for (const std::string& name : split_model_names(options.folds)) {
    Result<eval::FoldPlan> plan = make_plan(name, fold_rows, options.seed);
    if (!plan) return failed(console, plan.error());
    size_t num_kept_together = 0;
    if (may_move_copies(name)) {
      eval::FoldPlan together = eval::keep_copies_together(*plan, *copies, fold_rows);
      num_kept_together = num_moved(*plan, together, rows.num_rows());
      *plan = std::move(together);
    }
    eval::LeakReport found = eval::find_leaks(*plan, *copies, clips);
    found.by_sound = !options.corpus.roots.empty();
    found.num_kept_together = num_kept_together;
    const Result<void> told = tell_leaks(*plan, found, clips.paths, options.allow_leaks, console);
    if (!told) return failed(console, told.error());
    leaks.push_back(std::move(found));
    plans.push_back(std::move(*plan));
  }

  const model::Signature signature{table->schema.id, table->schema.num_features(),
                                   labelled->labels};
  eval::CrossEvaluationOptions cross;
  cross.learners = chosen->learners;
  cross.votes = chosen->votes;
  cross.calibration_rows = options.calibration_rows;
  cross.class_weight = options.class_weight;
  cross.seed = options.seed;
  cross.max_epochs = options.epochs;
  cross.num_threads = options.jobs;

  ordered_json evaluations = ordered_json::array();
  std::vector<eval::HonestFigure> figures;  // of the first cut that keeps speakers apart
  for (size_t p = 0; p < plans.size(); ++p) {
    Result<eval::Evaluation> evaluation =
        evaluate_plan(std::move(plans[p]), rows, signature, cross, console);
    if (!evaluation) return failed(console, evaluation.error());
    evaluation->leaks = std::move(leaks[p]);
    ordered_json json = eval::to_json(*evaluation, clips, options.seed);
    console.out << (evaluations.empty() ? "" : "\n") << heading(json, speakers_line(*evaluation))
                << table_of(json) << std::flush;
    for (const eval::FailedModel& failure : evaluation->answers.failures) {
      inputs.failed(failure.error);
      console.complain(failure.error.message);
    }
    evaluations.push_back(std::move(json));
    if (figures.empty()) figures = eval::honest_figures(*evaluation, clips, *table, options.seed);
  }
  if (!figures.empty()) {
    if (const Result<void> added = add_figures(options.honest, figures); !added)
      return failed(console, added.error());
    console.note(fmt::format("{}: what {} models are worth on unknown speakers ({}); train uses it",
                             options.honest, figures.size(), figures.front().folds));
  }
  if (!options.out.empty()) {
    const ordered_json report = eval::report_json(
        *table, clips, dataset_name(options.corpus, options.features), now_utc(),
        {{"seed", options.seed},
         {"class_weight",
          options.class_weight == learn::ClassWeight::kBalanced ? "balanced" : "none"}},
        std::move(evaluations));
    Output output(console, options.out);
    output.write(report.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    if (const Result<void> closed = output.close(); !closed) return failed(console, closed.error());
  }
  inputs.succeeded();
  return inputs.exit_status();
}

}  // namespace

void add_evaluate(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand(
      "evaluate", "Say what models are worth on voices that they never heard");
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::Option* data = add_corpus_options(verb, options->corpus, "--data");
  verb.add_option("--features", options->features,
                  "Table of features: F.npz, F.csv, or X.npy with y.npy beside it (default, "
                  "without --data: the table that ships with Sermo)")
      ->type_name("F")
      ->excludes(data);
  verb.add_option("--models", options->models,
                  "all, or names: " + learner_names() + ", or a vote of them: vote(svm,et)")
      ->type_name("NAMES");
  verb.add_option("--folds", options->folds,
                  "How the clips are cut, one or several: emobox (six folds of RAVDESS's actors), "
                  "loso (one speaker a fold), random (5 folds, speakers on both sides), original "
                  "(the 80/20 split), or F.json")
      ->capture_default_str()
      ->type_name("FOLDS");
  static const std::map<std::string, eval::CalibrationRows> kCalibrations = {
      {"inner", eval::CalibrationRows::kInnerFolds},
      {"others", eval::CalibrationRows::kOtherFolds}};
  verb.add_option("--calibrate", options->calibration_rows,
                  "On inner folds of each training part, or, several times faster, on the "
                  "predictions of the others (default: inner)")
      ->transform(CLI::Transformer(kCalibrations).description(""))
      ->type_name("HOW");
  static const std::map<std::string, learn::ClassWeight> kWeights = {
      {"none", learn::ClassWeight::kNone}, {"balanced", learn::ClassWeight::kBalanced}};
  verb.add_option("--class-weight", options->class_weight,
                  "none, or balanced (rare labels count more)")
      ->transform(CLI::Transformer(kWeights).description(""))
      ->type_name("W");
  verb.add_flag("--allow-leaks", options->allow_leaks,
                "Go on where the same recording stands in training and test");
  verb.add_option("--seed", options->seed, "Of the folds and of every learner")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--epochs", options->epochs,
                  "Of nets, at most (default: as many as each one's recipe says)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  verb.add_option("--out,-o", options->out, "Write everything found, with every prediction")
      ->type_name("R.json");
  verb.add_option("--honest", options->honest,
                  "Where to keep what models are worth on unknown speakers, for train to find")
      ->capture_default_str()
      ->type_name("F.json");
  add_common_options(verb, console, options->jobs);
  verb.footer("Example: sermo evaluate --models svm,et --folds random,emobox --out R.json");
  verb.callback([options, &console, &status] {
    options->corpus.jobs = options->jobs;
    options->corpus.unlabelled = data::Unlabelled::kSkip;
    status = evaluate(*options, console);
  });
}

}  // namespace sermo::app
