// How the voice model's learners were chosen, without looking at the speakers that test them.
//
//   sermo_choose_voice TABLE.npz [--jobs N]             nested choice of ridge, width and clipping
//   sermo_choose_voice TABLE.npz --ablate [--jobs N]    what each group of features is worth
// Both print a table for a page (tools/docs/voice_choice.sh).
//
// TABLE holds sermo-voice features of RAVDESS, with or without degraded copies. EmoBox's six folds
// of actors are the outer ones; for each, a choice is scored (UAR of the pooled answers) on the
// other five, each answered by a model that had learnt from neither. What wins there is fitted on
// all five and asked for the sixth, and for each of its four actors fitted on the other 23: the
// nested figures, in which no choice has seen a tested speaker. Above them stands what each choice
// reached inside. `voice` multiplies the probabilities that the two winners, calibrated on those
// same inner answers, give.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>

#include "sermo/base/check.h"
#include "sermo/base/parallel.h"
#include "sermo/data/table_io.h"
#include "sermo/eval/calibration.h"
#include "sermo/eval/cross_evaluation.h"
#include "sermo/eval/metrics.h"
#include "sermo/features/extractor.h"
#include "sermo/features/voice/names.h"
#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"
#include "sermo/learn/lda/lda_learner.h"
#include "sermo/model/pipeline.h"

namespace sermo {
namespace {

struct Choice {
  std::string name;
  std::shared_ptr<const learn::Learner> learner;
};

std::vector<Choice> lda_choices() {
  std::vector<Choice> choices;
  for (const float clip : {2.0f, 3.0f}) {
    for (const double ridge : {0.2, 0.4, 0.8}) {
      choices.push_back({fmt::format("lda: ridge {}, clipped at {}", ridge, clip),
                         learn::LdaLearner::create({.ridge = ridge, .clip = clip}).value()});
    }
  }
  return choices;
}

std::vector<Choice> kernel_ridge_choices() {
  std::vector<Choice> choices;
  const auto add = [&](double ridge, double gamma, size_t components) {
    choices.push_back(
        {fmt::format("kernel_ridge: ridge {}, gamma {}, {} components", ridge, gamma, components),
         learn::KernelRidgeLearner::create(
             {.ridge = ridge, .gamma = gamma, .components = components})
             .value()});
  };
  for (const double gamma : {0.15, 0.3}) {
    for (const double ridge : {0.1, 0.3}) add(ridge, gamma, 512);
  }
  for (const size_t components : {256, 1024}) add(0.1, 0.3, components);
  return choices;
}

double uar_of(MatrixView probabilities, std::span<const int> truth, size_t num_labels) {
  eval::ConfusionMatrix counts(num_labels);
  for (size_t r = 0; r < truth.size(); ++r)
    counts.add(static_cast<size_t>(truth[r]), model::argmax(probabilities.row(r)));
  return counts.unweighted_average_recall();
}

class Study {
 public:
  Study(eval::LabelledExamples rows, std::vector<std::string> labels, eval::FoldPlan plan, int jobs)
      : rows_(std::move(rows)), labels_(std::move(labels)), plan_(std::move(plan)), jobs_(jobs) {
    fold_of_.resize(rows_.num_rows());
    for (size_t f = 0; f < num_folds(); ++f) {
      for (const size_t r : plan_.folds[f].rows.test) fold_of_[r] = f;
    }
  }

  size_t num_folds() const { return plan_.folds.size(); }
  // The one that tests this row.
  size_t fold_of(size_t row) const { return fold_of_[row]; }

  // Answers of a model that learnt from neither `out` nor `also_out` (the same: from all others).
  struct Fit {
    const learn::Learner* learner;
    size_t out;
    size_t also_out;
    Matrix to_out;       // its probabilities for the clips of fold `out`
    Matrix to_also_out;  // and of `also_out`
  };

  void run(std::vector<Fit>& fits) const {
    parallel_for(fits.size(), jobs_, [&](size_t at) {
      Fit& fit = fits[at];
      std::vector<size_t> train;
      for (size_t r = 0; r < rows_.num_rows(); ++r) {
        if (fold_of_[r] != fit.out && fold_of_[r] != fit.also_out) train.push_back(r);
      }
      const model::Signature signature{"", rows_.features.num_cols(), labels_};
      const auto classifier = eval::fit_part(*fit.learner, rows_.at(train), signature, {});
      SERMO_CHECK(classifier.has_value(), "the choices can be fitted");
      (*classifier)->predict_proba(tested(fit.out), fit.to_out);
      (*classifier)->predict_proba(tested(fit.also_out), fit.to_also_out);
      std::cerr << '.' << std::flush;
    });
  }

  Matrix tested(size_t fold) const {
    return select_rows(MatrixView(rows_.features), plan_.folds[fold].rows.test);
  }
  std::vector<int> truth(size_t fold) const {
    std::vector<int> out;
    for (const size_t r : plan_.folds[fold].rows.test) out.push_back(rows_.labels[r]);
    return out;
  }

