// SPDX-License-Identifier: Apache-2.0
#include "reports/cost_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace tricycle {

namespace {

/// The low, nominal and high end of a figure.  Where a figure has parts, the nominal end has no
/// word of its own.
struct End {
  std::string_view name;
  double Spread::*value;
};
constexpr std::array<End, 3> kEnds{
    {{"nominal", &Spread::nominal}, {"low", &Spread::low}, {"high", &Spread::high}}};

constexpr std::array<std::string_view, kEnergyPartCount> kEnergyMeanings{
    "all chunks: multiply-accumulates of the arrays and registers of their PEs",
    "all chunks: operations of the vector units and their register files",
    "all chunks: cells of the solve units and their registers",
    "all chunks: accumulator memory",
    "all chunks: scratchpad macros",
    "all chunks: wires from memories to units and paths of topology.*",
    "all chunks: DMA engines",
    "all chunks: fetch, decode and issue of instructions",
    "all chunks: DRAM devices and interface",
    "clocks of PEs and lanes without work, in total_cycles",
    "leakage of all cores, in total_cycles"};

constexpr std::array<std::string_view, kAreaPartCount> kAreaMeanings{
    "all cores: PEs with their registers",
    "all cores: lanes of the vector units",
    "all cores: cells of the solve units",
    "all cores: accumulator memory",
    "all cores: scratchpad",
    "all cores: sequencer, DMA, clocks; the interface to DRAM is not part of it"};

using Figure = std::function<double(const RunCost&)>;

void add(std::vector<Column>& table, std::string name, std::string_view unit,
         std::string_view meaning, Figure figure) {
  table.push_back({std::move(name), unit, std::string(meaning), [figure](const RunResult& r) {
                     return r.cost ? Cell(figure(*r.cost)) : Cell();
                   }});
}

/// The columns `energy_pj.matrix` .. `energy_pj.total`, with `energy_low_pj.*` and
/// `energy_high_pj.*`.
template <typename Part, std::size_t kCount>
void add_parts(std::vector<Column>& table, std::string_view what, std::string_view unit,
               const std::array<std::string_view, kCount>& names,
               const std::array<std::string_view, kCount>& meanings,
               ByPart<Part, kCount> RunCost::*of) {
  for (const End& end : kEnds) {
    const std::string prefix = end.name == "nominal"
                                   ? fmt::format("{}_{}", what, unit)
                                   : fmt::format("{}_{}_{}", what, end.name, unit);
    for (std::size_t i = 0; i < kCount; ++i)
      add(table, fmt::format("{}.{}", prefix, names[i]), unit == "pj" ? "pJ" : "mm2", meanings[i],
          [i, of, end](const RunCost& c) { return (c.*of).parts[i].*end.value; });
    add(table, prefix + ".total", unit == "pj" ? "pJ" : "mm2", "sum of the parts",
        [of, end](const RunCost& c) { return (c.*of).total().*end.value; });
  }
}

/// A figure whose ends are keys of an object.
void add_spread(std::vector<Column>& table, std::string_view name, std::string_view unit,
                std::string_view meaning, std::function<Spread(const RunCost&)> figure) {
  for (const End& end : kEnds)
    add(table, fmt::format("{}.{}", name, end.name), unit, meaning,
        [figure, end](const RunCost& c) { return figure(c).*end.value; });
}

void add_energy_per_token(std::vector<Column>& table) {
  for (const End& end : kEnds)
    table.push_back({fmt::format("energy_per_token_pj.{}", end.name), "pJ",
                     "energy_per_chunk_pj / chunk: what chunk sizes are compared by",
                     [end](const RunResult& r) {
                       return r.cost && r.of_problem() ? Cell(r.cost->chunk.total().*end.value /
                                                              static_cast<double>(r.chunk))
                                                       : Cell();
                     }});
}

/// `work` per unit of `cost`.  It is largest where the cost is low, so low and high change places.
Spread over(double work, const Spread& cost) {
  return {work / cost.high, work / cost.nominal, work / cost.low};
}

void add_activity(std::vector<Column>& table) {
  struct Row {
    std::string_view name, unit, meaning;
    std::int64_t (*value)(const Activity&);
  };
  static constexpr Row kRows[] = {
      {"scratchpad_read_bytes", "B", "one chunk: read from the scratchpad, operands once a pass",
       [](const Activity& a) { return a.scratchpad_read_bytes; }},
      {"scratchpad_written_bytes", "B", "one chunk: written to the scratchpad",
       [](const Activity& a) { return a.scratchpad_written_bytes; }},
      {"accumulator_read_bytes", "B", "one chunk: sums read, to be added to or by the vector unit",
       [](const Activity& a) { return a.accumulator_read_bytes; }},
      {"accumulator_written_bytes", "B", "one chunk: sums written, once a pass over k",
       [](const Activity& a) { return a.accumulator_written_bytes; }},
      {"vector_register_bytes", "B", "one chunk: read and written in vector registers",
       [](const Activity& a) { return a.vector.register_bytes; }},
      {"vector_beats", "", "one chunk: registers the vector operations run over",
       [](const Activity& a) { return a.vector.beats; }},
      {"row_step_macs", "", "one chunk: multiply-accumulates of the vector unit in substitutions",
       [](const Activity& a) { return a.row_step_macs; }},
      {"solve_macs", "", "one chunk: multiply-accumulates of the solve units",
       [](const Activity& a) { return a.solve_macs; }}};
  for (const Row& row : kRows)
    table.push_back(
        {fmt::format("activity.{}", row.name), row.unit, std::string(row.meaning),
         [value = row.value](const RunResult& r) -> Cell { return value(r.activity); }});
}

Spread watts(const RunCost& c) {
  constexpr double kWattsPerPjNs = 1e-3;
  return c.run.total() * (kWattsPerPjNs / c.run_ns);
}

}  // namespace

