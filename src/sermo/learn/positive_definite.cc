#include "sermo/learn/positive_definite.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "sermo/learn/float_product.h"

namespace sermo::learn {
namespace {

using Eigen::Index;

constexpr Index kBlock = 256;  // columns that are factored at once

// A = L L^T, L over A's lower triangle; what is above the diagonal is neither read nor written.
// False where A is not positive definite.
bool factor(Eigen::Ref<FloatRows>& a, const std::stop_token& cancel) {
  const Index size = a.rows();
  FloatRows own;
  FloatRows below;
  for (Index at = 0; at < size; at += kBlock) {
    if (cancel.stop_requested()) return false;
    const Index cols = std::min(kBlock, size - at);
    const Index rest = size - at - cols;
    const auto before = a.block(at, 0, cols, at);
    own = a.block(at, at, cols, cols);
    float_product(cols, cols, at, -1.0f, plain(before), transpose(before), 1.0f, own.data(), cols);
    const Eigen::LLT<Eigen::MatrixXd> corner(own.cast<double>());
    if (corner.info() != Eigen::Success) return false;
    const Eigen::MatrixXd lower = corner.matrixL();
    a.block(at, at, cols, cols).triangularView<Eigen::Lower>() = lower.cast<float>();
    if (rest == 0) continue;
    below = a.block(at + cols, at, rest, cols);
    float_product(rest, cols, at, -1.0f, plain(a.block(at + cols, 0, rest, at)), transpose(before),
                  1.0f, below.data(), cols);
    const FloatRows inverse =
        corner.matrixL().solve(Eigen::MatrixXd::Identity(cols, cols)).cast<float>();
    float_product(rest, cols, cols, 1.0f, plain(below), transpose(inverse), 0.0f,
                  a.block(at + cols, at, rest, cols).data(), a.outerStride());
  }
  return true;
}

// L L^T X = B in float32, B over X.
void solve_factored(const Eigen::Ref<FloatRows>& lower, FloatRows& x) {
  const Index size = lower.rows();
  const Index last = (size - 1) / kBlock * kBlock;
  for (Index at = 0; at <= last; at += kBlock) {
    const Index count = std::min(kBlock, size - at);
    auto own = x.middleRows(at, count);
    lower.block(at, at, count, count).triangularView<Eigen::Lower>().solveInPlace(own);
    const Index rest = size - at - count;
    if (rest == 0) continue;
    float_product(rest, x.cols(), count, -1.0f, plain(lower.block(at + count, at, rest, count)),
                  plain(own), 1.0f, x.row(at + count).data(), x.outerStride());
  }
  for (Index at = last; at >= 0; at -= kBlock) {
    const Index count = std::min(kBlock, size - at);
    auto own = x.middleRows(at, count);
    lower.block(at, at, count, count)
        .transpose()
        .triangularView<Eigen::Upper>()
        .solveInPlace(own);
    float_product(at, x.cols(), count, -1.0f, transpose(lower.block(at, 0, count, at)), plain(own),
                  1.0f, x.data(), x.outerStride());
  }
}

}  // namespace

std::optional<Eigen::MatrixXd> solve_positive_definite(
    Eigen::Ref<FloatRows> matrix, const Eigen::MatrixXd& right,
    const std::function<Eigen::MatrixXd(const Eigen::MatrixXd&)>& apply,
    const std::stop_token& cancel) {
  if (!factor(matrix, cancel)) return std::nullopt;
  constexpr int kMostRounds = 12;
  constexpr double kGone = 1e-10;  // of the right side
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(right.rows(), right.cols());
  Eigen::MatrixXd left_over = right;
  for (int round = 0; round < kMostRounds && !cancel.stop_requested(); ++round) {
    const double size = left_over.norm();
    if (!std::isfinite(size)) return std::nullopt;
    if (size <= kGone * right.norm()) return x;
    // Small as it may be, in float32 it must not vanish.
    FloatRows step = (left_over / size).cast<float>();
    solve_factored(matrix, step);
    x += size * step.cast<double>();
    left_over = right - apply(x);
  }
  return std::nullopt;
}

}  // namespace sermo::learn
