// SPDX-License-Identifier: Apache-2.0
#include "reports/summaries.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/bottleneck.h"
#include "reports/columns.h"
#include "reports/cost_columns.h"
#include "reports/text_table.h"

namespace tricycle {

namespace {

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

std::string algorithm_text(const RunResult& r) {
  return r.algorithm + (r.parameters.empty() ? "" : " " + r.parameters);
}

std::string notes(const RunResult& r) { return entries_text(r.accuracy); }

/// Whether machines differ in clock: cycles of different clocks do not compare.
bool clocks_differ(const std::vector<RunResult>& results) {
  return std::any_of(results.begin(), results.end(),
                     [&](const RunResult& r) { return r.clock_ghz != results.front().clock_ghz; });
}

std::vector<std::string> comparison_row(const RunResult& r) {
  const SteadyShares u = steady_shares(r);
  return {algorithm_text(r),
          std::string(name(r.format)),
          fmt::format("{:.0f}", r.cycles_per_chunk),
          fmt::format("{}", r.latency_cycles()),
          r.speedup ? fmt::format("{:.2f}", *r.speedup) : "-",
          r.cost ? fmt::format("{:.4g}", r.cost->chunk.total().nominal / 1000) : "-",
          percent(u.units[Unit::kMatrix].value_or(0)),
          percent(u.useful),
          percent(u.units[Unit::kVector].value_or(0)),
          decibel_text(r.accuracy, r.accuracy.y_snr_db_mean),
          decibel_text(r.accuracy, r.accuracy.y_snr_db_worst),
          correlation_text(r.accuracy, r.accuracy.y_correlation_worst),
          decibel_text(r.accuracy, r.accuracy.snr_db_mean),
          decibel_text(r.accuracy, r.accuracy.snr_db_worst)};
}

std::string stall_text(const UnitCycles& unit, double all_cycles) {
  std::string text;
  for (std::size_t cause = 0; cause < kStallCauseCount; ++cause)
    if (unit.stalled[cause] > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kStallCauses[cause].name,
                          percent(static_cast<double>(unit.stalled[cause]) / all_cycles));
  return text;
}

std::string unit_table(const RunResult& r) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < kUnitCount; ++i) {
    const UnitCycles& unit = r.many.units[i];
    if (unit.servers == 0) continue;
    const double all = static_cast<double>(unit.servers * r.many.total_cycles);
    rows.push_back({std::string(kUnits[i].name), percent(static_cast<double>(unit.busy) / all),
                    percent(static_cast<double>(unit.idle) / all),
                    percent(static_cast<double>(unit.stalled_total()) / all),
                    stall_text(unit, all)});
  }
  return text_table({{"unit", "", false},
                     {"busy", "%"},
                     {"idle", "%"},
                     {"stalled", "%"},
                     {"by cause", "%", false}},
                    rows, 2);
}

/// What bounds the run, what each resource needs at the least, and where the latency of a chunk
/// goes.
std::string bottleneck_text(const RunResult& r) {
  const Bottleneck b = bottleneck(r);
  const auto bounds = lower_bound_cycles(r);
  std::string text;
  if (r.has_exits)
    text = fmt::format("  products    {:.2f} a chunk, at most {}: as its values allow\n",
                       r.mean_products, r.matmul_count);
  text += fmt::format(
      "  bound by    {}: at least {:.0f} cycles a chunk; the run takes {:.0f} ({:+.1f} %)\n",
      kResources[static_cast<std::size_t>(b.resource)].name, b.bound_cycles, r.cycles_per_chunk,
      100 * b.gap);
  if (const std::string waits = waits_of(b.resource, r.steady.units);
      b.gap > kNotableGap && !waits.empty())
    text += fmt::format("  waits       {} of its cycles in steady state\n", waits);
  std::vector<std::string> needed;  // what it does not use needs nothing
  for (std::size_t i = 0; i < kResourceCount; ++i)
    if (bounds[i] > 0) needed.push_back(fmt::format("{} {:.0f}", kResources[i].name, bounds[i]));
  text += fmt::format("  at least    {} cycles a chunk\n  path        ", fmt::join(needed, ", "));
  const double latency = static_cast<double>(r.latency_cycles());
  std::vector<std::string> parts;
  const auto add = [&](std::string_view what, std::int64_t cycles) {
    if (cycles > 0)
      parts.push_back(fmt::format("{} {}", what, percent(static_cast<double>(cycles) / latency)));
  };
  for (std::size_t op = 0; op < kOpcodeCount; ++op)
    add(kOpcodes[op].name, r.critical_path.instructions[op]);
  for (std::size_t c = 0; c < kStallCauseCount; ++c)
    add(kStallCauses[c].name, r.critical_path.between[c]);
  return text + fmt::format("{} % of the latency (critical path)\n", fmt::join(parts, ", "));
}

}  // namespace

