// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

/// Sums of cycles per beat come out a rounding error of double above or below a whole number.
constexpr double kRoundingError = 1e-6;

/// Sums the elementary operations of one instruction.
class VectorTime {
 public:
  VectorTime(const HwConfig& hw, Format format) : hw_(hw), format_(format) {}

  /// An operation over a shape, `times` in a row, `dependent` of which wait for a result of this
  /// instruction's before them.
  void add(VectorOp op, const VectorShape& shape, std::int64_t times, std::int64_t dependent) {
    check_operation(hw_, op);
    count(op, shape, times);
    const Cost own = cost(op, shape.contiguous);
    double row = static_cast<double>(shape.beats_per_row) * own.cycles_per_beat;
    if (const auto fold = info(op).folds_by) {
      check_operation(hw_, *fold);
      row = own.cycles_per_beat + static_cast<double>(shape.beats_per_row - 1) *
                                      cost(*fold, shape.contiguous).cycles_per_beat;
    }
    body_ += static_cast<double>(times * shape.rows) * (row + own.row_startup);
    if (info(op).scalar)
      body_ += static_cast<double>(times * hw_.vector_unit.scalar_operand_cycles);
    dependent_ += dependent;
    const std::int64_t tail =
        info(op).tail && !shape.fills_registers ? hw_.vector_unit.unaligned_tail_cycles : 0;
    if (hw_.vector_unit.pipelined) {
      startup_ = std::max(startup_, own.startup);
      tail_ = std::max(tail_, tail);
    } else {
      startup_ += times * own.startup;
      tail_ += times * tail;
    }
  }
  /// Scalars an operation takes beside the one it may have of itself.
  void add_scalars(std::int64_t count) {
    body_ += static_cast<double>(count * hw_.vector_unit.scalar_operand_cycles);
  }
  /// One operation on what the one before it made.
  void then(VectorOp op, const VectorShape& shape) { add(op, shape, 1, 1); }

  std::int64_t startup() const { return startup_; }
  const VectorWork& work() const { return work_; }
  std::int64_t body() const {
    // The first of the operations waits for none.
    return static_cast<std::int64_t>(std::ceil(body_ - kRoundingError)) + tail_ +
           std::max<std::int64_t>(0, dependent_ - 1) * hw_.vector_unit.barrier_cycles;
  }

 private:
  struct Cost {
    std::int64_t startup;
    double cycles_per_beat, row_startup;
  };
  Cost cost(VectorOp op, bool contiguous) const {
    const VectorRate& rate = hw_.rate(op, format_);
    const StridedCost& strided = rate.strided;
    if (contiguous) return {rate.startup_cycles, rate.cycles_per_beat, 0};
    if (strided.present)
      return {strided.startup_cycles, strided.cycles_per_beat, strided.row_startup_cycles};
    return {rate.startup_cycles, rate.cycles_per_beat, hw_.vector_unit.row_startup_cycles};
  }

  void count(VectorOp op, const VectorShape& shape, std::int64_t times) {
    const bool wide = shape.element_bits > info(format_).stored_bits;
    auto& elements = wide ? work_.wide_elements : work_.elements;
    elements[static_cast<std::size_t>(op)] += times * shape.elements;
    work_.register_bytes +=
        times * ((shape.elements * shape.element_bits + 7) / 8) * (info(op).sources + 1);
    work_.beats += times * shape.beats();
  }

  const HwConfig& hw_;
  Format format_;
  VectorWork work_;
  std::int64_t startup_ = 0, tail_ = 0, dependent_ = 0;
  double body_ = 0;
};

PathUse use(const PathConfig& path, std::int64_t bytes) {
  return {static_cast<std::int64_t>(std::ceil(static_cast<double>(bytes) / path.bytes_per_cycle)),
          path.latency_cycles};
}

