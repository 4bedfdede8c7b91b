// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <variant>
#include <vector>

#include "models/timing/timing.h"
#include "models/timing/vector_time.h"

namespace tricycle {

namespace {

PathUse use(const PathConfig& path, std::int64_t bytes) {
  return {static_cast<std::int64_t>(std::ceil(static_cast<double>(bytes) / path.bytes_per_cycle)),
          path.latency_cycles};
}

/// Adds multiply-adds of a scalar and a row.  `dependent` of them wait for the sum before them;
/// products wait for none.
void add_axpys(const HwConfig& hw, VectorTime& time, const VectorShape& row, std::int64_t count,
               std::int64_t dependent) {
  if (hw.has(VectorOp::kMultiplyAdd)) {
    time.add(VectorOp::kMultiplyAdd, row, count, dependent);
  } else {
    time.add(VectorOp::kMultiplyScalar, row, count, 1);
    time.add(VectorOp::kAdd, row, count, dependent);
  }
}

/// Whether one column of an operand is broadcast to several columns of the result: one scalar per
/// row.
bool spreads_over_columns(const Elementwise& op, const Region& dst, const Region& r) {
  return r.cols == 1 && dst.cols > 1 && !info(op.operation).folds_by;
}
/// Whether one row of an operand is broadcast to several rows of the result.  Not for one scalar
/// for all.
bool spreads_over_rows(const Region& dst, const Region& r) {
  return r.rows == 1 && r.cols > 1 && dst.rows > 1 && r.elements() != dst.elements();
}

std::vector<Region> sources(const Elementwise& op) {
  return info(op.operation).sources > 1 ? std::vector{op.a, op.b} : std::vector{op.a};
}

VectorShape shape_of(const HwConfig& hw, std::int64_t rows, std::int64_t row_bytes) {
  const std::int64_t beat = hw.vector_unit.bytes_per_beat;
  return {rows, (row_bytes + beat - 1) / beat, rows == 1, row_bytes % beat == 0, 0, 0};
}

/// Bytes of sums that an instruction reads from accumulators.
std::int64_t sum_bytes(const HwConfig& hw, const Program& program, const Instruction& in) {
  std::int64_t bytes = 0;
  for_each_read(in, [&](const Region& r) {
    const Buffer& b = program.buffer(r);
    if (b.space == Space::kAccumulator)
      bytes += r.elements() * accumulator_bytes(hw.support(b.format).accumulator);
  });
  return bytes;
}

VectorTime time_of(const HwConfig& hw, const Program& program, const Instruction& in) {
  return std::visit(
      [&](const auto& op) {
        if constexpr (std::decay_t<decltype(op)>::kUnit == Unit::kVector)
          return vector_time(op, TimingInputs{program, hw, in.dst});
        else
          return VectorTime(hw, program.format);
      },
      in.operation);
}

}  // namespace

/// The elementary operations of an epilogue: sums in the accumulator's width, one select where
/// entries are discarded, one cast where the storage is narrower.  A single term alone is a copy.
/// Negation is free, because the sum becomes a difference.
VectorTime vector_time(const Epilogue& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  const Program& program = in.program;
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const std::int64_t sums = 8 * accumulator_bytes(hw.support(target.format).accumulator);
  const bool starts_sums = target.space == Space::kAccumulator;
  const std::int64_t storage = starts_sums ? sums : info(target.format).stored_bits;
  const auto addends = static_cast<std::int64_t>(op.terms.size()) + (op.accumulator ? 1 : 0) +
                       (op.diagonal != 0 ? 1 : 0);
  std::int64_t wide = addends > 1 || op.accumulator ? sums : storage;
  for (const Region& term : op.terms)
    wide = std::max<std::int64_t>(wide, info(program.buffer(term).format).stored_bits);
  const VectorShape wide_shape = vector_shape(hw, target, in.dst, wide);
  const bool scaled = op.row_scales.has_value();  // the product is made of sums of codes
  if (scaled) add_dequantise(op, in, time);
  for (std::int64_t i = 1; i < addends; ++i) time.then(VectorOp::kAdd, wide_shape);
  if (!op.mask.keeps_all(in.dst))
    time.then(VectorOp::kSelect, vector_shape(hw, target, in.dst, storage));
  if (wide != storage) time.then(VectorOp::kCast, wide_shape);
  if (addends == 1 && wide == storage && !scaled) time.then(VectorOp::kCopy, wide_shape);
  return time;
}

/// The operations of a row step: i multiply-adds of a scalar of A's row and a row of Y, then the
/// linear term and the store.
VectorTime vector_time(const RowStep& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  const Program& program = in.program;
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const std::int64_t storage = info(target.format).stored_bits;
  const std::int64_t sum = 8 * accumulator_bytes(hw.support(target.format).accumulator);
  std::int32_t width = op.linear.empty() ? op.a.cols : 0;
  for (const Region& term : op.linear) width += term.cols;
  VectorShape row = vector_shape(
      hw, target, Region{in.dst.buffer, in.dst.row, 0, 1, std::max(1, width)}, storage);
  row.element_bits = sum;  // where the sums are kept
  if (op.y.rows > 0) {
    // All sums go into one row, so each waits for the one before.
    add_axpys(hw, time, row, op.y.rows, op.y.rows);
    time.then(VectorOp::kAdd, row);
  } else {
    time.then(VectorOp::kCopy, row);
  }
  if (sum != storage) time.then(VectorOp::kCast, row);
  return time;
}

/// One multiply-add per row; none waits for another.  Fixed point is requantised row by row.
/// Floats are rounded to storage by the multiply-add.
VectorTime vector_time(const ColumnStep&, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  const Program& program = in.program;
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const VectorShape row =
      vector_shape(hw, target, Region{in.dst.buffer, in.dst.row, in.dst.col, 1, in.dst.cols},
                   info(target.format).stored_bits);
  add_axpys(hw, time, row, in.dst.rows, 1);
  if (!info(target.format).is_float()) time.add(VectorOp::kCast, row, in.dst.rows, 1);
  return time;
}

/// The operation itself, one scalar for every row where a column is broadcast, and one cast for
/// every operand and result narrower than the format of the operation.
VectorTime vector_time(const Elementwise& op, const TimingInputs& in) {
  const HwConfig& hw = in.hw;
  const Program& program = in.program;
  const Format format = elementwise_format(program, in.dst, op);
  VectorTime time(hw, format);
  const VectorShape shape = elementwise_shape(hw, program, in.dst, op);
  const auto is_narrow = [&](const Region& r) {
    const Buffer& b = program.buffer(r);
    return b.space != Space::kAccumulator && info(b.format).bits < info(format).bits;
  };
  for (const Region& r : sources(op)) {
    if (spreads_over_columns(op, in.dst, r) || (r.elements() == 1 && in.dst.elements() > 1))
      time.add_scalars(r.rows);
    if (op.operation != VectorOp::kCast && is_narrow(r) && r.elements() == in.dst.elements())
      time.then(VectorOp::kCast, shape);
  }
  time.then(op.operation, shape);
  if (op.operation != VectorOp::kCast && is_narrow(in.dst)) time.then(VectorOp::kCast, shape);
  return time;
}

void add_row_fold(const HwConfig& hw, VectorTime& time, VectorOp whole, VectorOp pairwise,
                  const VectorShape& rows) {
  if (hw.has(whole)) {
    time.then(whole, rows);
    return;
  }
  time.then(pairwise, rows);
  const std::int64_t row_elements = rows.elements / rows.rows;
  const std::int64_t lanes = std::max<std::int64_t>(
      1, std::min(row_elements, hw.vector_unit.bytes_per_beat * 8 / rows.element_bits));
  const auto halvings =
      static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(lanes) - 1));
  VectorShape folded = shape_of(hw, 1, (lanes * rows.element_bits + 7) / 8);
  folded.elements = lanes;
  folded.element_bits = rows.element_bits;
  time.add(pairwise, folded, rows.rows * halvings, halvings);
}

