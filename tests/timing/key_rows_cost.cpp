// SPDX-License-Identifier: Apache-2.0
#include "models/cost/cost.h"
#include "sim/units/npu.h"
#include "tests/timing/key_rows.h"

namespace tricycle::testing {

namespace {

/// pJ of one chunk alone, nominal.
Figure picojoules() {
  return [what = inversion()](const HwConfig& hw) {
    const Program p = what(hw);
    const auto cycles = static_cast<double>(simulate(p, hw, 1, nullptr).total_cycles);
    return energy_pj(hw, p.format, activity(p, hw), 1, cycles).total().nominal;
  };
}
Figure square_millimetres() {
  return [](const HwConfig& hw) { return area_mm2(hw).total().nominal; };
}

}  // namespace

KeyRows cost_key_rows() {
  return {
      {"cost.node", "16 nm", Demand::kMore, picojoules(), {}},
      {"cost.node", "5 nm", Demand::kLess, square_millimetres(), {}},
      {"cost.dram_type", "ddr4", Demand::kMore, picojoules(), {}},
      {"cost.dram_type", "ddr4", Demand::kSame, square_millimetres(), {}},
      {"cost.clock_gating", "false", Demand::kMore, picojoules(), {}},
      {"cost.energy_scale", "2", Demand::kMore, picojoules(), {}},
      {"cost.energy_scale", "2", Demand::kSame, square_millimetres(), {}},
      {"cost.tables",
       TRICYCLE_SOURCE_DIR "/hwconfigs/costs/stillmaker_baas.yaml",
       Demand::kLess,
       picojoules(),
       {}},
  };
}

}  // namespace tricycle::testing
