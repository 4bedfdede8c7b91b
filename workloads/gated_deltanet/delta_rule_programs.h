// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/semantics/execute.h"
#include "workloads/gated_deltanet/stages.h"
#include "workloads/language_model/delta_rule.h"

namespace tricycle {

/// The programs of all stages of one layer's delta rule.
struct DeltaPrograms {
  DeltaShape shape;
  DeltaForm form = DeltaForm::kUt;
  int chunks = 0;  // of a head
  Program kkt, solve;
  std::optional<Program> wy;  // of U and W
  Program state, output;
};

/// `solve`: the program of an inversion of solve_size(), in whatever format.  Throws
/// InputError.
DeltaPrograms lower_delta_rule(const HwConfig& hw, const DeltaShape& shape,
                               const RoundingMode& mode, DeltaForm form, int chunks, Program solve);

/// Runs a program for items 0 .. items - 1: `load` fills the inputs of a fresh state, `store` takes
/// the finished one; in whatever order.
using Execute =
    std::function<void(const Program& program, std::int64_t items,
                       const std::function<void(std::int64_t, MachineState&)>& load,
                       const std::function<void(std::int64_t, const MachineState&)>& store)>;

/// The golden model: one item after the other, untimed.
Execute interpreted(const HwConfig& hw);

/// Outputs o [tokens x dv] of the value heads, stage by stage; `group` heads in a row have the same
/// q and k.  A short last chunk is padded with zeros.  What passes from stage to stage passes
/// through DRAM in the formats of the programs.
std::vector<RealMatrix> delta_rule_outputs(const DeltaPrograms& programs,
                                           const std::vector<DeltaInputs>& heads,
                                           const Execute& execute);

}  // namespace tricycle
