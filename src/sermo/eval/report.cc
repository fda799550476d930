#include "sermo/eval/report.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/version.h"
#include "sermo/data/emodb.h"
#include "sermo/data/ravdess.h"
#include "sermo/eval/calibration.h"
#include "sermo/eval/risk_coverage.h"
#include "sermo/eval/rounded.h"
#include "sermo/eval/stress_report.h"
#include "sermo/eval/target_conditions.h"

namespace sermo::eval {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Interval& interval) {
  return ordered_json::array({rounded(interval.low), rounded(interval.high)});
}

ordered_json per_class(const ConfusionMatrix& confusion, std::span<const std::string> labels) {
  ordered_json classes = ordered_json::array();
  for (size_t k = 0; k < labels.size(); ++k) {
    classes.push_back({{"label", labels[k]},
                       {"clips", confusion.num_true(k)},
                       {"precision", rounded(confusion.precision(k))},
                       {"recall", rounded(confusion.recall(k))},
                       {"f1", rounded(confusion.f1(k))}});
  }
  return classes;
}

ordered_json to_json(const ConfusionMatrix& confusion) {
  ordered_json rows = ordered_json::array();
  for (size_t truth = 0; truth < confusion.num_classes(); ++truth) {
    ordered_json row = ordered_json::array();
    for (size_t predicted = 0; predicted < confusion.num_classes(); ++predicted)
      row.push_back(confusion.count(truth, predicted));
    rows.push_back(std::move(row));
  }
  return rows;
}

ordered_json to_json(std::span<const ReliabilityBin> bins) {
  ordered_json list = ordered_json::array();
  for (const ReliabilityBin& bin : bins) {
    list.push_back({{"low", rounded(bin.low)},
                    {"high", rounded(bin.high)},
                    {"clips", bin.num_clips},
                    {"confidence", rounded(bin.confidence)},
                    {"accuracy", rounded(bin.accuracy)}});
  }
  return list;
}

// The curve at every hundredth of coverage.
ordered_json to_json_curve(std::span<const double> risk) {
  ordered_json points = ordered_json::array();
  for (int hundredth = 1; hundredth <= 100 && !risk.empty(); ++hundredth) {
    const double coverage = 0.01 * hundredth;
    points.push_back({rounded(coverage), rounded(1.0 - accuracy_at_coverage(risk, coverage))});
  }
  return points;
}

ordered_json to_json(std::span<const GroupScores> groups) {
  ordered_json list = ordered_json::array();
  for (const GroupScores& group : groups) {
    list.push_back({{"name", group.name},
                    {"clips", group.num_clips},
                    {"accuracy", rounded(group.accuracy)},
                    {"uar", rounded(group.uar)}});
  }
  return list;
}

// The clips that are not called uncertain.
ordered_json certain_answers(const OutOfFoldModel& model, std::span<const int> truth) {
  ConfusionMatrix confusion(model.calibrated.num_cols());
  for (size_t i = 0; i < truth.size(); ++i) {
    if (!model.uncertain[i])
      confusion.add(static_cast<size_t>(truth[i]), model::argmax(model.calibrated.row(i)));
  }
  ordered_json json = {{"clips", confusion.total()}, {"accuracy", nullptr}};
  if (confusion.total() > 0) json["accuracy"] = rounded(confusion.accuracy());
  return json;
}

ordered_json scores_json(const OutOfFoldModel& model, const Scores& scores,
                         const CrossEvaluation& answers, const ReportedClips& clips) {
  ordered_json json = {
      {"clips", scores.confusion.total()},
      {"uar", rounded(scores.confusion.unweighted_average_recall())},
      {"uar_interval", nullptr},
      {"accuracy", rounded(scores.confusion.accuracy())},
      {"macro_f1", rounded(scores.confusion.macro_f1())},
      {"log_loss", rounded(scores.log_loss)},
      {"log_loss_before", rounded(log_loss(model.raw, answers.truth))},
      {"brier", rounded(scores.brier)},
      {"ece", rounded(scores.ece)},
      {"ece_before", rounded(expected_calibration_error(model.raw, answers.truth))},
      {"aurc", rounded(scores.aurc)},
      {"accuracy_at_half_coverage", rounded(scores.accuracy_at_half_coverage)},
      {"not_uncertain", certain_answers(model, answers.truth)},
      {"per_class", per_class(scores.confusion, clips.labels)},
      {"confusion", to_json(scores.confusion)}};
  if (scores.uar_interval) json["uar_interval"] = to_json(*scores.uar_interval);
  if (scores.seven_options) {
    json["seven_options"] = {{"accuracy", rounded(scores.seven_options->accuracy)},
                             {"uar", rounded(scores.seven_options->uar)},
                             {"human_accuracy", kHumanSevenOptions}};
  }
  ordered_json groups = ordered_json::object();
  for (const Grouping& grouping : clips.groupings) {
    Grouping of_tested{grouping.name, {}};
    for (size_t row : answers.rows) of_tested.group_of.push_back(grouping.group_of[row]);
    const auto of_groups = group_scores(model.calibrated, answers.truth, of_tested);
    if (!of_groups.empty()) groups[grouping.name] = to_json(of_groups);
  }
  json["groups"] = std::move(groups);
  json["reliability"] = to_json(scores.reliability);
  json["risk_coverage"] = to_json_curve(scores.risk_coverage);
  return json;
}