VectorShape run_of(const HwConfig& hw, Format format, std::int64_t count) {
  const Buffer row{
      .name = "", .format = format, .rows = 1, .cols = static_cast<std::int32_t>(count)};
  return vector_shape(hw, row, Region{0, 0, 0, 1, row.cols}, info(format).stored_bits);
}

VectorShape vector_shape(const HwConfig& hw, const Buffer& buffer, const Region& region,
                         std::int64_t element_bits) {
  const auto bytes = [&](std::int64_t elements) { return (elements * element_bits + 7) / 8; };
  VectorShape shape = region.cols == buffer.cols ? shape_of(hw, 1, bytes(region.elements()))
                                                 : shape_of(hw, region.rows, bytes(region.cols));
  shape.elements = region.elements();
  shape.element_bits = element_bits;
  return shape;
}

VectorShape elementwise_shape(const HwConfig& hw, const Program& program, const Region& dst,
                              const Elementwise& op) {
  const FormatInfo& format = info(elementwise_format(program, dst, op));
  const bool reduces = info(op.operation).folds_by.has_value();
  const Region& over = reduces ? op.a : dst;
  bool whole_rows = over.cols == program.buffer(over).cols || over.rows == 1, row_by_row = reduces;
  for (const Region& r : sources(op)) {
    row_by_row = row_by_row || spreads_over_rows(dst, r) ||
                 (r.elements() > 1 && spreads_over_columns(op, dst, r));
    if (program.buffer(r).space != Space::kAccumulator && r.rows > 1 && r.cols > 1)
      whole_rows = whole_rows && r.cols == program.buffer(r).cols;
  }
  const bool one_run = whole_rows && !row_by_row;
  VectorShape shape = one_run ? shape_of(hw, 1, format.bytes_of(over.elements()))
                              : shape_of(hw, over.rows, format.bytes_of(over.cols));
  shape.contiguous = whole_rows;
  shape.elements = over.elements();
  shape.element_bits = format.stored_bits;
  return shape;
}

