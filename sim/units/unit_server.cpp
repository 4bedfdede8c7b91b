// SPDX-License-Identifier: Apache-2.0
#include "sim/units/unit_server.h"

#include <utility>

#include "sim/units/cycle_time.h"

namespace tricycle {

namespace {

StallCause wait_cause(Unit producer) {
  switch (producer) {
    case Unit::kMatrix: return StallCause::kWaitMatrix;
    case Unit::kVector: return StallCause::kWaitVector;
    case Unit::kDma: return StallCause::kWaitDma;
  }
  return StallCause::kItem;
}

}  // namespace

UnitServer::UnitServer(const sc_core::sc_module_name& name, Unit unit, const Npu& npu)
    : sc_module(name), unit_(unit), npu_(npu), free_at_(npu.hw.sequencer.launch_cycles) {
  stall(StallCause::kLaunch, free_at_);
  SC_HAS_PROCESS(UnitServer);
  SC_METHOD(complete);
  sensitive << done_;
  dont_initialize();
}

/// The cycles since the unit was free, by what the instruction waited for last: its item, its
/// producer, the producer's pipeline, the token.
void UnitServer::account_wait(std::int64_t now) {
  const LastToken& token = npu_.scoreboard.last_token(pick_);
  std::int64_t at = free_at_;
  const auto until = [&](std::int64_t cycle, StallCause cause) {
    const std::int64_t stop = std::clamp(cycle, at, now);
    stall(cause, stop - at);
    at = stop;
  };
  until(npu_.scoreboard.item_start(pick_.slot), StallCause::kItem);
  until(token.posted, wait_cause(token.producer));
  until(token.arrived, StallCause::kDrain);
  until(token.visible, StallCause::kToken);
  // Another server of the unit took what this one could have had: it became ready for this one only
  // now.
  until(now, wait_cause(unit_));
}

void UnitServer::start(const Pick& pick) {
  const std::int64_t now = now_cycles();
  const InstructionCost& cost = npu_.costs[pick.instruction];
  pick_ = pick;
  executing_ = true;
  account_wait(now);
  npu_.scoreboard.take(pick, now);
  const std::int64_t issue = npu_.hw.sequencer.issue_cycles;
  const std::int64_t issued = now + issue;
  const std::int64_t item = npu_.scoreboard.item(pick.slot);
  std::int64_t busy = cost.busy, dram_wait = 0;
  if (unit_ == Unit::kDma) {
    const Dram::Service service =
        npu_.dram.serve(issued + cost.dram_ready, item, cost.runs, cost.transfer);
    busy = cost.dram_ready + service.busy_cycles;
    dram_wait = service.wait_cycles;
  }
  const Scratchpad::Delay delay =
      npu_.scratchpad.begin(pick.slot, pick.instruction, issued, busy + cost.path + dram_wait);
  stall(StallCause::kIssue, issue);
  stall(StallCause::kDram, dram_wait);
  stall(StallCause::kPath, cost.path);
  stall(StallCause::kScratchpadBandwidth, delay.bandwidth_cycles);
  stall(StallCause::kBankConflict, delay.conflict_cycles);
  begin_ = issued + dram_wait + cost.path + delay.bandwidth_cycles + delay.conflict_cycles;
  if (unit_ == Unit::kMatrix && npu_.pe != nullptr) {
    npu_.pe->enter({pick.slot, item, pick.instruction}, begin_, done_);
    return;
  }
  if (npu_.values.present()) result_ = npu_.values.read(pick.slot, item, pick.instruction);
  done_.notify(duration(begin_ + busy - now));
}

void UnitServer::complete() {
  executing_ = false;
  free_at_ = now_cycles();
  cycles_.busy += free_at_ - begin_;
  if (unit_ == Unit::kMatrix && npu_.pe != nullptr) {
    npu_.scoreboard.complete_ahead_of_result(pick_.slot, pick_.instruction, free_at_);
    return;
  }
  npu_.values.write(pick_.slot, std::move(result_));
  if (npu_.scoreboard.is_last(pick_.slot))
    npu_.values.finish(pick_.slot, npu_.scoreboard.item(pick_.slot));
  npu_.scoreboard.complete(pick_.slot, pick_.instruction, free_at_,
                           npu_.costs[pick_.instruction].pipeline);
}

UnitCycles UnitServer::account_until(std::int64_t total_cycles) const {
  UnitCycles out = cycles_;
  // While the unit still had instructions to take, others took them.
  const std::int64_t work_left = std::max(free_at_, npu_.scoreboard.last_taken(unit_));
  out.stalled[static_cast<std::size_t>(wait_cause(unit_))] += work_left - free_at_;
  out.idle = total_cycles - work_left;
  return out;
}

}  // namespace tricycle
