// Covariances of the rows of a matrix over its frames.
//
// Equals numpy.cov of the rows, in double. Thread rule: pure but for its memory, which belongs to
// one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Means and sums of products of deviations of a run of frames, from which the covariance of the run
// follows, and of two runs together.
class Scatter {
 public:
  // Of frames `first` to end - 1 of `rows`; first < end.
  void compute(const FrameMatrix& rows, size_t first, size_t end);

  // Of the frames of both; `a` and `b` have the same rows.
  void combine(const Scatter& a, const Scatter& b);

  size_t num_rows() const { return means_.size(); }
  double mean(size_t row) const { return means_[row]; }
  // sum((x_i - mean_i) (x_j - mean_j)) / (frames - 1); 0 where there is only one frame.
  double covariance(size_t i, size_t j) const {
    return num_frames_ > 1 ? products(i, j) / static_cast<double>(num_frames_ - 1) : 0.0;
  }
  // Within [-1, 1]; 0 where one of the rows never changes.
  double correlation(size_t i, size_t j) const;

 private:
  // Of the lower triangle, row by row.
  static size_t place(size_t i, size_t j) {
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
  }
  double products(size_t i, size_t j) const { return products_[place(i, j)]; }
  void resize(size_t num_rows);

  size_t num_frames_ = 0;
  std::vector<double> means_;
  std::vector<double> products_;
  AlignedArray<double> piece_;
};

}  // namespace sermo::dsp