/// The elementary operations of a combine: sums in the accumulator's width, one select where
/// entries are discarded, one cast where the storage is narrower; a lone term is a copy.  Negation
/// is free: the sum becomes a difference.
VectorTime combine_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const std::int64_t storage = info(target.format).stored_bits;
  const auto addends = static_cast<std::int64_t>(in.terms.size()) + (in.accumulator ? 1 : 0) +
                       (in.diagonal != 0 ? 1 : 0);
  std::int64_t wide = addends > 1 || in.accumulator
                          ? 8 * accumulator_bytes(hw.support(target.format).accumulator)
                          : storage;
  for (const Region& term : in.terms)
    wide = std::max<std::int64_t>(wide, info(program.buffer(term).format).stored_bits);
  const VectorShape wide_shape = vector_shape(hw, target, in.dst, wide);
  for (std::int64_t i = 1; i < addends; ++i) time.then(VectorOp::kAdd, wide_shape);
  if (!in.mask.keeps_all(in.dst))
    time.then(VectorOp::kSelect, vector_shape(hw, target, in.dst, storage));
  if (wide != storage) time.then(VectorOp::kCast, wide_shape);
  if (addends == 1 && wide == storage) time.then(VectorOp::kCopy, wide_shape);
  return time;
}

/// Multiply-adds of a scalar and a row, `dependent` of which wait for the sum before them; products
/// wait for none.
void add_axpys(const HwConfig& hw, VectorTime& time, const VectorShape& row, std::int64_t count,
               std::int64_t dependent) {
  if (hw.has(VectorOp::kMultiplyAdd)) {
    time.add(VectorOp::kMultiplyAdd, row, count, dependent);
  } else {
    time.add(VectorOp::kMultiplyScalar, row, count, 1);
    time.add(VectorOp::kAdd, row, count, dependent);
  }
}

/// i multiply-adds of a scalar of A's row and a row of Y, then the linear term and the store.
VectorTime row_step_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const std::int64_t storage = info(target.format).stored_bits;
  const std::int64_t sum = 8 * accumulator_bytes(hw.support(target.format).accumulator);
  std::int32_t width = in.terms.empty() ? in.a.cols : 0;
  for (const Region& term : in.terms) width += term.cols;
  VectorShape row = vector_shape(
      hw, target, Region{in.dst.buffer, in.dst.row, 0, 1, std::max(1, width)}, storage);
  row.element_bits = sum;  // where the sums are kept
  if (in.b.rows > 0) {
    // All sums go into one row: each waits for the one before.
    add_axpys(hw, time, row, in.b.rows, in.b.rows);
    time.then(VectorOp::kAdd, row);
  } else {
    time.then(VectorOp::kCopy, row);
  }
  if (sum != storage) time.then(VectorOp::kCast, row);
  return time;
}

/// A multiply-add a row, none of which waits for another; fixed point is requantised, row by row.
/// Floats are rounded to storage by the multiply-add.
VectorTime column_step_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const VectorShape row =
      vector_shape(hw, target, Region{in.dst.buffer, in.dst.row, in.dst.col, 1, in.dst.cols},
                   info(target.format).stored_bits);
  add_axpys(hw, time, row, in.dst.rows, 1);
  if (!info(target.format).is_float()) time.add(VectorOp::kCast, row, in.dst.rows, 1);
  return time;
}

/// Whether one column of an operand stands for several of the result: a scalar a row.
bool spreads_over_columns(const Instruction& in, const Region& r) {
  return r.cols == 1 && in.dst.cols > 1 && !info(in.operation).folds_by;
}
/// .. one row for several, but not a scalar for all.
bool spreads_over_rows(const Instruction& in, const Region& r) {
  return r.rows == 1 && r.cols > 1 && in.dst.rows > 1 && r.elements() != in.dst.elements();
}

std::vector<Region> sources(const Instruction& in) {
  std::vector<Region> out;
  for_each_read(in, [&](const Region& r) { out.push_back(r); });
  return out;
}