  // Answers put together, fold after fold.
  struct Pooled {
    Matrix probabilities;
    std::vector<int> truth;
    void add(const Matrix& more, const std::vector<int>& more_truth) {
      Matrix all(truth.size() + more_truth.size(), more.num_cols());
      std::ranges::copy(probabilities.values(), all.data());
      std::ranges::copy(more.values(), all.data() + probabilities.values().size());
      probabilities = std::move(all);
      truth.insert(truth.end(), more_truth.begin(), more_truth.end());
    }
  };
  double uar(const Pooled& pooled) const {
    return uar_of(pooled.probabilities, pooled.truth, labels_.size());
  }

  // The answers to each fold by models that had not learnt from it.
  Pooled outer(const learn::Learner& learner) const {
    std::vector<Fit> fits;
    for (size_t f = 0; f < num_folds(); ++f) fits.push_back({&learner, f, f, {}, {}});
    run(fits);
    Pooled pooled;
    for (const Fit& fit : fits) pooled.add(fit.to_out, truth(fit.out));
    return pooled;
  }

  // By choice and outer fold: the answers to the other five, each by a model without it and the
  // outer one.
  std::vector<std::vector<Pooled>> inner(const std::vector<Choice>& choices) const {
    std::vector<Fit> fits;
    for (const Choice& choice : choices) {
      for (size_t a = 0; a < num_folds(); ++a) {
        for (size_t b = a + 1; b < num_folds(); ++b)
          fits.push_back({choice.learner.get(), a, b, {}, {}});
      }
    }
    run(fits);
    std::vector<std::vector<Pooled>> pooled(choices.size(), std::vector<Pooled>(num_folds()));
    const size_t pairs = num_folds() * (num_folds() - 1) / 2;
    for (size_t at = 0; at < fits.size(); ++at) {
      pooled[at / pairs][fits[at].out].add(fits[at].to_also_out, truth(fits[at].also_out));
      pooled[at / pairs][fits[at].also_out].add(fits[at].to_out, truth(fits[at].out));
    }
    return pooled;
  }

  const eval::LabelledExamples& rows() const { return rows_; }
  const std::vector<std::string>& labels() const { return labels_; }
  const eval::FoldPlan& plan() const { return plan_; }
  int jobs() const { return jobs_; }

