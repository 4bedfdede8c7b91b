// SPDX-License-Identifier: Apache-2.0
#include "sim/units/unit_server.h"

#include <algorithm>
#include <utility>

namespace tricycle {

namespace {

// One cycle is one nanosecond of simulated time, whatever the machine's clock: SystemC's resolution
// is a picosecond.
constexpr std::int64_t kTicksPerCycle = 1000;

std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value()) / kTicksPerCycle;
}

sc_core::sc_time duration(std::int64_t cycles) {
  return sc_core::sc_time::from_value(static_cast<std::uint64_t>(cycles * kTicksPerCycle));
}

StallCause wait_cause(Unit producer) {
  switch (producer) {
    case Unit::kMatrix: return StallCause::kWaitMatrix;
    case Unit::kVector: return StallCause::kWaitVector;
    case Unit::kDma: return StallCause::kWaitDma;
  }
  return StallCause::kItem;
}

}  // namespace

SlotValues::SlotValues(const Program& program, const HwConfig& hw, const ItemIo* io,
                       std::size_t slots)
    : program_(program), hw_(hw), io_(io), items_(slots, -1) {
  if (io_ != nullptr) states_.resize(slots);
}

PendingWrite SlotValues::read(std::size_t slot, std::int64_t item, std::uint32_t instruction) {
  if (io_ == nullptr) return {};
  if (items_[slot] != item) {
    states_[slot] = make_state(program_);
    io_->load(item, states_[slot]);
    items_[slot] = item;
  }
  return compute(program_, hw_, program_.instructions[instruction], states_[slot]);
}

void SlotValues::write(std::size_t slot, PendingWrite result) {
  if (io_ != nullptr) commit(std::move(result), program_, states_[slot]);
}

void SlotValues::finish(std::size_t slot, std::int64_t item) {
  if (io_ != nullptr) io_->store(item, states_[slot]);
}

UnitServer::UnitServer(const sc_core::sc_module_name& name, Unit unit, const Npu& npu)
    : sc_module(name), unit_(unit), npu_(npu) {
  SC_HAS_PROCESS(UnitServer);
  SC_METHOD(step);
}

void UnitServer::step() {
  now_ = now_cycles();
  switch (phase_) {
    case Phase::kReset:
      if (npu_.hw.sequencer.launch_cycles > 0) {
        wait_in(Phase::kLaunching, npu_.hw.sequencer.launch_cycles);
        return;
      }
      [[fallthrough]];
    case Phase::kLaunching: launch(); return;
    case Phase::kSeeking: look_again(); return;
    case Phase::kIssuing:
      stall(StallCause::kIssue, npu_.hw.sequencer.issue_cycles);
      execute();
      return;
    case Phase::kExecuting: complete(); return;
  }
}

void UnitServer::wait_in(Phase phase, std::int64_t cycles) {
  phase_ = phase;
  next_trigger(duration(cycles));
}

void UnitServer::launch() {
  free_at_ = now_;
  stall(StallCause::kLaunch, free_at_);
  seek();
}

/// Woken by someone's completion, or by the time of the instruction looked at last.
void UnitServer::look_again() {
  const bool time_reached = pick_.readiness == Readiness::kLater && pick_.time <= now_;
  if (time_reached || npu_.scoreboard.changes(unit_) != seen_changes_)
    seek();
  else
    wait_for_progress();
}

void UnitServer::wait_for_progress() {
  if (pick_.readiness == Readiness::kLater)
    next_trigger(duration(pick_.time - now_), npu_.scoreboard.progress());
  else
    next_trigger(npu_.scoreboard.progress());
}

/// Takes the next instruction, or waits until one is ready; never runs again when none is left.
void UnitServer::seek() {
  phase_ = Phase::kSeeking;
  seen_changes_ = npu_.scoreboard.changes(unit_);
  pick_ = npu_.scoreboard.next(unit_, now_);
  switch (pick_.readiness) {
    case Readiness::kFinished: return;
    case Readiness::kLater:
    case Readiness::kBlocked: wait_for_progress(); return;
    case Readiness::kReady: break;
  }
  account_wait();
  npu_.scoreboard.take(pick_);
  if (const std::int64_t issue = npu_.hw.sequencer.issue_cycles; issue > 0)
    wait_in(Phase::kIssuing, issue);
  else
    execute();
}

/// The cycles since the unit was free, by what the instruction waited for last: its item, its
/// producer, the producer's pipeline, the token.
void UnitServer::account_wait() {
  const LastToken& token = npu_.scoreboard.last_token(pick_);
  std::int64_t at = free_at_;
  const auto until = [&](std::int64_t cycle, StallCause cause) {
    const std::int64_t stop = std::clamp(cycle, at, now_);
    stall(cause, stop - at);
    at = stop;
  };
  until(npu_.scoreboard.item_start(pick_.slot), StallCause::kItem);
  until(token.posted, wait_cause(token.producer));
  until(token.arrived, StallCause::kDrain);
  until(token.visible, StallCause::kToken);
  // Another server of the unit took what this one could have had: it became ready for this one only
  // now.
  until(now_, wait_cause(unit_));
}

/// Puts a transfer on the DRAM's channel; the cycles it waits for other queues' transfers.
std::int64_t UnitServer::wait_for_dram(const InstructionCost& cost) {
  if (unit_ != Unit::kDma) return 0;
  const std::int64_t ready = now_ + cost.dram_ready;
  return npu_.dram.start(ready, cost.dram_channel) - ready;
}

void UnitServer::execute() {
  if (npu_.values.present())
    result_ = npu_.values.read(pick_.slot, npu_.scoreboard.item(pick_.slot), pick_.instruction);
  const InstructionCost& cost = npu_.costs[pick_.instruction];
  const std::int64_t dram_wait = wait_for_dram(cost);
  const Scratchpad::Delay delay =
      npu_.scratchpad.begin(pick_.slot, pick_.instruction, now_, cost.busy + dram_wait);
  cycles_.busy += cost.busy;
  stall(StallCause::kDram, dram_wait);
  stall(StallCause::kScratchpadBandwidth, delay.bandwidth_cycles);
  stall(StallCause::kBankConflict, delay.conflict_cycles);
  wait_in(Phase::kExecuting,
          cost.busy + dram_wait + delay.bandwidth_cycles + delay.conflict_cycles);
}

void UnitServer::complete() {
  npu_.values.write(pick_.slot, std::move(result_));
  free_at_ = now_;
  if (npu_.scoreboard.is_last(pick_.slot))
    npu_.values.finish(pick_.slot, npu_.scoreboard.item(pick_.slot));
  npu_.scoreboard.complete(pick_.slot, pick_.instruction, free_at_,
                           npu_.costs[pick_.instruction].pipeline);
  seek();
}

UnitCycles UnitServer::account_until(std::int64_t total_cycles) const {
  UnitCycles out = cycles_;
  out.idle = total_cycles - free_at_;
  return out;
}

}  // namespace tricycle
