// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/machine_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/cost/cost.h"
#include "models/error.h"
#include "models/json.h"
#include "reports/bottleneck.h"
#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/config/quantity.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr const char* kAlgorithm = "neumann_masked";  // the default of `tricycle run`
constexpr Format kFormat = Format::kFp16;
constexpr std::int64_t kChunk = 64, kChunks = 16;

struct Peak {
  Format format;
  double macs_per_cycle, tops;  // of all cores; two operations per multiply-add
  /// Operations per byte of DRAM from which on the array is the limit.
  double balance;
};

/// What one chunk needs of every resource, at the least.
struct ChunkNeeds {
  double cycles = 0;  // in steady state
  std::vector<std::pair<std::string, double>> lower_bounds;
};

struct Summary {
  HwConfig hw;
  double effective_gbps = 0;
  std::vector<Peak> peaks;
  ArrayRates rates;  // in `format`
  std::optional<Format> format;
  Spread area, leakage_watts;
  double peak_watts = 0;
  Format hottest = kFormat;
  std::optional<ChunkNeeds> chunk;
  std::string no_chunk;  // why there are no figures for one chunk
  std::vector<Advice> advice;
};

/// Needs no values: time does not depend on them.
ChunkNeeds chunk_needs(const HwConfig& hw) {
  PreparedProblem problem;
  problem.problem.name = "one chunk";
  problem.problem.chunk = kChunk;
  problem.chunks.resize(static_cast<std::size_t>(kChunks));
  const AlgorithmOptions options;
  const RunResult r =
      run_timed({hw, problem, find_algorithm(kAlgorithm), options, kFormat}, {},
                [](const AlgorithmParameters&, const TimedProgram&) { return RunValues{}; });
  ChunkNeeds needs;
  needs.cycles = r.cycles_per_chunk;
  const auto bounds = lower_bound_cycles(r);
  for (std::size_t i = 0; i < bounds.size(); ++i)
    if (bounds[i] > 0) needs.lower_bounds.emplace_back(kResources[i].name, bounds[i]);
  return needs;
}

void add_cost(Summary& s) {
  constexpr double kWattsPerPjNs = 1e-3;
  s.area = area_mm2(s.hw).total();
  const double ns = 1 / s.hw.clock_ghz;
  const Spread leak = energy_pj(s.hw, s.peaks.front().format, {}, 0, 1)[EnergyPart::kLeakage];
  s.leakage_watts = leak * (kWattsPerPjNs / ns);
  for (const Peak& peak : s.peaks)
    if (const double watts = peak_watts(s.hw, peak.format); watts > s.peak_watts) {
      s.peak_watts = watts;
      s.hottest = peak.format;
    }
}

Summary summarize(const std::string& path) {
  Summary s;
  s.hw = load_hw_config(path);
  s.effective_gbps = std::min(s.hw.dram.bandwidth_gbps, requested_gbps(s.hw));
  for (const FormatInfo& row : kFormats) {
    if (!s.hw.support(row.id).present) continue;
    const double macs = static_cast<double>(s.hw.cores) * s.hw.peak_macs_per_cycle(row.id);
    const double gops = 2 * macs * s.hw.clock_ghz;
    s.peaks.push_back({row.id, macs, gops / 1000, gops / s.effective_gbps});
    if (!s.format || row.id == kFormat) s.format = row.id;
  }
  if (s.format) s.rates = array_rates(s.hw, *s.format);
  if (s.hw.cost_model.present && s.format) add_cost(s);
  std::vector<std::string> why;
  s.chunk = attempt(why, [&] { return chunk_needs(s.hw); });
  if (!s.chunk) s.no_chunk = why.front();
  s.advice = machine_advice(s.hw, machine_keys(path));
  return s;
}

std::string spread_text(const Spread& s, std::string_view unit) {
  return fmt::format("{:.4g} {} (low {:.4g}, high {:.4g})", s.nominal, unit, s.low, s.high);
}

using Rows = std::vector<std::vector<std::string>>;

Rows memory_rows(const Summary& s) {
  const HwConfig& hw = s.hw;
  const double per_cycle = s.effective_gbps / hw.clock_ghz;
  Rows rows{
      {"dram", fmt::format("{:.4g} GB/s, {:.4g} B/cycle: stated {:g} GB/s; requests in flight {}",
                           s.effective_gbps, per_cycle, hw.dram.bandwidth_gbps,
                           std::isfinite(requested_gbps(hw))
                               ? fmt::format("{:.4g} GB/s", requested_gbps(hw))
                               : "without latency")}};
  const std::string stream =
      s.format ? fmt::format("{:.4g} B/cycle", s.rates.operands) : std::string("-");
  const std::string sums = s.format && s.rates.sums > 0
                               ? fmt::format("{:.4g} B/cycle", s.rates.sums)
                               : std::string("at once");
  rows.push_back(
      {"scratchpad", fmt::format("{}, {:.4g} B/cycle; the array streams {}",
                                 format_quantity(Quantity::kBytes, hw.scratchpad.size_bytes),
                                 scratchpad_rate(hw), stream)});
  rows.push_back({"accumulators", format_quantity(Quantity::kBytes, hw.accumulator_bytes)});
  rows.push_back(
      {"accumulator_to_vector", fmt::format("{:.4g} B/cycle; the array's sums leave {}",
                                            hw.accumulator_to_vector.bytes_per_cycle, sums)});
  rows.push_back(
      {"vector_to_matrix", fmt::format("{:.4g} B/cycle", hw.vector_to_matrix.bytes_per_cycle)});
  if (hw.accumulator_to_scratchpad.present)
    rows.push_back({"accumulator_to_scratchpad",
                    fmt::format("{:.4g} B/cycle", hw.accumulator_to_scratchpad.bytes_per_cycle)});
  if (hw.solve_unit.present)
    rows.push_back(
        {"solve units", fmt::format("{} of {} rows", hw.solve_unit.units, hw.solve_unit.rows)});
  if (hw.scratchpad_to_matrix.present)
    rows.push_back(
        {"scratchpad_to_matrix",
         fmt::format("A {:.4g}, B {:.4g} B/cycle", hw.scratchpad_to_matrix.a_bytes_per_cycle,
                     hw.scratchpad_to_matrix.b_bytes_per_cycle)});
  return rows;
}