ordered_json to_json(const LeakReport& leaks, const FoldPlan& plan, const ReportedClips& clips) {
  ordered_json copies = ordered_json::array();
  for (const Leak& leak : leaks.copies) {
    copies.push_back({{"tested", clips.paths[leak.tested]},
                      {"learnt", clips.paths[leak.learnt]},
                      {"fold", plan.folds[leak.fold].name},
                      {"exact", leak.exact},
                      {"likeness", rounded(leak.likeness)}});
  }
  return {{"checked_by", leaks.by_sound ? "sound" : "features"},
          {"same_speakers", leaks.num_shared_speakers},
          {"same_sentences", leaks.num_shared_sentences},
          {"kept_together", leaks.num_kept_together},
          {"copies", std::move(copies)}};
}

// Every other model against the best.
ordered_json comparisons(const std::vector<OutOfFoldModel>& models,
                         const std::vector<Scores>& scores, uint32_t seed) {
  ordered_json list = ordered_json::array();
  const auto uar = [](const Scores& s) { return s.confusion.unweighted_average_recall(); };
  const auto best = static_cast<size_t>(std::ranges::max_element(scores, {}, uar) - scores.begin());
  for (size_t m = 0; m < models.size(); ++m) {
    if (m == best) continue;
    const auto test = compare_paired(scores[best].by_speaker, scores[m].by_speaker, seed);
    if (!test) continue;
    list.push_back({{"first", models[best].name},
                    {"second", models[m].name},
                    {"difference", rounded(test->difference)},
                    {"interval", to_json(test->interval)},
                    {"p_value", rounded(test->p_value)}});
  }
  return list;
}

}  // namespace

LeakReport find_leaks(const FoldPlan& plan, std::span<const CopyPair> copies,
                      const ReportedClips& clips) {
  LeakReport report;
  report.copies = leaks_of(plan, copies);
  for (const Grouping& grouping : clips.groupings) {
    if (grouping.name == "speaker")
      report.num_shared_speakers = num_groups_on_both_sides(plan, grouping.group_of);
    if (grouping.name == "sentence")
      report.num_shared_sentences = num_groups_on_both_sides(plan, grouping.group_of);
  }
  return report;
}

ReportedClips reported_clips(const data::Table& table, const data::LabelledRows& labelled) {
  ReportedClips clips{labelled.labels, {}, {}, {}};
  Grouping speaker{"speaker", {}};
  Grouping sex{"sex", {}};
  Grouping intensity{"intensity", {}};
  Grouping sentence{"sentence", {}};
  for (size_t r : labelled.rows) {
    clips.paths.push_back(table.paths[r]);
    clips.speakers.push_back(table.speakers[r]);
    speaker.group_of.push_back(table.speakers[r] < 0 ? "" : std::to_string(table.speakers[r]));
    const auto clip = data::parse_ravdess_path(table.paths[r]);
    sex.group_of.push_back(!clip ? "" : clip->sex() == data::Sex::kFemale ? "female" : "male");
    intensity.group_of.push_back(!clip                                         ? ""
                                 : clip->intensity == data::Intensity::kNormal ? "normal"
                                                                               : "strong");
    const auto emodb = data::parse_emodb_path(table.paths[r]);
    sentence.group_of.push_back(clip    ? std::to_string(clip->statement)
                                : emodb ? std::string(emodb->text)
                                        : "");
  }
  clips.groupings = {std::move(speaker), std::move(sex), std::move(intensity), std::move(sentence)};
  return clips;
}

