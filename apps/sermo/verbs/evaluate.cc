// `sermo evaluate`: what models are worth on clips, and voices, that they had not learnt from.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "copies.h"
#include "cuts.h"
#include "evaluation_text.h"
#include "fit_options.h"
#include "honest_figures.h"
#include "model_names.h"
#include "output.h"
#include "progress.h"
#include "sermo/base/file.h"
#include "sermo/base/utc_time.h"
#include "sermo/eval/cross_corpus.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/enrolment.h"
#include "sermo/eval/report.h"
#include "sermo/eval/report_html.h"
#include "sermo/eval/stress_report.h"
#include "sermo/eval/target_conditions.h"
#include "stress.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

using nlohmann::ordered_json;

struct EvaluateOptions {
  FitOptions fit;
  std::vector<std::string> folds;  // empty: emobox, or none where there is another corpus
  std::string test;                // table of another corpus
  bool enrolled = false;
  eval::CalibrationRows calibration_rows = eval::CalibrationRows::kInnerFolds;
  bool allow_leaks = false;
  bool stress = false;
  std::string out;
  std::string html;
  std::string honest = "models/honest.json";
};

// The labelled clips under one schema, and the models that see them so.
struct Subject {
  const ChosenModels* models;
  model::Signature signature;
  eval::LabelledExamples rows;
  std::vector<eval::TestCondition> conditions;  // the rows in these; none unless asked for

  const eval::LabelledExamples& rows_of(const Cut& cut) const {
    return cut.corpora != nullptr ? cut.corpora->rows : rows;
  }
};

// The findings under one schema after those under others.
void add(std::optional<eval::EnrolmentFindings>& all, eval::EnrolmentFindings more) {
  if (!all) {
    all = std::move(more);
    return;
  }
  std::ranges::move(more.models, std::back_inserter(all->models));
}

class Evaluator {
 public:
  // The fittings are of the same clips, of which `labelled` have a label.
  Evaluator(const EvaluateOptions& options, Console& console, const std::vector<Fitting>& fittings,
            const data::LabelledRows& labelled)
      : options_(options),
        console_(console),
        first_table_(fittings.front().table),
        labelled_(labelled),
        clips_(eval::reported_clips(first_table_, labelled)) {
    for (const Fitting& fitting : fittings) {
      const features::Schema& schema = fitting.table.schema;
      subjects_.push_back(
          {&fitting.models,
           {schema.id, schema.num_features(), labelled.labels},
           // Copies may lie between the rows of one table and not of another.
           eval::labelled_examples(fitting.table, data::labelled_rows(fitting.table).value()),
           {}});
      tables_.push_back({schema.id, data::fingerprint(fitting.table)});
    }
    cross_.calibration_rows = options.calibration_rows;
    cross_.class_weight = options.fit.class_weight;
    cross_.seed = options.fit.seed;
    cross_.max_epochs = options.fit.epochs;
    cross_.num_threads = options.fit.jobs;
  }