/// Elements per cycle of an `add` in a format.
double vector_elements(const HwConfig& hw, Format format) {
  const VectorUnitConfig& v = hw.vector_unit;
  const double beats = static_cast<double>(v.units) * hw.clock_of_unit(v.clock_ghz) / hw.clock_ghz /
                       hw.rate(VectorOp::kAdd, format).cycles_per_beat;
  return beats * static_cast<double>(v.bytes_per_beat) * 8 / info(format).stored_bits;
}

std::string to_text(const Summary& s) {
  const HwConfig& hw = s.hw;
  std::string text = fmt::format(
      "{}: {} x {} PEs, {}, {:g} GHz, {} core{}\n\n", hw.name, hw.systolic_array.rows,
      hw.systolic_array.cols, enum_name(hw.systolic_array.dataflow),
      hw.clock_of_unit(hw.systolic_array.clock_ghz), hw.cores, hw.cores == 1 ? "" : "s");
  Rows rows;
  for (const Peak& peak : s.peaks)
    rows.push_back({std::string(name(peak.format)), fmt::format("{:.6g}", peak.macs_per_cycle),
                    fmt::format("{:.4g}", peak.tops), fmt::format("{:.4g}", peak.balance),
                    fmt::format("{:.4g}", vector_elements(hw, hw.stored_format(peak.format)))});
  text += text_table({{"format", "", false},
                      {"array", "MAC/cycle"},
                      {"peak", "TOPS"},
                      {"balance", "op/B"},
                      {"vector add", "elements/cycle"}},
                     rows);
  Rows more = memory_rows(s);
  if (hw.cost_model.present && s.format) {
    more.push_back({"area", spread_text(s.area, "mm2")});
    more.push_back({"leakage", spread_text(s.leakage_watts, "W")});
    more.push_back({"array at its peak", fmt::format("{:.4g} W with leakage (nominal), in {}",
                                                     s.peak_watts, name(s.hottest))});
  }
  text += "\n" + text_table({{"what", "", false}, {"at the most", "", false}}, more);
  text += fmt::format("\na chunk of {} in {} by {}", kChunk, name(kFormat), kAlgorithm);
  if (s.chunk) {
    text += fmt::format(": {:.1f} cycles; at the least\n", s.chunk->cycles);
    for (const auto& [resource, cycles] : s.chunk->lower_bounds)
      text += fmt::format("  {:<22} {:>10.1f} cycles\n", resource, cycles);
  } else {
    text += ": " + s.no_chunk + "\n";
  }
  for (const Advice& advice : s.advice) text += fmt::format("\n{}: {}", advice.key, advice.text);
  return text + (s.advice.empty() ? "" : "\n");
}

Json spread_json(const Spread& s) {
  return {{"low", s.low}, {"nominal", s.nominal}, {"high", s.high}};
}

Json to_json(const Summary& s) {
  const HwConfig& hw = s.hw;
  Json peaks = Json::object();
  for (const Peak& peak : s.peaks)
    peaks[std::string(name(peak.format))] = {
        {"macs_per_cycle", peak.macs_per_cycle},
        {"tops", peak.tops},
        {"operations_per_byte", peak.balance},
        {"vector_adds_per_cycle", vector_elements(hw, hw.stored_format(peak.format))}};
  const double requested = requested_gbps(hw);
  Json document{
      {"version", kVersion},
      {"machine", hw.name},
      {"formats", peaks},
      {"dram_gbps",
       {{"stated", hw.dram.bandwidth_gbps},
        {"requests_in_flight", std::isfinite(requested) ? Json(requested) : Json(nullptr)},
        {"effective", s.effective_gbps}}},
      {"bytes_per_cycle",
       {{"dram", s.effective_gbps / hw.clock_ghz},
        {"scratchpad", scratchpad_rate(hw)},
        {"accumulator_to_vector", hw.accumulator_to_vector.bytes_per_cycle},
        {"vector_to_matrix", hw.vector_to_matrix.bytes_per_cycle},
        {"array_operands", s.rates.operands},
        {"array_sums", s.rates.sums}}}};
  if (hw.cost_model.present && s.format) {
    document["area_mm2"] = spread_json(s.area);
    document["leakage_w"] = spread_json(s.leakage_watts);
    document["array_peak_w"] = s.peak_watts;
  }
  Json chunk{{"tokens", kChunk}, {"format", name(kFormat)}, {"algorithm", kAlgorithm}};
  if (s.chunk) {
    chunk["cycles"] = s.chunk->cycles;
    for (const auto& [resource, cycles] : s.chunk->lower_bounds)
      chunk["lower_bound_cycles"][resource] = cycles;
  } else {
    chunk["reason"] = s.no_chunk;
  }
  document["chunk"] = chunk;
  document["advice"] = Json::array();
  for (const Advice& advice : s.advice)
    document["advice"].push_back({{"key", advice.key}, {"text", advice.text}});
  return document;
}

}  // namespace

std::string machine_summary(const std::string& path, bool json) {
  const Summary summary = summarize(path);
  return json ? to_json(summary).dump(2) + "\n" : to_text(summary);
}

}  // namespace tricycle
