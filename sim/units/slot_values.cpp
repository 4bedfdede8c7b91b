// SPDX-License-Identifier: Apache-2.0
#include "sim/units/slot_values.h"

#include <utility>

#include "models/isa/way.h"

namespace tricycle {

SlotValues::SlotValues(const Program& program, const HwConfig& hw, const ItemIo* io,
                       std::size_t slots)
    : program_(program), hw_(hw), io_(io), items_(slots, -1) {
  if (io_ != nullptr) states_.resize(slots);
}

const MachineState& SlotValues::state(std::size_t slot, std::int64_t item) {
  if (items_[slot] != item) {
    states_[slot] = make_state(program_);
    io_->load(item, states_[slot]);
    items_[slot] = item;
  }
  return states_[slot];
}

PendingWrite SlotValues::read(std::size_t slot, std::int64_t item, std::uint32_t instruction) {
  return compute(program_, hw_, program_.instructions[instruction], state(slot, item));
}

void SlotValues::write(std::size_t slot, std::int64_t item, std::uint32_t instruction,
                       PendingWrite result) {
  if (io_ == nullptr) return;
  commit(std::move(result), program_, states_[slot]);
  const Instruction& in = program_.instructions[instruction];
  const Exit* exit = in.as<Exit>();
  if (exit != nullptr && exit->target != instruction + 1 && !contradiction_ &&
      is_taken(program_, states_[slot], in) != takes_exit(program_, item, instruction))
    contradiction_ = {item, instruction};
}

void SlotValues::finish(std::size_t slot, std::int64_t item) {
  if (io_ != nullptr) io_->store(item, states_[slot]);
}

}  // namespace tricycle
