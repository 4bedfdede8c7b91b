// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "sim/units/scoreboard.h"
#include "sim/units/slot_values.h"

namespace tricycle {

/// The matrix unit at the level of its PEs (`--fidelity pe`).  One SystemC process clocks the whole
/// array.  This simulation alone decides when the next product may follow, and when the sums are in
/// the accumulators.  No formula is used.
class PeUnit : public sc_core::sc_module {
 public:
  struct Work {
    std::size_t slot = 0;
    std::int64_t item = 0;
    std::uint32_t instruction = 0;
  };
  explicit PeUnit(const sc_core::sc_module_name& name) : sc_module(name) {}
  /// Enters a product.  Its operands are read now and enter the array in cycle `begin`; the fixed
  /// cycles per instruction (systolic_array.head) come on top.  `accepted` is notified in the cycle
  /// in which the next product could enter.  Precondition: the product before has been accepted.
  virtual void enter(const Work& work, std::int64_t begin, sc_core::sc_event& accepted) = 0;
};

/// Makes the matrix unit.  In a timing-only run `values` has none; the array then sums zeros.
std::unique_ptr<PeUnit> make_pe_unit(const std::string& name, const Program& program,
                                     const HwConfig& hw, Scoreboard& scoreboard,
                                     SlotValues& values);

}  // namespace tricycle
