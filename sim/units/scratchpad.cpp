// SPDX-License-Identifier: Apache-2.0
#include "sim/units/scratchpad.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

Scratchpad::Scratchpad(const HwConfig& hw, const Program& program, std::size_t slots)
    : hw_(hw), program_(program) {
  accesses_.reserve(program.instructions.size());
  for (const Instruction& in : program.instructions) accesses_.push_back(count(in));
  const std::int64_t slot_bytes = program.footprint_bytes(Space::kScratchpad, hw);
  for (std::size_t s = 0; s < slots; ++s)
    first_bank_.push_back(static_cast<std::size_t>(static_cast<std::int64_t>(s) * slot_bytes /
                                                   hw.scratchpad.interleave_bytes %
                                                   hw.scratchpad.banks));
}

void Scratchpad::count(const Region& r, Accesses& accesses) const {
  const Buffer& b = program_.buffer(r);
  if (b.space != Space::kScratchpad || r.elements() == 0) return;
  const ScratchpadConfig& s = hw_.scratchpad;
  const std::int64_t element = info(b.format).bytes();
  for (std::int64_t i = r.row; i < r.row + r.rows; ++i) {
    const std::int64_t begin = b.offset_bytes + (i * b.cols + r.col) * element,
                       end = begin + r.cols * element;
    for (std::int64_t at = begin; at < end;) {
      const std::int64_t stripe = at / s.interleave_bytes,
                         stop = std::min(end, (stripe + 1) * s.interleave_bytes);
      const std::int64_t words = (stop - 1) / s.width_bytes - at / s.width_bytes + 1;
      accesses[static_cast<std::size_t>(stripe % s.banks)] += static_cast<float>(words);
      at = stop;
    }
  }
}

Scratchpad::Accesses Scratchpad::count(const Instruction& in) const {
  Accesses accesses(static_cast<std::size_t>(hw_.scratchpad.banks), 0.0F);
  for_each_read(in, [&](const Region& r) { count(r, accesses); });
  count(in.dst, accesses);
  return accesses;
}

Scratchpad::Delay Scratchpad::begin(std::size_t slot, std::uint32_t instruction, std::int64_t now,
                                    std::int64_t occupancy) {
  std::erase_if(running_, [&](const Running& r) { return r.end <= now; });
  const Accesses& mine = accesses_[instruction];
  const auto banks = mine.size();
  const double capacity = static_cast<double>(hw_.scratchpad.ports * occupancy);
  double own_excess = 0, excess = 0;
  for (std::size_t bank = 0; bank < banks; ++bank) {
    const double demand = mine[(bank + banks - first_bank_[slot]) % banks];
    if (demand == 0) continue;
    double others = 0;
    for (const Running& r : running_) {
      const double overlap = static_cast<double>(std::min(r.end, now + occupancy) - now) /
                             static_cast<double>(std::max<std::int64_t>(1, r.end - r.begin));
      others += static_cast<double>((*r.accesses)[(bank + banks - r.first_bank) % banks]) * overlap;
    }
    own_excess = std::max(own_excess, demand - capacity);
    excess = std::max(excess, demand + others - capacity);
  }
  const auto cycles = [&](double accesses) {
    return static_cast<std::int64_t>(
        std::ceil(accesses / static_cast<double>(hw_.scratchpad.ports)));
  };
  Delay delay{cycles(own_excess), 0};
  delay.conflict_cycles = cycles(excess) - delay.bandwidth_cycles;
  running_.push_back({now, now + occupancy + delay.bandwidth_cycles + delay.conflict_cycles, &mine,
                      first_bank_[slot]});
  return delay;
}

}  // namespace tricycle
