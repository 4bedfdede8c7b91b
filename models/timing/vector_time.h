// SPDX-License-Identifier: Apache-2.0
//
// The time of a sequence of elementary operations, and the sequence that each vector instruction
// executes.
#pragma once

#include <algorithm>
#include <cmath>

#include "models/isa/program.h"
#include "models/timing/instruction_timing.h"
#include "models/timing/timing.h"

namespace tricycle {

/// Sums of cycles per beat can differ from a whole number by a rounding error of double.  This is
/// the tolerance.
inline constexpr double kRoundingError = 1e-6;

/// Sums up the time and the work of the elementary operations of one instruction.
class VectorTime {
 public:
  VectorTime(const HwConfig& hw, Format format) : hw_(hw), format_(format) {}

  /// Adds an operation over a shape, `times` in a row.  `dependent` of them wait for an earlier
  /// result of this instruction.
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
  /// Adds scalars that an operation takes in addition to the one that belongs to it.
  void add_scalars(std::int64_t count) {
    body_ += static_cast<double>(count * hw_.vector_unit.scalar_operand_cycles);
  }
  /// Adds one operation on the result of the one before it.
  void then(VectorOp op, const VectorShape& shape) { add(op, shape, 1, 1); }

  std::int64_t startup() const { return startup_; }
  const VectorWork& work() const { return work_; }
  std::int64_t body() const {
    // The first operation waits for none.
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

/// Adds the reduction of every row of a shape to one element: the operation `whole`, or else
/// `pairwise` on the registers of a row, which folds them onto one, and then on that one's halves.
void add_row_fold(const HwConfig& hw, VectorTime& time, VectorOp whole, VectorOp pairwise,
                  const VectorShape& rows);

/// The shape of `count` contiguous elements of a format.
VectorShape run_of(const HwConfig& hw, Format format, std::int64_t count);

/// Time and work of each instruction of the vector unit.  Scales and codes are computed in
/// binary32.
VectorTime vector_time(const Epilogue& op, const TimingInputs& in);
VectorTime vector_time(const RowStep& op, const TimingInputs& in);
VectorTime vector_time(const ColumnStep& op, const TimingInputs& in);
VectorTime vector_time(const Elementwise& op, const TimingInputs& in);
VectorTime vector_time(const Scales& op, const TimingInputs& in);
VectorTime vector_time(const Quantise& op, const TimingInputs& in);
VectorTime vector_time(const Norm& op, const TimingInputs& in);
VectorTime vector_time(const Exit& op, const TimingInputs& in);

/// Adds what an epilogue does to sums of codes: cast, multiply by the scales of rows, multiply by
/// the scales of columns.
void add_dequantise(const Epilogue& op, const TimingInputs& in, VectorTime& time);

}  // namespace tricycle
