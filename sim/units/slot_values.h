// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/semantics/execute.h"
#include "sim/units/npu.h"

namespace tricycle {

/// The values of the items in all slots.  Does nothing in a timing-only run.
class SlotValues {
 public:
  SlotValues(const Program& program, const HwConfig& hw, const ItemIo* io, std::size_t slots);
  bool present() const { return io_ != nullptr; }
  /// The state of the item in a slot.  It is loaded on the first call for the item.  Precondition:
  /// present().
  const MachineState& state(std::size_t slot, std::int64_t item);
  /// Reads the operands of an instruction when it starts.  Returns its result, which is not yet
  /// written.
  PendingWrite read(std::size_t slot, std::int64_t item, std::uint32_t instruction);
  /// Writes the result of an instruction when it completes.
  void write(std::size_t slot, std::int64_t item, std::uint32_t instruction, PendingWrite result);
  /// The first exit that decided against the way that its item was said to take.
  struct Contradiction {
    std::int64_t item;
    std::uint32_t exit;
  };
  const std::optional<Contradiction>& contradiction() const { return contradiction_; }
  /// Hands over the values of a finished item.
  void finish(std::size_t slot, std::int64_t item);

 private:
  const Program& program_;
  const HwConfig& hw_;
  const ItemIo* io_;
  std::vector<MachineState> states_;
  std::vector<std::int64_t> items_;
  std::optional<Contradiction> contradiction_;
};

}  // namespace tricycle
