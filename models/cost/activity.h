// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "models/isa/program.h"
#include "models/timing/timing.h"

namespace tricycle {

/// The work of one item, whatever time it takes.  It is a function of the program, and of the
/// machine's shapes that cut the program into passes and registers.  It does not depend on the run.
struct Activity {
  std::int64_t macs = 0;           // multiply-accumulates of the matrix unit
  std::int64_t row_step_macs = 0;  // multiply-accumulates of the vector unit, in substitutions
  std::int64_t solve_macs = 0;     // multiply-accumulates of the solve unit
  std::int64_t solve_results = 0;  // entries of the solution, which its boundary cells complete
  std::int64_t solve_register_bits = 0;
  // Bits of operands and sums that move on by a PE, or stay in it and are added.
  std::int64_t pe_register_bits = 0;
  std::int64_t accumulator_read_bytes = 0, accumulator_written_bytes = 0;
  VectorWork vector;
  std::int64_t scratchpad_read_bytes = 0, scratchpad_written_bytes = 0;
  std::array<std::int64_t, kPathCount> path_bytes{};         // topology.*
  std::int64_t dram_read_bytes = 0, dram_written_bytes = 0;  // whole requests
  std::int64_t instructions = 0;

  std::int64_t dram_bytes() const { return dram_read_bytes + dram_written_bytes; }
  friend bool operator==(const Activity&, const Activity&) = default;
};

/// Everything the work of one instruction depends on, apart from its operands.
struct CountInputs {
  const Program& program;
  const HwConfig& hw;
  const Instruction& instruction;
};

/// Adds the work of an operation.  All operations of the vector unit share one function, which
/// takes their elementary operations from vector_time() (models/timing/vector_time.h).
void count(const Load& op, const CountInputs& in, Activity& activity);
void count(const Store& op, const CountInputs& in, Activity& activity);
void count(const Matmul& op, const CountInputs& in, Activity& activity);
void count(const ReadOut& op, const CountInputs& in, Activity& activity);
void count(const Solve& op, const CountInputs& in, Activity& activity);

/// Of a program with exits: the mean over the ways that its items take, rounded.  Precondition:
/// validate(program, hw).
Activity activity(const Program& program, const HwConfig& hw);

}  // namespace tricycle
