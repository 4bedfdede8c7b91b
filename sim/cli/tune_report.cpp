// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/tune_report.h"

#include <fmt/format.h>

#include "reports/bottleneck.h"
#include "reports/text_table.h"
#include "sim/cli/settings.h"

namespace tricycle {

namespace {

std::string setting_text(const TunedPoint& p) {
  return std::string(p.algorithm->name) + (p.parameters.empty() ? "" : " " + p.parameters);
}

std::string ratio(const std::optional<TunedPoint>& of, const TunedPoint& over) {
  return of ? fmt::format("{:.2f}", of->cost_per_token() / over.cost_per_token()) : "-";
}

std::string bits_text(const TunedPoint& p) {
  return p.extra_bits ? fmt::format("{:+.5f}", *p.extra_bits) : "";
}

std::vector<TextColumn> with_bits(const TuneGoal& goal, std::vector<TextColumn> columns) {
  if (goal.metric == TuneMetric::kBitsPerByte) columns.push_back({"bits per byte", "to exact"});
  return columns;
}

constexpr double kPjPerNj = 1000;

std::string energy_text(const TunedPoint& p, double per) {
  return p.energy_pj_per_chunk ? fmt::format("{:.2f}", *p.energy_pj_per_chunk / kPjPerNj / per)
                               : "-";
}

std::string front_table(const TuneReport& report, const TunedFormat& t) {
  std::vector<std::vector<std::string>> rows;
  for (const TunedPoint& p : t.front) {
    rows.push_back({setting_text(p), std::to_string(p.chunk),
                    fmt::format("{:.1f}", p.cycles_per_chunk),
                    fmt::format("{:.2f}", p.cycles_per_token()), energy_text(p, 1),
                    fmt::format("{:.1f}", p.accuracy.snr_db_mean),
                    fmt::format("{:.1f}", p.accuracy.snr_db_worst), p.meets ? "yes" : "no"});
    if (report.goal.metric == TuneMetric::kBitsPerByte) rows.back().push_back(bits_text(p));
  }
  return text_table(
      with_bits(report.goal,
                {{fmt::format("front: {} against error", choice_name(report.goal.cost, kTuneCosts)),
                  "", false},
                 {"chunk", "tokens"},
                 {"cycles", "per chunk"},
                 {"cycles", "per token"},
                 {"energy", "nJ/chunk"},
                 {"SNR mean", "dB"},
                 {"SNR worst", "dB"},
                 {"meets", ""}}),
      rows);
}

std::string bound_text(const RunResult& loser, const RunResult& winner) {
  const Bottleneck b = bottleneck(loser);
  const double needed = lower_bound_cycles(winner)[static_cast<std::size_t>(b.resource)];
  return fmt::format(
      "bound by {}: at least {:.0f} cycles a chunk of it, where the winner needs {:.0f}",
      kResourceNames[static_cast<std::size_t>(b.resource)], b.bound_cycles, needed);
}

/// A setting beside the winner: cost, accuracy, verdict.
std::string compared(const std::string& what, const std::optional<TunedPoint>& p,
                     const TunedFormat& t) {
  if (!p) return fmt::format("{}: does not fit this machine\n", what);
  std::string text =
      fmt::format("{}: {}, {:.1f} cycles and {} nJ a chunk of {}", what, setting_text(*p),
                  p->cycles_per_chunk, energy_text(*p, 1), p->chunk);
  if (t.winner) text += fmt::format(", {} x the cheapest", ratio(p, *t.winner));
  text += fmt::format("; SNR {:.1f} dB, worst {:.1f}", p->accuracy.snr_db_mean,
                      p->accuracy.snr_db_worst);
  if (p->extra_bits) text += fmt::format("; {} bits per byte", bits_text(*p));
  text += p->meets ? "; meets the tolerance" : "; misses the tolerance";
  if (!p->meets && t.tolerance_db)
    text += fmt::format(" by {:.1f} dB", *t.tolerance_db - p->quality_db);
  return text + "\n";
}

std::string counts_text(const TunedFormat& t) {
  SearchCounts sum;
  std::string faults;
  for (const TunedAlgorithm& a : t.algorithms) {
    sum.settings += a.counts.settings;
    sum.unfit += a.counts.unfit;
    sum.accurate += a.counts.accurate;
    sum.simulated += a.counts.simulated;
    if (a.counts.unfit > 0)
      faults += fmt::format("left out: {} settings of {}: {}\n", a.counts.unfit, a.algorithm->name,
                            a.fault);
  }
  return fmt::format(
      "{} settings: {} computed on every chunk, {} simulated, the others bounded\n{}", sum.settings,
      sum.accurate, sum.simulated, faults);
}

}  // namespace

std::string goal_text(const TuneGoal& goal) {
  const std::string_view over = goal.over == TuneOver::kWorst ? "worst" : "mean";
  switch (goal.metric) {
    case TuneMetric::kSnrDb:
    case TuneMetric::kRelError:
      if (!goal.tolerance)
        return fmt::format("{} error over chunks within {} dB of forward substitution's", over,
                           goal.slack_db);
      if (goal.metric == TuneMetric::kSnrDb)
        return fmt::format("{} SNR over chunks at least {} dB", over, *goal.tolerance);
      return fmt::format("{} relative error over chunks at most {}", over, *goal.tolerance);
    case TuneMetric::kBitsPerByte:
      return fmt::format("at most {} bits per byte more than the exact inverse", *goal.tolerance);
  }
  return "";
}

std::string tune_summary(const TuneReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const TunedFormat& t : report.outcomes) {
    std::vector<std::string> row{t.hw->name, std::string(name(t.format)),
                                 t.tolerance_db ? fmt::format("{:.1f}", *t.tolerance_db) : ""};
    if (t.winner) {
      const TunedPoint& w = *t.winner;
      row.insert(row.end(), {setting_text(w), std::to_string(w.chunk),
                             fmt::format("{:.1f}", w.cycles_per_chunk),
                             fmt::format("{:.2f}", w.cycles_per_token()), energy_text(w, w.chunk),
                             fmt::format("{:.1f}", w.accuracy.snr_db_worst), ratio(t.published, w),
                             t.published ? (t.published->meets ? "yes" : "no") : "-",
                             ratio(t.forward_substitution, w)});
    } else {
      row.insert(row.end(), {"none", "", "", "", "", "", "", "", ""});
    }
    if (report.goal.metric == TuneMetric::kBitsPerByte)
      row.push_back(t.winner ? bits_text(*t.winner) : "");
    rows.push_back(std::move(row));
  }
  const std::string gain = report.goal.cost == TuneCost::kCycles ? "speed-up" : "saving";
  return text_table(with_bits(report.goal, {{"machine", "", false},
                                            {"format", "", false},
                                            {"needs", "dB"},
                                            {"cheapest", "", false},
                                            {"chunk", "tokens"},
                                            {"cycles", "per chunk"},
                                            {"cycles", "per token"},
                                            {"energy", "nJ/token"},
                                            {"SNR worst", "dB"},
                                            {gain, "published"},
                                            {"published", "meets"},
                                            {gain, "forward"}}),
                    rows);
}

std::string tune_details(const TuneReport& report, std::size_t outcome) {
  const TunedFormat& t = report.outcomes[outcome];
  const TuneRuns& runs = report.runs[outcome];
  std::string text = fmt::format("\n{}, {}\n{}", t.hw->name, name(t.format), counts_text(t));
  text += front_table(report, t);
  if (t.winner) text += compared("cheapest", t.winner, t);
  if (t.runner_up) {
    text += compared("cheapest of another algorithm", t.runner_up, t);
    text += fmt::format("  it lost: {}\n", bound_text(*runs.runner_up, *runs.winner));
  } else if (t.winner) {
    text += "no other algorithm meets the tolerance\n";
  }
  text += compared("published setting", t.published, t);
  text += compared("forward substitution", t.forward_substitution, t);
  return text;
}

}  // namespace tricycle
