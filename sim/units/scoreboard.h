// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <systemc>
#include <utility>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_trace.h"
#include "sim/units/item_pool.h"

namespace tricycle {

/// What keeps a unit from its next instruction.
enum class Readiness : std::uint8_t {
  kReady,
  kLater,     // all tokens are posted, the last becomes visible at `time`
  kBlocked,   // some token has not been posted
  kFinished,  // no instruction of this unit is left, unless another item starts
};

/// The next instruction of a unit.
struct Pick {
  Readiness readiness = Readiness::kFinished;
  std::uint32_t instruction = 0;
  std::size_t slot = 0;
  std::int64_t time = 0;  // kReady, kLater: cycle of visibility of the last token
};

/// What a core's sequencer knows: `in_flight` slots, each running the program for one item of the
/// pool after the other.  Per slot and unit, instructions start in program order; tokens say when
/// they may.
class Scoreboard {
 public:
  /// Takes the first items.  `progress` is notified when the array itself told that a product was
  /// done or delivered: after all else of the cycle.
  Scoreboard(const Program& program, const HwConfig& hw, ItemPool& items, std::size_t in_flight,
             sc_core::sc_event& progress);

  /// The instruction `unit` would take at cycle `now`.
  Pick next(Unit unit, std::int64_t now) const;
  /// What a ready instruction waited for last; the start of its item if it waits for nothing.
  const LastToken& last_token(const Pick& pick) const {
    return slots_[pick.slot].tokens[pick.instruction].token;
  }
  /// Cycle at which the slot's item entered it.
  std::int64_t item_start(std::size_t slot) const { return slots_[slot].item_start; }
  /// The unit takes it: it leaves its queue.
  void take(const Pick& pick, std::int64_t now);
  /// The instruction was executed at cycle `now`; its result is usable `pipeline_cycles` later by
  /// other units.
  void complete(std::size_t slot, std::uint32_t instruction, std::int64_t now,
                std::int64_t pipeline_cycles);
  /// The same in two steps, where it is not known beforehand when the result will have left the
  /// unit: executed at `now`; and, with its result usable from `arrived` on, delivered.
  void complete_ahead_of_result(std::size_t slot, std::uint32_t instruction, std::int64_t now);
  void result_arrives(std::size_t slot, std::uint32_t instruction, std::int64_t posted,
                      std::int64_t arrived);

  std::int64_t item(std::size_t slot) const { return item_[slot]; }
  /// Cycle from which units other than its own may use an instruction's result.  Precondition: it
  /// is complete.
  std::int64_t visible(std::size_t slot, std::uint32_t instruction) const {
    return slots_[slot].visible[instruction];
  }
  /// Whether the slot's item has one instruction left.
  bool is_last(std::size_t slot) const { return slots_[slot].remaining == 1; }
  std::size_t slot_count() const { return slots_.size(); }
  /// Gives slots whose items have ended their next ones.  Called once everything of the cycle has
  /// completed, core by core.  Returns whether it took the last item of a slot number.
  bool start_items(std::int64_t now);
  /// The pool has no more items for some slot number: what waited for them need not.
  void items_ran_out() { note_changes(); }
  /// Whether anything happened since the last call: next() may answer something else.
  bool take_progress() { return std::exchange(progressed_, false); }
  /// Cycle at which the unit's last instruction of the run was taken; 0 if it has none.
  std::int64_t last_taken(Unit unit) const { return last_taken_[static_cast<std::size_t>(unit)]; }
  /// Cycle at which each item's last instruction was done, in order of completion.
  const std::vector<std::int64_t>& completion_cycles() const { return completion_cycles_; }
  /// Grows whenever next() of the unit could answer something else at the same cycle.
  std::int64_t changes(Unit unit) const { return changes_[static_cast<std::size_t>(unit)]; }
  /// Which unit waits for what, a line each that begins with `who`: for the watchdog's message.
  std::string describe_blocked(std::string_view who) const;

 private:
  /// What an instruction of the item in a slot still waits for, kept up to date as tokens are
  /// posted.
  struct Tokens {
    std::uint32_t missing = 0;  // tokens not posted
    LastToken token;            // that becomes visible last
  };
  /// An instruction that waits for a token.
  struct Dependent {
    std::uint32_t instruction;
    Unit unit;
    bool forwarded;  // within a unit: as soon as the producer is done, wherever its result is
  };
  struct Slot {
    std::int64_t item_start = 0;
    std::int64_t remaining = 0;  // instructions of the item not yet complete
    std::array<std::size_t, kUnitCount> head{};
    std::array<std::int64_t, kUnitCount> taken_total{};
    std::vector<Tokens> tokens;
    std::vector<bool> posted;
    std::vector<std::int64_t> visible;  // cycle other units may use a result, once it is posted
  };
  void start_item(std::size_t slot, std::int64_t item, std::int64_t now);
  void post(const Dependent& dependent, std::size_t slot, std::uint32_t instruction,
            std::int64_t posted, std::int64_t arrived);
  void instruction_done(std::size_t slot, std::uint32_t instruction, std::int64_t now);
  template <typename Post>
  void for_each_dependent(std::uint32_t instruction, Post&& post) const {
    for (std::uint32_t d = first_dependent_[instruction]; d < first_dependent_[instruction + 1];
         ++d)
      post(dependents_[d]);
  }
  /// Something happened that the sequencer's process does not know of by itself.
  void note_progress() {
    progressed_ = true;
    progress_.notify(sc_core::SC_ZERO_TIME);
  }
  void note_changes() {
    for (std::int64_t& changes : changes_) ++changes;
    progressed_ = true;
  }
  void update_head(Unit unit, std::size_t slot);
  Pick pick_of(Unit unit, std::size_t slot, std::int64_t now) const;
  Pick next_in_program_order(Unit unit, std::int64_t now) const;

  const Program& program_;
  const HwConfig& hw_;
  std::int64_t token_latency_ = 0;         // of tokens between units
  ByUnit<std::int64_t> result_latency_{};  // within a unit
  ItemPool& items_;
  std::array<std::vector<std::uint32_t>, kUnitCount>
      queue_;                    // the program's instructions of each unit, in order
  std::vector<Tokens> initial_;  // of an item that starts at cycle 0
  std::vector<Unit> unit_;       // of an instruction
  // Who waits for instruction i: dependents_[first_dependent_[i]] .. [first_dependent_[i + 1] - 1].
  std::vector<std::uint32_t> first_dependent_;
  std::vector<Dependent> dependents_;
  std::vector<Slot> slots_;
  std::vector<std::int64_t> item_;  // of a slot
  // Per unit and slot: cycle at which the slot's next instruction may start, or one of kBlockedHead
  // and kNoHead.
  std::array<std::vector<std::int64_t>, kUnitCount> head_visible_;
  std::array<std::int64_t, kUnitCount> last_taken_{};
  std::vector<std::size_t> ended_;  // slots whose item has ended and that have no other yet
  std::vector<std::int64_t> completion_cycles_;
  std::array<std::int64_t, kUnitCount> changes_{};
  bool progressed_ = true;
  sc_core::sc_event& progress_;
};

}  // namespace tricycle
