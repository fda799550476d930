// `sermo evaluate`: what models are worth on clips, and voices, that they had not learnt from.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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
#include "sermo/eval/cross_corpus.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/enrolment.h"
#include "sermo/eval/report.h"
#include "sermo/eval/report_html.h"
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
  std::vector<std::string> folds;  // empty: emobox, or none where there is another corpus
  std::string test;                // table of another corpus
  bool enrolled = false;
  eval::CalibrationRows calibration_rows = eval::CalibrationRows::kInnerFolds;
  learn::ClassWeight class_weight = learn::ClassWeight::kNone;
  bool allow_leaks = false;
  uint32_t seed = 42;
  int epochs = 0;
  std::string out;
  std::string html;
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

std::string heading(const ordered_json& evaluation, const eval::Evaluation& found) {
  const bool enrolled = found.mode == eval::SpeakerMode::kEnrolled;
  return fmt::format("{}: {} {}, {} clips tested; {}{}\n", found.plan.name, found.plan.folds.size(),
                     found.plan.folds.size() == 1 ? "fold" : "folds", evaluation["clips"].size(),
                     speakers_line(found),
                     enrolled ? "; enrolled speakers: each one's own unlabelled clips standardise "
                                "their features"
                              : "");
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

// One cut of some rows, ready to be evaluated.
struct Cut {
  eval::FoldPlan plan;
  eval::SpeakerMode mode = eval::SpeakerMode::kUnknown;
  eval::LeakReport leaks;
  const eval::LabelledExamples* rows = nullptr;
  const eval::ReportedClips* clips = nullptr;
  const eval::JoinedCorpora* corpora = nullptr;  // null within one corpus
};

class Evaluator {
 public:
  Evaluator(const EvaluateOptions& options, Console& console, const ChosenModels& chosen,
            const data::Table& table, const data::LabelledRows& labelled)
      : options_(options),
        console_(console),
        table_(table),
        labelled_(labelled),
        signature_{table.schema.id, table.schema.num_features(), labelled.labels},
        rows_(eval::labelled_examples(table, labelled)),
        clips_(eval::reported_clips(table, labelled)) {
    cross_.learners = chosen.learners;
    cross_.votes = chosen.votes;
    cross_.calibration_rows = options.calibration_rows;
    cross_.class_weight = options.class_weight;
    cross_.seed = options.seed;
    cross_.max_epochs = options.epochs;
    cross_.num_threads = options.jobs;
  }

  Result<void> run(Outcome& outcome) {
    SERMO_TRY_VOID(cut_within());
    SERMO_TRY_VOID(cut_across());
    for (Cut& cut : cuts_) SERMO_TRY_VOID(evaluate(cut, outcome));
    if (!figures_.empty()) {
      SERMO_TRY_VOID(add_figures(options_.honest, figures_));
      console_.note(
          fmt::format("{}: what {} models are worth on unknown speakers ({}); train uses it",
                      options_.honest, figures_.size(), figures_.front().folds));
    }
    return write_report();
  }

 private:
  // The cuts of the table itself, and once more with enrolled speakers where that is asked for.
  Result<void> cut_within() {
    std::vector<std::string> names = split_model_names(options_.folds);
    if (names.empty() && options_.test.empty()) names = {"emobox"};
    if (names.empty()) return {};
    const eval::FoldRows fold_rows{rows_.labels, rows_.speakers, clips_.paths};
    SERMO_TRY(const std::vector<eval::CopyPair> copies,
              find_copies(options_.corpus, clips_.paths, rows_.features, console_));
    for (const std::string& name : names) {
      Cut cut{.rows = &rows_, .clips = &clips_};
      SERMO_TRY(cut.plan, make_plan(name, fold_rows, options_.seed));
      size_t num_kept_together = 0;
      if (may_move_copies(name)) {
        eval::FoldPlan together = eval::keep_copies_together(cut.plan, copies, fold_rows);
        num_kept_together = num_moved(cut.plan, together, rows_.num_rows());
        cut.plan = std::move(together);
      }
      cut.leaks = eval::find_leaks(cut.plan, copies, clips_);
      cut.leaks.by_sound = !options_.corpus.roots.empty();
      cut.leaks.num_kept_together = num_kept_together;
      SERMO_TRY_VOID(tell_leaks(cut.plan, cut.leaks, clips_.paths, options_.allow_leaks, console_));
      cuts_.push_back(std::move(cut));
    }
    if (!options_.enrolled) return {};
    enrolled_ = rows_;
    SERMO_TRY(enrolled_.features, eval::standardise_by_speaker(rows_.features, rows_.speakers));
    const size_t num_cuts = cuts_.size();
    for (size_t c = 0; c < num_cuts; ++c) {
      Cut cut = cuts_[c];
      cut.mode = eval::SpeakerMode::kEnrolled;
      cut.rows = &enrolled_;
      cuts_.push_back(std::move(cut));
    }
    return {};
  }

  // From this table to another corpus.
  Result<void> cut_across() {
    if (options_.test.empty()) return {};
    SERMO_TRY(const data::Table other, read_feature_table(options_.test, console_));
    const std::string name = std::filesystem::path(options_.test).stem().string();
    SERMO_TRY(corpora_, eval::join_corpora(table_, labelled_, other, name));
    Cut cut{.plan = corpora_.plan,
            .rows = &corpora_.rows,
            .clips = &corpora_.clips,
            .corpora = &corpora_};
    cut.leaks = eval::find_leaks(cut.plan, eval::copies_by_features(corpora_.rows.features),
                                 corpora_.clips);
    // Equal numbers of speakers in two corpora are different people.
    cut.leaks.num_shared_speakers = 0;
    SERMO_TRY_VOID(
        tell_leaks(cut.plan, cut.leaks, corpora_.clips.paths, options_.allow_leaks, console_));
    cuts_.push_back(std::move(cut));
    return {};
  }

  Result<eval::Evaluation> fit(const Cut& cut) {
    const auto start = std::chrono::steady_clock::now();
    Progress progress(console_, "evaluating " + cut.plan.name, "fits");
    eval::CrossEvaluationOptions options = cross_;
    options.progress = [&](const eval::CrossEvaluationProgress& p) {
      progress.report(static_cast<double>(p.num_fits_done), static_cast<double>(p.num_fits),
                      p.note);
    };
    eval::Evaluation found{.plan = cut.plan, .mode = cut.mode, .leaks = cut.leaks};
    SERMO_TRY(found.answers, eval::cross_evaluate(*cut.rows, cut.plan, signature_, options));
    found.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return found;
  }

  Result<void> evaluate(const Cut& cut, Outcome& outcome) {
    SERMO_TRY(eval::Evaluation found, fit(cut));
    const eval::CrossEvaluation answers = found.answers;
    if (cut.corpora != nullptr) found.answers = eval::among_shared_labels(answers, *cut.corpora);
    ordered_json json = eval::to_json(found, *cut.clips, options_.seed);
    std::string remark;
    if (cut.corpora != nullptr) {
      json["labels"] = cut.corpora->mapping.shared;
      json["mapping"] = eval::to_json(cut.corpora->mapping, labelled_.labels);
      json["left_out"] = cut.corpora->num_left_out;
      for (size_t m = 0; m < answers.models.size(); ++m) {
        json["models"][m]["scores"]["uar_without_help"] =
            eval::uar_without_help(answers.models[m], answers, *cut.corpora);
      }
      remark = mapping_line(*cut.corpora);
    }
    console_.out << (evaluations_.empty() ? "" : "\n") << heading(json, found) << remark
                 << table_of(json) << std::flush;
    for (const eval::FailedModel& failure : answers.failures) {
      outcome.failed(failure.error);
      console_.complain(failure.error.message);
    }
    if (figures_.empty() && cut.corpora == nullptr)
      figures_ = eval::honest_figures(found, *cut.clips, table_, options_.seed);
    evaluations_.push_back(std::move(json));
    return {};
  }

  std::string mapping_line(const eval::JoinedCorpora& corpora) const {
    std::string renamed;
    for (size_t k = 0; k < labelled_.labels.size(); ++k) {
      const std::string& to = corpora.mapping.learnt_to_shared[k];
      if (!to.empty() && to != labelled_.labels[k])
        renamed += fmt::format("; {} counts as {}", labelled_.labels[k], to);
    }
    std::string left_out;
    if (corpora.num_left_out > 0) {
      left_out = fmt::format("; {} clips left out ({})", corpora.num_left_out,
                             fmt::join(corpora.mapping.not_learnt, " "));
    }
    return fmt::format("answers among {}{}{}\n", fmt::join(corpora.mapping.shared, " "), renamed,
                       left_out);
  }

  Result<void> write_report() {
    const ordered_json report = eval::report_json(
        table_, clips_, dataset_name(options_.corpus, options_.features), now_utc(),
        {{"seed", options_.seed},
         {"class_weight",
          options_.class_weight == learn::ClassWeight::kBalanced ? "balanced" : "none"}},
        std::move(evaluations_));
    if (!options_.out.empty()) {
      Output output(console_, options_.out);
      output.write(report.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
      SERMO_TRY_VOID(output.close());
    }
    if (!options_.html.empty())
      SERMO_TRY_VOID(write_file_atomically(options_.html, eval::report_html(report)));
    return {};
  }

  const EvaluateOptions& options_;
  Console& console_;
  const data::Table& table_;
  const data::LabelledRows& labelled_;
  const model::Signature signature_;
  const eval::LabelledExamples rows_;
  const eval::ReportedClips clips_;
  eval::LabelledExamples enrolled_;  // rows_ with features standardised by speaker
  eval::JoinedCorpora corpora_;
  eval::CrossEvaluationOptions cross_;
  std::vector<Cut> cuts_;
  std::vector<eval::HonestFigure> figures_;  // of the first cut that keeps speakers apart
  ordered_json evaluations_ = ordered_json::array();
};

int evaluate(const EvaluateOptions& options, Console& console) {
  const Result<ChosenModels> chosen = choose_models(options.models);
  if (!chosen) return failed(console, chosen.error());
  Outcome outcome;
  const Result<data::Table> table = options.corpus.roots.empty()
                                        ? read_feature_table(options.features, console)
                                        : build_corpus(options.corpus, console, outcome);
  if (!table) return failed(console, table.error());
  if (const Result<void> checked = data::check_table(*table); !checked)
    return failed(console, checked.error());
  const Result<data::LabelledRows> labelled = data::labelled_rows(*table);
  if (!labelled) return failed(console, labelled.error());
  const Result<void> done = Evaluator(options, console, *chosen, *table, *labelled).run(outcome);
  if (!done) return failed(console, done.error());
  outcome.succeeded();
  return outcome.exit_status();
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
                  "(the 80/20 split), or F.json (default: emobox, or none with --test)")
      ->type_name("FOLDS");
  verb.add_option("--test", options->test,
                  "Table of another corpus: learn from all of the data, test on this")
      ->type_name("F");
  verb.add_flag("--enrolled", options->enrolled,
                "Evaluate also with enrolled speakers: each one's own unlabelled clips standardise "
                "their features");
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
  verb.add_option("--html", options->html, "Write the report as one page, with pictures")
      ->type_name("R.html");
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
