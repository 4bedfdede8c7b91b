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

/// Whether a unit can take its next instruction, and if not, why.
enum class Readiness : std::uint8_t {
  kReady,
  kLater,     // all tokens are posted; the last becomes visible at `time`
  kBlocked,   // some token has not been posted
  kFinished,  // no instruction is left for this unit, unless another item starts
};

/// The next instruction for a unit.
struct Pick {
  Readiness readiness = Readiness::kFinished;
  std::uint32_t instruction = 0;
  std::size_t slot = 0;
  std::int64_t time = 0;  // kReady, kLater: cycle of visibility of the last token
};

/// The state that a core's sequencer decides by.  There are `in_flight` slots.  Each runs the
/// program for one item of the pool after the other.  Per slot and unit, instructions start in
/// program order.  Tokens decide when they may start.
class Scoreboard {
 public:
  /// Takes the first items.  `progress` is notified when the array itself reports that a product is
  /// done or delivered; this comes after everything else in the cycle.
  Scoreboard(const Program& program, const HwConfig& hw, ItemPool& items, std::size_t in_flight,
             sc_core::sc_event& progress);

  /// The instruction `unit` would take at cycle `now`.
  Pick next(Unit unit, std::int64_t now) const;
  /// The token that a ready instruction waited for last; the start of its item if it waits for
  /// none.
  const LastToken& last_token(const Pick& pick) const {
    return slots_[pick.slot].tokens[pick.instruction].token;
  }
  /// Cycle in which the current item of the slot entered it.
  std::int64_t item_start(std::size_t slot) const { return slots_[slot].item_start; }
  /// The unit takes the instruction, which leaves its queue.
  void take(const Pick& pick, std::int64_t now);
  /// The instruction has been executed at cycle `now`.  Other units can use its result
  /// `pipeline_cycles` later.
  void complete(std::size_t slot, std::uint32_t instruction, std::int64_t now,
                std::int64_t pipeline_cycles);
  /// complete() in two steps, for when it is not known in advance when the result leaves the unit.
  /// The first step says that the instruction has been executed at `now`.  The second says that its
  /// result has been delivered and is usable from `arrived` on.
  void complete_ahead_of_result(std::size_t slot, std::uint32_t instruction, std::int64_t now);
  void result_arrives(std::size_t slot, std::uint32_t instruction, std::int64_t posted,
                      std::int64_t arrived);

  std::int64_t item(std::size_t slot) const { return item_[slot]; }
  /// Cycle from which units other than its own may use an instruction's result.  Precondition: the
  /// instruction is complete.
  std::int64_t visible(std::size_t slot, std::uint32_t instruction) const {
    return slots_[slot].visible[instruction];
  }
  /// Whether the slot's item has exactly one instruction left.
  bool is_last(std::size_t slot) const { return slots_[slot].remaining == 1; }
  std::size_t slot_count() const { return slots_.size(); }
  /// Gives their next items to slots whose items have ended.  Called core by core, once everything
  /// in the cycle has completed.  Returns whether it took the last item for some slot number.
  bool start_items(std::int64_t now);
  /// The pool has no more items for some slot number, so nothing needs to wait for them any more.
  void items_ran_out() { note_changes(); }
  /// Whether anything has happened since the last call that may change the answer of next().
  bool take_progress() { return std::exchange(progressed_, false); }
  /// Cycle in which the unit's last instruction so far was taken; 0 if there was none.
  std::int64_t last_taken(Unit unit) const { return last_taken_[static_cast<std::size_t>(unit)]; }
  /// Cycles in which the items completed, in order of completion.
  const std::vector<std::int64_t>& completion_cycles() const { return completion_cycles_; }
  /// A count that grows whenever next() of the unit could give another answer for the same cycle.
  std::int64_t changes(Unit unit) const { return changes_[static_cast<std::size_t>(unit)]; }
  /// For the watchdog's message: which unit waits for what, one line each, which begins with `who`.
  std::string describe_blocked(std::string_view who) const;

 private:
  /// What an instruction of the item in a slot still waits for.  It is updated as tokens are
  /// posted.
  struct Tokens {
    std::uint32_t missing = 0;  // tokens that are not posted yet
    LastToken token;            // the token that becomes visible last
  };
  /// An instruction that waits for a token.
  struct Dependent {
    std::uint32_t instruction;
    Unit unit;
    bool forwarded;  // within a unit: usable once the producer is done, wherever its result is
  };
  /// One way of items through the program: the instructions that are executed on it, and who waits
  /// for whom.  Instructions have the numbers of the whole program.
  struct Flow {
    std::array<std::vector<std::uint32_t>, kUnitCount> queue;  // of each unit, in order
    std::vector<Tokens> initial;  // tokens of an item that starts at cycle 0
    // Who waits for instruction i: dependents[first[i]] .. [first[i + 1] - 1].
    std::vector<std::uint32_t> first;
    std::vector<Dependent> dependents;
    std::int64_t instructions = 0;
  };
  struct Slot {
    const Flow* flow = nullptr;
    std::int64_t items = 0;  // that have started in it
    std::int64_t item_start = 0;
    std::int64_t remaining = 0;  // instructions of the item not yet complete
    std::array<std::size_t, kUnitCount> head{};
    std::vector<Tokens> tokens;
    std::vector<bool> posted;
    /// Once posted: cycle from which other units may use the result
    std::vector<std::int64_t> visible;
  };
  void start_item(std::size_t slot, std::int64_t item, std::int64_t now);
  void post(const Dependent& dependent, std::size_t slot, std::uint32_t instruction,
            std::int64_t posted, std::int64_t arrived);
  void instruction_done(std::size_t slot, std::uint32_t instruction, std::int64_t now);
  template <typename Post>
  static void for_each_dependent(const Flow& flow, std::uint32_t instruction, Post&& post) {
    for (std::uint32_t d = flow.first[instruction]; d < flow.first[instruction + 1]; ++d)
      post(flow.dependents[d]);
  }
  /// Something happened that the sequencer's process does not notice by itself.
  void note_progress() {
    progressed_ = true;
    progress_.notify(sc_core::SC_ZERO_TIME);
  }
  void note_changes() {
    for (std::int64_t& changes : changes_) ++changes;
    progressed_ = true;
  }
  Flow make_flow(const Program& straight, const std::vector<std::uint32_t>& place) const;
  std::int64_t order_of(Unit unit, std::size_t slot) const;
  void update_head(Unit unit, std::size_t slot);
  Pick pick_of(Unit unit, std::size_t slot, std::int64_t now) const;
  Pick next_in_program_order(Unit unit, std::int64_t now) const;

  const Program& program_;
  const HwConfig& hw_;
  std::int64_t token_latency_ = 0;         // latency of tokens between units
  ByUnit<std::int64_t> result_latency_{};  // latency of results within a unit
  ItemPool& items_;
  std::vector<Unit> unit_;   // by instruction
  std::vector<Flow> flows_;  // the ways of the program's items
  std::vector<Slot> slots_;
  std::vector<std::int64_t> item_;  // by slot
  // By unit and slot: cycle in which the slot's next instruction may start, or kBlockedHead or
  // kNoHead.
  std::array<std::vector<std::int64_t>, kUnitCount> head_visible_;
  std::array<std::int64_t, kUnitCount> last_taken_{};
  std::vector<std::size_t> ended_;  // slots whose item has ended and that have no new item yet
  std::vector<std::int64_t> completion_cycles_;
  std::array<std::int64_t, kUnitCount> changes_{};
  bool progressed_ = true;
  sc_core::sc_event& progress_;
};

}  // namespace tricycle
