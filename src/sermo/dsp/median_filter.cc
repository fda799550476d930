#include "sermo/dsp/median_filter.h"

#include <algorithm>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/median_filter.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/frame_vectors-inl.h"
#include "sermo/dsp/sorting-inl.h"
#include "sermo/dsp/transpose-inl.h"

// How sixteen windows share their work. Window w of a tile covers the mirrored values w to w + 30:
//
//   windows  0..15 share 15..30, the core, sorted;
//   windows  0..7  share  7..30: the core and 7..14;    windows  8..15: the core and 31..38;
//   windows  0..3  share  3..30: that and 3..6;         windows  4..7:  that and 31..34;   and so
//   on windows  0, 1  share  1..30: that and 1, 2;         windows  2, 3:  that and 31, 32;   and
//   so on window   0     is     0..30: that and 0;            window   1:     that and 31.
//
// A value that has more than 15 others below it or above it cannot be the median of any of these
// windows, so of the 24 values that eight windows share only the middle 8 are kept, of 28 the
// middle 4 and of 30 the middle 2; the median is the middle one of these and the last value.
//
// The values that are added always lie within blocks of eight that begin at -1, 7, 15, 23, ...: as
// a whole, as a half, as a quarter. So each block is sorted once, by merging, and its pairs and
// halves are kept on the way.
HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

constexpr size_t kBlock = 8;         // values of a block
constexpr size_t kTile = 16;         // windows of a tile
constexpr size_t kBlocksOfTile = 6;  // -1..6 to 39..46

// One block of eight vectors, sorted to four degrees.
struct Block {
  float values[kBlock][kFramePadding];
  float pairs[kBlock][kFramePadding];
  float halves[kBlock][kFramePadding];
  float sorted[kBlock][kFramePadding];
};

template <size_t kCount>
HWY_INLINE void load_run(D d, const float (*from)[kFramePadding], V (&run)[kCount]) {
  for (size_t i = 0; i < kCount; ++i) run[i] = hn::Load(d, from[i]);
}
template <size_t kCount>
HWY_INLINE void store_run(D d, const V (&run)[kCount], float (*to)[kFramePadding]) {
  for (size_t i = 0; i < kCount; ++i) hn::Store(run[i], d, to[i]);
}

HWY_INLINE void fill_block(D d, const float* column, const size_t* positions, Block& block) {
  V values[kBlock];
  for (size_t i = 0; i < kBlock; ++i) values[i] = hn::Load(d, column + positions[i]);
  store_run(d, values, block.values);
  V halves[2][4];
  for (size_t h = 0; h < 2; ++h) {
    V pairs[2][2];
    for (size_t p = 0; p < 2; ++p) {
      const V a[1] = {values[4 * h + 2 * p]};
      const V b[1] = {values[4 * h + 2 * p + 1]};
      merge_runs(a, b, pairs[p]);
      store_run(d, pairs[p], block.pairs + 4 * h + 2 * p);
    }
    merge_runs(pairs[0], pairs[1], halves[h]);
    store_run(d, halves[h], block.halves + 4 * h);
  }
  V sorted[kBlock];
  merge_runs(halves[0], halves[1], sorted);
  store_run(d, sorted, block.sorted);
}

// The blocks that a tile sees, by value: values -1 to 46.
struct Blocks {
  const Block* blocks[kBlocksOfTile];

  const Block& of(size_t value) const { return *blocks[(value + 1) / kBlock]; }
  static size_t within(size_t value) { return (value + 1) % kBlock; }
};

