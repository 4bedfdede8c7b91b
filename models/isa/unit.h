// SPDX-License-Identifier: Apache-2.0
//
// The kinds of units that instructions run on.  Columns, stall causes, bounds, traces, timelines
// and pages follow from one table.  A unit is a number of servers that take its instructions in
// program order, and an account of their time.  What its instructions share with others is in their
// timing (models/timing/instruction_timing.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tricycle {

struct HwConfig;

/// A kind of unit. kReadOut moves sums from the accumulators directly to the scratchpad, where a
/// machine has such a path (topology.accumulator_to_scratchpad; Ascend's FIX pipe). kSolve is a
/// triangular array for triangular systems, of machines that nobody has built (solve_unit;
/// models/timing/solve.h).
enum class Unit : std::uint8_t { kMatrix, kVector, kDma, kReadOut, kSolve };
inline constexpr std::size_t kUnitCount = 5;

struct UnitInfo {
  std::string_view name;
  std::string_view wait_name;  // name of the stall that waits for its results
  /// Servers per core; 0 where a machine has no such unit.
  std::int64_t (*servers)(const HwConfig&);
  /// Cycles from the end of an instruction until another of the same unit may use its result.
  std::int64_t (*result_latency)(const HwConfig&);
  bool optional;  // machines may lack it
  // For the columns: what is busy, and what its share refers to.
  std::string_view servers_text, share_of;
  std::string_view wait_meaning, bound_meaning;
  /// Optional units: the message for a machine without one, with the remedy.
  std::string_view lacking = {};
};

std::int64_t one_server(const HwConfig& hw);
std::int64_t vector_servers(const HwConfig& hw);
std::int64_t dma_servers(const HwConfig& hw);
std::int64_t read_out_servers(const HwConfig& hw);
std::int64_t solve_servers(const HwConfig& hw);
std::int64_t no_latency(const HwConfig& hw);
std::int64_t vector_latency(const HwConfig& hw);

/// All units.  A new unit is a row here and an enumerator of Unit.
inline constexpr std::array<UnitInfo, kUnitCount> kUnits{{
    {"matrix", "wait_matrix", one_server, no_latency, false, "arrays", "cores",
     "waits for a result of the matrix unit; its own: see docs/output.md",
     "cycles its products and their issue take the arrays / cores"},
    {"vector", "wait_vector", vector_servers, vector_latency, false, "vector units",
     "units of all cores", "waits for a result of the vector unit",
     "cycles its work and its issue take the vector units / units of all cores"},
    {"dma", "wait_dma", dma_servers, no_latency, false, "DMA queues", "queues of all cores",
     "waits for a transfer",
     "cycles its transfers and their issue take the DMA queues / queues of all cores"},
    {"read_out", "wait_read_out", read_out_servers, no_latency, true, "read-outs", "cores",
     "waits for sums on their way from the accumulators to the scratchpad",
     "cycles its sums and their issue take topology.accumulator_to_scratchpad / cores",
     "no path leads from the accumulators straight to the scratchpad (add "
     "topology.accumulator_to_scratchpad to the machine, or choose an algorithm or a setting that "
     "goes through the vector unit, such as algorithm.copies=none)"},
    {"solve", "wait_solve", solve_servers, no_latency, true, "solve units", "units of all cores",
     "waits for the solution of a triangular system",
     "cycles its systems and their issue take the solve units / units of all cores",
     "the machine has no unit for triangular systems (add solve_unit to the machine, such as --set "
     "solve_unit.rows=64, or choose an algorithm that does without)"},
}};
/// Units that every machine has come first.
inline constexpr std::size_t kAlwaysThere = 3;
static_assert([] {
  for (std::size_t u = 0; u < kUnitCount; ++u)
    if (kUnits[u].optional != (u >= kAlwaysThere)) return false;
  return true;
}());
constexpr const UnitInfo& info(Unit unit) { return kUnits[static_cast<std::size_t>(unit)]; }

/// One figure per unit.
template <typename T>
struct ByUnit : std::array<T, kUnitCount> {
  using std::array<T, kUnitCount>::operator[];
  T& operator[](Unit unit) { return (*this)[static_cast<std::size_t>(unit)]; }
  const T& operator[](Unit unit) const { return (*this)[static_cast<std::size_t>(unit)]; }
};

}  // namespace tricycle
