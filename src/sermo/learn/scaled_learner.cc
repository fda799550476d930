#include "sermo/learn/scaled_learner.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "sermo/model/pipeline.h"
#include "sermo/model/scaler.h"

namespace sermo::learn {
namespace {

Result<void> check_rows(const Examples& examples, const model::Signature& signature) {
  const size_t num_rows = examples.features.num_rows();
  if (examples.features.num_cols() != signature.num_features) {
    return fail(ErrorCode::kMismatch,
                fmt::format("the rows have {} features, wanted {}", examples.features.num_cols(),
                            signature.num_features));
  }
  if (examples.labels.size() != num_rows) {
    return fail(ErrorCode::kMismatch,
                fmt::format("{} labels for {} rows", examples.labels.size(), num_rows));
  }
  const auto num_labels = static_cast<int>(signature.num_labels());
  for (size_t r = 0; r < num_rows; ++r) {
    const int label = examples.labels[r];
    if (label < 0 || label >= num_labels) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("row {} has label {}, wanted 0 to {}", r, label, num_labels - 1));
    }
    for (float value : examples.features.row(r)) {
      if (!std::isfinite(value))
        return fail(ErrorCode::kNotFinite, fmt::format("row {} has a value that is not finite", r));
    }
  }
  return {};
}

Result<void> check_labels(const Examples& train, const model::Signature& signature) {
  std::vector<size_t> counts(signature.num_labels());
  for (int label : train.labels) ++counts[static_cast<size_t>(label)];
  for (size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] == 0) {
      return fail(ErrorCode::kTooShort,
                  fmt::format("no training row is labelled {}", signature.labels[k]));
    }
  }
  if (signature.num_labels() < 2) {
    return fail(ErrorCode::kTooShort,
                fmt::format("{} kind of label, wanted at least 2", signature.num_labels()));
  }
  return {};
}

bool has_rows(const Examples& examples) { return examples.features.num_rows() > 0; }

Result<void> check(const FitRequest& request) {
  SERMO_TRY_VOID(check_rows(request.train, request.signature));
  SERMO_TRY_VOID(check_labels(request.train, request.signature));
  if (!has_rows(request.validation)) return {};
  if (Result<void> checked = check_rows(request.validation, request.signature); !checked)
    return fail(std::move(checked.error()).in("validation"));
  return {};
}

}  // namespace

std::vector<double> row_weights(ClassWeight class_weight, std::span<const int> labels,
                                size_t num_labels) {
  std::vector<double> weights(labels.size(), 1.0);
  if (class_weight == ClassWeight::kNone) return weights;
  std::vector<double> counts(num_labels);
  for (int label : labels) counts[static_cast<size_t>(label)] += 1.0;
  size_t num_present = 0;
  for (double count : counts) num_present += count > 0.0 ? 1 : 0;
  const auto num_rows = static_cast<double>(labels.size());
  for (size_t r = 0; r < labels.size(); ++r) {
    weights[r] =
        num_rows / (static_cast<double>(num_present) * counts[static_cast<size_t>(labels[r])]);
  }
  return weights;
}

Result<std::unique_ptr<model::Classifier>> ScaledLearner::fit(const FitRequest& request) const {
  const auto named = [&](Error error) { return fail(std::move(error).in(name())); };
  if (Result<void> checked = check(request); !checked) return named(std::move(checked.error()));
  Result<model::Scaler> scaler = request.scaler ? Result<model::Scaler>(*request.scaler)
                                                : model::Scaler::fit(request.train.features);
  if (!scaler) return named(std::move(scaler.error()));
  if (scaler->num_features() != request.signature.num_features) {
    return named({ErrorCode::kMismatch,
                  fmt::format("the scaler has {} features, wanted {}", scaler->num_features(),
                              request.signature.num_features)});
  }
  Matrix scaled;
  scaler->apply(request.train.features, scaled);
  Matrix scaled_validation;
  if (has_rows(request.validation)) scaler->apply(request.validation.features, scaled_validation);
  const std::vector<double> weights =
      row_weights(request.class_weight, request.train.labels, request.signature.num_labels());
  const ScaledExamples examples{scaled,  request.train.labels, request.signature.num_labels(),
                                weights, scaled_validation,    request.validation.labels};
  Result<std::shared_ptr<const model::Core>> core = fit_core(examples, request);
  if (!core) return named(std::move(core.error()));
  SERMO_TRY(std::unique_ptr<model::Classifier> classifier,
            model::Pipeline::create(request.signature, std::move(*scaler), std::move(*core)));
  return classifier;
}

}  // namespace sermo::learn
