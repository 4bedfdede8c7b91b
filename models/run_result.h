// SPDX-License-Identifier: Apache-2.0
//
// What one run measured: plain numbers. reports/columns.cpp documents each of them with its unit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/cost/cost.h"
#include "models/hw_config.h"
#include "models/isa/instruction.h"
#include "models/numerics/format.h"
#include "models/resource.h"

namespace tricycle {

/// How the matrix unit is simulated: its cycles by formula, or register by register.
enum class Fidelity : std::uint8_t { kTile, kPe };

/// Why a unit that still had work did none: a cause of its own, or the unit whose result it waits
/// for (waits_for).
enum class StallCause : std::uint8_t {
  kLaunch,                  // the kernel has not started
  kDrain = 1 + kUnitCount,  // waits for a result that has left its unit's inputs but not reached
                            // its memory
  kToken,                   // waits for a token on its way between units
  kItem,                    // its item has not started, too few are in flight
  kIssue,                   // issue of the instruction
  kPath,                    // operands or results cross topology.* slower than the unit computes
  kBankConflict,            // another unit holds the banks
  kScratchpadBandwidth,     // its own operands come slower than it computes
  kDram,                    // another queue, of whatever core, holds the DRAM channel
};
constexpr StallCause waits_for(Unit producer) {
  return static_cast<StallCause>(1 + static_cast<int>(producer));
}

struct StallInfo {
  std::string_view name, meaning;
};
inline constexpr std::size_t kStallCauseCount = static_cast<std::size_t>(StallCause::kDram) + 1;
inline constexpr std::array<StallInfo, kStallCauseCount> kStallCauses = [] {
  std::array<StallInfo, kStallCauseCount> all{};
  const auto row = [&](StallCause cause) -> StallInfo& {
    return all[static_cast<std::size_t>(cause)];
  };
  for (std::size_t u = 0; u < kUnitCount; ++u)
    row(waits_for(static_cast<Unit>(u))) = {kUnits[u].wait_name, kUnits[u].wait_meaning};
  row(StallCause::kLaunch) = {"launch", "the kernel has not started"};
  row(StallCause::kDrain) = {"drain",
                             "a result has left its unit's inputs but not reached its memory"};
  row(StallCause::kToken) = {"token", "a token is on its way between units"};
  row(StallCause::kItem) = {"item", "the chunk has not started, too few are in flight"};
  row(StallCause::kIssue) = {"issue", "issue of the instruction"};
  row(StallCause::kPath) = {"path",
                            "operands or results cross topology.* slower than the unit computes"};
  row(StallCause::kBankConflict) = {"bank_conflict", "other units hold the scratchpad's banks"};
  row(StallCause::kScratchpadBandwidth) = {"scratchpad_bandwidth",
                                           "its own operands come slower than it computes"};
  row(StallCause::kDram) = {"dram", "another queue, of whatever core, holds the DRAM's channel"};
  return all;
}();
constexpr const StallInfo& info(StallCause cause) {
  return kStallCauses[static_cast<std::size_t>(cause)];
}

/// Cycles of all servers of one kind of unit, on all cores together. busy + sum of stalls + idle =
/// servers x total cycles.
struct UnitCycles {
  std::int64_t servers = 1;
  std::int64_t busy = 0;
  std::int64_t idle = 0;
  std::array<std::int64_t, kStallCauseCount> stalled{};
  std::int64_t stalled_total() const {
    std::int64_t sum = 0;
    for (std::int64_t s : stalled) sum += s;
    return sum;
  }
};

/// What a simulation of many items measured.
struct SimulationResult {
  std::int64_t items = 0;
  std::int64_t cores = 1;
  std::int64_t in_flight = 0;  // on all cores
  std::int64_t total_cycles = 0;
  std::vector<std::int64_t> completion_cycles;  // of every item, in order of completion
  ByUnit<UnitCycles> units;
  std::int64_t macs = 0, useful_macs = 0;  // matrix unit
  double mapped_cycles = 0;                // sum over products of occupancy x mapped PEs / PEs
  std::int64_t dram_bytes = 0;
  std::int64_t operand_load_cycles = 0;  // topology.scratchpad_to_matrix loading, all cores
};

/// Many items in sequence, whatever number of items the problem has.
struct SteadyState {
  double cycles_per_item = 0;     // from a simulation, and no less than any lower bound
  ResourceCycles lower_bounds{};  // docs/output.md
  // Per item, all servers of a unit together.  From the formulas, without waiting for others.
  ByUnit<std::int64_t> busy{};
  ByUnit<UnitCycles> units{};  // of the simulation, including its fill
};

/// Where the latency of one chunk alone goes.  The path starts at the last result and leads back,
/// from each instruction to what it had to wait for before it started.  `instructions`: cycles by
/// opcode.  `between`: cycles between instructions, by cause.  Their sum is the latency.
struct CriticalPath {
  std::array<std::int64_t, kOpcodeCount> instructions{};
  std::array<std::int64_t, kStallCauseCount> between{};
  friend bool operator==(const CriticalPath&, const CriticalPath&) = default;
};

/// Accuracy over all chunks of a problem, against the double-precision triangular solve.  The y_*
/// members are of Y, the strictly lower part, which is all that is computed.  The others are of T =
/// I + Y, as papers report it.  The exact unit diagonal of T flatters them, the more the smaller Y
/// is.  If any chunk is not finite, SNRs are -infinity, errors +infinity and correlations NaN.
struct AccuracySummary {
  double y_snr_db_mean = 0, y_snr_db_worst = 0;
  double y_rel_error_mean = 0, y_rel_error_max = 0;
  double y_correlation_mean = 0, y_correlation_worst = 0;
  double snr_db_mean = 0, snr_db_worst = 0;
  double rel_error_mean = 0, rel_error_max = 0, abs_error_max = 0;
  std::int64_t not_finite_chunks = 0;  // chunks with an entry, or a reference, that is not finite
  std::int64_t nan_count = 0, inf_count = 0, saturated_count = 0, wrapped_count = 0;
  std::int64_t inputs_rounded = 0;  // entries of A that the format cannot hold exactly
};

/// Everything one run reports.
struct RunResult {
  std::string version, machine, problem, algorithm, parameters, accumulation;
  Fidelity fidelity = Fidelity::kTile;
  // SHA-256 of everything the result follows from: the resolved texts of the configurations (a file
  // by its name alone) and the matrices A.
  std::string machine_digest, problem_digest, input_digest;
  std::string input_note;  // what of the input was left out or read differently; usually empty
  std::optional<std::int64_t> seed;  // seed of the inputs, where they are random
  Format format = Format::kFp32;
  std::int64_t chunk = 0;  // 0: no problem, but a program with inputs of its own
  bool of_problem() const { return chunk > 0; }
  double clock_ghz = 1;
  std::int64_t launch_cycles = 0;
  SimulationResult alone;  // one chunk
  SimulationResult many;   // all chunks
  // Chunks in flight on all cores, where the problem has enough of them.
  std::int64_t in_flight = 0;
  SteadyState steady;           // independent of the number of chunks of the problem
  double cycles_per_chunk = 0;  // steady.cycles_per_item
  std::string in_flight_limit;  // why not more chunks are in flight: docs/output.md
  std::string cut;              // how the program was cut: "tile 16"
  // Of one chunk, with the cut that minimises its latency.
  std::int64_t shortest_latency_cycles = 0;
  std::string shortest_latency_cut;
  CriticalPath critical_path;      // of one chunk alone
  double peak_macs_per_cycle = 0;  // of all cores
  /// Latency of one chunk alone, from its first load to its last store, without the launch of the
  /// kernel.
  std::int64_t latency_cycles() const { return alone.total_cycles - launch_cycles; }
  std::int64_t matmul_count = 0, instructions = 0, scratchpad_peak_bytes = 0;
  // Whether the values of a chunk decide what is executed for it.  Then `alone`, the critical path
  // and `instructions` are of the slowest way that a chunk takes, matmul_count is the most of any
  // chunk, activity and mean_products are means over the chunks.
  bool has_exits = false;
  double mean_products = 0;
  Activity activity;            // of one chunk
  std::optional<RunCost> cost;  // none: the machine has no section `cost`
  AccuracySummary accuracy;
  std::string output_digest;  // SHA-256 of the stored bits of all results, in chunk order
  // Name and SHA-256 of each output, for a program with inputs of its own.
  std::vector<std::pair<std::string, std::string>> outputs;
  // Speedup over forward_substitution on the same machine and format, where that is among the
  // results.
  std::optional<double> speedup;
};

}  // namespace tricycle
