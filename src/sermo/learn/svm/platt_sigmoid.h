// Platt's sigmoid: probabilities from the decision values of a two-class machine.
//
// p(positive | f) = 1 / (1 + exp(slope f + intercept)), fitted by maximum likelihood against
// targets softened by the class counts. Lin, Lin & Weng, "A Note on Platt's Probabilistic Outputs
// for Support Vector Machines" (Machine Learning 2007): Newton's method with backtracking, the
// constants of their appendix. The decision values must come from machines that did not learn from
// the rows. Thread rule: pure function.
#pragma once

#include <span>
#include <vector>

namespace sermo::learn {

struct PlattSigmoid {
  double slope = 0.0;  // negative where larger decision values mean positive
  double intercept = 0.0;
};

// One decision value and one truth a row. Without rows, an even chance.
PlattSigmoid fit_platt_sigmoid(std::span<const double> decisions,
                               const std::vector<bool>& is_positive);

}  // namespace sermo::learn
