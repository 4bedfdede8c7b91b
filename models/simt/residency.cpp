// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/simt/warp_simulation.h"

namespace tricycle {

namespace {

std::int64_t rounded_up(std::int64_t value, std::int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

Residency resident_blocks(const WarpProgram& program, const HwConfig& hw) {
  const SimtConfig& simt = hw.simt;
  const auto warps = static_cast<int>(std::max<std::size_t>(1, program.warps.size()));
  const std::int64_t of_warp = rounded_up(program.registers * simt.lanes, simt.register_unit);
  const std::int64_t shared =
      rounded_up(program.shared_bytes + simt.block_bytes, simt.block_unit_bytes);
  Residency least{static_cast<int>(simt.max_blocks), "blocks"};
  const auto bound = [&](std::int64_t blocks, std::string_view by) {
    if (blocks < least.blocks) least = {static_cast<int>(blocks), by};
  };
  bound(simt.max_warps / warps, "warps");
  // A scheduler has its own registers.
  if (of_warp > 0)
    bound(simt.registers / simt.schedulers / of_warp * simt.schedulers / warps, "registers");
  if (shared > 0) bound(hw.scratchpad.size_bytes / shared, "scratchpad");
  return least;
}

}  // namespace tricycle