  // `other` is another corpus to test on, or null.
  Result<void> run(const data::Table* other, Outcome& outcome) {
    SERMO_TRY_VOID(make_cuts_within());
    if (other != nullptr) SERMO_TRY_VOID(make_cut_across(*other));
    if (options_.stress) SERMO_TRY_VOID(make_conditions());
    if (options_.enrolled &&
        std::ranges::none_of(cuts_, [&](const Cut& cut) { return measures_enrolment(cut); })) {
      return fail(ErrorCode::kUsage,
                  "--enrolled: no folds keep speakers apart, wanted emobox, loso or a file's");
    }
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
  // The cuts of the table itself.
  Result<void> make_cuts_within() {
    std::vector<std::string> names = split_model_names(options_.folds);
    if (names.empty() && options_.test.empty()) names = {"emobox"};
    if (names.empty()) return {};
    const CorpusOptions& corpus = options_.fit.corpus;
    const eval::LabelledExamples& rows = subjects_.front().rows;
    SERMO_TRY(const std::vector<eval::CopyPair> copies,
              find_copies(corpus, clips_.paths, rows.features, console_));
    for (const std::string& name : names) {
      SERMO_TRY(Cut cut, cut_within(name, rows, clips_, copies, options_.fit.seed,
                                    !corpus.roots.empty(), options_.allow_leaks, console_));
      cuts_.push_back(std::move(cut));
    }
    return {};
  }

  // From these clips to another corpus.
  Result<void> make_cut_across(const data::Table& other) {
    const std::string name = std::filesystem::path(options_.test).stem().string();
    SERMO_TRY(corpora_, eval::join_corpora(first_table_, labelled_, other, name));
    target_conditions_ = eval::target_conditions(corpora_, other);
    SERMO_TRY(Cut cut, cut_across(corpora_, options_.allow_leaks, console_));
    cuts_.push_back(std::move(cut));
    return {};
  }

  // Every clip also in other conditions, for the cuts of the table itself.
  Result<void> make_conditions() {
    if (cuts_.empty() || cuts_.front().corpora != nullptr)
      return fail(ErrorCode::kUsage, "--stress: no folds of the data themselves, wanted --folds");
    std::vector<std::string> schemas;
    for (const Subject& subject : subjects_) schemas.push_back(subject.models->schema);
    SERMO_TRY(auto conditions,
              stress_conditions(labelled_corpus(options_.fit), schemas, clips_.paths, console_));
    for (size_t s = 0; s < subjects_.size(); ++s)
      subjects_[s].conditions = std::move(conditions[s]);
    return {};
  }

  // A speaker who was learnt from with labels is known better than by enrolment.
  bool measures_enrolment(const Cut& cut) const {
    return options_.enrolled && cut.plan.speakers_apart && cut.corpora == nullptr;
  }

  Result<eval::Evaluation> fit(const Cut& cut) {
    const auto start = std::chrono::steady_clock::now();
    eval::Evaluation found{
        .plan = cut.plan, .leaks = cut.leaks, .is_other_corpus = cut.corpora != nullptr};
    for (const Subject& subject : subjects_) {
      Progress progress(console_,
                        fmt::format("evaluating {} on {}", cut.plan.name, subject.models->schema),
                        "fits");
      eval::CrossEvaluationOptions options = cross_;
      options.learners = subject.models->learners;
      options.votes = subject.models->votes;
      options.conditions = cut.corpora == nullptr ? subject.conditions : target_conditions_;
      options.progress = [&](const eval::CrossEvaluationProgress& p) {
        progress.report(static_cast<double>(p.num_fits_done), static_cast<double>(p.num_fits),
                        p.note);
      };
      std::optional<eval::EnrolmentTrial> trial;
      std::vector<eval::FoldQuestion> questions;
      if (measures_enrolment(cut)) {
        SERMO_TRY(trial, eval::EnrolmentTrial::create(subject.rows, cut.plan,
                                                      subject.signature.labels, options_.fit.seed));
        questions = trial->questions();
        options.questions = questions;
      }
      SERMO_TRY(eval::CrossEvaluation answers,
                eval::cross_evaluate(subject.rows_of(cut), cut.plan, subject.signature, options));
      if (trial) add(found.enrolment, trial->findings(answers));
      if (found.answers.models.empty())
        found.answers = std::move(answers);
      else
        eval::join(found.answers, std::move(answers));
    }
    found.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return found;
  }

  Result<void> evaluate(const Cut& cut, Outcome& outcome) {
    SERMO_TRY(eval::Evaluation found, fit(cut));
    const eval::CrossEvaluation answers = found.answers;
    if (cut.corpora != nullptr) found.answers = eval::among_shared_labels(answers, *cut.corpora);
    ordered_json json = eval::to_json(found, *cut.clips, options_.fit.seed);
    std::string remark;
    if (cut.corpora != nullptr) {
      json["labels"] = cut.corpora->mapping.shared;
      json["mapping"] = eval::to_json(cut.corpora->mapping, labelled_.labels);
      json["left_out"] = cut.corpora->num_left_out;
      for (size_t m = 0; m < answers.models.size(); ++m) {
        json["models"][m]["scores"]["uar_without_help"] =
            eval::uar_without_help(answers.models[m], answers, *cut.corpora);
      }
      remark = mapping_line(*cut.corpora, labelled_.labels);
    }
    console_.out << (evaluations_.empty() ? "" : "\n") << heading(json, found) << remark
                 << score_table(json)
                 << condition_table(json, eval::kStressKey,
                                    "in other conditions, which nothing was fitted on")
                 << condition_table(json, eval::kTargetKey,
                                    "moved towards what was learnt, without a look at a label")
                 << (found.enrolment ? enrolment_table(json["enrolled"]) : "") << std::flush;
    for (const eval::FailedModel& failure : answers.failures) {
      outcome.failed(failure.error);
      console_.complain(failure.error.message);
    }
    if (figures_.empty() && cut.corpora == nullptr)
      figures_ = eval::honest_figures(found, *cut.clips, tables_, options_.fit.seed);
    evaluations_.push_back(std::move(json));
    return {};
  }

  Result<void> write_report() {
    const ordered_json report = eval::report_json(
        tables_, clips_, dataset_name(options_.fit), now_utc(),
        {{"seed", options_.fit.seed},
         {"class_weight",
          options_.fit.class_weight == learn::ClassWeight::kBalanced ? "balanced" : "none"},
         {"augment", options_.fit.corpus.augment.empty() ? "usual" : options_.fit.corpus.augment},
         {"copies", first_table_.num_copies()}},
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
  const data::Table& first_table_;
  const data::LabelledRows& labelled_;
  const eval::ReportedClips clips_;
  std::vector<Subject> subjects_;            // one a schema
  std::vector<eval::ReportedTable> tables_;  // likewise
  eval::JoinedCorpora corpora_;
  std::vector<eval::TestCondition> target_conditions_;
  eval::CrossEvaluationOptions cross_;
  std::vector<Cut> cuts_;
  std::vector<eval::HonestFigure> figures_;  // of the first cut that keeps speakers apart
  ordered_json evaluations_ = ordered_json::array();
};

int evaluate(const EvaluateOptions& options, Console& console) {
  Outcome outcome;
  FitOptions fit = options.fit;
  std::optional<data::Table> other;
  if (!options.test.empty()) {
    Result<data::Table> read = read_feature_table(options.test, console);
    if (!read) return failed(console, read.error());
    other = std::move(*read);
    // What learns must see what is tested.
    if (fit.features.empty() && fit.corpus.schema.empty()) fit.corpus.schema = other->schema.name;
  }
  const auto fittings = read_fittings(fit, console, outcome);
  if (!fittings) return failed(console, fittings.error());
  const Result<data::LabelledRows> labelled = data::labelled_rows(fittings->front().table);
  if (!labelled) return failed(console, labelled.error());
  const Result<void> done =
      Evaluator(options, console, *fittings, *labelled).run(other ? &*other : nullptr, outcome);
  if (!done) return failed(console, done.error());
  outcome.succeeded();
  return outcome.exit_status();
}

}  // namespace

void add_evaluate(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand(
      "evaluate", "Say what models are worth on voices that they never heard");
  const auto options = std::make_shared<EvaluateOptions>();
  add_fit_options(verb, options->fit, "the folds", console);
  verb.add_option("--folds", options->folds,
                  "How the clips are cut, one or several: emobox (six folds of RAVDESS's actors), "
                  "loso (one speaker a fold), random (5 folds, speakers on both sides), original "
                  "(the 80/20 split), or F.json (default: emobox, or none with --test)")
      ->type_name("FOLDS");
  verb.add_option("--test", options->test,
                  "Table of another corpus: learn from all of the data, test on this as it is, "
                  "with each speaker enrolled and standardised as a whole")
      ->type_name("F");
  verb.add_flag(
      "--enrolled", options->enrolled,
      "Measure also what 1 to 20 unlabelled clips of the tested speaker add, on the folds "
      "that keep speakers apart");
  static const std::map<std::string, eval::CalibrationRows> kCalibrations = {
      {"inner", eval::CalibrationRows::kInnerFolds},
      {"others", eval::CalibrationRows::kOtherFolds}};
  verb.add_option("--calibrate", options->calibration_rows,
                  "On inner folds of each training part, or, several times faster, on the "
                  "predictions of the others (default: inner)")
      ->transform(CLI::Transformer(kCalibrations).description(""))
      ->type_name("HOW");
  verb.add_flag("--allow-leaks", options->allow_leaks,
                "Go on where the same recording stands in training and test");
  verb.add_flag(
          "--stress", options->stress,
          "Ask the same models also for every clip with noise, through a telephone, in a room "
          "and more, and with --babble for babble")
      ->needs(verb.get_option("--data"));
  verb.add_option("--out,-o", options->out, "Write everything found, with every prediction")
      ->type_name("R.json");
  verb.add_option("--html", options->html, "Write the report as one page, with pictures")
      ->type_name("R.html");
  verb.add_option("--honest", options->honest,
                  "Where to keep what models are worth on unknown speakers, for train to find")
      ->capture_default_str()
      ->type_name("F.json");
  verb.footer("Example: sermo evaluate --models svm,et --folds random,emobox --out R.json");
  verb.callback([options, &console, &status] { status = evaluate(*options, console); });
}

}  // namespace sermo::app
