#include "sermo/learn/registry.h"

#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"
#include "sermo/learn/knn/knn_learner.h"
#include "sermo/learn/lda/lda_learner.h"
#include "sermo/learn/logistic/logistic_learner.h"
#include "sermo/learn/nn/net_learner.h"
#include "sermo/learn/svm/svm_learner.h"
#include "sermo/learn/trees/boosting_learner.h"
#include "sermo/learn/trees/forest_learner.h"

namespace sermo::learn {
namespace {

// Options written here are valid; a failure is a bug.
template <typename L, typename O>
std::shared_ptr<const Learner> made(O options) {
  Result<std::shared_ptr<const L>> learner = L::create(std::move(options));
  SERMO_CHECK(learner.has_value(), "a registered learner's options are valid");
  return *std::move(learner);
}

}  // namespace

std::span<const std::shared_ptr<const Learner>> all_learners() {
  static const std::vector<std::shared_ptr<const Learner>> kLearners{
      made<nn::NetLearner>(nn::mlp_options()),      made<nn::NetLearner>(nn::cnn1d_options()),
      made<nn::NetLearner>(nn::lstm_options()),     made<nn::NetLearner>(nn::gru_options()),
      made<nn::NetLearner>(nn::cnn_lstm_options()), made<ForestLearner>(random_forest_options()),
      made<SvmLearner>(SvmLearnerOptions{}),        made<BoostingLearner>(BoostingOptions{}),
      made<KnnLearner>(KnnLearnerOptions{}),        made<ForestLearner>(extra_trees_options()),
      made<LogisticLearner>(LogisticOptions{}),     made<LdaLearner>(LdaOptions{}),
      made<LdaLearner>(lda_ledoit_wolf_options()),  made<KernelRidgeLearner>(KernelRidgeOptions{}),
  };
  return kLearners;
}

Result<std::shared_ptr<const Learner>> find_learner(std::string_view name) {
  std::string known;
  for (const std::shared_ptr<const Learner>& learner : all_learners()) {
    if (learner->name() == name) return learner;
    known += known.empty() ? "" : ", ";
    known += learner->name();
  }
  return fail(ErrorCode::kNotFound,
              "no learner is called " + std::string(name) + " (there are " + known + ")");
}

}  // namespace sermo::learn
