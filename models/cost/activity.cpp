// SPDX-License-Identifier: Apache-2.0
#include "models/cost/activity.h"

#include "models/isa/way.h"

namespace tricycle {

namespace {

std::int64_t bytes_of(const Program& program, const Region& r) {
  return info(program.buffer(r).format).bytes_of(r.elements());
}

void add_scratchpad_read(const Program& program, const Region& r, std::int64_t times, Activity& a) {
  if (program.buffer(r).space == Space::kScratchpad)
    a.scratchpad_read_bytes += times * bytes_of(program, r);
}

std::int64_t sum_bytes(const CountInputs& in, const Region& sums) {
  return sums.elements() *
         accumulator_bytes(in.hw.support(in.program.buffer(sums).format).accumulator);
}

/// Bits that a stationary tile is shifted through on the way to its place: one row of PEs per
/// cycle, on average half of the rows.  None where outputs stay.
std::int64_t preload_bits(const HwConfig& hw, const Matmul& op, std::int64_t operand_bits) {
  const std::int64_t rows = hw.systolic_array.rows;
  switch (hw.systolic_array.dataflow) {
    case Dataflow::kWeightStationary: return op.b.elements() * operand_bits * (rows + 1) / 2;
    case Dataflow::kInputStationary: return op.a.elements() * operand_bits * (rows + 1) / 2;
    case Dataflow::kOutputStationary: return 0;
  }
  return 0;
}

}  // namespace

void count(const Matmul& op, const CountInputs& in, Activity& a) {
  const HwConfig& hw = in.hw;
  const Format format = in.program.buffer(op.a).format;
  const std::int64_t operand_bits = info(format).bits;
  const std::int64_t sum_bytes = accumulator_bytes(hw.support(format).accumulator);
  const bool outputs_stay = hw.systolic_array.dataflow == Dataflow::kOutputStationary;
  a.macs += op.macs();
  const OperandReads reads = operand_reads(hw, op);
  add_scratchpad_read(in.program, op.a, reads.a, a);
  add_scratchpad_read(in.program, op.b, reads.b, a);
  // Per MAC, the moving operands enter the registers of the PE (both of them where outputs stay).
  // The sum of a dot product of `depth` is written once.
  const std::int64_t moving = outputs_stay ? 2 : 1;
  a.pe_register_bits += op.macs() * moving * operand_bits +
                        op.macs() * 8 * sum_bytes / hw.depth(format) +
                        preload_bits(hw, op, operand_bits);
  // Every pass over k passes its sums to the accumulators, which add them to their content.
  const std::int64_t tile = hw.tile_k(format);
  const std::int64_t k_passes = outputs_stay ? 1 : (op.k() + tile - 1) / tile;
  const std::int64_t bytes = in.instruction.dst.elements() * sum_bytes;
  a.accumulator_written_bytes += k_passes * bytes;
  a.accumulator_read_bytes += (k_passes - (op.accumulate ? 0 : 1)) * bytes;
}

/// Instructions of the vector unit.
template <typename Op>
void count(const Op& op, const CountInputs& in, Activity& a) {
  static_assert(Op::kUnit == Unit::kVector, "count() of the operation is missing");
  const Region& dst = in.instruction.dst;
  if constexpr (requires { op.macs(); }) a.row_step_macs += op.macs();
  a.vector += vector_timing(in.hw, in.program, in.instruction).work;
  for_each_read(in.instruction, [&](const Region& r) { add_scratchpad_read(in.program, r, 1, a); });
  const Buffer& target = in.program.buffer(dst);
  const std::int64_t result = bytes_of(in.program, dst);
  if (target.space == Space::kScratchpad) a.scratchpad_written_bytes += result;
  if (target.feeds_matrix) a.path_bytes[kVectorToMatrix] += result;
  if (target.space == Space::kAccumulator) {
    const std::int64_t sums = sum_bytes(in, dst);
    a.path_bytes[kVectorToAccumulator] += sums;
    a.accumulator_written_bytes += sums;
  }
  if constexpr (requires { op.accumulator; })
    if (op.accumulator) {
      const std::int64_t sums = sum_bytes(in, *op.accumulator);
      a.path_bytes[kAccumulatorToVector] += sums;
      a.accumulator_read_bytes += sums;
    }
}

/// Sums move to the scratchpad without the vector unit.  The rounding costs nothing here.
void count(const ReadOut& op, const CountInputs& in, Activity& a) {
  a.accumulator_read_bytes += sum_bytes(in, op.accumulator);
  a.scratchpad_written_bytes += bytes_of(in.program, in.instruction.dst);
}

/// Cells of the solve unit.  A sum and its linear term go through every register of a hop, an entry
/// of the solution through one.  L goes to its cells once.
void count(const Solve& op, const CountInputs& in, Activity& a) {
  const HwConfig& hw = in.hw;
  const Format format = in.program.buffer(op.a).format;
  const std::int64_t n = op.n(), bits = info(format).stored_bits;
  const std::int64_t sum_bits = 8 * accumulator_bytes(hw.support(format).accumulator);
  const std::int64_t stages = hw.solve_unit.pe_latency + hw.solve_unit.boundary_latency - 1;
  const std::int64_t triangle = n * (n - 1) / 2, tetrahedron = n * (n * n - 1) / 6;
  const std::int64_t hops = op.linear_cols() * triangle + (op.inverse ? tetrahedron : 0);
  a.solve_macs += op.macs();
  a.solve_results += op.linear_cols() * n + (op.inverse ? triangle : 0);
  a.solve_register_bits += hops * (stages * (sum_bits + bits) + bits) + tetrahedron * stages * bits;
  for_each_read(in.instruction, [&](const Region& r) { add_scratchpad_read(in.program, r, 1, a); });
  a.scratchpad_written_bytes += bytes_of(in.program, in.instruction.dst);
}

void count(const Load& op, const CountInputs& in, Activity& a) {
  a.dram_read_bytes += transfer_timing(in.hw, in.program, op.from).bytes;
  a.scratchpad_written_bytes += bytes_of(in.program, in.instruction.dst);
}

void count(const Store& op, const CountInputs& in, Activity& a) {
  a.dram_written_bytes += transfer_timing(in.hw, in.program, in.instruction.dst).bytes;
  a.scratchpad_read_bytes += bytes_of(in.program, op.from);
}

namespace {

Activity straight_activity(const Program& program, const HwConfig& hw) {
  Activity a;
  a.instructions = static_cast<std::int64_t>(program.instructions.size());
  for (const Instruction& in : program.instructions)
    std::visit([&](const auto& op) { count(op, CountInputs{program, hw, in}, a); }, in.operation);
  return a;
}

/// Calls f(count of a, the same count of b) for all counts.
template <typename F>
void for_each_count(Activity& a, const Activity& b, F&& f) {
  for (const auto member :
       {&Activity::macs, &Activity::row_step_macs, &Activity::solve_macs, &Activity::solve_results,
        &Activity::solve_register_bits, &Activity::pe_register_bits,
        &Activity::accumulator_read_bytes, &Activity::accumulator_written_bytes,
        &Activity::scratchpad_read_bytes, &Activity::scratchpad_written_bytes,
        &Activity::dram_read_bytes, &Activity::dram_written_bytes, &Activity::instructions})
    f(a.*member, b.*member);
  for (std::size_t p = 0; p < kPathCount; ++p) f(a.path_bytes[p], b.path_bytes[p]);
  for (std::size_t op = 0; op < kVectorOpCount; ++op) {
    f(a.vector.elements[op], b.vector.elements[op]);
    f(a.vector.wide_elements[op], b.vector.wide_elements[op]);
  }
  f(a.vector.register_bytes, b.vector.register_bytes);
  f(a.vector.beats, b.vector.beats);
}

}  // namespace

Activity activity(const Program& program, const HwConfig& hw) {
  if (!has_exits(program)) return straight_activity(program, hw);
  Activity mean;
  const std::int64_t items = period(program);
  for (const WeightedWay& way : weighted_ways(program)) {
    const Activity of_way = straight_activity(along(program, way.way).program, hw);
    for_each_count(mean, of_way,
                   [&](std::int64_t& sum, std::int64_t one) { sum += way.items * one; });
  }
  for_each_count(mean, mean,
                 [&](std::int64_t& sum, std::int64_t) { sum = (sum + items / 2) / items; });
  return mean;
}

}  // namespace tricycle
