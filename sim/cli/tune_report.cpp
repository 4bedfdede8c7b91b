// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/tune_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/bottleneck.h"
#include "reports/summaries.h"
#include "reports/text_table.h"
#include "sim/cli/choices.h"
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
  constexpr int kDigits = 5;
  return p.extra_bits ? signed_text(*p.extra_bits, kDigits) : "";
}

/// Of the worst input that a search found; empty where none was looked for.
std::string worst_found_text(const TunedPoint& p) {
  if (!p.worst_found) return "";
  return std::isfinite(*p.worst_found) ? fmt::format("{:.2g}", *p.worst_found) : "not finite";
}

/// Columns that only some goals have, and their cells.
std::vector<TextColumn> with_goal(const TuneGoal& goal, std::vector<TextColumn> columns) {
  if (goal.metric == TuneMetric::kBitsPerByte) columns.push_back({"bits per byte", "to exact"});
  if (goal.safe) columns.push_back({"error of Y", "worst found"});
  return columns;
}
void add_cells(const TuneGoal& goal, const TunedPoint& p, std::vector<std::string>& row) {
  if (goal.metric == TuneMetric::kBitsPerByte) row.push_back(bits_text(p));
  if (goal.safe) row.push_back(worst_found_text(p));
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
                    decibel_text(p.accuracy, p.accuracy.y_snr_db_mean),
                    decibel_text(p.accuracy, p.accuracy.y_snr_db_worst),
                    decibel_text(p.accuracy, p.accuracy.snr_db_worst), p.meets ? "yes" : "no"});
    add_cells(report.goal, p, rows.back());
  }
  return text_table(
      with_goal(report.goal,
                {{fmt::format("front: {} against error", choice_name(report.goal.cost, kTuneCosts)),
                  "", false},
                 {"chunk", "tokens"},
                 {"cycles", "per chunk"},
                 {"cycles", "per token"},
                 {"energy", "nJ/chunk"},
                 {"SNR of Y", "mean, dB"},
                 {"SNR of Y", "worst"},
                 {"SNR of T", "worst"},
                 {"meets", ""}}),
      rows);
}

bool has_several_chunks(const TunedFormat& t) {
  return std::any_of(t.algorithms.begin(), t.algorithms.end(), [&](const TunedAlgorithm& a) {
    return a.chunk != t.algorithms.front().chunk;
  });
}

/// Why one of two settings with equal cost per token won, as tune() chooses.
std::string tie_text(const TunedPoint& loser, const TunedPoint& winner) {
  if (loser.quality_db < winner.quality_db)
    return fmt::format("a tie in cost; the winner is more accurate, {:.1f} dB against {:.1f}",
                       winner.quality_db, loser.quality_db);
  return "a tie in cost and accuracy; the winner was searched first";
}

/// What bounds the loser, beside what the winner needs of the same resource.  Per chunk, or per
/// token where chunk sizes differ.
std::string bound_text(const TunedFormat& t, const RunResult& loser, const RunResult& winner) {
  const bool per_token = has_several_chunks(t);
  const Bottleneck b = bottleneck(loser);
  const auto resource = static_cast<std::size_t>(b.resource);
  const auto amount = [&](double cycles, int chunk) {
    return per_token ? fmt::format("{:.2f}", cycles / chunk) : fmt::format("{:.0f}", cycles);
  };
  const std::string unit = per_token ? "token" : "chunk",
                    least = amount(b.bound_cycles, t.runner_up->chunk),
                    needed = amount(lower_bound_cycles(winner)[resource], t.winner->chunk);
  std::string text = fmt::format("bound by {}: at least {} cycles a {} of it, ",
                                 kResources[resource].name, least, unit);
  if (least != needed) return text + fmt::format("where the winner needs {}", needed);
  return text + fmt::format("as many as the winner, but {} in all against {}",
                            amount(t.runner_up->cycles_per_chunk, t.runner_up->chunk),
                            amount(t.winner->cycles_per_chunk, t.winner->chunk));
}

std::string why_lost(const TunedFormat& t, const TuneRuns& runs) {
  if (t.runner_up->cost_per_token() == t.winner->cost_per_token())
    return tie_text(*t.runner_up, *t.winner);
  return bound_text(t, *runs.runner_up, *runs.winner);
}

/// A setting beside the winner: cost, accuracy, verdict.
std::string compared(const std::string& what, const std::optional<TunedPoint>& p,
                     const TunedFormat& t) {
  if (!p) return fmt::format("{}: does not fit this machine\n", what);
  std::string text =
      fmt::format("{}: {}, {:.1f} cycles and {} nJ a chunk of {}", what, setting_text(*p),
                  p->cycles_per_chunk, energy_text(*p, 1), p->chunk);
  if (has_several_chunks(t)) text += fmt::format(", {:.2f} cycles a token", p->cycles_per_token());
  if (t.winner) text += fmt::format(", {} x the cheapest", ratio(p, *t.winner));
  const AccuracySummary& a = p->accuracy;
  text += fmt::format("; SNR of Y {} dB, worst {} (of T {}, worst {})",
                      decibel_text(a, a.y_snr_db_mean), decibel_text(a, a.y_snr_db_worst),
                      decibel_text(a, a.snr_db_mean), decibel_text(a, a.snr_db_worst));
  if (p->extra_bits) text += fmt::format("; {} bits per byte", bits_text(*p));
  if (p->worst_found) text += fmt::format("; error of the worst input {}", worst_found_text(*p));
  text += p->meets ? "; meets the tolerance" : "; misses the tolerance";
  if (!p->meets && t.tolerance_db && std::isfinite(p->quality_db))
    text += fmt::format(" by {:.1f} dB", *t.tolerance_db - p->quality_db);
  return text + "\n";
}