/// The operation; a scalar for every row that one column stands for; a cast for every operand and
/// result narrower than what the operation works in.
VectorTime elementary_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  const Format format = elementary_format(program, in);
  VectorTime time(hw, format);
  const VectorShape shape = elementary_shape(hw, program, in);
  const auto is_narrow = [&](const Region& r) {
    const Buffer& b = program.buffer(r);
    return b.space != Space::kAccumulator && info(b.format).bits < info(format).bits;
  };
  for (const Region& r : sources(in)) {
    if (spreads_over_columns(in, r) || (r.elements() == 1 && in.dst.elements() > 1))
      time.add_scalars(r.rows);
    if (in.operation != VectorOp::kCast && is_narrow(r) && r.elements() == in.dst.elements())
      time.then(VectorOp::kCast, shape);
  }
  time.then(in.operation, shape);
  if (in.operation != VectorOp::kCast && is_narrow(in.dst)) time.then(VectorOp::kCast, shape);
  return time;
}

VectorTime instruction_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  switch (in.opcode) {
    case Opcode::kRowStep: return row_step_time(hw, program, in);
    case Opcode::kColumnStep: return column_step_time(hw, program, in);
    case Opcode::kCombine: return combine_time(hw, program, in);
    case Opcode::kElementary: return elementary_time(hw, program, in);
    case Opcode::kLoad:
    case Opcode::kStore:
    case Opcode::kMatmul:
    case Opcode::kReadOut: break;
  }
  return VectorTime(hw, program.format);
}

VectorShape shape_of(const HwConfig& hw, std::int64_t rows, std::int64_t row_bytes) {
  const std::int64_t beat = hw.vector_unit.bytes_per_beat;
  return {rows, (row_bytes + beat - 1) / beat, rows == 1, row_bytes % beat == 0, 0, 0};
}

}  // namespace

VectorShape vector_shape(const HwConfig& hw, const Buffer& buffer, const Region& region,
                         std::int64_t element_bits) {
  const auto bytes = [&](std::int64_t elements) { return (elements * element_bits + 7) / 8; };
  VectorShape shape = region.cols == buffer.cols ? shape_of(hw, 1, bytes(region.elements()))
                                                 : shape_of(hw, region.rows, bytes(region.cols));
  shape.elements = region.elements();
  shape.element_bits = element_bits;
  return shape;
}

VectorShape elementary_shape(const HwConfig& hw, const Program& program, const Instruction& in) {
  const FormatInfo& format = info(elementary_format(program, in));
  const bool reduces = info(in.operation).folds_by.has_value();
  const Region& over = reduces ? in.a : in.dst;
  bool whole_rows = over.cols == program.buffer(over).cols || over.rows == 1, row_by_row = reduces;
  for (const Region& r : sources(in)) {
    row_by_row =
        row_by_row || spreads_over_rows(in, r) || (r.elements() > 1 && spreads_over_columns(in, r));
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

Format elementary_format(const Program& program, const Instruction& in) {
  Format widest = program.buffer(in.dst).format;
  const auto consider = [&](Format format) {
    if (info(format).bits > info(widest).bits) widest = format;
  };
  for (const Region& r : sources(in)) {
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
  const VectorTime time = instruction_time(hw, program, in);
  const Buffer& target = program.buffer(in.dst);
  const auto machine = [&](std::int64_t cycles) {
    return machine_cycles(hw, hw.vector_unit.clock_ghz, cycles);
  };
  VectorTiming t{machine(time.startup() + time.body()), machine(time.body()), {}, time.work()};
  if (in.accumulator)
    t.paths[kAccumulatorToVector] =
        use(hw.accumulator_to_vector,
            in.accumulator->elements() * accumulator_bytes(hw.support(target.format).accumulator));
  if (in.opcode == Opcode::kElementary) {
    std::int64_t bytes = 0;
    for (const Region& r : sources(in))
      if (program.buffer(r).space == Space::kAccumulator)
        bytes += r.elements() * accumulator_bytes(hw.support(program.buffer(r).format).accumulator);
    if (bytes > 0) t.paths[kAccumulatorToVector] = use(hw.accumulator_to_vector, bytes);
  }
  if (target.feeds_matrix)
    t.paths[kVectorToMatrix] =
        use(hw.vector_to_matrix, info(target.format).bytes_of(in.dst.elements()));
  return t;
}

}  // namespace tricycle
