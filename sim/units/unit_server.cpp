// SPDX-License-Identifier: Apache-2.0
#include "sim/units/unit_server.h"

#include <algorithm>

namespace tricycle {

namespace {

// One cycle is one nanosecond of simulated time, whatever the machine's clock: SystemC's resolution
// is a picosecond.
constexpr std::int64_t kTicksPerCycle = 1000;

std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value()) / kTicksPerCycle;
}

sc_core::sc_time duration(std::int64_t cycles) {
  return {static_cast<double>(cycles), sc_core::SC_NS};
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

void SlotValues::write(std::size_t slot, const PendingWrite& result) {
  if (io_ != nullptr) commit(result, program_, states_[slot]);
}

void SlotValues::finish(std::size_t slot, std::int64_t item) {
  if (io_ != nullptr) io_->store(item, states_[slot]);
}

UnitServer::UnitServer(const sc_core::sc_module_name& name, Unit unit, const Npu& npu)
    : sc_module(name), unit_(unit), npu_(npu) {
  SC_HAS_PROCESS(UnitServer);
  SC_THREAD(run);
}

void UnitServer::run() {
  if (npu_.hw.sequencer.launch_cycles > 0) wait(duration(npu_.hw.sequencer.launch_cycles));
  free_at_ = now_cycles();
  stall(StallCause::kLaunch, free_at_);
  for (Pick pick; wait_for_work(pick);) execute(pick);
}

/// Waits until an instruction is ready; false when none is left.
bool UnitServer::wait_for_work(Pick& pick) {
  for (;;) {
    const std::int64_t now = now_cycles();
    pick = npu_.scoreboard.next(unit_, now);
    switch (pick.readiness) {
      case Readiness::kFinished: return false;
      case Readiness::kReady:
        account_wait(pick, now);
        npu_.scoreboard.take(pick);
        return true;
      case Readiness::kLater: wait(duration(pick.time - now), npu_.scoreboard.progress()); break;
      case Readiness::kBlocked: wait(npu_.scoreboard.progress()); break;
    }
  }
}

/// The cycles since the unit was free, by what the instruction waited for last: its item, its
/// producer, the producer's pipeline, the token.
void UnitServer::account_wait(const Pick& pick, std::int64_t now) {
  std::int64_t at = free_at_;
  const auto until = [&](std::int64_t cycle, StallCause cause) {
    const std::int64_t stop = std::clamp(cycle, at, now);
    stall(cause, stop - at);
    at = stop;
  };
  until(pick.item_start, StallCause::kItem);
  until(pick.posted, wait_cause(pick.producer));
  until(pick.arrived, StallCause::kDrain);
  until(pick.visible, StallCause::kToken);
  // Another server of the unit took what this one could have had: it became ready for this one only
  // now.
  until(now, wait_cause(unit_));
}

UnitServer::Occupancy UnitServer::occupancy(const Instruction& in, std::int64_t now) {
  switch (unit_) {
    case Unit::kMatrix: {
      const ArrayTiming t = matmul_timing(npu_.hw, npu_.program, in);
      return {t.occupancy_cycles, t.latency_cycles - t.occupancy_cycles, 0};
    }
    case Unit::kVector: return {vector_cycles(npu_.hw, npu_.program, in), 0, 0};
    case Unit::kDma: {
      const TransferTiming t = transfer_timing(npu_.hw, npu_.program, in);
      const std::int64_t ready = now + t.startup_cycles + t.latency_cycles;
      const std::int64_t begin = npu_.dram.start(ready, t.channel_cycles);
      return {t.startup_cycles + t.latency_cycles + t.window_cycles, 0, begin - ready};
    }
  }
  return {};
}

void UnitServer::execute(const Pick& pick) {
  const Instruction& in = npu_.program.instructions[pick.instruction];
  const std::int64_t item = npu_.scoreboard.item(pick.slot);
  if (const std::int64_t issue = npu_.hw.sequencer.issue_cycles; issue > 0) {
    wait(duration(issue));
    stall(StallCause::kIssue, issue);
  }
  const PendingWrite result = npu_.values.read(pick.slot, item, pick.instruction);
  const std::int64_t now = now_cycles();
  const Occupancy o = occupancy(in, now);
  const Scratchpad::Delay delay =
      npu_.scratchpad.begin(pick.slot, pick.instruction, now, o.busy + o.dram_wait);
  wait(duration(o.busy + o.dram_wait + delay.bandwidth_cycles + delay.conflict_cycles));
  cycles_.busy += o.busy;
  stall(StallCause::kDram, o.dram_wait);
  stall(StallCause::kScratchpadBandwidth, delay.bandwidth_cycles);
  stall(StallCause::kBankConflict, delay.conflict_cycles);
  npu_.values.write(pick.slot, result);
  free_at_ = now_cycles();
  if (npu_.scoreboard.is_last(pick.slot)) npu_.values.finish(pick.slot, item);
  npu_.scoreboard.complete(pick.slot, pick.instruction, free_at_, o.pipeline);
}

UnitCycles UnitServer::account_until(std::int64_t total_cycles) const {
  UnitCycles out = cycles_;
  out.idle = total_cycles - free_at_;
  return out;
}

}  // namespace tricycle