std::string comparison_table(const std::vector<RunResult>& results,
                             const std::vector<ShownColumn>& added) {
  std::vector<TextColumn> columns{
      {"algorithm", "", false}, {"format", "", false}, {"cycles/chunk", "steady"},
      {"latency", "cycles"},    {"speedup", "x"},      {"energy", "nJ/chunk"},
      {"matrix", "busy %"},     {"useful", "MAC %"},   {"vector", "busy %"},
      {"SNR of Y", "mean, dB"}, {"SNR of Y", "worst"}, {"corr. of Y", "worst"},
      {"SNR of T", "mean, dB"}, {"SNR of T", "worst"}};
  const auto behind_cycles = 3;
  const bool in_ns = clocks_differ(results);
  if (in_ns) columns.insert(columns.begin() + behind_cycles, {"ns/chunk", "steady"});
  const bool same_notes = std::all_of(results.begin(), results.end(), [&](const RunResult& r) {
    return notes(r) == notes(results.front());
  });
  for (const ShownColumn& column : added) columns.push_back(column.head);
  if (!same_notes) columns.push_back({"notes", "entries", false});
  std::vector<std::vector<std::string>> rows;
  std::string machine;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const RunResult& r = results[i];
    if (r.machine != machine) rows.push_back({fmt::format("-- {} --", machine = r.machine)});
    rows.push_back(comparison_row(r));
    if (in_ns)
      rows.back().insert(rows.back().begin() + behind_cycles,
                         fmt::format("{:.1f}", r.cycles_per_chunk / r.clock_ghz));
    for (const ShownColumn& column : added) rows.back().push_back(column.cells[i]);
    if (!same_notes) rows.back().push_back(notes(r));
  }
  std::string text = text_table(columns, rows);
  if (same_notes && !results.empty() && !notes(results.front()).empty())
    text += fmt::format("every row: {} entries\n", notes(results.front()));
  return text;
}

std::string accuracy_text(const AccuracySummary& a) {
  constexpr std::size_t kIndent = 14;
  constexpr std::string_view kFigures =
      "SNR mean {:.2f} dB, worst {:.2f} dB; relative error mean {:.2e}, max {:.2e}";
  if (a.not_finite_chunks > 0)
    return fmt::format("not finite: {} chunk{} with NaN or infinity, or without a finite inverse",
                       a.not_finite_chunks, a.not_finite_chunks == 1 ? "" : "s");
  return fmt::format(
      "Y: {}; correlation mean {:.6f}, worst {:.6f}\n{:{}}T: {}",
      fmt::format(kFigures, a.y_snr_db_mean, a.y_snr_db_worst, a.y_rel_error_mean,
                  a.y_rel_error_max),
      a.y_correlation_mean, a.y_correlation_worst, "", kIndent,
      fmt::format(kFigures, a.snr_db_mean, a.snr_db_worst, a.rel_error_mean, a.rel_error_max));
}

std::string decibel_text(const AccuracySummary& accuracy, double decibels) {
  return accuracy.not_finite_chunks > 0 ? "not finite" : fmt::format("{:.1f}", decibels);
}

std::string correlation_text(const AccuracySummary& accuracy, double correlation) {
  return accuracy.not_finite_chunks > 0 ? "not finite" : fmt::format("{:.4f}", correlation);
}

std::string entries_text(const AccuracySummary& accuracy) {
  std::string text;
  const auto add = [&](std::int64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(accuracy.nan_count, "NaN");
  add(accuracy.inf_count, "Inf");
  add(accuracy.saturated_count, "saturated");
  add(accuracy.wrapped_count, "wrapped");
  return text;
}

namespace {

std::string latency_text(const RunResult& r) {
  std::string text =
      fmt::format("  latency     {} cycles = {:.2f} us, one chunk alone", r.latency_cycles(),
                  static_cast<double>(r.latency_cycles()) / r.clock_ghz / 1000);
  if (r.shortest_latency_cycles < r.latency_cycles())
    text += fmt::format(" in {}; the shortest is {} in {}", r.cut, r.shortest_latency_cycles,
                        r.shortest_latency_cut);
  return text + "\n";
}

std::string utilization_text(const RunResult& r) {
  const MatrixUtilization u = matrix_utilization(r);
  const SteadyShares s = steady_shares(r);
  const auto share = [&](Unit u) { return percent(s.units[u].value_or(0)); };
  return fmt::format(
             "  steady      mac {} %, useful {} %; busy: matrix {} %, vector {} %, dma {} %, dram "
             "{} "
             "%\n",
             percent(s.mac), percent(s.useful), share(Unit::kMatrix), share(Unit::kVector),
             share(Unit::kDma), percent(s.dram)) +
         fmt::format("  whole run   mac {} %, useful {} %, mapped {} %, busy {} %\n",
                     percent(u.mac), percent(u.useful), percent(u.mapped), percent(u.busy));
}

}  // namespace

std::string run_summary(const RunResult& r) {
  std::string text = fmt::format(
      "{} in {} on {}: {} chunk{}{}\n", algorithm_text(r), name(r.format), r.machine, r.many.items,
      r.many.items == 1 ? "" : "s", r.of_problem() ? fmt::format(" of {} tokens", r.chunk) : "");
  text += latency_text(r);
  text += fmt::format(
      "  throughput  {:.0f} cycles a chunk = {:.0f} chunks/s, {} in flight{} ({}); {} cycles in "
      "all\n",
      r.cycles_per_chunk, r.clock_ghz * 1e9 / r.cycles_per_chunk, r.in_flight,
      r.many.cores > 1 ? fmt::format(" on {} cores", r.many.cores) : "", r.in_flight_limit,
      r.many.total_cycles);
  text += bottleneck_text(r);
  text += utilization_text(r);
  if (r.of_problem()) text += fmt::format("  accuracy    {}\n", accuracy_text(r.accuracy));
  if (!notes(r).empty()) text += fmt::format("  entries     {}\n", notes(r));
  text += cost_text(r);
  text += fmt::format("  digest      {}\n", r.output_digest);
  for (const auto& [name, digest] : r.outputs)
    text += fmt::format("  output      {} {}\n", digest, name);
  return text + unit_table(r);
}

}  // namespace tricycle
