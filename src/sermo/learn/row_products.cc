#include "sermo/learn/row_products.h"

#include <dnnl.h>

#include <algorithm>
#include <vector>

#include "sermo/base/check.h"

namespace sermo::learn {
namespace {

using Eigen::Index;

// Sides of the pieces that are multiplied at once: the result of one stays in the second cache.
constexpr Index kTile = 512;
constexpr Index kTerms = 256;  // added up in float32

// A row-major float matrix or its transpose, as BLAS takes it.
struct Operand {
  const float* first;
  Index stride;
  bool transposed;

  const float* at(Index row, Index col) const {
    return transposed ? first + col * stride + row : first + row * stride + col;
  }
  char flag() const { return transposed ? 'T' : 'N'; }
};

// out += left right for [rows, terms] and [terms, cols]; with `lower`, only the tiles that touch
// the lower triangle.
void multiply(const Operand& left, const Operand& right, Index terms, bool lower,
              Eigen::MatrixXd& out) {
  using Tile = Eigen::Map<FloatRows>;
  std::vector<float> memory(static_cast<size_t>(kTile * kTile));
  for (Index r = 0; r < out.rows(); r += kTile) {
    const Index rows = std::min(kTile, out.rows() - r);
    for (Index c = 0; c < (lower ? r + rows : out.cols()); c += kTile) {
      const Index cols = std::min(kTile, out.cols() - c);
      for (Index t = 0; t < terms; t += kTerms) {
        const dnnl_status_t status = dnnl_sgemm(
            left.flag(), right.flag(), rows, cols, std::min(kTerms, terms - t), 1.0f, left.at(r, t),
            left.stride, right.at(t, c), right.stride, 0.0f, memory.data(), cols);
        SERMO_CHECK(status == dnnl_success, "the shapes of a product fit");
        out.block(r, c, rows, cols) += Tile(memory.data(), rows, cols).cast<double>();
      }
    }
  }
}

Operand plain(FloatRowsRef a) { return {a.data(), a.outerStride(), false}; }
Operand transpose(FloatRowsRef a) { return {a.data(), a.outerStride(), true}; }

}  // namespace

Eigen::MatrixXd row_products(FloatRowsRef a, FloatRowsRef b) {
  SERMO_CHECK(a.cols() == b.cols(), "rows of one length");
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(a.rows(), b.rows());
  multiply(plain(a), transpose(b), a.cols(), false, out);
  return out;
}

Eigen::MatrixXd row_products(FloatRowsRef a) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(a.rows(), a.rows());
  multiply(plain(a), transpose(a), a.cols(), true, out);
  return out;
}

Eigen::MatrixXd column_products(FloatRowsRef a) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(a.cols(), a.cols());
  multiply(transpose(a), plain(a), a.rows(), true, out);
  return out;
}

}  // namespace sermo::learn
