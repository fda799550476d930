// `sermo train`: from recordings or a table of features to a folder of trained, tested, verified
// models.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "fit_options.h"
#include "honest_figures.h"
#include "progress.h"
#include "sermo/base/version.h"
#include "sermo/engine/model_folder.h"
#include "sermo/engine/trainer.h"
#include "sermo/features/schema.h"
#include "sermo/model/verify.h"
#include "text_table.h"
#include "verbs/verbs.h"

namespace sermo::app {
namespace {

struct TrainOptions {
  FitOptions fit;
  engine::Protocol protocol = engine::Protocol::kHonest;
  std::string out = "models";
};

std::string split_line(const engine::SplitSummary& split) {
  std::string line = fmt::format("{} training and {} test clips, stratified by label",
                                 split.num_train, split.num_test);
  if (split.num_train_copies > 0)
    line += fmt::format("; learnt from besides: {} degraded copies", split.num_train_copies);
  if (split.num_unlabelled > 0)
    line += fmt::format("; {} clips without a label left out", split.num_unlabelled);
  if (split.num_shared_speakers > 0) {
    line += fmt::format(
        "\nsame speakers in training and test ({} of {}): expect less on voices that the models "
        "never heard",
        split.num_shared_speakers, split.num_test_speakers);
  } else if (split.num_test_speakers > 0) {
    line += fmt::format("\nno speaker of the {} test speakers is among the {} of the training part",
                        split.num_test_speakers, split.num_train_speakers);
  } else {
    line += "\nspeakers unknown: whether one is in both parts cannot be told";
  }
  return line;
}

std::string table_of(std::vector<const engine::TrainedModel*> models) {
  std::ranges::stable_sort(models, std::ranges::greater{},
                           [](const auto* m) { return m->test.accuracy; });
  TextTable table({{"model"},
                   {"unknown voices", Align::kRight},
                   {"accuracy", Align::kRight},
                   {"UAR", Align::kRight},
                   {"macro F1", Align::kRight},
                   {"ECE", Align::kRight},
                   {"fit", Align::kRight},
                   {"features"},
                   {"title"}});
  for (const engine::TrainedModel* model : models) {
    const auto ece = model->artifact.metadata.calibration.find("ece_after");
    const auto& uar = model->artifact.metadata.metrics.at("uar_speaker_independent");
    table.add_row(
        {model->artifact.metadata.name, uar.is_number() ? figure_text(uar) : "-",
         fmt::format("{:.3f}", model->test.accuracy), fmt::format("{:.3f}", model->test.uar),
         fmt::format("{:.3f}", model->test.macro_f1),
         ece == model->artifact.metadata.calibration.end()
             ? ""
             : fmt::format("{:.3f}", ece->get<double>()),
         fmt::format("{:.2f} s", model->fit_seconds),
         std::string(features::schema_name(model->artifact.classifier->signature().schema_id)),
         model->artifact.metadata.title});
  }
  return table.str();
}

// Schema by schema; the clips, and with them the split, are the same.
Result<engine::TrainingReport> fit_all(const std::vector<Fitting>& fittings,
                                       const TrainOptions& options, Console& console) {
  const FitOptions& fit = options.fit;
  engine::TrainingOptions training;
  training.max_epochs = fit.epochs;
  training.protocol = options.protocol;
  training.class_weight = fit.class_weight;
  training.seed = fit.seed;
  training.num_threads = fit.jobs;
  training.dataset_name = dataset_name(fit);
  training.sermo_version = version();
  training.honest_figures = known_figures(options.out, console);
  engine::TrainingReport all;
  for (const Fitting& fitting : fittings) {
    training.learners = fitting.models.learners;
    training.votes = fitting.models.votes;
    Progress progress(console, "training on " + fitting.models.schema, "fits");
    training.progress = [&](const engine::TrainingProgress& p) {
      progress.report(static_cast<double>(p.num_fits_done), static_cast<double>(p.num_fits),
                      p.note);
    };
    SERMO_TRY(engine::TrainingReport report, engine::train(fitting.table, training));
    if (all.models.empty())
      all = std::move(report);
    else
      engine::join(all, std::move(report));
  }
  return all;
}

int train(const TrainOptions& options, Console& console) {
  Outcome inputs;
  const auto fittings = read_fittings(options.fit, console, inputs);
  if (!fittings) return failed(console, fittings.error());
  const Result<engine::TrainingReport> report = fit_all(*fittings, options, console);
  if (!report) return failed(console, report.error());
  console.note(split_line(report->split));
  if (options.protocol == engine::Protocol::kOriginal) {
    console.note(
        "protocol original: learners that stop early watched the test clips, so their scores are "
        "optimistic");
  }

  const Result<model::Manifest> manifest = engine::write_model_folder(options.out, *report);
  if (!manifest) return failed(console, manifest.error());
  const auto findings = model::verify_folder(options.out);
  if (!findings) return failed(console, findings.error());
  for (const model::Finding& finding : *findings) {
    if (finding.error) return failed(console, *finding.error);
  }

  std::vector<const engine::TrainedModel*> models;
  for (const engine::TrainedModel& model : report->models) models.push_back(&model);
  console.out << table_of(models) << std::flush;
  const bool all_measured = std::ranges::all_of(models, [](const engine::TrainedModel* model) {
    return model->artifact.metadata.metrics.at("uar_speaker_independent").is_number();
  });
  console.note(fmt::format("unknown voices: UAR on speakers that were not learnt from{}",
                           all_measured ? "" : "; -: not measured, sermo evaluate does it"));
  console.note(
      fmt::format("{} models in {}, each verified; try: sermo predict --models {} RECORDING",
                  findings->size(), options.out, options.out));
  for (const engine::FailedFit& failure : report->failures) {
    inputs.failed(failure.error);
    console.complain(failure.error.message);
  }
  inputs.succeeded();
  return inputs.exit_status();
}

}  // namespace

void add_train(CLI::App& program, Console& console, int& status) {
  CLI::App& verb = *program.add_subcommand("train", "Train, test and verify models");
  const auto options = std::make_shared<TrainOptions>();
  add_fit_options(verb, options->fit, "the split", console);
  static const std::map<std::string, engine::Protocol> kProtocols = {
      {"honest", engine::Protocol::kHonest}, {"original", engine::Protocol::kOriginal}};
  verb.add_option("--protocol", options->protocol,
                  "honest, or original (early stopping watches the test clips)")
      ->transform(CLI::Transformer(kProtocols).description(""))
      ->type_name("P");
  verb.add_option("--out,-o", options->out, "Folder for the models and their manifest")
      ->capture_default_str()
      ->type_name("DIR");
  verb.footer("Example: sermo train --data recordings/ --models svm,et --out my-models");
  verb.callback([options, &console, &status] { status = train(*options, console); });
}

}  // namespace sermo::app
