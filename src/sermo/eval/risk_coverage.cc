#include "sermo/eval/risk_coverage.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {

std::vector<double> risk_coverage_curve(MatrixView probabilities, std::span<const int> truth) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  std::vector<std::pair<float, bool>> answers;  // confidence, wrong
  answers.reserve(truth.size());
  for (size_t r = 0; r < truth.size(); ++r) {
    const size_t predicted = model::argmax(probabilities.row(r));
    answers.emplace_back(probabilities(r, predicted), static_cast<int>(predicted) != truth[r]);
  }
  std::ranges::sort(answers, std::ranges::greater{}, &std::pair<float, bool>::first);
  std::vector<double> risk;
  risk.reserve(answers.size());
  double num_wrong = 0.0;
  for (size_t begin = 0; begin < answers.size();) {
    size_t end = begin;
    double wrong_among_equals = 0.0;
    while (end < answers.size() && answers[end].first == answers[begin].first)
      wrong_among_equals += answers[end++].second ? 1.0 : 0.0;
    const double share = wrong_among_equals / static_cast<double>(end - begin);
    for (size_t n = begin; n < end; ++n) {
      const double wrong = num_wrong + share * static_cast<double>(n - begin + 1);
      risk.push_back(wrong / static_cast<double>(n + 1));
    }
    num_wrong += wrong_among_equals;
    begin = end;
  }
  return risk;
}

double area_under(std::span<const double> risk_coverage) {
  if (risk_coverage.empty()) return 0.0;
  return std::accumulate(risk_coverage.begin(), risk_coverage.end(), 0.0) /
         static_cast<double>(risk_coverage.size());
}

double accuracy_at_coverage(std::span<const double> risk_coverage, double coverage) {
  SERMO_CHECK(coverage > 0.0 && coverage <= 1.0, "coverage lies in (0, 1]");
  if (risk_coverage.empty()) return 0.0;
  const double wanted = std::ceil(coverage * static_cast<double>(risk_coverage.size()));
  return 1.0 - risk_coverage[static_cast<size_t>(wanted) - 1];
}

}  // namespace sermo::eval
