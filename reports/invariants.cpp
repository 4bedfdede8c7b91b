// SPDX-License-Identifier: Apache-2.0
#include "reports/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/error.h"
#include "reports/columns.h"

namespace tricycle {

namespace {

// Tolerance for a quotient of whole-number figures; banks serve to a millionth of a cycle.
constexpr double kRounding = 1e-6;

void check_equal(std::string_view figure, std::int64_t value, std::int64_t expected) {
  if (value != expected)
    throw InternalError(fmt::format("{} is {}, expected {}", figure, value, expected));
}

/// Bytes the DRAM moves in so many cycles.
double most_dram_bytes(const HwConfig& hw, double cycles) {
  return cycles * hw.dram.bandwidth_gbps / hw.clock_ghz;
}

template <typename Part, std::size_t kCount>
void check_parts(std::string_view figure, const ByPart<Part, kCount>& of) {
  const Spread total = of.total();
  for (const Spread& part : of.parts) {
    check_part(figure, part.low, part.nominal);
    check_part(figure, part.nominal, part.high);
    check_part(figure, part.nominal, total.nominal);
  }
}

void check_steady(const HwConfig& hw, const RunResult& r) {
  for (std::size_t i = 0; i < kResourceCount; ++i)
    check_part(fmt::format("lower_bound_cycles.{}", kResources[i].name), r.steady.lower_bounds[i],
               r.cycles_per_chunk);
  const SteadyShares s = steady_shares(r);
  check_part("steady_utilization.useful", s.useful, s.mac);
  for (const double share : {s.mac, s.dram}) check_part("steady_utilization", share, 1);
  for (std::size_t u = 0; u < kUnitCount; ++u)
    check_part(fmt::format("steady_utilization.{}", kUnits[u].name), s.units[u].value_or(0), 1);
  check_part("dram_bytes of a chunk", static_cast<double>(r.activity.dram_bytes()),
             most_dram_bytes(hw, r.cycles_per_chunk));
}

}  // namespace

void check_part(std::string_view figure, double part, double whole) {
  // The condition is not negated: every comparison with a NaN is false, so a NaN must fail here.
  if (part >= 0 && part <= whole * (1 + kRounding)) return;
  throw InternalError(
      fmt::format("{} is {}, expected at least 0 and at most {}", figure, part, whole));
}

void check_figures(const HwConfig& hw, const SimulationResult& s, const ResourceCycles& item_bounds,
                   double peak_cycles) {
  const auto total = static_cast<double>(s.total_cycles);
  for (std::size_t u = 0; u < kUnitCount; ++u)
    check_part(fmt::format("busy cycles of {}", kUnits[u].name),
               static_cast<double>(s.units[u].busy),
               total * static_cast<double>(s.units[u].servers));
  check_part("cycles of macs at the peak", peak_cycles * static_cast<double>(s.items),
             total * static_cast<double>(s.cores));
  check_part("useful_macs", static_cast<double>(s.useful_macs), static_cast<double>(s.macs));
  check_part("mapped cycles", s.mapped_cycles, static_cast<double>(s.units[Unit::kMatrix].busy));
  const double running = total - static_cast<double>(hw.sequencer.launch_cycles);
  check_part("dram_bytes", static_cast<double>(s.dram_bytes), most_dram_bytes(hw, running));
  if (!s.completion_cycles.empty())
    check_equal("the last completion", s.completion_cycles.back(), s.total_cycles);
  for (std::size_t i = 0; i < kResourceCount; ++i)
    if (static_cast<Resource>(i) != Resource::kScratchpad)
      check_part(fmt::format("lower_bound_cycles.{} of all items", kResources[i].name),
                 item_bounds[i] * static_cast<double>(s.items), running);
}

void check_figures(const HwConfig& hw, const RunResult& r) {
  const double peak_cycles =
      static_cast<double>(r.activity.macs * r.many.cores) / r.peak_macs_per_cycle;
  check_figures(hw, r.many, r.steady.lower_bounds, peak_cycles);
  // The chunk has the whole machine for itself; no other is in flight.
  ResourceCycles alone = r.steady.lower_bounds;
  alone[Resource::kDependency] *= static_cast<double>(r.in_flight);
  // The means over ways bound no single one; its own bounds were checked where it was simulated.
  if (!r.has_exits) check_figures(hw, r.alone, alone, peak_cycles);
  check_steady(hw, r);
  std::int64_t path = 0;
  path = std::accumulate(r.critical_path.instructions.begin(), r.critical_path.instructions.end(),
                         path);
  path = std::accumulate(r.critical_path.between.begin(), r.critical_path.between.end(), path);
  check_equal("the critical path", path, r.latency_cycles());
  if (r.fidelity == Fidelity::kTile)
    check_part("shortest_latency_cycles", static_cast<double>(r.shortest_latency_cycles),
               static_cast<double>(r.latency_cycles()));
  if (!r.cost) return;
  check_parts("energy_pj", r.cost->run);
  check_parts("energy_per_chunk_pj", r.cost->chunk);
  check_parts("area_mm2", r.cost->area);
}

}  // namespace tricycle
