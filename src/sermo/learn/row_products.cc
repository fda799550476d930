#include "sermo/learn/row_products.h"

#include <algorithm>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/learn/float_product.h"

namespace sermo::learn {
namespace {

using Eigen::Index;

// Sides of the pieces that are multiplied at once: the result of one stays in the second cache.
constexpr Index kTile = 512;
constexpr Index kTerms = 256;  // added up in float32

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
        float_product(rows, cols, std::min(kTerms, terms - t), 1.0f, left.from(r, t),
                      right.from(t, c), 0.0f, memory.data(), cols);
        out.block(r, c, rows, cols) += Tile(memory.data(), rows, cols).cast<double>();
      }
    }
  }
}

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

FloatRows product(FloatRowsRef a, FloatRowsRef b) {
  SERMO_CHECK(a.cols() == b.rows(), "as many columns as rows");
  FloatRows out(a.rows(), b.cols());
  float_product(a.rows(), b.cols(), a.cols(), 1.0f, plain(a), plain(b), 0.0f, out.data(),
                out.cols());
  return out;
}

}  // namespace sermo::learn
