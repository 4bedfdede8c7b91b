// SPDX-License-Identifier: Apache-2.0
#include "reports/columns.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "models/config_fields.h"
#include "reports/bottleneck.h"
#include "reports/cost_columns.h"

namespace tricycle {

namespace {

const UnitCycles& unit(const RunResult& r, Unit u) {
  return r.many.units[static_cast<std::size_t>(u)];
}

/// What a unit that had work left and did none waited for; StallCause, docs/output.md.
constexpr std::array<std::string_view, kStallCauseCount> kStallMeanings{
    "work left, none done: the kernel has not started",
    "work left, none done: waits for a result of the matrix unit; its own: see docs/output.md",
    "work left, none done: waits for a result of the vector unit",
    "work left, none done: waits for a transfer",
    "work left, none done: waits for sums on their way from the accumulators to the scratchpad",
    "work left, none done: a result has left its unit's inputs but not reached its memory",
    "work left, none done: a token is on its way between units",
    "work left, none done: the chunk has not started, too few are in flight",
    "work left, none done: issue of the instruction",
    "work left, none done: operands or results cross topology.* slower than the unit computes",
    "work left, none done: other units hold the scratchpad's banks",
    "work left, none done: its own operands come slower than it computes",
    "work left, none done: another queue, of whatever core, holds the DRAM's channel"};

/// Resource, reports/bottleneck.h.
constexpr std::array<std::string_view, kResourceCount> kBoundMeanings{
    "a chunk takes at least: cycles its products and their issue take the arrays / cores",
    "a chunk takes at least: cycles its work and its issue take the vector units / units of all "
    "cores",
    "a chunk takes at least: cycles its transfers and their issue take the DMA queues / queues of "
    "all cores",
    "a chunk takes at least: cycles its bytes take the DRAM's channel at its bandwidth",
    "a chunk takes at least: cycles the scratchpad's busiest bank serves its accesses / cores",
    "a chunk takes at least: cycles its sums occupy topology.accumulator_to_vector / cores",
    "a chunk takes at least: cycles operands it makes occupy topology.vector_to_matrix / cores",
    "a chunk takes at least: cycles its sums and their issue take "
    "topology.accumulator_to_scratchpad / cores",
    "a chunk takes at least: cycles operands that cannot be in place any more occupy "
    "topology.scratchpad_to_matrix / cores",
    "a chunk takes at least: cycles its instructions take one behind the other, alone and never "
    "held up by memory / in_flight"};

/// What may lie between the instructions of a critical path.
constexpr std::array kPathCauses{StallCause::kDrain,        StallCause::kToken,
                                 StallCause::kIssue,        StallCause::kPath,
                                 StallCause::kBankConflict, StallCause::kScratchpadBandwidth,
                                 StallCause::kDram};

void add_bottleneck_columns(std::vector<Column>& table) {
  table.push_back(
      {"bottleneck", "", "resource with the largest lower_bound_cycles: what bounds the run",
       [](const RunResult& r) -> Cell {
         return std::string(kResourceNames[static_cast<std::size_t>(bottleneck(r).resource)]);
       }});
  table.push_back(
      {"bottleneck_gap", "",
       "cycles_per_chunk / the largest of lower_bound_cycles - 1: what is lost beside it",
       [](const RunResult& r) -> Cell { return bottleneck(r).gap; }});
  table.push_back(
      {"bottleneck_waits", "",
       "what the bounding unit waited for, longest first, in percent of its cycles: stall_cycles, "
       "of the simulation of steady state",
       [](const RunResult& r) -> Cell {
         return waits_of(bottleneck(r).resource, r.steady.units);
       }});
  for (std::size_t i = 0; i < kResourceCount; ++i)
    table.push_back({fmt::format("lower_bound_cycles.{}", kResourceNames[i]), "cycles",
                     kBoundMeanings[i],
                     [i](const RunResult& r) -> Cell { return lower_bound_cycles(r)[i]; }});
  for (std::size_t op = 0; op < kOpcodeCount; ++op)
    table.push_back(
        {fmt::format("critical_path_cycles.{}", kOpcodes[op].name), "cycles",
         "part of latency_cycles on the path of last tokens: instructions of the kind",
         [op](const RunResult& r) -> Cell { return r.critical_path.instructions[op]; }});
  for (StallCause cause : kPathCauses) {
    const auto c = static_cast<std::size_t>(cause);
    table.push_back({fmt::format("critical_path_cycles.{}", kStallCauseNames[c]), "cycles",
                     "part of latency_cycles on the path of last tokens: between instructions, by "
                     "the stall's cause",
                     [c](const RunResult& r) -> Cell { return r.critical_path.between[c]; }});
  }
}

template <typename T>
Cell cell(const std::optional<T>& value) {
  return value ? Cell(*value) : Cell();
}

/// None where there is no such figure: a chunk is not finite, or (of Y) the right Y is zero.
Cell finite_cell(double value) { return std::isfinite(value) ? Cell(value) : Cell(); }

/// What was run.
std::vector<Column> run_columns() {
  using R = RunResult;
  return {
      {"version", "", "version of tricycle that made the row",
       [](const R& r) -> Cell { return r.version; }},
      {"machine", "", "name of the machine", [](const R& r) -> Cell { return r.machine; }},
      {"problem", "", "name of the problem", [](const R& r) -> Cell { return r.problem; }},
      {"machine_digest", "SHA-256", "of the machine's resolved text, every default written out",
       [](const R& r) -> Cell { return r.machine_digest; }},
      {"problem_digest", "SHA-256", "of the problem's resolved text, a file by its name alone",
       [](const R& r) -> Cell { return r.problem_digest; }},
      {"input_digest", "SHA-256",
       "of the matrices A in chunk order: binary32, row-major, or binary64 where that is not exact",
       [](const R& r) -> Cell { return r.input_digest; }},
      {"input_note", "",
       "what of the input's file was left out, or read as whole numbers; none: nothing",
       [](const R& r) { return r.input_note.empty() ? Cell() : Cell(r.input_note); }},
      {"seed", "", "of the inputs; none where they come from a file",
       [](const R& r) { return cell(r.seed); }},
      {"algorithm", "", "row of the algorithm table",
       [](const R& r) -> Cell { return r.algorithm; }},
      {"parameters", "",
       "algorithm parameters in force; w = N, mask first and horner go without saying",
       [](const R& r) -> Cell { return r.parameters; }},
      {"format", "", "storage format",
       [](const R& r) -> Cell { return std::string(name(r.format)); }},
      {"accumulation", "", "accumulator, order and multiply-add of the matrix unit",
       [](const R& r) -> Cell { return r.accumulation; }},
      {"fidelity", "", "model of the matrix unit: tile, formulas; pe, every register of every PE",
       [](const R& r) -> Cell { return std::string(enum_name(r.fidelity)); }},
      {"chunk", "tokens", "chunk size C", [](const R& r) -> Cell { return r.chunk; }},
      {"chunks", "", "chunks inverted", [](const R& r) -> Cell { return r.many.items; }},
      {"cores", "", "cores of the machine", [](const R& r) -> Cell { return r.many.cores; }},
      {"in_flight", "", "chunks in flight at once, on all cores, where there are that many",
       [](const R& r) -> Cell { return r.in_flight; }},
      {"in_flight_limit", "",
       "why no more: the key of the machine that allows no more; or fastest, more are no faster",
       [](const R& r) -> Cell { return r.in_flight_limit; }},
      {"cut", "",
       "how the program is cut: edge of the tiles in which zeros are skipped, and size of the "
       "groups in which small blocks are merged; the best for steady state",
       [](const R& r) -> Cell { return r.cut; }},
  };
}

/// How long it took.
std::vector<Column> time_columns() {
  using R = RunResult;
  return {
      {"latency_cycles", "cycles",
       "one chunk alone on the machine, from its first load to its last store; without the launch; "
       "by the cut that is best for steady state",
       [](const R& r) -> Cell { return r.latency_cycles(); }},
      {"shortest_latency_cycles", "cycles", "the same by the cut that is best for one chunk alone",
       [](const R& r) -> Cell { return r.shortest_latency_cycles; }},
      {"shortest_latency_cut", "", "that cut",
       [](const R& r) -> Cell { return r.shortest_latency_cut; }},
      {"total_cycles", "cycles", "all chunks",
       [](const R& r) -> Cell { return r.many.total_cycles; }},
      {"cycles_per_chunk", "cycles",
       "steady state of many chunks, however many the problem has: mean of ten whole rounds in "
       "flight, and no less than any of lower_bound_cycles",
       [](const R& r) -> Cell { return r.cycles_per_chunk; }},
      {"cycles_per_token", "cycles",
       "cycles_per_chunk / chunk: what chunk sizes are compared by; a larger chunk does more",
       [](const R& r) -> Cell { return r.cycles_per_chunk / static_cast<double>(r.chunk); }},
      {"latency_ns", "ns", "latency_cycles at the machine's clock",
       [](const R& r) -> Cell { return static_cast<double>(r.latency_cycles()) / r.clock_ghz; }},
      {"throughput_chunks_per_s", "1/s", "clock / cycles_per_chunk",
       [](const R& r) -> Cell { return r.clock_ghz * 1e9 / r.cycles_per_chunk; }},
      {"speedup", "",
       "cycles_per_chunk of forward_substitution (same machine and format) / this; none where that "
       "was not run beside it",
       [](const R& r) { return cell(r.speedup); }},
  };
}

/// How busy the units are in steady state: what stands beside cycles_per_chunk.
std::vector<Column> steady_columns() {
  using R = RunResult;
  return {
      {"steady_utilization.mac", "0..1",
       "multiply-accumulates of a chunk / (cycles_per_chunk x peak of all cores)",
       [](const R& r) -> Cell { return steady_shares(r).mac; }},
      {"steady_utilization.useful", "0..1", ".. with no operand known to be zero",
       [](const R& r) -> Cell { return steady_shares(r).useful; }},
      {"steady_utilization.matrix", "0..1",
       "cycles the products of a chunk occupy the arrays / (cores x cycles_per_chunk)",
       [](const R& r) -> Cell { return steady_shares(r).matrix; }},
      {"steady_utilization.vector", "0..1",
       "cycles a chunk occupies the vector units / (units of all cores x cycles_per_chunk)",
       [](const R& r) -> Cell { return steady_shares(r).vector; }},
      {"steady_utilization.dma", "0..1",
       "cycles a chunk occupies the DMA queues at the least / (queues of all cores x "
       "cycles_per_chunk)",
       [](const R& r) -> Cell { return steady_shares(r).dma; }},
      {"steady_utilization.dram", "0..1",
       "cycles the bytes of a chunk take the DRAM's channel / cycles_per_chunk",
       [](const R& r) -> Cell { return steady_shares(r).dram; }},
      {"steady_utilization.read_out", "0..1",
       "cycles a chunk occupies the read-outs / (cores x cycles_per_chunk); none where the machine "
       "has none",
       [](const R& r) { return cell(steady_shares(r).read_out); }},
  };
}

/// How busy the units were in the run.
std::vector<Column> utilization_columns() {
  using R = RunResult;
  return {
      {"matrix_utilization.mac", "0..1",
       "multiply-accumulates done / (total_cycles x peak of all cores)",
       [](const R& r) -> Cell { return matrix_utilization(r).mac; }},
      {"matrix_utilization.useful", "0..1",
       "multiply-accumulates with no operand known to be zero / (total_cycles x peak of all cores)",
       [](const R& r) -> Cell { return matrix_utilization(r).useful; }},
      {"matrix_utilization.mapped", "0..1", "PEs holding data / PEs, while the array is occupied",
       [](const R& r) -> Cell { return matrix_utilization(r).mapped; }},
      {"matrix_utilization.busy", "0..1", "cycles the arrays are occupied / (cores x total_cycles)",
       [](const R& r) -> Cell { return matrix_utilization(r).busy; }},
      {"vector_utilization", "0..1",
       "cycles the vector units are occupied / (units of all cores x total_cycles)",
       [](const R& r) -> Cell { return busy_share(unit(r, Unit::kVector), r.many.total_cycles); }},
      {"dma_utilization", "0..1",
       "cycles the DMA queues are occupied / (queues of all cores x total_cycles)",
       [](const R& r) -> Cell { return busy_share(unit(r, Unit::kDma), r.many.total_cycles); }},
      {"read_out_utilization", "0..1",
       "cycles the read-outs are occupied / (cores x total_cycles); none where the machine has "
       "none",
       [](const R& r) -> Cell {
         const UnitCycles& u = unit(r, Unit::kReadOut);
         return u.servers == 0 ? Cell() : Cell(busy_share(u, r.many.total_cycles));
       }},
      {"matrix_busy_cycles", "cycles", "arrays occupied, all cores together",
       [](const R& r) -> Cell { return unit(r, Unit::kMatrix).busy; }},
      {"vector_busy_cycles", "cycles", "vector units occupied, units of all cores together",
       [](const R& r) -> Cell { return unit(r, Unit::kVector).busy; }},
      {"dma_busy_cycles", "cycles", "DMA queues occupied, queues of all cores together",
       [](const R& r) -> Cell { return unit(r, Unit::kDma).busy; }},
      {"read_out_busy_cycles", "cycles", "read-outs occupied, all cores together",
       [](const R& r) -> Cell { return unit(r, Unit::kReadOut).busy; }},
  };
}

/// Where the other cycles of every unit went.
void add_stall_columns(std::vector<Column>& table) {
  using R = RunResult;
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    for (std::size_t c = 0; c < kStallCauseCount; ++c)
      table.push_back({fmt::format("stall_cycles.{}.{}", kUnitNames[u], kStallCauseNames[c]),
                       "cycles", kStallMeanings[c],
                       [u, c](const R& r) -> Cell { return r.many.units[u].stalled[c]; }});
    table.push_back({fmt::format("idle_cycles.{}", kUnitNames[u]), "cycles",
                     "the unit had no work left in the run",
                     [u](const R& r) -> Cell { return r.many.units[u].idle; }});
  }
}

/// What was done.
std::vector<Column> work_columns() {
  using R = RunResult;
  return {
      {"macs", "", "multiply-accumulates of the matrix unit, all chunks",
       [](const R& r) -> Cell { return r.many.macs; }},
      {"useful_macs", "", ".. with no operand known to be zero",
       [](const R& r) -> Cell { return r.many.useful_macs; }},
      {"matmul_count", "", "matrix products of one chunk, as the lowering groups them",
       [](const R& r) -> Cell { return r.matmul_count; }},
      {"instructions", "", "instructions of one chunk",
       [](const R& r) -> Cell { return r.instructions; }},
      {"scratchpad_peak_bytes", "B", "scratchpad held by all chunks in flight, all cores together",
       [](const R& r) -> Cell { return r.scratchpad_peak_bytes; }},
      {"dram_bytes", "B", "bytes of whole DRAM requests, all chunks",
       [](const R& r) -> Cell { return r.many.dram_bytes; }},
  };
}

/// How good the results are.
std::vector<Column> accuracy_columns() {
  using R = RunResult;
  return {
      {"y_snr_db_mean", "dB",
       "signal-to-noise ratio of Y = T - I against a double-precision triangular solve, capped at "
       "300; mean over chunks, none where a chunk is not finite, as all figures of accuracy",
       [](const R& r) { return finite_cell(r.accuracy.y_snr_db_mean); }},
      {"y_snr_db_worst", "dB", "the same, worst chunk",
       [](const R& r) { return finite_cell(r.accuracy.y_snr_db_worst); }},
      {"y_rel_error_mean", "", "relative Frobenius error of Y, mean over chunks; of T = I it is 1",
       [](const R& r) { return finite_cell(r.accuracy.y_rel_error_mean); }},
      {"y_rel_error_max", "", "relative Frobenius error of Y, worst chunk",
       [](const R& r) { return finite_cell(r.accuracy.y_rel_error_max); }},
      {"y_correlation_mean", "-1..1",
       "Pearson's correlation of the entries below the diagonal with the right ones, mean over "
       "chunks",
       [](const R& r) { return finite_cell(r.accuracy.y_correlation_mean); }},
      {"y_correlation_worst", "-1..1", "the same, worst chunk",
       [](const R& r) { return finite_cell(r.accuracy.y_correlation_worst); }},
      {"snr_db_mean", "dB",
       "of T = I + Y, as papers report it: the exact unit diagonal counts as signal, so that it "
       "flatters the more the smaller Y is; capped at 300; mean over chunks",
       [](const R& r) { return finite_cell(r.accuracy.snr_db_mean); }},
      {"snr_db_worst", "dB", "the same, worst chunk",
       [](const R& r) { return finite_cell(r.accuracy.snr_db_worst); }},
      {"rel_error_mean", "", "relative Frobenius error of T, mean over chunks",
       [](const R& r) { return finite_cell(r.accuracy.rel_error_mean); }},
      {"rel_error_max", "", "relative Frobenius error of T, worst chunk",
       [](const R& r) { return finite_cell(r.accuracy.rel_error_max); }},
      {"abs_error_max", "", "largest error of an entry of T, and of Y",
       [](const R& r) { return finite_cell(r.accuracy.abs_error_max); }},
      {"not_finite_chunks", "",
       "chunks with an entry that is not finite, in the result or in the double-precision solve",
       [](const R& r) -> Cell { return r.accuracy.not_finite_chunks; }},
      {"nan_count", "",
       "NaN entries in the results; where tiles known to be zero are skipped, a NaN or infinity "
       "beside them "
       "spreads less far than in a dense product (docs/numerics.md)",
       [](const R& r) -> Cell { return r.accuracy.nan_count; }},
      {"inf_count", "", "infinite entries in the results",
       [](const R& r) -> Cell { return r.accuracy.inf_count; }},
      {"saturated_count", "", "fixed point: stored entries that were clipped, inputs included",
       [](const R& r) -> Cell { return r.accuracy.saturated_count; }},
      {"wrapped_count", "",
       "fixed point: stored entries whose exact sum the accumulator does not hold: it wrapped, or "
       "was "
       "clipped",
       [](const R& r) -> Cell { return r.accuracy.wrapped_count; }},
      {"inputs_rounded", "", "entries of A that the format does not hold exactly, of all chunks",
       [](const R& r) -> Cell { return r.accuracy.inputs_rounded; }},
      {"output_digest", "SHA-256", "of the stored bits of all results, in chunk order",
       [](const R& r) -> Cell { return r.output_digest; }},
  };
}

std::vector<Column> make_columns() {
  std::vector<Column> table;
  const auto append = [&](const std::vector<Column>& more) {
    table.insert(table.end(), more.begin(), more.end());
  };
  append(run_columns());
  append(time_columns());
  append(steady_columns());
  append(utilization_columns());
  add_stall_columns(table);
  add_bottleneck_columns(table);
  append(work_columns());
  append(cost_columns());
  append(accuracy_columns());
  return table;
}

}  // namespace

