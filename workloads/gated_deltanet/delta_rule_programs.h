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

/// The programs of all stages of the delta rule of one layer.
struct DeltaPrograms {
  DeltaShape shape;
  DeltaForm form = DeltaForm::kUt;
  int chunks = 0;  // chunks per head
  Program kkt, solve;
  std::optional<Program> wy;  // the stage that computes U and W
  Program state, output;
};

/// Lowers all stages.  `solve`: the program of an inversion of solve_size(), in any format.  Throws
/// InputError.
DeltaPrograms lower_delta_rule(const HwConfig& hw, const DeltaShape& shape,
                               const RoundingMode& mode, DeltaForm form, int chunks, Program solve);

/// Runs a program for items 0 .. items - 1, in any order.  `load` fills the inputs of a fresh
/// state; `store` receives the finished state.
using Execute =
    std::function<void(const Program& program, std::int64_t items,
                       const std::function<void(std::int64_t, MachineState&)>& load,
                       const std::function<void(std::int64_t, const MachineState&)>& store)>;

/// The golden model: executes one item after the other, untimed.
Execute interpreted(const HwConfig& hw);

/// Outputs o [tokens x dv] of the value heads, computed stage by stage.  Each `group` of
/// consecutive heads has the same q and k.  A short last chunk is padded with zeros.  Values pass
/// from stage to stage through DRAM, in the formats of the programs.
std::vector<RealMatrix> delta_rule_outputs(const DeltaPrograms& programs,
                                           const std::vector<DeltaInputs>& heads,
                                           const Execute& execute);

}  // namespace tricycle