std::vector<Column> cost_columns() {
  std::vector<Column> table;
  add_activity(table);
  add_parts(table, "energy", "pj", kEnergyPartNames, kEnergyMeanings, &RunCost::run);
  add_spread(table, "energy_per_chunk_pj", "pJ",
             "one of many chunks in steady state: what it does, and what passes in "
             "cycles_per_chunk",
             [](const RunCost& c) { return c.chunk.total(); });
  add_energy_per_token(table);
  add_spread(table, "average_power_w", "W", "energy / time of the whole run, launch included",
             watts);
  add_spread(table, "energy_delay_product_pj_ns", "pJ ns",
             "energy_per_chunk_pj x time of a chunk in steady state",
             [](const RunCost& c) { return c.chunk.total() * c.chunk_ns; });
  add_spread(table, "gops_per_w", "GOPS/W",
             "two operations a multiply-accumulate of arrays and substitutions / "
             "energy_per_chunk_pj; with zeros",
             [](const RunCost& c) { return over(1e3 * c.operations_per_chunk, c.chunk.total()); });
  add_parts(table, "area", "mm2", kAreaPartNames, kAreaMeanings, &RunCost::area);
  add_spread(
      table, "gops_per_mm2", "GOPS/mm2", "the same operations / time of a chunk / area",
      [](const RunCost& c) { return over(c.operations_per_chunk / c.chunk_ns, c.area.total()); });
  table.push_back(
      {"cost_tables_digest", "SHA-256", "of the resolved text of the cost tables",
       [](const RunResult& r) { return r.cost ? Cell(r.cost->tables_digest) : Cell(); }});
  return table;
}

namespace {

/// The text "matrix 41.2, dram 30.1": parts in percent of the total, largest first.
template <typename Part, std::size_t kCount>
std::string shares(const ByPart<Part, kCount>& of,
                   const std::array<std::string_view, kCount>& names) {
  std::array<std::size_t, kCount> order{};
  for (std::size_t i = 0; i < kCount; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return of.parts[a].nominal > of.parts[b].nominal;
  });
  std::string text;
  for (const std::size_t i : order)
    if (of.parts[i].nominal > 0)
      text += fmt::format("{}{} {:.1f}", text.empty() ? "" : ", ", names[i],
                          100 * of.parts[i].nominal / of.total().nominal);
  return text;
}

}  // namespace

std::string cost_text(const RunResult& r) {
  if (!r.cost) return "";
  const RunCost& c = *r.cost;
  constexpr double kPjPerNj = 1e3;
  const Spread chunk = c.chunk.total() * (1 / kPjPerNj), area = c.area.total();
  const double power = watts(c).nominal;
  return fmt::format(
             "  energy      {:.4g} nJ a chunk (published figures: {:.4g} to {:.4g}), steady; "
             "{:.3g} "
             "W over the run\n  of a chunk  {} %\n",
             chunk.nominal, chunk.low, chunk.high, power, shares(c.chunk, kEnergyPartNames)) +
         fmt::format("  area        {:.4g} mm2 ({:.4g} to {:.4g}): {} %\n", area.nominal, area.low,
                     area.high, shares(c.area, kAreaPartNames));
}

}  // namespace tricycle