const std::vector<Column>& columns() {
  static const std::vector<Column> table = make_columns();
  return table;
}

MatrixUtilization matrix_utilization(const RunResult& r) {
  const UnitCycles& matrix = unit(r, Unit::kMatrix);
  const double peak = static_cast<double>(r.many.total_cycles) * r.peak_macs_per_cycle;
  const double occupied = static_cast<double>(matrix.busy);
  return {static_cast<double>(r.many.macs) / peak, static_cast<double>(r.many.useful_macs) / peak,
          matrix.busy == 0 ? 0 : r.many.mapped_cycles / occupied,
          busy_share(matrix, r.many.total_cycles)};
}

SteadyShares steady_shares(const RunResult& r) {
  const double peak = r.cycles_per_chunk * r.peak_macs_per_cycle;
  const auto busy = [&](Unit u) {
    return static_cast<double>(r.steady.busy[static_cast<std::size_t>(u)]) /
           (r.cycles_per_chunk * static_cast<double>(unit(r, u).servers));
  };
  const double items = static_cast<double>(r.many.items);
  return {
      static_cast<double>(r.many.macs) / items / peak,
      static_cast<double>(r.many.useful_macs) / items / peak,
      busy(Unit::kMatrix),
      busy(Unit::kVector),
      busy(Unit::kDma),
      lower_bound_cycles(r)[static_cast<std::size_t>(Resource::kDram)] / r.cycles_per_chunk,
      unit(r, Unit::kReadOut).servers == 0 ? std::nullopt : std::optional(busy(Unit::kReadOut))};
}

double busy_share(const UnitCycles& unit, std::int64_t total_cycles) {
  return static_cast<double>(unit.busy) / static_cast<double>(unit.servers * total_cycles);
}

}  // namespace tricycle
