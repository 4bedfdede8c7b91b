// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/layer_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/text_table.h"

namespace tricycle {

namespace {

/// A choice that saves less than this of a layer decides little.
constexpr double kSmallPrize = 0.02;

using TextRows = std::vector<std::vector<std::string>>;

std::string whole(double value) { return fmt::format("{:.0f}", value); }
std::string percent(double part) { return fmt::format("{:.1f}", 100 * part); }
/// Three digits, without an exponent.
std::string three_digits(double value) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
  return fmt::format("{:.{}f}", value, decimals);
}

/// The stages with the inversion of one algorithm in its place, named by it: "solve
/// (block_doubling)".
std::vector<StageCycles> stages_with(const LayerCycles& cycles,
                                     const LayerCycles::Inversion* inversion) {
  std::vector<StageCycles> all = cycles.others;
  if (inversion != nullptr)
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(cycles.solve_at), inversion->stage)
        ->name += fmt::format(" ({})", inversion->algorithm);
  return all;
}

bool has_energy(const LayerCycles& cycles) {
  return !cycles.others.empty() && cycles.others.front().energy_pj.has_value();
}

std::string setting_text(const LayerCycles::Inversion& i) {
  return i.algorithm + (i.parameters.empty() ? "" : " " + i.parameters);
}

/// What most of the layer's time goes to, the inversion aside: "`gate_up` takes 31.2 %".
std::string largest_other(const LayerCycles& cycles, double total) {
  const auto most = std::max_element(
      cycles.others.begin(), cycles.others.end(),
      [](const StageCycles& a, const StageCycles& b) { return a.cycles < b.cycles; });
  return fmt::format("{} alone takes {} %", most->name, percent(most->cycles / total));
}

}  // namespace

InversionWorth inversion_worth(const LayerCycles& cycles) {
  const auto fewer = [](const LayerCycles::Inversion& a, const LayerCycles::Inversion& b) {
    return a.stage.cycles < b.stage.cycles;
  };
  const auto [best, slowest] =
      std::minmax_element(cycles.inversions.begin(), cycles.inversions.end(), fewer);
  const double saved = slowest->stage.cycles - best->stage.cycles;
  return {cycles.share(*best),           cycles.share(*slowest), &*best, &*slowest, saved,
          saved / cycles.total(*slowest)};
}

std::string stage_table(const LayerCycles& cycles, const LayerScale& scale) {
  const LayerCycles::Inversion* last =
      cycles.inversions.empty() ? nullptr : &cycles.inversions.back();
  const std::vector<StageCycles> stages = stages_with(cycles, last);
  double total = 0;
  for (const StageCycles& stage : stages) total += stage.cycles;
  const auto tokens = static_cast<double>(scale.tokens);
  const bool energy = has_energy(cycles);
  const auto row = [&](const std::string& name, const std::string& work, double part,
                       std::optional<double> pj, std::string bound, std::string gap) {
    std::vector<std::string> cells{name,
                                   work,
                                   whole(part),
                                   fmt::format("{:.1f}", part / tokens),
                                   three_digits(scale.ms(part)),
                                   percent(part / total),
                                   std::move(bound),
                                   std::move(gap)};
    if (energy) cells.insert(cells.end() - 2, three_digits(scale.uj_per_token(*pj)));
    return cells;
  };
  TextRows rows;
  for (const StageCycles& s : stages)
    rows.push_back(
        row(s.name, s.work, s.cycles, s.energy_pj, std::string(s.bound_by), percent(s.gap)));
  rows.push_back(row("layer", "", total, cycles.energy_pj(last), "", ""));
  std::vector<TextColumn> columns{{"stage", "", false},    {"work", "", false}, {"cycles", ""},
                                  {"cycles", "per token"}, {"time", "ms"},      {"share", "%"},
                                  {"bound by", "", false}, {"gap", "%"}};
  if (energy) columns.insert(columns.end() - 2, {"energy", "uJ/token"});
  std::string text = text_table(columns, rows);
  for (const StageCycles& s : stages)
    if (!s.gap_cause.empty()) text += fmt::format("{}, for want of: {}\n", s.name, s.gap_cause);
  return text;
}

std::string inversion_table(const LayerCycles& cycles, const LayerScale& scale) {
  if (cycles.inversions.empty()) return "";
  const bool energy = has_energy(cycles);
  TextRows rows;
  for (const LayerCycles::Inversion& i : cycles.inversions) {
    const double total = cycles.total(i);
    rows.push_back({setting_text(i), whole(i.stage.cycles), percent(cycles.share(i)), whole(total),
                    three_digits(scale.ms(total)), whole(scale.tokens_per_s(total)),
                    percent(cycles.saved(i))});
    if (energy) rows.back().push_back(three_digits(pj_to_mj(*cycles.energy_pj(&i))));
  }
  std::vector<TextColumn> columns{{"inversion by", "", false},
                                  {"cycles", ""},
                                  {"share", "%"},
                                  {"layer", "cycles"},
                                  {"layer", "ms"},
                                  {"tokens/s", "layer"},
                                  {"saved", "%"}};
  if (energy) columns.push_back({"layer", "mJ"});
  return text_table(columns, rows);
}

std::string worth_text(const LayerCycles& cycles, const LayerScale& scale) {
  if (cycles.inversions.empty()) return "";
  const InversionWorth w = inversion_worth(cycles);
  const double with_slowest = cycles.total(*w.slowest);
  if (cycles.inversions.size() == 1)
    return fmt::format("the inversion is {} % of this layer: no other algorithm can save more\n",
                       percent(w.largest_share));
  const std::string range = fmt::format("the inversion is {} to {} % of this layer",
                                        percent(w.least_share), percent(w.largest_share));
  const std::string saves =
      fmt::format("{} instead of {} saves {} ms of {} ms, {} %", setting_text(*w.best),
                  setting_text(*w.slowest), three_digits(scale.ms(w.saved_cycles)),
                  three_digits(scale.ms(with_slowest)), percent(w.saved));
  if (w.saved >= kSmallPrize) return fmt::format("{}: {}\n", range, saves);
  return fmt::format("{}: the choice among these decides little ({}); {}\n", range, saves,
                     largest_other(cycles, with_slowest));
}

}  // namespace tricycle
