// SPDX-License-Identifier: Apache-2.0
#include "models/simt/warp_simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "models/error.h"

namespace tricycle {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

struct Warp {
  std::size_t block = 0, scheduler = 0;
  const WarpCode* code = nullptr;
  std::size_t at = 0;
  int repetition = 0;
  double earliest = 0;         // of the next instruction: order, fetch and operands
  double last_issue = -1;      // ties go to whoever waited longest
  double fetched = 0;          // the next instruction is there
  std::vector<double> issued;  // of the last instructions, as a ring
  std::size_t count = 0;
  double stored = 0;  // its stores are done
  double waited = 0;
  std::vector<double> ready;  // results of this repetition
};

struct Scheduler {
  double port = 0;     // issues the next instruction
  double reading = 0;  // until then, one of several cycles reads its operands in the gaps
  std::array<double, kWarpPipeCount> pipes{};
  std::vector<std::size_t> warps;
  std::size_t next = 0;     // the warp that issues first ..
  double next_at = kNever;  // .. and when
};

struct Block {
  int arrived = 0;
  double last_arrival = 0;
  std::vector<std::size_t> warps;
  std::vector<std::size_t> in_group;  // warps that have issued the product of their group
  double group_arrival = 0;
};

/// Warps take the slots of a core in order of their blocks; a block that has a warp for every
/// scheduler begins one further than the block before (measured on an H200, %warpid).
std::size_t scheduler_of(std::size_t block, std::size_t warp, std::size_t warps_of_block,
                         std::size_t schedulers) {
  const std::size_t first = warps_of_block >= schedulers ? block : block * warps_of_block;
  return (first + warp) % schedulers;
}

class Core {
 public:
  Core(const WarpProgram& program, const SimtConfig& simt, int blocks, int repetitions, double gap)
      : simt_(simt),
        repetitions_(repetitions),
        gap_(gap),
        fetch_(simt.fetch_cycles(program.code_bytes)),
        warps_of_block_(program.warps.size()),
        schedulers_(static_cast<std::size_t>(simt.schedulers)),
        blocks_(static_cast<std::size_t>(blocks)) {
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      for (std::size_t w = 0; w < program.warps.size(); ++w) place(b, w, program.warps[w]);
    for (Warp& warp : warps_) prepare(warp);
    for (Scheduler& s : schedulers_) choose(s);
  }

  WarpTimes run() {
    for (;;) {
      Scheduler* first = &schedulers_.front();
      for (Scheduler& s : schedulers_)
        if (s.next_at < first->next_at) first = &s;
      if (first->next_at == kNever) break;
      issue(*first);
    }
    for (const Warp& warp : warps_)
      if (!is_done(warp)) throw InternalError("warps wait for each other");
    return times();
  }

 private:
  void place(std::size_t block, std::size_t w, const WarpCode& code) {
    Warp warp;
    warp.block = block;
    warp.scheduler = scheduler_of(block, w, warps_of_block_, schedulers_.size());
    warp.code = &code;
    warp.ready.assign(code.size(), 0);
    warp.issued.assign(static_cast<std::size_t>(simt_.fetch_ahead), 0);
    schedulers_[warp.scheduler].warps.push_back(warps_.size());
    blocks_[block].warps.push_back(warps_.size());
    warps_.push_back(std::move(warp));
  }

  bool is_done(const Warp& warp) const { return warp.repetition == repetitions_; }

  /// When the next instruction is fetched: at the rate of the code's size, some ahead.
  void fetch(Warp& warp, double now) {
    double& oldest = warp.issued[warp.count++ % warp.issued.size()];
    warp.fetched = std::max(warp.fetched, oldest) + fetch_;
    oldest = now;
    warp.earliest = std::max(warp.earliest, warp.fetched);
  }

  /// Sets when the operands of the next instruction are there.
  void prepare(Warp& warp) {
    if (is_done(warp)) {
      warp.earliest = kNever;
      return;
    }
    for (const std::int32_t input : (*warp.code)[warp.at].inputs)
      warp.earliest = std::max(warp.earliest, warp.ready[static_cast<std::size_t>(input)]);
  }

  void choose(Scheduler& s) {
    s.next_at = kNever;
    for (const std::size_t w : s.warps) {
      const Warp& warp = warps_[w];
      if (warp.earliest == kNever) continue;
      const auto pipe = static_cast<std::size_t>(info((*warp.code)[warp.at].op).pipe);
      const bool is_long = simt_.of((*warp.code)[warp.at].op).issue > 1;
      const double at = std::max({warp.earliest, s.port, s.pipes[pipe], is_long ? s.reading : 0});
      if (at < s.next_at || (at == s.next_at && warp.last_issue < warps_[s.next].last_issue)) {
        s.next_at = at;
        s.next = w;
      }
    }
  }

