// Learns linear discriminant analysis: one normal distribution a class, all of one covariance, all
// classes equally likely.
//
// Scores are x.w_k - m_k.w_k / 2 with w_k = S^-1 m_k, m_k the mean of class k and S the pooled
// covariance within classes (divided by the number of rows) made invertible in one of two ways; the
// probabilities are their softmax. Features are clipped after scaling, so that no outlier rules.
// Solved in whichever of rows and features there are fewer of, so a table of 1,440 x 3,728 takes
// less than a second; products in float32 (row_products.h), everything else in float64. Class
// weights and seeds have nothing to act on. Thread rule: immutable.
#pragma once

#include <memory>
#include <string>

#include "sermo/learn/scaled_learner.h"
#include "sermo/learn/usual_schemas.h"

namespace sermo::learn {

enum class Shrinkage {
  kRidge,       // S + ridge * trace(S) / 1000 * I, as the reference of the voice models has it
  kLedoitWolf,  // (1 - s) S + s trace(S) / D * I, s as scikit-learn's ledoit_wolf estimates it
};

// The ridge and the clipping of the list's `lda` are among the equals that cross-validation within
// training actors finds (docs/voice-choice.md); the reference of the voice models has 0.8 and 3.
struct LdaOptions {
  std::string name = "lda";
  std::string title = "Linear discriminant analysis";
  Shrinkage shrinkage = Shrinkage::kRidge;
  double ridge = 0.4;  // with kRidge
  float clip = 2.0f;   // standard deviations; 0: not clipped
};

// Those of the list.
LdaOptions lda_ledoit_wolf_options();

class LdaLearner final : public ScaledLearner {
 public:
  // kUsage for a ridge that is not positive or a clip below zero, and for what is not finite.
  static Result<std::shared_ptr<const LdaLearner>> create(LdaOptions options = {});

  std::string_view name() const override { return options_.name; }
  std::string_view title() const override { return options_.title; }
  nlohmann::json hyperparameters() const override;
  std::string_view usual_schema() const override { return kVoiceSchema; }

 private:
  explicit LdaLearner(LdaOptions options) : options_(std::move(options)) {}
  // kTooShort when the rows of each label are all alike.
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  LdaOptions options_;
};

}  // namespace sermo::learn
