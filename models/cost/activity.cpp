// SPDX-License-Identifier: Apache-2.0
#include "models/cost/activity.h"

namespace tricycle {

namespace {

std::int64_t bytes_of(const Program& program, const Region& r) {
  return info(program.buffer(r).format).bytes_of(r.elements());
}

void add_scratchpad_read(const Program& program, const Region& r, std::int64_t times, Activity& a) {
  if (program.buffer(r).space == Space::kScratchpad)
    a.scratchpad_read_bytes += times * bytes_of(program, r);
}

/// Bits a tile that stays is shifted through to its place: a row of PEs a cycle, on average half of
/// them.  None where outputs stay.
std::int64_t preload_bits(const HwConfig& hw, const Instruction& in, std::int64_t operand_bits) {
  const std::int64_t rows = hw.systolic_array.rows;
  switch (hw.systolic_array.dataflow) {
    case Dataflow::kWeightStationary: return in.b.elements() * operand_bits * (rows + 1) / 2;
    case Dataflow::kInputStationary: return in.a.elements() * operand_bits * (rows + 1) / 2;
    case Dataflow::kOutputStationary: return 0;
  }
  return 0;
}

void add_product(const Program& program, const HwConfig& hw, const Instruction& in, Activity& a) {
  const Format format = program.buffer(in.a).format;
  const std::int64_t operand_bits = info(format).bits;
  const std::int64_t sum_bytes = accumulator_bytes(hw.support(format).accumulator);
  const bool outputs_stay = hw.systolic_array.dataflow == Dataflow::kOutputStationary;
  a.macs += in.macs();
  const OperandReads reads = operand_reads(hw, in);
  add_scratchpad_read(program, in.a, reads.a, a);
  add_scratchpad_read(program, in.b, reads.b, a);
  // A MAC: the operands that move enter the PE's registers (both where outputs stay), and the sum
  // of a dot product of `depth` is written once.
  const std::int64_t moving = outputs_stay ? 2 : 1;
  a.pe_register_bits += in.macs() * moving * operand_bits +
                        in.macs() * 8 * sum_bytes / hw.depth(format) +
                        preload_bits(hw, in, operand_bits);
  // Every pass over k hands its sums to the accumulators, which add them to what is there.
  const std::int64_t tile = hw.tile_k(format);
  const std::int64_t k_passes = outputs_stay ? 1 : (in.k() + tile - 1) / tile;
  const std::int64_t bytes = in.dst.elements() * sum_bytes;
  a.accumulator_written_bytes += k_passes * bytes;
  a.accumulator_read_bytes += (k_passes - (in.accumulate ? 0 : 1)) * bytes;
}

void add_vector(const Program& program, const HwConfig& hw, const Instruction& in, Activity& a) {
  if (in.opcode == Opcode::kRowStep || in.opcode == Opcode::kColumnStep)
    a.row_step_macs += in.macs();
  a.vector += vector_timing(hw, program, in).work;
  for_each_read(in, [&](const Region& r) { add_scratchpad_read(program, r, 1, a); });
  const Buffer& target = program.buffer(in.dst);
  const std::int64_t result = bytes_of(program, in.dst);
  if (target.space == Space::kScratchpad) a.scratchpad_written_bytes += result;
  if (target.feeds_matrix) a.path_bytes[kVectorToMatrix] += result;
  if (!in.accumulator) return;
  const std::int64_t sums =
      in.accumulator->elements() *
      accumulator_bytes(hw.support(program.buffer(*in.accumulator).format).accumulator);
  a.path_bytes[kAccumulatorToVector] += sums;
  a.accumulator_read_bytes += sums;
}

/// Sums cross to the scratchpad without the vector unit; the rounding is priced as nothing.
void add_read_out(const Program& program, const HwConfig& hw, const Instruction& in, Activity& a) {
  const Format format = program.buffer(in.dst).format;
  a.accumulator_read_bytes +=
      in.accumulator->elements() * accumulator_bytes(hw.support(format).accumulator);
  a.scratchpad_written_bytes += bytes_of(program, in.dst);
}

void add_transfer(const Program& program, const HwConfig& hw, const Instruction& in, Activity& a) {
  const std::int64_t bytes = transfer_timing(hw, program, in).bytes;
  if (in.opcode == Opcode::kLoad) {
    a.dram_read_bytes += bytes;
    a.scratchpad_written_bytes += bytes_of(program, in.dst);
  } else {
    a.dram_written_bytes += bytes;
    a.scratchpad_read_bytes += bytes_of(program, in.a);
  }
}

}  // namespace

Activity activity(const Program& program, const HwConfig& hw) {
  Activity a;
  a.instructions = static_cast<std::int64_t>(program.instructions.size());
  for (const Instruction& in : program.instructions) {
    switch (in.unit()) {
      case Unit::kMatrix: add_product(program, hw, in, a); break;
      case Unit::kVector: add_vector(program, hw, in, a); break;
      case Unit::kDma: add_transfer(program, hw, in, a); break;
      case Unit::kReadOut: add_read_out(program, hw, in, a); break;
    }
  }
  return a;
}

}  // namespace tricycle
