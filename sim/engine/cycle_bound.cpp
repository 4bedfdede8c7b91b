// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cycle_bound.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "models/isa/way.h"
#include "models/timing/timing.h"
#include "sim/units/paths.h"
#include "sim/units/scratchpad.h"

namespace tricycle {

namespace {

std::size_t at(Unit unit) { return static_cast<std::size_t>(unit); }

/// Times one item's instructions.  Each runs as soon as no part of its own item is in the way.
class ItemAlone {
 public:
  ItemAlone(const Program& program, const HwConfig& hw,
            const std::vector<InstructionTiming>& timings, const Scratchpad& scratchpad)
      : program_(program), hw_(hw), timings_(timings), scratchpad_(scratchpad) {
    for (std::size_t u = 0; u < kUnitCount; ++u)
      free_[u].resize(static_cast<std::size_t>(kUnits[u].servers(hw)));
  }

  std::int64_t latency() {
    std::int64_t last = 0;
    for (std::uint32_t i = 0; i < timings_.size(); ++i) last = std::max(last, run(i));
    return last;
  }

 private:
  std::int64_t run(std::uint32_t i) {
    const Unit unit = program_.instructions[i].unit();
    auto& servers = free_[at(unit)];
    const auto server = std::min_element(servers.begin(), servers.end());
    std::int64_t start = std::max(*server, started_[at(unit)]);
    for (const std::uint32_t producer : program_.instructions[i].waits)
      start = std::max(start, visible(producer, i));
    started_[at(unit)] = start;
    *server = end(i, start + hw_.sequencer.issue_cycles);
    done_.push_back(*server);
    return *server;
  }

  /// The cycle from which a unit may use the result of an instruction (Scoreboard::post).
  std::int64_t visible(std::uint32_t producer, std::uint32_t user) const {
    const Instruction &of = program_.instructions[producer], &by = program_.instructions[user];
    if (of.unit() != by.unit())
      return done_[producer] + timings_[producer].pipeline + hw_.sequencer.token_latency_cycles;
    return done_[producer] + info(of.unit()).result_latency(hw_) +
           (awaits_sums(hw_, program_, of, by) ? timings_[producer].pipeline : 0);
  }

  /// The cycle in which an instruction ends that is issued at cycle `issued`.
  std::int64_t end(std::uint32_t i, std::int64_t issued) {
    const InstructionTiming& timing = timings_[i];
    std::int64_t held = paths_.hold(issued, timing.vector);
    // Bursts of other items may keep the rows open that these bursts need, or come between them.
    if (timing.is_transfer() && hw_.dram.timing == DramTiming::kFlat) {
      const std::int64_t ready = issued + timing.dram_ready;
      const std::int64_t begin = std::max(ready, channel_free_);
      channel_free_ = begin + timing.transfer.channel_cycles;
      held = begin - ready;
    }
    return issued + std::max(held + timing.busy, scratchpad_.least_cycles(i));
  }

  const Program& program_;
  const HwConfig& hw_;
  const std::vector<InstructionTiming>& timings_;
  const Scratchpad& scratchpad_;
  Paths paths_;
  std::array<std::vector<std::int64_t>, kUnitCount> free_;  // of every server
  std::array<std::int64_t, kUnitCount> started_{};          // the unit's last instruction
  std::vector<std::int64_t> done_;                          // of every instruction so far
  std::int64_t channel_free_ = 0;
};

/// Cycles for loading the operands of one side that an item needs in any case, whatever other items
/// do between its products.
class LeastLoads {
 public:
  explicit LeastLoads(std::int64_t places) : places_(static_cast<std::size_t>(places)) {}

  std::int64_t fetch(const Program& program, const Region& region, const Mask& mask,
                     const std::vector<std::uint32_t>& producers, std::int64_t cycles) {
    Held held{&region, &mask, &producers};
    const auto same = [&](const Held& h) {
      return *h.region == region && *h.mask == mask && *h.producers == producers;
    };
    const auto place = std::find_if(held_.begin(), held_.end(), same);
    const bool there = place != held_.end();
    if (there) held_.erase(place);
    held_.push_front(held);
    if (held_.size() > places_) held_.pop_back();
    // Constants are shared: another item may have loaded them.
    return there || program.buffer(region).constant != Constant::kNone ? 0 : cycles;
  }

