// From what is said about each pair of classes to one probability a class.
//
// Wu, Lin & Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling" (JMLR
// 2004), their second method: the p that minimises sum over i < j of (r_ji p_i - r_ij p_j)^2 under
// sum p = 1, where r_ij is the probability of i given that it is i or j. libsvm and scikit-learn
// iterate towards it and stop at 0.005 / K; here the linear equations are solved, so that the
// answer does not depend on where one stops. With p^T Q p the sum above, p is proportional to
// (Q + 1 1^T)^-1 1, whose matrix is positive definite for every r within (0, 1): p satisfies Q p =
// b 1 for some b, and adding 1 1^T only changes b.
//
// Thread rule: an object holds a workspace and belongs to one thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sermo::model {

// What libsvm keeps pairwise probabilities within.
inline constexpr double kLeastPairwiseProbability = 1e-7;

inline constexpr size_t num_pairs(size_t num_labels) { return num_labels * (num_labels - 1) / 2; }

class PairwiseCoupling {
 public:
  explicit PairwiseCoupling(size_t num_labels);  // at least 2

  // `pairwise` is r for the pairs (0,1), (0,2) ... (0,K-1), (1,2) ... (K-2,K-1), each within
  // [kLeastPairwiseProbability, 1 - kLeastPairwiseProbability]; `out` becomes p [K].
  void solve(std::span<const double> pairwise, std::span<double> out);

 private:
  size_t num_labels_;
  std::vector<double> losses_;     // [K, K]: r_ji in row i, column j; 0 on the diagonal
  std::vector<double> equations_;  // [K, K + 1]: the matrix, and the right side
};

}  // namespace sermo::model