 private:
  eval::LabelledExamples rows_;
  std::vector<std::string> labels_;
  eval::FoldPlan plan_;
  int jobs_;
  std::vector<size_t> fold_of_;
};

// What was chosen without each fold of the choice's study.
struct Chosen {
  std::vector<std::shared_ptr<const learn::Learner>> learners;  // by fold
  std::vector<model::Calibrator> calibrators;  // of their answers to the other folds
};

Chosen choose(const Study& study, const std::vector<Choice>& choices) {
  const auto inner = study.inner(choices);
  Chosen chosen;
  std::map<std::string, size_t> wins;
  for (size_t f = 0; f < study.num_folds(); ++f) {
    size_t best = 0;
    for (size_t c = 1; c < choices.size(); ++c) {
      if (study.uar(inner[c][f]) > study.uar(inner[best][f])) best = c;
    }
    ++wins[choices[best].name];
    chosen.learners.push_back(choices[best].learner);
    chosen.calibrators.push_back(
        eval::fit_calibrator(inner[best][f].probabilities, inner[best][f].truth));
  }
  for (size_t c = 0; c < choices.size(); ++c) {
    double mean = 0.0;
    for (size_t f = 0; f < study.num_folds(); ++f) mean += study.uar(inner[c][f]);
    std::cout << fmt::format("| {} | {:.3f} | {} |\n", choices[c].name,
                             mean / static_cast<double>(study.num_folds()), wins[choices[c].name]);
  }
  return chosen;
}

// What was chosen answers the folds of `study`, each fitted on the others; `chosen_without` says
// which fold of the choice holds the tested speakers.
std::vector<Matrix> answers(const Study& study, const Chosen& chosen,
                            const std::vector<size_t>& chosen_without) {
  std::vector<Study::Fit> fits;
  for (size_t f = 0; f < study.num_folds(); ++f)
    fits.push_back({chosen.learners[chosen_without[f]].get(), f, f, {}, {}});
  study.run(fits);
  std::cerr << '\n';
  std::vector<Matrix> out;
  for (Study::Fit& fit : fits) {
    chosen.calibrators[chosen_without[fit.out]].apply(fit.to_out);
    out.push_back(std::move(fit.to_out));
  }
  return out;
}

double uar_of_answers(const Study& study, const std::vector<Matrix>& answers) {
  Study::Pooled pooled;
  for (size_t f = 0; f < study.num_folds(); ++f) pooled.add(answers[f], study.truth(f));
  return study.uar(pooled);
}

void nested_choice(const Study& study, const Study& by_speaker) {
  std::cout << "| choice | UAR | chosen for folds |\n|---|---|---|\n";
  const Chosen lda = choose(study, lda_choices());
  const Chosen kernel = choose(study, kernel_ridge_choices());
  std::cout << "\n| as chosen without the tested speakers | lda | kernel_ridge | both together "
               "|\n|---|---|---|---|\n";
  const auto line = [&](const std::string& name, const Study& of,
                        const std::vector<size_t>& without) {
    const std::vector<Matrix> by_lda = answers(of, lda, without);
    const std::vector<Matrix> by_kernel = answers(of, kernel, without);
    std::vector<Matrix> both = by_lda;
    for (size_t f = 0; f < both.size(); ++f) {
      for (size_t i = 0; i < both[f].values().size(); ++i)
        both[f].data()[i] *= by_kernel[f].values()[i];
    }
    std::cout << fmt::format("| {} | {:.3f} | {:.3f} | **{:.3f}** |\n", name,
                             uar_of_answers(of, by_lda), uar_of_answers(of, by_kernel),
                             uar_of_answers(of, both))
              << std::flush;
  };
  std::vector<size_t> itself(study.num_folds());
  std::iota(itself.begin(), itself.end(), size_t{0});
  line("fitted on the other five folds", study, itself);
  std::vector<size_t> fold_of_speaker;
  for (const eval::Fold& fold : by_speaker.plan().folds)
    fold_of_speaker.push_back(study.fold_of(fold.rows.test.front()));
  line("fitted on the other 23 actors", by_speaker, fold_of_speaker);
}

// The study without the features of one group.
Study without(const Study& study, const features::VoiceGroupInfo& group) {
  const auto keep = [&](const Matrix& all) {
    const size_t dropped = group.features.size();
    Matrix kept(all.num_rows(), all.num_cols() - dropped);
    for (size_t r = 0; r < all.num_rows(); ++r) {
      const auto row = all.row(r);
      const auto after = std::copy_n(row.begin(), group.first, kept.row(r).begin());
      std::copy(row.begin() + static_cast<std::ptrdiff_t>(group.first + dropped), row.end(), after);
    }
    return kept;
  };
  eval::LabelledExamples rows = study.rows();
  rows.features = keep(rows.features);
  rows.copies.features = keep(rows.copies.features);
  return {std::move(rows), study.labels(), study.plan(), study.jobs()};
}

void ablation(const Study& study) {
  const auto lda = learn::LdaLearner::create().value();
  const auto kernel = learn::KernelRidgeLearner::create().value();
  const auto line = [&](const std::string& name, size_t size, const Study& of) {
    const double by_lda = of.uar(of.outer(*lda));
    const double by_kernel = of.uar(of.outer(*kernel));
    std::cerr << '\n';
    std::cout << fmt::format("| {} | {} | {:.3f} | {:.3f} |\n", name, size, by_lda, by_kernel)
              << std::flush;
  };
  std::cout << "| without | numbers | lda | kernel_ridge |\n|---|---|---|---|\n";
  line("nothing", 0, study);
  for (const features::VoiceGroupInfo& group : features::voice_groups())
    line(group.name, group.features.size(), without(study, group));
}

Result<void> run(const std::string& path, bool ablate, int jobs) {
  SERMO_TRY(const auto extractor, features::find_extractor("sermo-voice"));
  SERMO_TRY(const data::LoadedTable loaded, data::read_table(path, {{extractor->schema()}}));
  const data::Table& table = loaded.table;
  SERMO_TRY_VOID(data::check_table(table));
  SERMO_TRY(const data::LabelledRows labelled, data::labelled_rows(table));
  eval::LabelledExamples rows = eval::labelled_examples(table, labelled);
  std::vector<std::string> paths;
  for (const size_t r : labelled.rows) paths.push_back(table.paths[r]);
  const eval::FoldRows of{rows.labels, rows.speakers, paths};
  SERMO_TRY(eval::FoldPlan plan, eval::emobox_folds(of));
  SERMO_TRY(eval::FoldPlan speakers, eval::leave_one_speaker_out(of));
  const Study study(rows, labelled.labels, std::move(plan), jobs);
  if (ablate) {
    ablation(study);
  } else {
    nested_choice(study, Study(std::move(rows), labelled.labels, std::move(speakers), jobs));
  }
  return {};
}

}  // namespace
}  // namespace sermo

int main(int argc, char** argv) {
  std::string table;
  bool ablate = false;
  int jobs = 1;
  CLI::App app("Chooses the voice model's learners, and says what groups of features are worth");
  app.add_option("table", table, "sermo-voice features of RAVDESS, .npz")->required();
  app.add_flag("--ablate", ablate, "Leave out each group of features in turn");
  app.add_option("--jobs", jobs, "fits at a time")->check(CLI::Range(1, 256));
  CLI11_PARSE(app, argc, argv);
  const sermo::Result<void> done = sermo::run(table, ablate, jobs);
  if (!done) std::cerr << done.error().message << '\n';
  return done ? 0 : 1;
}
