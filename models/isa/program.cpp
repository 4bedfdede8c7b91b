// SPDX-License-Identifier: Apache-2.0
#include "models/isa/program.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"

namespace tricycle {

namespace {

/// Readers and writers of one buffer that later instructions may still have to wait for.
struct Accesses {
  struct Entry {
    std::uint32_t instruction;
    Region region;
  };
  std::vector<Entry> writes, reads;
};

void wait_for_overlaps(const std::vector<Accesses::Entry>& entries, const Region& region,
                       std::vector<std::uint32_t>& waits) {
  for (const Accesses::Entry& entry : entries)
    if (entry.region.overlaps(region)) waits.push_back(entry.instruction);
}

void drop_covered(std::vector<Accesses::Entry>& entries, const Region& region) {
  std::erase_if(entries, [&](const Accesses::Entry& e) { return region.contains(e.region); });
}

/// Sorts, removes duplicates, and drops a wait that another wait of the list already waits for.
void reduce_waits(const Program& program, std::vector<std::uint32_t>& waits) {
  std::sort(waits.begin(), waits.end());
  waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
  const auto implied = [&](std::uint32_t w) {
    return std::any_of(waits.rbegin(), waits.rend(), [&](std::uint32_t later) {
      if (later <= w) return false;
      const auto& of_later = program.instructions[later].waits;
      return std::binary_search(of_later.begin(), of_later.end(), w);
    });
  };
  // From the first on: what a wait is compared with comes behind it and is still there.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (!implied(waits[i])) waits[kept++] = waits[i];
  waits.resize(kept);
}

std::string region_text(const Program& program, const Region& r) {
  return fmt::format("{}[{}:{}, {}:{}]", program.buffer(r).name, r.row, r.row + r.rows, r.col,
                     r.col + r.cols);
}

std::string_view space_name(Space space) {
  switch (space) {
    case Space::kDram: return "dram";
    case Space::kScratchpad: return "scratchpad";
    case Space::kAccumulator: return "accumulator";
  }
  return "";
}

std::string mask_text(const Mask& mask) {
  std::string text;
  if (mask.min_distance != Mask{}.min_distance) text += fmt::format(" d>={}", mask.min_distance);
  if (mask.max_distance != Mask{}.max_distance) text += fmt::format(" d<={}", mask.max_distance);
  if (mask.block != 0 && mask.min_blocks != Mask::kNoMin)
    text += fmt::format(" blocks of {}>={}", mask.block, mask.min_blocks);
  if (mask.block != 0 && mask.max_blocks != Mask::kNoMax)
    text += fmt::format(" blocks of {}<={}", mask.block, mask.max_blocks);
  if (mask.pair_block != 0)
    text += fmt::format(" lower-left {} of {}", mask.pair_block, 2 * mask.pair_block);
  if (mask.block != 0 && mask.blocks != Mask::Blocks::kAll)
    text += mask.blocks == Mask::Blocks::kEven ? " even block rows" : " odd block rows";
  return text.empty() ? "" : "  keep" + text;
}

std::string groups_text(const ScaleGroups& groups) {
  constexpr std::string_view kAxes[] = {"row", "column", "matrix"};
  std::string text = fmt::format("  a {}", kAxes[static_cast<int>(groups.axis)]);
  if (groups.block > 0) text += fmt::format(" and {} k", groups.block);
  text += fmt::format(", largest code {}", groups.largest);
  if (groups.rounding == ScaleRounding::kPowerOfTwo) text += ", powers of two";
  return text;
}

std::string terms_text(const Program& program, const Instruction& in, std::string_view between) {
  std::string text;
  for (const Region& term : in.terms)
    text += fmt::format("{}{}", text.empty() ? "" : between, region_text(program, term));
  return text;
}

/// "subtract A[..] B[..]", "add_scalar A[..] 1e-06".
std::string elementary_text(const Program& program, const Instruction& in) {
  const VectorOpInfo& op = info(in.operation);
  std::string text = fmt::format("{} {}",
                                 in.subtract  ? "subtract"
                                 : in.minimum ? "minimum"
                                              : op.name,
                                 region_text(program, in.a));
  if (op.sources > 1) text += fmt::format(" {}", region_text(program, in.b));
  if (op.scalar) text += fmt::format(" {}", in.scalar);
  return text;
}

std::string operands_text(const Program& program, const Instruction& in) {
  switch (in.opcode) {
    case Opcode::kLoad:
    case Opcode::kStore: return region_text(program, in.a);
    case Opcode::kMatmul:
      return fmt::format("{}{}{}{} . {}{}{}", in.accumulate ? "+= " : "",
                         region_text(program, in.a), in.transpose_a ? "^T" : "",
                         mask_text(in.a_mask), region_text(program, in.b),
                         in.transpose_b ? "^T" : "", mask_text(in.b_mask));
    case Opcode::kRowStep:
      return fmt::format(
          "-({} + {} . Y)",
          in.terms.empty() ? region_text(program, in.a) : terms_text(program, in, " | "),
          region_text(program, in.a));
    case Opcode::kColumnStep:
      return fmt::format("-= {} . {}", region_text(program, in.a), region_text(program, in.b));
    case Opcode::kReadOut: return region_text(program, *in.accumulator) + mask_text(in.mask);
    case Opcode::kElementary: return elementary_text(program, in);
    case Opcode::kScales:
      return fmt::format("{}{}{}", terms_text(program, in, " "), mask_text(in.mask),
                         groups_text(in.groups));
    case Opcode::kQuantise:
      return fmt::format("{} / {}{}", region_text(program, in.a), region_text(program, in.b),
                         mask_text(in.mask));
    case Opcode::kCombine: {
      std::string sum = terms_text(program, in, " + ");
      if (in.diagonal != 0)
        sum = fmt::format("{} I{}{}", in.diagonal, sum.empty() ? "" : " + ", sum);
      if (in.accumulator) sum += fmt::format(" + {}", region_text(program, *in.accumulator));
      if (in.a.rows > 0)
        sum += fmt::format(" x {} x {}", region_text(program, in.a), region_text(program, in.b));
      if (sum.empty()) sum.push_back('0');
      return fmt::format("{}{}{}{}{}", in.negate ? "-(" : "", sum, in.negate ? ")" : "",
                         mask_text(in.mask), in.keep_old ? " others unchanged" : "");
    }
  }
  return "";
}

}  // namespace

std::int64_t Program::footprint_bytes(Space space, const HwConfig& hw) const {
  std::int64_t end = 0;
  for (const Buffer& b : buffers)
    if (b.space == space) end = std::max(end, b.offset_bytes + buffer_bytes(b, hw));
  return end;
}

void derive_tokens(Program& program) {
  std::vector<Accesses> accesses(program.buffers.size());
  for (std::uint32_t index = 0; index < program.instructions.size(); ++index) {
    Instruction& in = program.instructions[index];
    in.waits.clear();
    for_each_read(
        in, [&](const Region& r) { wait_for_overlaps(accesses[r.buffer].writes, r, in.waits); });
    Accesses& target = accesses[in.dst.buffer];
    wait_for_overlaps(target.reads, in.dst, in.waits);
    wait_for_overlaps(target.writes, in.dst, in.waits);
    reduce_waits(program, in.waits);
    drop_covered(target.reads, in.dst);
    drop_covered(target.writes, in.dst);
    target.writes.push_back({index, in.dst});
    for_each_read(in, [&](const Region& r) { accesses[r.buffer].reads.push_back({index, r}); });
    if (in.opcode == Opcode::kMatmul)
      program.buffers[in.a.buffer].feeds_matrix = program.buffers[in.b.buffer].feeds_matrix = true;
  }
}

std::vector<OperandProducers> operand_producers(const Program& program) {
  std::vector<std::vector<Accesses::Entry>> writes(program.buffers.size());
  std::vector<OperandProducers> producers(program.instructions.size());
  for (std::uint32_t index = 0; index < program.instructions.size(); ++index) {
    const Instruction& in = program.instructions[index];
    if (in.opcode == Opcode::kMatmul) {
      wait_for_overlaps(writes[in.a.buffer], in.a, producers[index].a);
      wait_for_overlaps(writes[in.b.buffer], in.b, producers[index].b);
    }
    drop_covered(writes[in.dst.buffer], in.dst);
    writes[in.dst.buffer].push_back({index, in.dst});
  }
  return producers;
}

std::int64_t items_in_flight(const Program& program, const HwConfig& hw) {
  const auto fit = [&](Space space, std::int64_t capacity) {
    const std::int64_t bytes = program.footprint_bytes(space, hw);
    return bytes == 0 ? hw.sequencer.in_flight : capacity / bytes;
  };
  const std::int64_t own =
      program.most_in_flight > 0 ? program.most_in_flight : hw.sequencer.in_flight;
  return std::max<std::int64_t>(
      1, std::min({hw.sequencer.in_flight, own, fit(Space::kScratchpad, hw.scratchpad.size_bytes),
                   fit(Space::kAccumulator, hw.accumulator_bytes)}));
}

std::string instruction_text(const Program& program, std::size_t index) {
  const Instruction& in = program.instructions[index];
  return fmt::format("{:<8} {} <- {}", info(in.opcode).name, region_text(program, in.dst),
                     operands_text(program, in));
}

std::string to_text(const Program& program, const HwConfig& hw) {
  std::string text =
      fmt::format("# {} instructions, {}, one item: {} B scratchpad, {} B accumulators\n",
                  program.instructions.size(), name(program.format),
                  program.footprint_bytes(Space::kScratchpad, hw),
                  program.footprint_bytes(Space::kAccumulator, hw));
  for (const Buffer& b : program.buffers) {
    text += fmt::format("buffer {:<6} {:<11} {:>4} x {:<4} {:<5}", b.name, space_name(b.space),
                        b.rows, b.cols, b.space == Space::kAccumulator ? "acc" : name(b.format));
    if (!info(b.format).is_float()) text += fmt::format(" {:>2} fraction bits", b.fraction_bits);
    text += fmt::format(" at {}\n", b.offset_bytes);
  }
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    text += fmt::format("{:>5}  {:<6} {}", i, kUnitNames[static_cast<int>(in.unit())],
                        instruction_text(program, i));
    if (!in.waits.empty()) text += fmt::format("  waits {}", fmt::join(in.waits, " "));
    text += "\n";
  }
  return text;
}

}  // namespace tricycle
