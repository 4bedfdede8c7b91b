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

/// The matrix unit at the level of its PEs (`--fidelity pe`): one SystemC process clocks the whole
/// array.  When a product can be followed by the next, and when its sums are in the accumulators,
/// comes out of that walk; no formula is asked.
class PeUnit : public sc_core::sc_module {
 public:
  struct Work {
    std::size_t slot = 0;
    std::int64_t item = 0;
    std::uint32_t instruction = 0;
  };
  explicit PeUnit(const sc_core::sc_module_name& name) : sc_module(name) {}
  /// A product whose operands are read now and enter the array in cycle `begin` (fixed cycles an
  /// instruction, systolic_array.head, come on top).  `accepted` is notified in the cycle in which
  /// the next one could enter.  Precondition: the one before has been accepted.
  virtual void enter(const Work& work, std::int64_t begin, sc_core::sc_event& accepted) = 0;
};

/// `values` may be absent (timing-only): the array then sums zeros.
std::unique_ptr<PeUnit> make_pe_unit(const std::string& name, const Program& program,
                                     const HwConfig& hw, Scoreboard& scoreboard,
                                     SlotValues& values);

}  // namespace tricycle