 private:
  struct Held {
    const Region* region;
    const Mask* mask;
    const std::vector<std::uint32_t>* producers;
  };
  std::size_t places_;
  std::deque<Held> held_;  // most recently used first
};

std::int64_t least_operand_cycles(const Program& program, const HwConfig& hw,
                                  const std::vector<InstructionTiming>& timings) {
  if (!hw.scratchpad_to_matrix.present) return 0;
  const std::vector<OperandProducers> producers = operand_producers(program);
  LeastLoads a(hw.scratchpad_to_matrix.buffers), b(hw.scratchpad_to_matrix.buffers);
  std::int64_t cycles = 0;
  for (std::size_t i = 0; i < timings.size(); ++i) {
    const Instruction& in = program.instructions[i];
    if (const auto* product = in.as<Matmul>())
      cycles +=
          a.fetch(program, product->a, product->a_mask, producers[i].a, timings[i].loads.a_cycles) +
          b.fetch(program, product->b, product->b_mask, producers[i].b, timings[i].loads.b_cycles);
  }
  return cycles;
}

/// Cycles that an item's bytes occupy the DRAM's channel.  Flat timing counts whole cycles per
/// transfer, one transfer after the other.  Otherwise bursts follow each other without gaps.
double dram_cycles(const HwConfig& hw, const std::vector<InstructionTiming>& timings) {
  std::int64_t bytes = 0, cycles = 0;
  for (const InstructionTiming& timing : timings) {
    bytes += timing.transfer.bytes;
    cycles += timing.transfer.channel_cycles;
  }
  return hw.dram.timing == DramTiming::kFlat
             ? static_cast<double>(cycles)
             : static_cast<double>(bytes) * hw.clock_ghz / hw.dram.bandwidth_gbps;
}

}  // namespace

double ItemBounds::least() const { return *std::max_element(cycles.begin(), cycles.end()); }

double ItemBounds::least_with(std::int64_t in_flight) const {
  ResourceCycles others = cycles;
  others[Resource::kScratchpad] = 0;
  others[Resource::kDependency] = mean_latency_cycles / static_cast<double>(in_flight);
  return *std::max_element(others.begin(), others.end());
}

ItemBounds item_bounds(const Program& program, const HwConfig& hw) {
  return item_bounds(program, hw, instruction_timings(program, hw));
}

namespace {

ItemBounds straight_bounds(const Program& program, const HwConfig& hw,
                           const std::vector<InstructionTiming>& timings) {
  ItemBounds bounds;
  std::array<std::int64_t, kUnitCount> taken{};
  std::array<std::int64_t, kPathCount> paths{};
  for (std::size_t i = 0; i < timings.size(); ++i) {
    const std::size_t unit = at(program.instructions[i].unit());
    taken[unit] += hw.sequencer.issue_cycles + timings[i].busy;
    bounds.busy[unit] += timings[i].busy;
    for (std::size_t p = 0; p < kPathCount; ++p)
      paths[p] += timings[i].vector.paths[p].channel_cycles;
  }
  const auto cores = static_cast<double>(hw.cores);
  for (std::size_t u = 0; u < kUnitCount; ++u)
    if (const std::int64_t servers = kUnits[u].servers(hw); servers > 0)
      bounds.cycles[resource_of(static_cast<Unit>(u))] =
          static_cast<double>(taken[u]) / cores / static_cast<double>(servers);
  const std::int64_t slots = items_in_flight(program, hw);
  const Scratchpad scratchpad(hw, program, static_cast<std::size_t>(slots));
  bounds.latency_cycles = ItemAlone(program, hw, timings, scratchpad).latency();
  bounds.mean_latency_cycles = static_cast<double>(bounds.latency_cycles);
  bounds.cycles[Resource::kDram] = dram_cycles(hw, timings);
  bounds.cycles[Resource::kScratchpad] = scratchpad.bank_cycles_per_item() / cores;
  bounds.cycles[Resource::kAccumulatorPath] =
      static_cast<double>(std::max(paths[kAccumulatorToVector], paths[kVectorToAccumulator])) /
      cores;
  bounds.cycles[Resource::kMatrixPath] = static_cast<double>(paths[kVectorToMatrix]) / cores;
  bounds.cycles[Resource::kOperandPath] =
      static_cast<double>(least_operand_cycles(program, hw, timings)) / cores;
  bounds.cycles[Resource::kDependency] =
      static_cast<double>(bounds.latency_cycles) / cores / static_cast<double>(slots);
  return bounds;
}

ItemBounds bounds_along(const Program& program, const HwConfig& hw,
                        const std::vector<InstructionTiming>& timings, const Way& way) {
  const StraightProgram straight = along(program, way);
  std::vector<InstructionTiming> of_way;
  of_way.reserve(straight.place.size());
  for (const std::uint32_t i : straight.place) of_way.push_back(timings[i]);
  return straight_bounds(straight.program, hw, of_way);
}

}  // namespace

ItemBounds item_bounds(const Program& program, const HwConfig& hw,
                       const std::vector<InstructionTiming>& timings) {
  return item_bounds(program, hw, timings, period(program));
}

ItemBounds item_bounds(const Program& program, const HwConfig& hw,
                       const std::vector<InstructionTiming>& timings, std::int64_t items) {
  if (!has_exits(program)) return straight_bounds(program, hw, timings);
  ItemBounds mean;
  ByUnit<double> busy{};
  for (const WeightedWay& way : weighted_ways(program, items)) {
    const ItemBounds of_way = bounds_along(program, hw, timings, way.way);
    const double share = static_cast<double>(way.items) / static_cast<double>(items);
    for (std::size_t r = 0; r < kResourceCount; ++r) mean.cycles[r] += share * of_way.cycles[r];
    for (std::size_t u = 0; u < kUnitCount; ++u)
      busy[u] += share * static_cast<double>(of_way.busy[u]);
    mean.mean_latency_cycles += share * of_way.mean_latency_cycles;
    mean.latency_cycles = std::max(mean.latency_cycles, of_way.latency_cycles);
  }
  // Rounded down, so that no share of a unit comes out above 1.
  for (std::size_t u = 0; u < kUnitCount; ++u) mean.busy[u] = static_cast<std::int64_t>(busy[u]);
  return mean;
}

Program slowest_alone(const Program& program, const HwConfig& hw) {
  if (!has_exits(program)) return program;
  const std::vector<InstructionTiming> timings = instruction_timings(program, hw);
  std::int64_t longest = -1;
  Way slowest;
  for (const WeightedWay& way : weighted_ways(program)) {
    const std::int64_t latency = bounds_along(program, hw, timings, way.way).latency_cycles;
    if (latency <= longest) continue;
    longest = latency;
    slowest = way.way;
  }
  return along(program, slowest).program;
}

std::int64_t least_latency_cycles(const Program& program, const HwConfig& hw) {
  return item_bounds(program, hw).latency_cycles;
}

double least_cycles_per_item(const Program& program, const HwConfig& hw) {
  return item_bounds(program, hw).least();
}

}  // namespace tricycle