Format elementwise_format(const Program& program, const Region& dst, const Elementwise& op) {
  Format widest = program.buffer(dst).format;
  const auto consider = [&](Format format) {
    if (info(format).bits > info(widest).bits) widest = format;
  };
  for (const Region& r : sources(op)) {
    const Buffer& b = program.buffer(r);
    if (b.space != Space::kAccumulator)
      consider(b.format);
    else if (info(b.format).is_float())
      consider(b.format == Format::kFp64 ? Format::kFp64 : Format::kFp32);
  }
  return widest;
}

OperationTiming operation_timing(const HwConfig& hw, VectorOp op, Format format,
                                 const VectorShape& shape) {
  VectorTime time(hw, format);
  time.then(op, shape);
  return {time.startup(), time.body()};
}

VectorTiming vector_timing(const HwConfig& hw, const Program& program, const Instruction& in) {
  const VectorTime time = time_of(hw, program, in);
  const Buffer& target = program.buffer(in.dst);
  const auto machine = [&](std::int64_t cycles) {
    return machine_cycles(hw, hw.vector_unit.clock_ghz, cycles);
  };
  VectorTiming t{machine(time.startup() + time.body()), machine(time.body()), {}, time.work()};
  if (const std::int64_t bytes = sum_bytes(hw, program, in); bytes > 0)
    t.paths[kAccumulatorToVector] = use(hw.accumulator_to_vector, bytes);
  if (target.feeds_matrix)
    t.paths[kVectorToMatrix] =
        use(hw.vector_to_matrix, info(target.format).bytes_of(in.dst.elements()));
  if (target.space == Space::kAccumulator)
    t.paths[kVectorToAccumulator] =
        use(hw.vector_to_accumulator,
            in.dst.elements() * accumulator_bytes(hw.support(target.format).accumulator));
  return t;
}

}  // namespace tricycle
