// SPDX-License-Identifier: Apache-2.0
//
// The time of norms and of decisions, in terms of the operations of a vector unit.
#include <initializer_list>

#include "models/timing/vector_time.h"

namespace tricycle {

namespace {

/// The format that norms are computed in.
Format norm_format(const Program& program, const Region& dst) {
  return program.buffer(dst).format == Format::kFp64 ? Format::kFp64 : Format::kFp32;
}

/// The first of the operations that the machine has; the last, where it has none of them.
VectorOp first_there(const HwConfig& hw, std::initializer_list<VectorOp> operations) {
  for (const VectorOp op : operations)
    if (hw.has(op)) return op;
  return *(operations.end() - 1);
}

/// Max, or a comparison that selects.
VectorOp greater_of(const HwConfig& hw) {
  return first_there(hw, {VectorOp::kMax, VectorOp::kSelect});
}

void add_row_sums(const HwConfig& hw, VectorTime& time, const VectorShape& shape) {
  add_row_fold(hw, time, VectorOp::kRowSum, VectorOp::kAdd, shape);
}

void add_largest(const HwConfig& hw, VectorTime& time, const VectorShape& sums) {
  add_row_fold(hw, time, VectorOp::kRowMax, greater_of(hw), sums);
}

void add_squares(const HwConfig& hw, VectorTime& time, const VectorShape& shape) {
  if (hw.has(VectorOp::kMultiplyAdd)) {
    time.then(VectorOp::kMultiplyAdd, shape);
  } else {
    time.then(VectorOp::kMultiply, shape);
    time.then(VectorOp::kAdd, shape);
  }
}

/// Adds a square root: a seed and a multiplication, as x rsqrt(x).  A machine without any operation
/// for the seed compares squares, which takes one product.
void add_root(const HwConfig& hw, VectorTime& time, const VectorShape& one) {
  const VectorOp root = first_there(
      hw, {VectorOp::kRsqrt, VectorOp::kDivide, VectorOp::kReciprocal, VectorOp::kMultiply});
  time.then(root, one);
  if (root != VectorOp::kMultiply) time.then(VectorOp::kMultiply, one);
}

}  // namespace

/// Per part: a conversion where it is stored narrower, its magnitudes (max(x, -x)), then per norm a
/// pass that sums.  Last the largest sum, or the root of the sum of squares.
VectorTime vector_time(const Norm& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  const Format format = norm_format(in.program, in.dst);
  VectorTime time(hw, format);
  const std::int64_t bits = info(format).stored_bits;
  const bool rows = op.kind == NormKind::kRows || op.kind == NormKind::kBound,
             columns = op.kind == NormKind::kColumns || op.kind == NormKind::kBound,
             squares = op.kind == NormKind::kFrobenius || op.kind == NormKind::kBound;
  const Region& first = op.parts.front();
  std::int32_t row = first.row, col = first.col, row_end = 0, col_end = 0;
  for (const Region& r : op.parts) {
    const Buffer& buffer = in.program.buffer(r);
    const VectorShape shape = vector_shape(hw, buffer, r, bits);
    if (buffer.stored_bits() != bits) time.then(VectorOp::kCast, shape);
    if (rows || columns) time.then(greater_of(hw), shape);
    if (rows) add_row_sums(hw, time, shape);
    if (columns) time.then(VectorOp::kAdd, shape);
    if (squares) add_squares(hw, time, shape);
    row = std::min(row, r.row);
    col = std::min(col, r.col);
    row_end = std::max(row_end, r.row + r.rows);
    col_end = std::max(col_end, r.col + r.cols);
  }
  const VectorShape one = run_of(hw, format, 1);
  if (rows) add_largest(hw, time, run_of(hw, format, row_end - row));
  if (columns) add_largest(hw, time, run_of(hw, format, col_end - col));
  if (squares) {
    add_row_sums(hw, time, run_of(hw, format, col_end - col));
    add_root(hw, time, one);
  }
  if (op.kind == NormKind::kBound) {
    time.then(VectorOp::kMultiply, one);
    add_root(hw, time, one);
    time.then(greater_of(hw), one);  // the lesser of both
  }
  return time;
}

/// A comparison with a scalar.  What comes after it waits for it as for any result of the unit.
VectorTime vector_time(const Exit&, const TimingInputs& in) {
  const Format format = norm_format(in.program, in.dst);
  VectorTime time(in.hw, format);
  time.then(first_there(in.hw, {VectorOp::kMaxScalar, VectorOp::kMax, VectorOp::kSelect}),
            run_of(in.hw, format, 1));
  return time;
}

}  // namespace tricycle
