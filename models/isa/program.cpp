// SPDX-License-Identifier: Apache-2.0
#include "models/isa/program.h"

#include <algorithm>
#include <optional>

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
  // Goes from the first wait on: a wait is compared with those after it, which are still there.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (!implied(waits[i])) waits[kept++] = waits[i];
  waits.resize(kept);
}

}  // namespace

std::vector<std::uint32_t> Program::outputs() const {
  std::vector<std::uint32_t> all{output};
  all.insert(all.end(), further_outputs.begin(), further_outputs.end());
  return all;
}

std::int64_t Program::footprint_bytes(Space space, const HwConfig& hw) const {
  std::int64_t end = 0;
  for (const Buffer& b : buffers)
    if (b.space == space) end = std::max(end, b.offset_bytes + buffer_bytes(b, hw));
  return end;
}

std::int64_t next_place(const Program& program, Space space, const HwConfig& hw) {
  constexpr std::int64_t kAlignment = 64;
  return (program.footprint_bytes(space, hw) + kAlignment - 1) / kAlignment * kAlignment;
}

void derive_tokens(Program& program) {
  std::vector<Accesses> accesses(program.buffers.size());
  std::optional<std::uint32_t> exit;  // the last one before the instruction
  for (std::uint32_t index = 0; index < program.instructions.size(); ++index) {
    Instruction& in = program.instructions[index];
    in.waits.clear();
    if (exit) in.waits.push_back(*exit);
    if (in.as<Exit>() != nullptr) exit = index;
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
    if (const auto* product = in.as<Matmul>())
      for (const Region* operand : {&product->a, &product->b})
        program.buffers[operand->buffer].feeds_matrix = true;
  }
}

std::vector<OperandProducers> operand_producers(const Program& program) {
  std::vector<std::vector<Accesses::Entry>> writes(program.buffers.size());
  std::vector<OperandProducers> producers(program.instructions.size());
  for (std::uint32_t index = 0; index < program.instructions.size(); ++index) {
    const Instruction& in = program.instructions[index];
    if (const auto* product = in.as<Matmul>()) {
      wait_for_overlaps(writes[product->a.buffer], product->a, producers[index].a);
      wait_for_overlaps(writes[product->b.buffer], product->b, producers[index].b);
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

}  // namespace tricycle
