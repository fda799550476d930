// One XGBoost training run, through its C interface (XGBoost 1.7).
//
// Every failure of the library comes back as kInternal with the library's own message; nothing is
// printed. Thread rule: an object belongs to one thread (XGBoost keeps its random numbers and its
// settings by thread, so runs on different threads do not touch each other).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::learn {

// Rows as XGBoost keeps them; copied, so the caller's may go.
class XgboostMatrix {
 public:
  static Result<XgboostMatrix> create(MatrixView rows);
  // [N] each. Labels are class indices, weights positive.
  Result<void> set_labels(std::span<const int> labels);
  Result<void> set_weights(std::span<const double> weights);

  void* handle() const { return handle_.get(); }

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  explicit XgboostMatrix(void* handle) : handle_(handle) {}
  std::unique_ptr<void, Free> handle_;
};

class XgboostBooster {
 public:
  // `parameters` are XGBoost's own names and values. `train` must outlive the booster.
  static Result<XgboostBooster> create(
      const XgboostMatrix& train,
      const std::vector<std::pair<std::string, std::string>>& parameters);

  // One round of boosting; rounds count from 0.
  Result<void> update(int round);

  // The model in XGBoost's JSON format.
  Result<std::string> model_json() const;
  // What XGBoost itself answers, [N, K] row by row.
  Result<std::vector<float>> predict(const XgboostMatrix& rows) const;

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  XgboostBooster(void* handle, void* train) : handle_(handle), train_(train) {}
  std::unique_ptr<void, Free> handle_;
  void* train_;
};

}  // namespace sermo::learn
