// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/channel_products.h"

#include <algorithm>
#include <optional>

namespace tricycle {

namespace {

constexpr std::int32_t kAnchorBlock = 16;
constexpr double kOffsetExponent = 80;  // megagdn-pto: e^80 is finite in fp32

class ChannelProducts {
 public:
  ChannelProducts(StageBuilder& b, const DeltaShape& shape, const RoundingMode& mode,
                  const Region& x, const Region& k, const Region& gates, const Region& dst)
      : b_(b), mode_(mode), gates_of_(shape.channel_gates), x_(x), k_(k), g_(gates), dst_(dst) {}

  void emit(int least_distance) {
    least_distance_ = least_distance;
    switch (gates_of_) {
      case ChannelGates::kNone: break;
      case ChannelGates::kDifference:
        clear();
        by_difference(0, x_.rows);
        break;
      case ChannelGates::kBlocks16:
      case ChannelGates::kBlocks16Tc: by_blocks(); break;
      case ChannelGates::kC16: anchored({0, x_.rows}, {0, x_.rows}, std::nullopt); break;
      case ChannelGates::kMid32: anchored({0, x_.rows}, {0, x_.rows}, half_of_last()); break;
      case ChannelGates::kOffset: by_offset(); break;
    }
  }

 private:
  struct Rows {
    std::int32_t first, count;
  };
  Region scratch(const char* name, Format format, std::int32_t rows, std::int32_t cols) {
    return b_.scratch(name, format, rows, cols);
  }
  Region part(const Region& m, const Rows& rows) const {
    return rows_of(m, rows.first, rows.count);
  }

  /// Zeros where no block writes: whoever reads dst reads all of it, and masks.
  void clear() { b_.apply_scalar(VectorOp::kMultiplyScalar, dst_, cols_of(g_, 0, 1), 0); }

  /// Row i of the rows from `first`: e^{G_i - G_j} x_i k_j, summed over the channels.
  void by_difference(std::int32_t first, std::int32_t count) {
    if (!difference_) {
      difference_ = scratch("G.difference", mode_.vector, count, x_.cols);
      sums_ = scratch("row.sums", mode_.vector, count, 1);
    }
    for (std::int32_t i = first; i < first + count; ++i) {
      const std::int32_t columns = i - first + 1 - least_distance_;
      if (columns < 1) continue;
      const Region d = rows_of(*difference_, 0, columns), sums = rows_of(*sums_, 0, columns);
      const Region keys = rows_of(k_, first, columns);
      b_.subtract(d, rows_of(g_, i, 1), rows_of(g_, first, columns));
      b_.apply(VectorOp::kExp, d, d);
      b_.apply(VectorOp::kMultiply, d, d, keys);
      b_.apply(VectorOp::kMultiply, d, d, rows_of(x_, i, 1));
      b_.apply(VectorOp::kRowSum, sums, d);
      b_.apply(VectorOp::kCopy, cols_of(rows_of(dst_, i, 1), first, columns), sums);
    }
  }

  /// dst[rows x cols] <- (x e^{G - a}) (k e^{a - G})^T, the anchor a [1 x dk]; none: 0.
  void anchored(const Rows& rows, const Rows& cols, const std::optional<Region>& anchor) {
    prepare_factors();
    const Region e = part(*exponents_, {0, rows.count}), left = part(*left_, {0, rows.count});
    if (anchor) b_.subtract(e, part(g_, rows), *anchor);
    b_.apply(VectorOp::kExp, e, anchor ? e : part(g_, rows));
    b_.apply(VectorOp::kMultiply, left, part(x_, rows), e);
    const Region f = part(*exponents_, {0, cols.count}), right = part(*right_, {0, cols.count});
    if (anchor)
      b_.subtract(f, *anchor, part(g_, cols));
    else
      b_.apply_scalar(VectorOp::kMultiplyScalar, f, part(g_, cols), -1);
    b_.apply(VectorOp::kExp, f, f);
    b_.apply(VectorOp::kMultiply, right, part(k_, cols), f);
    b_.epilogue(cols_of(part(dst_, rows), cols.first, cols.count), {},
                b_.product(left, right, {.transpose_b = true}));
  }

  void prepare_factors() {
    if (left_) return;
    exponents_ = scratch("exponents", mode_.vector, x_.rows, x_.cols);
    left_ = scratch("left.factor", mode_.factors, x_.rows, x_.cols);
    right_ = scratch("right.factor", mode_.factors, x_.rows, x_.cols);
  }

  void by_blocks() {
    clear();
    for (std::int32_t row = 0; row < x_.rows; row += kAnchorBlock) {
      const std::int32_t count = std::min(kAnchorBlock, x_.rows - row);
      // Left of the diagonal block: all exponents are at most 0.
      if (row > 0) anchored({row, count}, {0, row}, rows_of(g_, row, 1));
      if (gates_of_ == ChannelGates::kBlocks16)
        by_difference(row, count);
      else
        anchored({row, count}, {row, count}, rows_of(g_, row + count / 2, 1));
    }
  }

  Region half_of_last() {
    const Region anchor = scratch("anchor", mode_.vector, 1, x_.cols);
    b_.apply_scalar(VectorOp::kMultiplyScalar, anchor, rows_of(g_, x_.rows - 1, 1), 0.5);
    return anchor;
  }

  /// The largest G of a token, b, stands outside the sum: (x e^{G - b}) (k e^{b - G})^T, times
  /// e^{min(b_i - b_j, 0)}.  What e^{b - G} loses beyond its bound is lost.
  void by_offset() {
    prepare_factors();
    const Region column = scratch("b.column", mode_.vector, x_.rows, 1);
    const Region row = scratch("b.row", mode_.vector, 1, x_.rows);
    const Region decay = scratch("b.decay", mode_.vector, x_.rows, x_.rows);
    b_.apply(VectorOp::kRowMax, column, g_);
    b_.apply(VectorOp::kCopy, row, column);
    b_.subtract(*exponents_, g_, column);
    b_.apply(VectorOp::kExp, *exponents_, *exponents_);
    b_.apply(VectorOp::kMultiply, *left_, x_, *exponents_);
    b_.subtract(*exponents_, column, g_);
    b_.at_most(*exponents_, *exponents_, kOffsetExponent);
    b_.apply(VectorOp::kExp, *exponents_, *exponents_);
    b_.apply(VectorOp::kMultiply, *right_, k_, *exponents_);
    b_.subtract(decay, column, row);
    b_.at_most(decay, decay, 0);
    b_.apply(VectorOp::kExp, decay, decay);
    b_.apply(VectorOp::kMultiply, dst_, decay, b_.product(*left_, *right_, {.transpose_b = true}));
  }

  StageBuilder& b_;
  const RoundingMode& mode_;
  ChannelGates gates_of_;
  Region x_, k_, g_, dst_;
  int least_distance_ = 0;
  std::optional<Region> difference_, sums_, exponents_, left_, right_;
};

}  // namespace

void emit_channel_products(StageBuilder& b, const DeltaShape& shape, const RoundingMode& mode,
                           const Region& x, const Region& k, const Region& gates, const Region& dst,
                           int least_distance) {
  ChannelProducts(b, shape, mode, x, k, gates, dst).emit(least_distance);
}

void emit_channel_scan(StageBuilder& b, const Region& gates) {
  for (int shift = 1; shift < gates.rows; shift *= 2) {
    const Region later = rows_of(gates, shift, gates.rows - shift);
    b.apply(VectorOp::kAdd, later, later, rows_of(gates, 0, gates.rows - shift));
  }
}

}  // namespace tricycle