std::string settings_text(std::size_t count) {
  return fmt::format("{} setting{}", count, count == 1 ? "" : "s");
}

std::string counts_text(const TunedFormat& t) {
  SearchCounts sum;
  std::string faults;
  for (const TunedAlgorithm& a : t.algorithms) {
    sum.settings += a.counts.settings;
    sum.unfit += a.counts.unfit;
    sum.unsafe += a.counts.unsafe;
    sum.accurate += a.counts.accurate;
    sum.simulated += a.counts.simulated;
    if (a.counts.unfit > 0)
      faults += fmt::format(
          "left out: {} of {}{}: {}\n", settings_text(a.counts.unfit), a.algorithm->name,
          has_several_chunks(t) ? fmt::format(", chunk {}", a.chunk) : "",
          unprefixed(a.fault,
                     std::array{std::string_view(t.hw->name), a.algorithm->name, name(t.format)}));
  }
  if (sum.unsafe > 0)
    faults +=
        fmt::format("left out: {} that met the tolerance, broken by an input that was found\n",
                    settings_text(sum.unsafe));
  return fmt::format("{}: {} computed on every chunk, {} simulated, the others bounded\n{}",
                     settings_text(sum.settings), sum.accurate, sum.simulated, faults);
}

std::string goal_text(const TuneGoal& goal, std::string_view over, std::string_view of) {
  if (!goal.tolerance)
    return fmt::format("{} error of {} over chunks within {} dB of forward substitution's", over,
                       of, goal.slack_db);
  if (is_snr(goal.metric))
    return fmt::format("{} SNR of {} over chunks at least {} dB", over, of, *goal.tolerance);
  return fmt::format("{} relative error of {} over chunks at most {}", over, of, *goal.tolerance);
}

}  // namespace

namespace {

std::string tolerance_text(const TuneGoal& goal) {
  const std::string_view over = goal.over == TuneOver::kWorst ? "worst" : "mean";
  switch (goal.metric) {
    case TuneMetric::kYSnrDb:
    case TuneMetric::kYRelError: return goal_text(goal, over, "Y");
    case TuneMetric::kSnrDb:
    case TuneMetric::kRelError: return goal_text(goal, over, "T");
    case TuneMetric::kBitsPerByte:
      return fmt::format("at most {} bits per byte more than the exact inverse", *goal.tolerance);
  }
  return "";
}

}  // namespace

std::string goal_text(const TuneGoal& goal) {
  std::string text = tolerance_text(goal);
  if (goal.safe)
    text +=
        fmt::format(", and relative error of Y at most {} on the worst input found", *goal.safe);
  return text;
}

std::string tune_summary(const TuneReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const TunedFormat& t : report.outcomes) {
    std::vector<std::string> row{t.hw->name, std::string(name(t.format)),
                                 t.tolerance_db ? fmt::format("{:.1f}", *t.tolerance_db) : ""};
    if (t.winner) {
      const TunedPoint& w = *t.winner;
      row.insert(
          row.end(),
          {setting_text(w), std::to_string(w.chunk), fmt::format("{:.1f}", w.cycles_per_chunk),
           fmt::format("{:.2f}", w.cycles_per_token()), energy_text(w, w.chunk),
           decibel_text(w.accuracy, w.accuracy.y_snr_db_worst),
           decibel_text(w.accuracy, w.accuracy.snr_db_worst), ratio(t.published, w),
           t.published ? (t.published->meets ? "yes" : "no") : "-",
           ratio(t.forward_substitution, w)});
    } else {
      row.insert(row.end(), {"none", "", "", "", "", "", "", "", "", ""});
    }
    add_cells(report.goal, t.winner.value_or(TunedPoint{}), row);
    rows.push_back(std::move(row));
  }
  const std::string gain = report.goal.cost == TuneCost::kCycles ? "speed-up" : "saving";
  return text_table(with_goal(report.goal, {{"machine", "", false},
                                            {"format", "", false},
                                            {"needs", "dB"},
                                            {"cheapest", "", false},
                                            {"chunk", "tokens"},
                                            {"cycles", "per chunk"},
                                            {"cycles", "per token"},
                                            {"energy", "nJ/token"},
                                            {"SNR of Y", "worst, dB"},
                                            {"SNR of T", "worst, dB"},
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
    text += fmt::format("  it lost: {}\n", why_lost(t, runs));
  } else if (t.winner) {
    text += "no other algorithm meets the tolerance\n";
  }
  text += compared("published setting", t.published, t);
  text += compared("forward substitution", t.forward_substitution, t);
  return text;
}

}  // namespace tricycle
