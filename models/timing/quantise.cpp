// SPDX-License-Identifier: Apache-2.0
//
// The time to measure scales, to make codes and to scale their sums, in terms of the operations of
// a vector unit.  All of it is in binary32.
#include "models/timing/vector_time.h"

namespace tricycle {

namespace {

constexpr Format kWork = Format::kFp32;

std::int64_t bits() { return info(kWork).stored_bits; }

VectorShape run_of(const HwConfig& hw, std::int64_t count) {
  return tricycle::run_of(hw, kWork, count);
}

/// A rectangle whose rows are cut at the borders of their groups: rows x groups short rows.
VectorShape cut_rows(const HwConfig& hw, const Region& r, const ScaleGroups& groups) {
  const std::int64_t per_row = groups.col_of(r.col + r.cols - 1) - groups.col_of(r.col) + 1;
  const Buffer rows{.name = "", .format = kWork, .rows = r.rows, .cols = r.cols + 1};  // apart
  const std::int32_t longest = groups.block > 0 ? std::min(groups.block, r.cols) : r.cols;
  VectorShape shape = vector_shape(hw, rows, Region{0, 0, 0, r.rows, longest}, bits());
  shape.rows *= per_row;
  shape.elements = r.elements();
  shape.contiguous = true;  // one register a group, wherever it begins
  return shape;
}

/// Adds the arithmetic from magnitudes to scales: a quotient by the largest code (on the bits, for
/// powers of two), and the limit to the least scale there is.
void add_scale_arithmetic(const HwConfig& hw, VectorTime& time, const VectorShape& scales,
                          ScaleRounding rounding) {
  switch (rounding) {
    case ScaleRounding::kExact:
      if (hw.has(VectorOp::kDivide) || !hw.has(VectorOp::kReciprocal)) {
        time.then(VectorOp::kDivide, scales);
      } else {
        time.then(VectorOp::kReciprocal, scales);
        time.then(VectorOp::kMultiply, scales);
      }
      break;
    case ScaleRounding::kPowerOfTwo:
      // Dividing by the significand of the largest code is a comparison of significands.  On
      // integers this subtracts a constant from the bits and clears the fraction.
      time.then(VectorOp::kAdd, scales);
      time.then(VectorOp::kAdd, scales);
      break;
  }
  time.then(VectorOp::kMax, scales);
}

void add_inverse(const HwConfig& hw, VectorTime& time, const VectorShape& scales,
                 ScaleRounding rounding) {
  if (rounding == ScaleRounding::kPowerOfTwo)
    time.then(VectorOp::kAdd, scales);  // the exponent, as an integer
  else
    time.then(hw.has(VectorOp::kReciprocal) ? VectorOp::kReciprocal : VectorOp::kDivide, scales);
}

/// Adds a rectangle times one element, times one scalar per row, or times a row.
void add_multiply(const HwConfig& hw, VectorTime& time, const Buffer& buffer, const Region& r,
                  const Region& by) {
  const bool scalars = hw.has(VectorOp::kMultiplyScalar) && by.cols == 1;
  const VectorOp op = scalars ? VectorOp::kMultiplyScalar : VectorOp::kMultiply;
  if (by.elements() == 1) {
    time.then(op, vector_shape(hw, buffer, r, bits()));
    return;
  }
  const VectorShape row =
      vector_shape(hw, buffer, Region{r.buffer, r.row, r.col, 1, r.cols}, bits());
  time.add(op, row, r.rows, 1);
}

}  // namespace

VectorTime vector_time(const Scales& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  VectorTime time(hw, kWork);
  const ScaleGroups& groups = op.groups;
  std::int64_t rows = 0;
  for (const Region& r : op.sources) {
    const Buffer& buffer = in.program.buffer(r);
    const VectorShape shape = vector_shape(hw, buffer, r, bits());
    time.then(VectorOp::kMax, shape);  // |x| = max(x, -x)
    if (!op.mask.keeps_all(r)) time.then(VectorOp::kSelect, shape);
    rows += r.rows;
    switch (groups.axis) {
      case ScaleGroups::Axis::kRow:
        add_row_fold(hw, time, VectorOp::kRowMax, VectorOp::kMax, cut_rows(hw, r, groups));
        break;
      case ScaleGroups::Axis::kColumn:  // its rows onto the largest so far
        time.add(VectorOp::kMax,
                 vector_shape(hw, buffer, Region{r.buffer, r.row, r.col, 1, r.cols}, bits()),
                 r.rows, 0);
        break;
      case ScaleGroups::Axis::kAll: time.add(VectorOp::kMax, shape, 1, 0); break;
    }
  }
  // Rows are folded in pairs, and so are the registers of a whole matrix.  Only the levels of the
  // tree wait for each other.
  if (groups.axis != ScaleGroups::Axis::kRow) {
    const auto depth =
        static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(rows) - 1));
    time.add(VectorOp::kMax, run_of(hw, 1), 0, depth);
  }
  if (groups.axis == ScaleGroups::Axis::kAll)
    add_row_fold(hw, time, VectorOp::kRowMax, VectorOp::kMax,
                 run_of(hw, std::max<std::int64_t>(1, hw.vector_unit.bytes_per_beat * 8 / bits())));
  add_scale_arithmetic(hw, time, run_of(hw, in.dst.elements()), groups.rounding);
  return time;
}

VectorTime vector_time(const Quantise& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  VectorTime time(hw, kWork);
  const Buffer& buffer = in.program.buffer(op.a);
  const VectorShape shape = vector_shape(hw, buffer, op.a, bits());
  add_inverse(hw, time, run_of(hw, op.scales.elements()), op.groups.rounding);
  // Groups along k: a row of the left operand has one scalar per block; a row of the right one uses
  // the row of scales of its block.
  Region by = op.scales;
  if (op.groups.axis == ScaleGroups::Axis::kRow) by.cols = 1;
  if (op.groups.axis == ScaleGroups::Axis::kColumn) by.rows = 1;
  const std::int64_t runs = op.groups.axis == ScaleGroups::Axis::kRow ? op.scales.cols : 1;
  if (runs == 1) {
    add_multiply(hw, time, buffer, op.a, by);
  } else {
    for (std::int64_t block = 0; block < runs; ++block) {
      const std::int32_t begin =
          std::max(op.a.col, (op.scales.col + static_cast<std::int32_t>(block)) * op.groups.block);
      const std::int32_t end =
          std::min(op.a.col + op.a.cols,
                   (op.scales.col + static_cast<std::int32_t>(block) + 1) * op.groups.block);
      if (begin < end)
        add_multiply(hw, time, buffer, Region{op.a.buffer, op.a.row, begin, op.a.rows, end - begin},
                     by);
    }
  }
  if (!op.mask.keeps_all(in.dst)) time.then(VectorOp::kSelect, shape);
  time.then(VectorOp::kCast, shape);  // to nearest even
  return time;
}

void add_dequantise(const Epilogue& op, const TimingInputs& in, VectorTime& time) {
  const HwConfig& hw = in.hw;
  const Buffer& target = in.program.buffer(in.dst);
  const std::int64_t sum_bits =
      8 * accumulator_bytes(hw.support(in.program.buffer(*op.accumulator).format).accumulator);
  time.then(VectorOp::kCast, vector_shape(hw, target, in.dst, std::max(sum_bits, bits())));
  add_multiply(hw, time, target, in.dst, *op.row_scales);
  add_multiply(hw, time, target, in.dst, *op.col_scales);
}

}  // namespace tricycle
