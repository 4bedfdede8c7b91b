// SPDX-License-Identifier: Apache-2.0
//
// The best substitution of a machine is a baseline: no way to substitute that was left out is
// faster.
#include "sim/engine/substitution.h"

#include <gtest/gtest.h>

#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"

namespace tricycle {
namespace {

HwConfig machine(const std::string& name) {
  return load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/" + name + ".yaml");
}

TEST(Substitution, the_best_is_no_slower_than_any_setting_of_any_way) {
  for (const char* name : {"edge_16x16", "hexagon_like", "ascend_910b_like"})
    for (const Format format : {Format::kFp16, Format::kInt8}) {
      const HwConfig hw = machine(name);
      const auto best = best_substitution(hw, 32, format);
      ASSERT_TRUE(best);
      for (const char* algorithm :
           {"forward_substitution", "column_sweep", "blocked_substitution", "block_elimination"}) {
        const Algorithm& row = find_algorithm(algorithm);
        for (const AlgorithmOptions& options : candidate_options(row, 32, {}))
          EXPECT_LE(best->timed.cycles_per_item,
                    lower_fastest(row, resolve_parameters(row, 32, options), 32, format, hw)
                        .cycles_per_item)
              << name << " " << algorithm;
      }
    }
}

TEST(Substitution, is_nothing_where_the_machine_lacks_the_format) {
  EXPECT_FALSE(best_substitution(machine("gemmini_like"), 32, Format::kFp64));
}

}  // namespace
}  // namespace tricycle