  void issue(Scheduler& s) {
    Warp& warp = warps_[s.next];
    const double now = s.next_at;
    const WarpInstruction& instruction = (*warp.code)[warp.at];
    const WarpOperation& op = simt_.of(instruction.op);
    s.port = now + std::min(op.issue, 1.0);
    if (op.issue > 1)
      s.reading = now + op.issue;
    else if (now < s.reading)
      s.reading += op.issue;
    const WarpPipe pipe = info(instruction.op).pipe;
    if (pipe != WarpPipe::kNone) s.pipes[static_cast<std::size_t>(pipe)] = now + op.interval;
    issue_held_ += op.issue;
    if (instruction.op == WarpOp::kProduct) products_held_ += op.issue;
    warp.last_issue = now;
    warp.earliest = now + op.issue;
    fetch(warp, now);
    double done = now + op.latency;
    switch (info(instruction.op).unit) {
      case WarpUnit::kNone: break;
      case WarpUnit::kScratchpad: done = hold(scratchpad_, now, op); break;
      case WarpUnit::kShuffle: done = hold(shuffle_, now, op); break;
      case WarpUnit::kGroupProduct: break;
    }
    if (is_store(instruction.op)) warp.stored = std::max(warp.stored, done);
    warp.ready[warp.at] = done;
    end_ = std::max(end_, now);
    switch (instruction.op) {
      case WarpOp::kBarrier: arrive(s.next, now, op); break;
      case WarpOp::kWarpSync: wait_until(warp, std::max(now, warp.stored) + op.latency, now); break;
      case WarpOp::kBranch: wait_until(warp, now + op.latency, now); break;
      case WarpOp::kGroupProduct:
      case WarpOp::kGroupProductRegisters: join(s.next, now, op, instruction.times); break;
      default: advance(warp);
    }
    choose(s);
  }

  struct Unit {
    double free = 0, held = 0;
  };

  /// Takes a unit when it is free; returns when the result is there.
  double hold(Unit& unit, double now, const WarpOperation& op) {
    return take(unit, now, op.unit) + op.latency;
  }

  double take(Unit& unit, double now, double cycles) {
    const double start = std::max(now, unit.free);
    unit.free = start + cycles;
    unit.held += cycles;
    return start;
  }

  /// The next instruction, or the next repetition.
  void advance(Warp& warp) {
    if (++warp.at == warp.code->size()) {
      warp.at = 0;
      ++warp.repetition;
      end_ = std::max(end_, warp.earliest);
      warp.earliest += gap_;
    }
    prepare(warp);
  }

  void wait_until(Warp& warp, double then, double since) {
    warp.waited += then - since;
    warp.earliest = std::max(warp.earliest, then);
    advance(warp);
  }

  void arrive(std::size_t w, double now, const WarpOperation& op) {
    Block& block = blocks_[warps_[w].block];
    block.last_arrival = std::max({block.last_arrival, now, warps_[w].stored});
    warps_[w].earliest = kNever;
    if (++block.arrived < static_cast<int>(block.warps.size())) return;
    const double then = block.last_arrival + op.latency +
                        simt_.barrier_per_warp * static_cast<double>(block.warps.size());
    block.arrived = 0;
    block.last_arrival = 0;
    for (const std::size_t other : block.warps) {
      warps_[other].earliest = then;
      warps_[other].waited += then - warps_[other].last_issue;
      advance(warps_[other]);
      choose(schedulers_[warps_[other].scheduler]);
    }
  }

  /// Products of a group begin when all its warps have issued them.
  void join(std::size_t w, double now, const WarpOperation& op, double times) {
    Block& block = blocks_[warps_[w].block];
    block.in_group.push_back(w);
    block.group_arrival = std::max(block.group_arrival, now);
    warps_[w].earliest = kNever;
    if (block.in_group.size() < block.warps.size()) return;
    const double start = take(group_, block.group_arrival, op.unit * times);
    take(scratchpad_, start, op.scratchpad * times);
    for (const std::size_t other : block.in_group) {
      warps_[other].ready[warps_[other].at] = start + op.latency + op.unit * times;
      warps_[other].earliest = block.group_arrival + op.issue;
      advance(warps_[other]);
      choose(schedulers_[warps_[other].scheduler]);
    }
    block.in_group.clear();
    block.group_arrival = 0;
  }

  WarpTimes times() const {
    WarpTimes t;
    t.cycles = end_;
    const double all = end_ * static_cast<double>(schedulers_.size());
    t.issue = issue_held_ / all;
    t.products = products_held_ / all;
    t.scratchpad = scratchpad_.held / end_;
    t.shuffle = shuffle_.held / end_;
    t.group_product = group_.held / end_;
    for (const Warp& warp : warps_)
      t.waiting += warp.waited / (end_ * static_cast<double>(warps_.size()));
    return t;
  }

  const SimtConfig& simt_;
  int repetitions_;
  double gap_, fetch_;
  std::size_t warps_of_block_;
  std::vector<Warp> warps_;
  std::vector<Scheduler> schedulers_;
  std::vector<Block> blocks_;
  Unit scratchpad_, shuffle_, group_;
  double issue_held_ = 0, products_held_ = 0, end_ = 0;
};

}  // namespace

WarpTimes simulate_warps(const WarpProgram& program, const HwConfig& hw, int blocks,
                         int repetitions, double gap) {
  if (!hw.simt.present)
    throw InputError(fmt::format("{}: expected a machine with warps (key simt)", hw.name));
  const auto is_empty = [](const WarpCode& code) { return code.empty(); };
  if (program.warps.empty() || std::ranges::any_of(program.warps, is_empty) || blocks < 1 ||
      repetitions < 1)
    throw InputError("expected a block, a repetition, a warp and an instruction of each, or more");
  const Residency resident = resident_blocks(program, hw);
  if (blocks > resident.blocks)
    throw InputError(fmt::format("{} blocks are not resident at once: {} bounds them to {}", blocks,
                                 resident.bound, resident.blocks));
  return Core(program, hw.simt, blocks, repetitions, gap).run();
}

}  // namespace tricycle