// One vector of columns: `count` medians, one below the other, `step` floats apart. positions[i] is
// where the column has its mirrored value i - 1; whole tiles of them are there.
HWY_INLINE void filter_columns(D d, const float* column, const size_t* positions, size_t count,
                               float* out, size_t step) {
  constexpr size_t kRing = 8;
  HWY_ALIGN Block ring[kRing];
  size_t num_filled = 0;
  for (size_t first = 0; first < count; first += kTile) {
    const size_t first_block = first / kBlock;
    for (; num_filled < first_block + kBlocksOfTile; ++num_filled)
      fill_block(d, column, positions + num_filled * kBlock, ring[num_filled % kRing]);
    Blocks in;
    for (size_t b = 0; b < kBlocksOfTile; ++b) in.blocks[b] = &ring[(first_block + b) % kRing];

    V core[16];
    {
      V low[8], high[8];
      load_run(d, in.of(15).sorted, low);
      load_run(d, in.of(23).sorted, high);
      merge_runs(low, high, core);
    }
    for (size_t eight = 0; eight < kTile; eight += 8) {
      V middle8[8];
      {
        V added[8];
        load_run(d, in.of(eight == 0 ? 7 : 31).sorted, added);
        middle_of_runs(core, added, middle8);
      }
      for (size_t four = eight; four < eight + 8; four += 4) {
        V middle4[4];
        {
          const size_t value = four == eight ? eight + 3 : eight + 31;
          V added[4];
          load_run(d, in.of(value).halves + Blocks::within(value), added);
          middle_of_runs(middle8, added, middle4);
        }
        for (size_t two = four; two < four + 4; two += 2) {
          V middle2[2];
          {
            const size_t value = two == four ? four + 1 : four + 31;
            V added[2];
            load_run(d, in.of(value).pairs + Blocks::within(value), added);
            middle_of_runs(middle4, added, middle2);
          }
          for (size_t window = two; window < two + 2 && first + window < count; ++window) {
            const size_t value = window == two ? two : two + 31;
            const V last = hn::Load(d, in.of(value).values[Blocks::within(value)]);
            const V median = hn::Max(middle2[0], hn::Min(middle2[1], last));
            hn::Store(median, d, out + (first + window) * step);
          }
        }
      }
    }
  }
}

void over_rows(const FrameMatrix& in, const size_t* positions, FrameMatrix& out) {
  const D d;
  for (size_t f = 0; f < in.num_frames(); f += hn::Lanes(d))
    filter_columns(d, in.data() + f, positions, in.num_rows(), out.data() + f, out.stride());
}

// Sixteen rows at a time become columns, in scratch memory that stays in the first-level cache.
void over_frames(const FrameMatrix& in, const size_t* positions, float* columns, float* medians,
                 FrameMatrix& out) {
  const D d;
  const hn::CappedTag<float, 4> d4;
  const size_t num_frames = in.num_frames();
  for (size_t r = 0; r < in.num_rows(); r += kFramePadding) {
    const size_t num_rows = std::min(kFramePadding, in.num_rows() - r);
    transpose(d4, in.row(r), in.stride(), num_rows, num_frames, columns, kFramePadding);
    for (size_t c = 0; c < num_rows; c += hn::Lanes(d))
      filter_columns(d, columns + c, positions, num_frames, medians + c, kFramePadding);
    transpose(d4, medians, kFramePadding, num_frames, num_rows, out.row(r), out.stride());
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(over_rows);
HWY_EXPORT(over_frames);

namespace {

// Where a sequence of `size` values, `step` floats apart, finds its mirrored values from -1 - 15
// on: one more than the first window needs, so that the blocks above begin at -1.
const size_t* mirrored_positions(size_t size, size_t step, std::vector<size_t>& positions) {
  constexpr size_t kTile = 16;
  constexpr size_t kFirst = kMedianWindow / 2 + 1;
  positions.resize((size + kTile - 1) / kTile * kTile + 2 * kTile);
  const size_t period = 2 * size;
  size_t at = (period - kFirst % period) % period;
  for (size_t& position : positions) {
    position = (at < size ? at : period - 1 - at) * step;
    at = at + 1 == period ? 0 : at + 1;
  }
  return positions.data();
}

}  // namespace

void median_over_rows(const FrameMatrix& in, FrameMatrix& out, MedianFilterWorkspace& workspace) {
  SERMO_CHECK(&in != &out, "a median filter does not work in place");
  out.resize(in.num_rows(), in.num_frames());
  if (in.num_rows() == 0 || in.num_frames() == 0) return;
  const size_t* positions = mirrored_positions(in.num_rows(), in.stride(), workspace.positions);
  HWY_DYNAMIC_DISPATCH(over_rows)(in, positions, out);
}

void median_over_frames(const FrameMatrix& in, FrameMatrix& out, MedianFilterWorkspace& workspace) {
  SERMO_CHECK(&in != &out, "a median filter does not work in place");
  out.resize(in.num_rows(), in.num_frames());
  if (in.num_rows() == 0 || in.num_frames() == 0) return;
  const size_t* positions = mirrored_positions(in.num_frames(), kFramePadding, workspace.positions);
  workspace.columns.reserve(in.stride() * kFramePadding);
  workspace.medians.reserve(in.stride() * kFramePadding);
  HWY_DYNAMIC_DISPATCH(over_frames)
  (in, positions, workspace.columns.data(), workspace.medians.data(), out);
}

}  // namespace sermo::dsp
#endif
