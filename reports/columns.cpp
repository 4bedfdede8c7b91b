// SPDX-License-Identifier: Apache-2.0
#include "reports/columns.h"

#include <fmt/format.h>

#include <array>

#include "models/config_fields.h"
#include "reports/accuracy_columns.h"
#include "reports/bottleneck.h"
#include "reports/cost_columns.h"

namespace tricycle {

namespace {

const UnitCycles& unit(const RunResult& r, Unit u) { return r.many.units[u]; }

/// The names of what may lie between the instructions of a critical path.
constexpr std::array kPathCauses{StallCause::kDrain,        StallCause::kToken,
                                 StallCause::kIssue,        StallCause::kPath,
                                 StallCause::kBankConflict, StallCause::kScratchpadBandwidth,
                                 StallCause::kDram};

void add_bottleneck_columns(std::vector<Column>& table) {
  table.push_back(
      {"bottleneck", "", "resource with the largest lower_bound_cycles: what bounds the run",
       [](const RunResult& r) -> Cell {
         return std::string(kResources[static_cast<std::size_t>(bottleneck(r).resource)].name);
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
    table.push_back({fmt::format("lower_bound_cycles.{}", kResources[i].name), "cycles",
                     fmt::format("a chunk takes at least: {}", kResources[i].bound_meaning),
                     [i](const RunResult& r) -> Cell { return lower_bound_cycles(r)[i]; }});
  for (std::size_t op = 0; op < kOpcodeCount; ++op)
    table.push_back(
        {fmt::format("critical_path_cycles.{}", kOpcodes[op].name), "cycles",
         "part of latency_cycles on the path of last tokens: instructions of the kind",
         [op](const RunResult& r) -> Cell { return r.critical_path.instructions[op]; }});
  for (StallCause cause : kPathCauses) {
    const auto c = static_cast<std::size_t>(cause);
    table.push_back({fmt::format("critical_path_cycles.{}", kStallCauses[c].name), "cycles",
                     "part of latency_cycles on the path of last tokens: between instructions, by "
                     "the stall's cause",
                     [c](const RunResult& r) -> Cell { return r.critical_path.between[c]; }});
  }
}

template <typename T>
Cell cell(const std::optional<T>& value) {
  return value ? Cell(*value) : Cell();
}

/// Columns that say what was run.
std::vector<Column> run_columns() {
  using R = RunResult;
  return {
      {"version", "", "version of tricycle that made the row",
       [](const R& r) -> Cell { return r.version; }},
      {"machine", "", "name of the machine", [](const R& r) -> Cell { return r.machine; }},
      {"problem", "", "name of the problem",
       [](const R& r) { return r.of_problem() ? Cell(r.problem) : Cell(); }},
      {"machine_digest", "SHA-256", "of the machine's resolved text, every default written out",
       [](const R& r) -> Cell { return r.machine_digest; }},
      {"problem_digest", "SHA-256", "of the problem's resolved text, a file by its name alone",
       [](const R& r) { return r.of_problem() ? Cell(r.problem_digest) : Cell(); }},
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
      {"chunk", "tokens", "chunk size C",
       [](const R& r) { return r.of_problem() ? Cell(r.chunk) : Cell(); }},
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

/// Columns that say how long the run took.
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
       [](const R& r) {
         return r.of_problem() ? Cell(r.cycles_per_chunk / static_cast<double>(r.chunk)) : Cell();
       }},
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

std::string share_meaning(const UnitInfo& unit, std::string_view cycles_of, std::string_view of) {
  return fmt::format("cycles {} the {} / ({} x {}){}", cycles_of, unit.servers_text, unit.share_of,
                     of, unit.optional ? "; none where the machine has none" : "");
}

/// Columns that say how busy the units are in steady state; they belong to cycles_per_chunk.
std::vector<Column> steady_columns() {
  using R = RunResult;
  std::vector<Column> table = {
      {"steady_utilization.mac", "0..1",
       "multiply-accumulates of a chunk / (cycles_per_chunk x peak of all cores)",
       [](const R& r) -> Cell { return steady_shares(r).mac; }},
      {"steady_utilization.useful", "0..1", ".. with no operand known to be zero",
       [](const R& r) -> Cell { return steady_shares(r).useful; }},
  };
  const auto add_units = [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u)
      table.push_back({fmt::format("steady_utilization.{}", kUnits[u].name), "0..1",
                       share_meaning(kUnits[u], "a chunk occupies", "cycles_per_chunk"),
                       [u](const R& r) { return cell(steady_shares(r).units[u]); }});
  };
  add_units(0, kAlwaysThere);
  table.push_back({"steady_utilization.dram", "0..1",
                   "cycles the bytes of a chunk take the DRAM's channel / cycles_per_chunk",
                   [](const R& r) -> Cell { return steady_shares(r).dram; }});
  add_units(kAlwaysThere, kUnitCount);
  return table;
}

/// Columns that say how busy the units were in the run.
std::vector<Column> utilization_columns() {
  using R = RunResult;
  std::vector<Column> table = {
      {"matrix_utilization.mac", "0..1",
       "multiply-accumulates done / (total_cycles x peak of all cores)",
       [](const R& r) -> Cell { return matrix_utilization(r).mac; }},
      {"matrix_utilization.useful", "0..1",
       "multiply-accumulates with no operand known to be zero / (total_cycles x peak of all cores)",
       [](const R& r) -> Cell { return matrix_utilization(r).useful; }},
      {"matrix_utilization.mapped", "0..1", "PEs holding data / PEs, while the array is occupied",
       [](const R& r) -> Cell { return matrix_utilization(r).mapped; }},
  };
  for (std::size_t u = 0; u < kUnitCount; ++u)
    table.push_back({fmt::format("{}_utilization{}", kUnits[u].name, u == 0 ? ".busy" : ""), "0..1",
                     fmt::format("cycles the {} are occupied / ({} x total_cycles){}",
                                 kUnits[u].servers_text, kUnits[u].share_of,
                                 kUnits[u].optional ? "; none where the machine has none" : ""),
                     [u](const R& r) -> Cell {
                       const UnitCycles& unit = r.many.units[u];
                       if (unit.servers == 0) return {};
                       return busy_share(unit, r.many.total_cycles);
                     }});
  for (std::size_t u = 0; u < kUnitCount; ++u)
    table.push_back({fmt::format("{}_busy_cycles", kUnits[u].name), "cycles",
                     fmt::format("{} occupied, all cores together", kUnits[u].servers_text),
                     [u](const R& r) -> Cell { return r.many.units[u].busy; }});
  return table;
}

/// Columns that say where the other cycles of every unit went.
void add_stall_columns(std::vector<Column>& table) {
  using R = RunResult;
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    for (std::size_t c = 0; c < kStallCauseCount; ++c)
      table.push_back({fmt::format("stall_cycles.{}.{}", kUnits[u].name, kStallCauses[c].name),
                       "cycles", fmt::format("work left, none done: {}", kStallCauses[c].meaning),
                       [u, c](const R& r) -> Cell { return r.many.units[u].stalled[c]; }});
    table.push_back({fmt::format("idle_cycles.{}", kUnits[u].name), "cycles",
                     "the unit had no work left in the run",
                     [u](const R& r) -> Cell { return r.many.units[u].idle; }});
  }
}

/// Columns that count the work that was done.
std::vector<Column> work_columns() {
  using R = RunResult;
  return {
      {"macs", "", "multiply-accumulates of the matrix unit, all chunks",
       [](const R& r) -> Cell { return r.many.macs; }},
      {"useful_macs", "", ".. with no operand known to be zero",
       [](const R& r) -> Cell { return r.many.useful_macs; }},
      {"matmul_count", "", "matrix products of one chunk, as the lowering groups them",
       [](const R& r) -> Cell { return r.matmul_count; }},
      {"mean_products", "", ".. that were executed, mean over the chunks (auto: chosen by values)",
       [](const R& r) -> Cell { return r.mean_products; }},
      {"instructions", "", "instructions of one chunk",
       [](const R& r) -> Cell { return r.instructions; }},
      {"scratchpad_peak_bytes", "B", "scratchpad held by all chunks in flight, all cores together",
       [](const R& r) -> Cell { return r.scratchpad_peak_bytes; }},
      {"dram_bytes", "B", "bytes of whole DRAM requests, all chunks",
       [](const R& r) -> Cell { return r.many.dram_bytes; }},
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
  const double items = static_cast<double>(r.many.items);
  SteadyShares shares{static_cast<double>(r.many.macs) / items / peak,
                      static_cast<double>(r.many.useful_macs) / items / peak,
                      {},
                      lower_bound_cycles(r)[Resource::kDram] / r.cycles_per_chunk};
  for (std::size_t u = 0; u < kUnitCount; ++u)
    if (const std::int64_t servers = r.many.units[u].servers; servers > 0)
      shares.units[u] = static_cast<double>(r.steady.busy[u]) /
                        (r.cycles_per_chunk * static_cast<double>(servers));
  return shares;
}

double busy_share(const UnitCycles& unit, std::int64_t total_cycles) {
  return static_cast<double>(unit.busy) / static_cast<double>(unit.servers * total_cycles);
}

}  // namespace tricycle