ordered_json to_json(const Evaluation& evaluation, const ReportedClips& clips, uint32_t seed) {
  const CrossEvaluation& answers = evaluation.answers;
  ordered_json folds = ordered_json::array();
  for (const Fold& fold : evaluation.plan.folds) {
    folds.push_back(
        {{"name", fold.name}, {"train", fold.rows.train.size()}, {"test", fold.rows.test.size()}});
  }
  ordered_json tested = ordered_json::array();
  std::vector<int> speakers;
  for (size_t i = 0; i < answers.rows.size(); ++i) {
    const size_t row = answers.rows[i];
    speakers.push_back(clips.speakers[row]);
    tested.push_back({{"path", clips.paths[row]},
                      {"label", clips.labels[static_cast<size_t>(answers.truth[i])]},
                      {"speaker", clips.speakers[row]},
                      {"fold", answers.fold_of[i]}});
  }
  std::vector<Scores> scores;
  ordered_json models = ordered_json::array();
  for (const OutOfFoldModel& model : answers.models) {
    scores.push_back(score(model.calibrated, answers.truth, speakers, clips.labels, seed));
    models.push_back(
        {{"name", model.name},
         {"title", model.title},
         {"schema_id", model.schema_id},
         {"hyperparameters", model.hyperparameters},
         {"calibrated_on",
          model.calibrated_on.empty() ? ordered_json(nullptr) : ordered_json(model.calibrated_on)},
         {"fit_seconds", rounded(model.fit_seconds)},
         {"total_seconds", rounded(model.total_seconds)},
         {"scores", scores_json(model, scores.back(), answers, clips)},
         {"probabilities", rounded_rows(model.calibrated)},
         {"uncertain", model.uncertain}});
    if (answers.conditions.empty()) continue;
    const bool other = evaluation.is_other_corpus;
    models.back()[other ? kTargetKey : kStressKey] = conditions_json(
        model, answers, other ? kAsItIs : "clean", speakers, clips.labels, seed);
  }
  ordered_json failures = ordered_json::array();
  for (const FailedModel& failure : answers.failures)
    failures.push_back({{"name", failure.name}, {"error", failure.error.message}});
  ordered_json json = {{"protocol", evaluation.plan.name},
                       {"mode", "speaker unknown"},
                       {"speakers_apart", evaluation.plan.speakers_apart},
                       {"leaks", to_json(evaluation.leaks, evaluation.plan, clips)},
                       {"folds", std::move(folds)},
                       {"wall_seconds", rounded(evaluation.wall_seconds)},
                       {"clips", std::move(tested)},
                       {"models", std::move(models)},
                       {"failures", std::move(failures)},
                       {"comparisons", comparisons(answers.models, scores, seed)}};
  if (evaluation.enrolment) json["enrolled"] = to_json(*evaluation.enrolment);
  return json;
}

std::vector<HonestFigure> honest_figures(const Evaluation& evaluation, const ReportedClips& clips,
                                         std::span<const ReportedTable> tables, uint32_t seed) {
  const CrossEvaluation& answers = evaluation.answers;
  std::vector<HonestFigure> figures;
  if (!evaluation.plan.speakers_apart || !evaluation.leaks.copies.empty()) return figures;
  std::vector<int> speakers;
  for (size_t row : answers.rows) speakers.push_back(clips.speakers[row]);
  for (const OutOfFoldModel& model : answers.models) {
    const Scores scores = score(model.calibrated, answers.truth, speakers, clips.labels, seed);
    HonestFigure figure;
    figure.model = model.name;
    figure.fingerprint = model.fingerprint;
    figure.schema_id = model.schema_id;
    const auto table = std::ranges::find(tables, model.schema_id, &ReportedTable::schema_id);
    SERMO_CHECK(table != tables.end(), "a model's table is among those of its evaluation");
    figure.data_fingerprint = table->fingerprint;
    figure.folds = evaluation.plan.name;
    figure.num_clips = answers.rows.size();
    figure.num_speakers = scores.by_speaker.size();
    figure.uar = rounded(scores.confusion.unweighted_average_recall());
    if (scores.uar_interval) {
      figure.uar_interval =
          Interval{rounded(scores.uar_interval->low), rounded(scores.uar_interval->high)};
    }
    figure.accuracy = rounded(scores.confusion.accuracy());
    figure.ece = rounded(scores.ece);
    figure.calibrator = fit_calibrator(model.raw, answers.truth);
    Matrix calibrated = model.raw;
    figure.calibrator.apply(calibrated);
    figure.uncertain_below = certainty_threshold(calibrated, answers.truth);
    if (evaluation.enrolment) {
      const std::vector<EnrolledModel>& enrolled = evaluation.enrolment->models;
      const auto own = std::ranges::find_if(enrolled, [&](const EnrolledModel& other) {
        return other.name == model.name && other.schema_id == model.schema_id;
      });
      if (own != enrolled.end()) figure.enrolled = own->curves;
    }
    figures.push_back(std::move(figure));
  }
  return figures;
}

ordered_json report_json(std::span<const ReportedTable> tables, const ReportedClips& clips,
                         std::string_view data_name, std::string_view created,
                         ordered_json settings, ordered_json evaluations) {
  std::set<int> speakers(clips.speakers.begin(), clips.speakers.end());
  speakers.erase(data::kUnknownSpeaker);
  ordered_json under = ordered_json::array();
  for (const ReportedTable& table : tables)
    under.push_back({{"schema_id", table.schema_id}, {"fingerprint", table.fingerprint}});
  return {{"format", kReportFormat},
          {"sermo_version", version()},
          {"created", created},
          {"data",
           {{"name", data_name},
            {"clips", clips.paths.size()},
            {"speakers", speakers.size()},
            {"labels", clips.labels},
            {"tables", std::move(under)}}},
          {"settings", std::move(settings)},
          {"evaluations", std::move(evaluations)}};
}

}  // namespace sermo::eval
