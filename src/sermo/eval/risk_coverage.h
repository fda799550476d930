// What a model gets wrong when it may keep silent: risk against coverage, most confident first.
//
// Coverage n / N answers the n most confident of N clips; risk is the share of wrong ones among
// them. Clips of equal confidence share their errors evenly, so the order of rows does not matter.
// Reference: Geifman & El-Yaniv, "Selective Classification for Deep Neural Networks", NeurIPS 2017.
// Thread rule: pure functions.
#pragma once

#include <span>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::eval {

// risk[n - 1] is the risk of answering the n most confident clips.
std::vector<double> risk_coverage_curve(MatrixView probabilities, std::span<const int> truth);

// The mean of the curve (AURC): 0 (never wrong) to 1. 0 for an empty curve.
double area_under(std::span<const double> risk_coverage);

// Accuracy among the most confident `coverage` of the clips (rounded up), in (0, 1]. 0 for an empty
// curve.
double accuracy_at_coverage(std::span<const double> risk_coverage, double coverage);

}  // namespace sermo::eval
