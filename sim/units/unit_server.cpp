// SPDX-License-Identifier: Apache-2.0
#include "sim/units/unit_server.h"

#include <utility>

#include "sim/units/cycle_time.h"

namespace tricycle {

UnitServer::UnitServer(const sc_core::sc_module_name& name, ServerId id, const CoreParts& core)
    : sc_module(name), id_(id), core_(core), free_at_(core.hw.sequencer.launch_cycles) {
  stall(StallCause::kLaunch, free_at_);
  observe_stall(StallCause::kLaunch, 0, free_at_);
  SC_HAS_PROCESS(UnitServer);
  SC_METHOD(complete);
  sensitive << done_;
  dont_initialize();
}

/// Calls sink(cause, begin, cycles) for all cycles from when the unit was free to when it begins to
/// work on its instruction.  First come the causes before the instruction was taken, by what it
/// waited for last: its item, its producer, the producer's pipeline, the token.  Then come the
/// causes that held it after it was taken.
template <typename Sink>
void UnitServer::for_each_stall(const Held& held, Sink&& sink) const {
  const LastToken& token = core_.scoreboard.last_token(pick_);
  std::int64_t at = free_at_;
  const auto until = [&](std::int64_t cycle, StallCause cause) {
    const std::int64_t stop = std::clamp(cycle, at, started_);
    sink(cause, at, stop - at);
    at = stop;
  };
  until(core_.scoreboard.item_start(pick_.slot), StallCause::kItem);
  until(token.posted, waits_for(token.producer));
  until(token.arrived, StallCause::kDrain);
  until(token.visible, StallCause::kToken);
  // Another server of the unit took the instructions before this one; only now is one ready for
  // this server.
  until(started_, waits_for(id_.unit));
  const auto hold = [&](std::int64_t cycles, StallCause cause) {
    sink(cause, at, cycles);
    at += cycles;
  };
  hold(held.issue, StallCause::kIssue);
  hold(held.dram, StallCause::kDram);
  hold(held.path, StallCause::kPath);
  hold(held.scratchpad.bandwidth_cycles, StallCause::kScratchpadBandwidth);
  hold(held.scratchpad.conflict_cycles, StallCause::kBankConflict);
}

void UnitServer::observe_stall(StallCause cause, std::int64_t begin, std::int64_t cycles) const {
  if (core_.observer == nullptr || cycles == 0) return;
  const std::int64_t item = executing_ ? core_.scoreboard.item(pick_.slot) : StallSpan::kNoItem;
  core_.observer->stalled({id_, cause, item, pick_.instruction, begin, begin + cycles});
}

void UnitServer::start(const Pick& pick) {
  const InstructionTiming& timing = core_.timings[pick.instruction];
  pick_ = pick;
  started_ = now_cycles();
  executing_ = true;
  core_.scoreboard.take(pick, started_);
  const std::int64_t item = core_.scoreboard.item(pick.slot);
  const std::int64_t issued = started_ + core_.hw.sequencer.issue_cycles;
  std::int64_t busy = timing.busy;
  Held held{core_.hw.sequencer.issue_cycles, 0, 0, {}};
  held.path = core_.paths.hold(issued, timing.vector);
  if (timing.is_product)
    held.path = core_.operand_path.hold(
        {pick.slot, item, pick.instruction, core_.scoreboard.item_start(pick.slot)}, issued,
        free_at_, core_.scoreboard);
  if (timing.is_transfer()) {
    const std::int64_t ready = issued + timing.dram_ready;
    const Dram::Service service = core_.dram.serve(ready, item, timing.runs, timing.transfer);
    busy = timing.dram_ready + service.busy_cycles;
    held.dram = service.wait_cycles;
    channel_begin_ = ready + service.wait_cycles;
    channel_cycles_ = service.channel_cycles;
  }
  held.scratchpad =
      core_.scratchpad.begin(pick.slot, pick.instruction, issued, busy + held.dram + held.path);
  for_each_stall(
      held, [this](StallCause cause, std::int64_t, std::int64_t cycles) { stall(cause, cycles); });
  if (core_.observer != nullptr)
    for_each_stall(held, [this](StallCause cause, std::int64_t begin, std::int64_t cycles) {
      observe_stall(cause, begin, cycles);
    });
  begin_ = issued + held.dram + held.path + held.scratchpad.bandwidth_cycles +
           held.scratchpad.conflict_cycles;
  if (steps_registers(timing)) {
    core_.pe->enter({pick.slot, item, pick.instruction}, begin_, done_);
    return;
  }
  if (core_.values.present()) result_ = core_.values.read(pick.slot, item, pick.instruction);
  done_at_ = begin_ + busy;
}

void UnitServer::complete() {
  executing_ = false;
  done_at_ = kNever;
  free_at_ = now_cycles();
  cycles_.busy += free_at_ - begin_;
  if (core_.observer != nullptr) observe_execution();
  if (steps_registers(core_.timings[pick_.instruction])) {
    core_.scoreboard.complete_ahead_of_result(pick_.slot, pick_.instruction, free_at_);
    return;
  }
  core_.values.write(pick_.slot, core_.scoreboard.item(pick_.slot), pick_.instruction,
                     std::move(result_));
  if (core_.scoreboard.is_last(pick_.slot))
    core_.values.finish(pick_.slot, core_.scoreboard.item(pick_.slot));
  core_.scoreboard.complete(pick_.slot, pick_.instruction, free_at_,
                            core_.timings[pick_.instruction].pipeline);
}

/// Call this before the scoreboard is told: what the instruction waited for is forgotten with its
/// item.
void UnitServer::observe_execution() const {
  const std::int64_t item = core_.scoreboard.item(pick_.slot);
  const auto slot = static_cast<std::int64_t>(pick_.slot);
  core_.observer->executed({id_, pick_.instruction, slot, item, core_.scoreboard.last_token(pick_),
                            started_, begin_, free_at_, channel_begin_, channel_cycles_,
                            core_.timings[pick_.instruction].transfer.bytes});
  if (core_.scoreboard.is_last(pick_.slot))
    core_.observer->finished(
        {item, slot, core_.scoreboard.item_start(pick_.slot), free_at_, id_.core});
}

UnitCycles UnitServer::account_until(std::int64_t total_cycles) {
  // The unit still had instructions to take, but other servers took them.
  const std::int64_t work_left = std::max(free_at_, core_.scoreboard.last_taken(id_.unit));
  stall(waits_for(id_.unit), work_left - free_at_);
  observe_stall(waits_for(id_.unit), free_at_, work_left - free_at_);
  cycles_.idle = total_cycles - work_left;
  return cycles_;
}

}  // namespace tricycle
