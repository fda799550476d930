#include "sermo/learn/trees/xgboost_booster.h"

#include <xgboost/c_api.h>

#include <limits>

#include "sermo/base/check.h"

namespace sermo::learn {
namespace {

Result<void> check(int status) {
  if (status == 0) return {};
  // The first line says what happened; a stack trace follows.
  const std::string message = XGBGetLastError();
  return fail(ErrorCode::kInternal, "XGBoost: " + message.substr(0, message.find('\n')));
}

}  // namespace

void XgboostMatrix::Free::operator()(void* handle) const { XGDMatrixFree(handle); }

Result<XgboostMatrix> XgboostMatrix::create(MatrixView rows) {
  SERMO_TRY_VOID(check(XGBSetGlobalConfig(R"({"verbosity": 0})")));
  DMatrixHandle handle = nullptr;
  constexpr int kNumThreads = 1;
  SERMO_TRY_VOID(check(XGDMatrixCreateFromMat_omp(rows.data(), rows.num_rows(), rows.num_cols(),
                                                  std::numeric_limits<float>::quiet_NaN(), &handle,
                                                  kNumThreads)));
  return XgboostMatrix(handle);
}

Result<void> XgboostMatrix::set_labels(std::span<const int> labels) {
  const std::vector<float> values(labels.begin(), labels.end());
  return check(XGDMatrixSetFloatInfo(handle_.get(), "label", values.data(), values.size()));
}

Result<void> XgboostMatrix::set_weights(std::span<const double> weights) {
  std::vector<float> values;
  values.reserve(weights.size());
  for (const double weight : weights) values.push_back(static_cast<float>(weight));
  return check(XGDMatrixSetFloatInfo(handle_.get(), "weight", values.data(), values.size()));
}

void XgboostBooster::Free::operator()(void* handle) const { XGBoosterFree(handle); }

Result<XgboostBooster> XgboostBooster::create(
    const XgboostMatrix& train,
    const std::vector<std::pair<std::string, std::string>>& parameters) {
  BoosterHandle handle = nullptr;
  const DMatrixHandle matrices[] = {train.handle()};
  SERMO_TRY_VOID(check(XGBoosterCreate(matrices, 1, &handle)));
  XgboostBooster booster(handle, train.handle());
  for (const auto& [name, value] : parameters)
    SERMO_TRY_VOID(check(XGBoosterSetParam(handle, name.c_str(), value.c_str())));
  return booster;
}

Result<void> XgboostBooster::update(int round) {
  return check(XGBoosterUpdateOneIter(handle_.get(), round, train_));
}

Result<std::string> XgboostBooster::model_json() const {
  bst_ulong size = 0;
  const char* text = nullptr;
  SERMO_TRY_VOID(
      check(XGBoosterSaveModelToBuffer(handle_.get(), R"({"format": "json"})", &size, &text)));
  return std::string(text, size);
}

Result<std::vector<float>> XgboostBooster::predict(const XgboostMatrix& rows) const {
  constexpr const char* kConfig =
      R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true})";
  const bst_ulong* shape = nullptr;
  bst_ulong num_dims = 0;
  const float* values = nullptr;
  SERMO_TRY_VOID(check(XGBoosterPredictFromDMatrix(handle_.get(), rows.handle(), kConfig, &shape,
                                                   &num_dims, &values)));
  size_t size = 1;
  for (bst_ulong d = 0; d < num_dims; ++d) size *= shape[d];
  return std::vector<float>(values, values + size);
}

}  // namespace sermo::learn
