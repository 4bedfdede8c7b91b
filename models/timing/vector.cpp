// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

/// Sums the elementary operations of one instruction.
class VectorTime {
 public:
  VectorTime(const HwConfig& hw, Format format) : hw_(hw), format_(format) {}

  void add(VectorOp op, std::int64_t beats) {
    const VectorOpCost& cost = hw_.cost(op);
    const double special = cost.by_format[static_cast<std::size_t>(format_)];
    body_ += static_cast<double>(beats) * (special > 0 ? special : cost.cycles_per_beat);
    startup_ = hw_.vector_unit.pipelined ? std::max(startup_, cost.startup_cycles)
                                         : startup_ + cost.startup_cycles;
  }
  std::int64_t startup() const { return startup_; }
  std::int64_t body() const { return static_cast<std::int64_t>(std::ceil(body_)); }

 private:
  const HwConfig& hw_;
  Format format_;
  std::int64_t startup_ = 0;
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
  const std::int64_t storage = info(target.format).bytes();
  const auto addends = static_cast<std::int64_t>(in.terms.size()) + (in.accumulator ? 1 : 0);
  const std::int64_t wide = addends > 1 || in.accumulator
                                ? accumulator_bytes(hw.support(target.format).accumulator)
                                : storage;
  const std::int64_t wide_beats = vector_beats(hw, target, in.dst, wide);
  for (std::int64_t i = 1; i < addends; ++i) time.add(VectorOp::kAdd, wide_beats);
  if (!in.mask.keeps_all(in.dst))
    time.add(VectorOp::kSelect, vector_beats(hw, target, in.dst, storage));
  if (wide != storage) time.add(VectorOp::kCast, wide_beats);
  if (addends == 1 && wide == storage) time.add(VectorOp::kCopy, wide_beats);
  return time;
}

/// i multiply-adds of a scalar of A's row and a row of Y, then the linear term and the store.
VectorTime row_step_time(const HwConfig& hw, const Program& program, const Instruction& in) {
  const Buffer& target = program.buffer(in.dst);
  VectorTime time(hw, target.format);
  const std::int64_t storage = info(target.format).bytes();
  const std::int64_t row_beats = vector_beats(
      hw, target, Region{in.dst.buffer, in.dst.row, 0, 1, std::max(1, in.a.cols)}, storage);
  if (in.b.rows > 0) {
    time.add(VectorOp::kMultiplyAdd, in.b.rows * row_beats);
    time.add(VectorOp::kAdd, row_beats);
  } else {
    time.add(VectorOp::kCopy, row_beats);
  }
  if (accumulator_bytes(hw.support(target.format).accumulator) != storage)
    time.add(VectorOp::kCast, row_beats);
  return time;
}

}  // namespace

std::int64_t vector_beats(const HwConfig& hw, const Buffer& buffer, const Region& region,
                          std::int64_t element_bytes) {
  const std::int64_t beat = hw.vector_unit.bytes_per_beat;
  const bool contiguous = region.cols == buffer.cols;
  const std::int64_t runs = contiguous ? 1 : region.rows;
  const std::int64_t run_bytes = (contiguous ? region.elements() : region.cols) * element_bytes;
  return runs * ((run_bytes + beat - 1) / beat);
}

std::int64_t operation_cycles(const HwConfig& hw, VectorOp op, Format format, std::int64_t beats) {
  VectorTime time(hw, format);
  time.add(op, beats);
  return time.startup() + time.body();
}

VectorTiming vector_timing(const HwConfig& hw, const Program& program, const Instruction& in) {
  const VectorTime time = in.opcode == Opcode::kRowStep ? row_step_time(hw, program, in)
                                                        : combine_time(hw, program, in);
  const Buffer& target = program.buffer(in.dst);
  const auto machine = [&](std::int64_t cycles) {
    return machine_cycles(hw, hw.vector_unit.clock_ghz, cycles);
  };
  VectorTiming t{machine(time.startup() + time.body()), machine(time.body()), {}};
  if (in.accumulator)
    t.paths[kAccumulatorToVector] =
        use(hw.accumulator_to_vector,
            in.accumulator->elements() * accumulator_bytes(hw.support(target.format).accumulator));
  if (target.feeds_matrix)
    t.paths[kVectorToMatrix] =
        use(hw.vector_to_matrix, in.dst.elements() * info(target.format).bytes());
  return t;
}

}  // namespace tricycle
