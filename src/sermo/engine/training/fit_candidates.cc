#include "sermo/engine/training/fit_candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/base/thread_clock.h"

namespace sermo::engine {
namespace {

using nlohmann::json;
using Examples = eval::LabelledExamples;

// A turn of the training loop: one fit for one candidate.
struct Fit {
  Candidate* candidate;
  const data::Split* fold;  // null: the fit that is kept
};

class Trainer {
 public:
  Trainer(const TrainingOptions& options, const model::Signature& signature,
          const TrainingPart& part, const Examples& test)
      : options_(options), signature_(signature), part_(part), test_(test) {}

  void fit_all(std::vector<Candidate>& candidates) {
    // Learners that run for epochs take longest, so they come first and no thread is left alone
    // with one at the end.
    std::vector<Fit> fits;
    for (Candidate& candidate : candidates) {
      if (candidate.learner->stops_early()) fits.push_back({&candidate, nullptr});
    }
    for (Candidate& candidate : candidates) {
      if (candidate.learner->stops_early()) continue;
      fits.push_back({&candidate, nullptr});
      if (part_.folds.empty()) continue;
      candidate.held_out = {Matrix(part_.rows.num_rows(), signature_.num_labels()), all_rows(),
                            part_.rows.labels,
                            fmt::format("out of fold, {} stratified folds of the training clips",
                                        part_.folds.size())};
      for (const data::Split& fold : part_.folds) fits.push_back({&candidate, &fold});
    }
    size_t num_done = 0;
    std::mutex mutex;
    parallel_for(fits.size(), options_.num_threads, [&](size_t i) {
      Candidate& candidate = *fits[i].candidate;
      const Result<void> done = fits[i].fold != nullptr ? fit_fold(candidate, *fits[i].fold)
                                : candidate.learner->stops_early() ? fit_watching(candidate)
                                                                   : fit_whole(candidate);
      const std::lock_guard lock(mutex);
      if (!done && !candidate.failure) candidate.failure = done.error();
      ++num_done;
      if (options_.progress) {
        options_.progress({num_done, fits.size(), candidate.name});
      }
    });
  }

 private:
  std::vector<size_t> all_rows() const {
    std::vector<size_t> rows(part_.rows.num_rows());
    std::iota(rows.begin(), rows.end(), size_t{0});
    return rows;
  }

  learn::FitRequest request() const {
    learn::FitRequest request;
    request.signature = signature_;
    request.class_weight = options_.class_weight;
    request.seed = options_.seed;
    request.max_epochs = options_.max_epochs;
    request.cancel = options_.cancel;
    return request;
  }

  Result<void> fit_kept(Candidate& candidate, const learn::FitRequest& request) const {
    const double begin = thread_seconds();
    SERMO_TRY(candidate.classifier, candidate.learner->fit(request));
    candidate.fit_seconds = thread_seconds() - begin;
    return {};
  }

  Result<void> fit_whole(Candidate& candidate) const {
    learn::FitRequest whole = request();
    whole.scaler = part_.scaler;
    const Examples learnt = part_.rows.with_copies();
    whole.train = learnt.view();
    return fit_kept(candidate, whole);
  }

  // The watched rows stop the fit, so they have had a say, but nothing was learnt from them.
  Result<void> fit_watching(Candidate& candidate) const {
    learn::FitRequest watching = request();
    watching.log = [&](const json& epoch) { candidate.log.push_back(epoch); };
    const bool watches_test = options_.protocol == Protocol::kOriginal;
    const Examples learnt = watches_test || !part_.stop
                                ? part_.rows.with_copies()
                                : part_.rows.at(part_.stop->train).with_copies();
    const Examples watched = watches_test ? test_
                             : part_.stop ? part_.rows.at(part_.stop->test)
                                          : Examples{};
    watching.scaler = part_.scaler;
    watching.train = learnt.view();
    watching.validation = watched.view();
    SERMO_TRY_VOID(fit_kept(candidate, watching));
    if (watched.num_rows() == 0) return {};
    candidate.classifier->predict_proba(watched.features, candidate.held_out.probabilities);
    if (!watches_test) candidate.held_out.rows = part_.stop->test;
    candidate.held_out.truth = watched.labels;
    candidate.held_out.origin =
        watches_test ? "the test clips, which also stopped the training: optimistic"
                     : "the validation clips, a stratified tenth of the training clips";
    return {};
  }

  Result<void> fit_fold(Candidate& candidate, const data::Split& fold) const {
    const Examples seen = part_.rows.at(fold.train).with_copies();
    const Examples unseen = part_.rows.at(fold.test);
    learn::FitRequest partial = request();
    partial.train = seen.view();
    SERMO_TRY(const std::unique_ptr<model::Classifier> copy, candidate.learner->fit(partial));
    Matrix probabilities;
    copy->predict_proba(unseen.features, probabilities);
    for (size_t i = 0; i < fold.test.size(); ++i) {  // rows of this fold are no other turn's
      const std::span<const float> from = probabilities.row(i);
      std::copy(from.begin(), from.end(),
                candidate.held_out.probabilities.row(fold.test[i]).begin());
    }
    return {};
  }

  const TrainingOptions& options_;
  const model::Signature& signature_;
  const TrainingPart& part_;
  const Examples& test_;
};

}  // namespace

void fit_candidates(std::vector<Candidate>& candidates, const TrainingOptions& options,
                    const model::Signature& signature, const TrainingPart& part,
                    const eval::LabelledExamples& test) {
  Trainer(options, signature, part, test).fit_all(candidates);
}

}  // namespace sermo::engine
