// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/calibrate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/printable.h"
#include "reports/text_table.h"
#include "sim/calibrate/slopes.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr double kPerCent = 100;

/// Of log(simulated / measured): "+1.25 %".
std::string error_text(double error) { return signed_text(kPerCent * std::expm1(error), 2) + " %"; }

std::string rms_text(double rms) { return fmt::format("{:.2f} %", kPerCent * rms); }

/// A simulated figure in the row's unit.
std::string figure_text(const MeasuredRow& row, double error) {
  return fmt::format("{:.5g}", row.measured * std::exp(error));
}

struct FittedSpread {
  double low, high;
};

FittedSpread spread_of(const Calibration& c, std::size_t k) {
  FittedSpread spread{c.values[k], c.values[k]};
  for (const WithoutRow& out : c.left_out)
    spread = {std::min(spread.low, out.values[k]), std::max(spread.high, out.values[k])};
  return spread;
}

std::string range_text(const FreeKey& key, double low, double high) {
  if (low == high) return key.text(low);
  return fmt::format("{} .. {}", key.text(low), key.text(high));
}

std::string constants_table(const Calibration& c) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t k = 0; k < c.keys.size(); ++k) {
    const FreeKey& key = c.keys[k];
    const FittedSpread spread = spread_of(c, k);
    const KeyInfluence& influence = c.identifiability.influences[k];
    rows.push_back({key.key, range_text(key, key.snapped(key.low), key.snapped(key.high)),
                    key.text(key.before), key.text(c.values[k]),
                    c.left_out.empty() ? "-" : range_text(key, spread.low, spread.high),
                    range_text(key, influence.interval_low, influence.interval_high)});
  }
  return text_table({{"constant", "", false},
                     {"range", ""},
                     {"before", ""},
                     {"fitted", ""},
                     {"without a row", ""},
                     {"interval", ""}},
                    rows);
}

std::string interval_text() {
  return fmt::format(
      "interval: the root mean square error grows by no more than {} points there, the others "
      "moved "
      "along\n",
      kPerCent * kIntervalGrowth);
}

const WithoutRow* left_out_of(const Calibration& c, std::size_t row) {
  const auto found = std::ranges::find(c.left_out, row, &WithoutRow::row);
  return found == c.left_out.end() ? nullptr : &*found;
}

std::string rows_table(const Calibration& c) {
  std::vector<std::vector<std::string>> rows;
  for (const RowIndices* part : {&c.fit_rows, &c.predict_rows})
    for (const std::size_t r : *part) {
      const MeasuredRow& row = c.rows[r];
      const WithoutRow* out = left_out_of(c, r);
      rows.push_back({row.what() + " " + row.unit, row.use == RowUse::kFit ? "fit" : "predict",
                      fmt::format("{:.5g}", row.measured), figure_text(row, c.before[r]),
                      error_text(c.before[r]), figure_text(row, c.after[r]), error_text(c.after[r]),
                      out ? error_text(out->error) : "-"});
    }
  return text_table({{"row", "", false},
                     {"use", "", false},
                     {"measured", ""},
                     {"before", ""},
                     {"error", ""},
                     {"fitted", ""},
                     {"error", ""},
                     {"left out", ""}},
                    rows);
}

std::string summary_text(const Calibration& c) {
  std::string text =
      fmt::format("root mean square error of {} fit rows: {} before, {} after", c.fit_rows.size(),
                  rms_text(Calibration::rms(c.before, c.fit_rows)),
                  rms_text(Calibration::rms(c.after, c.fit_rows)));
  if (!c.left_out.empty()) {
    std::vector<double> errors;
    for (const WithoutRow& out : c.left_out) errors.push_back(out.error);
    text += fmt::format("; {} of rows left out, one at a time", rms_text(root_mean_square(errors)));
  }
  text += "\n";
  if (!c.predict_rows.empty())
    text += fmt::format("of {} predict rows, which the fit did not see: {} before, {} after\n",
                        c.predict_rows.size(), rms_text(Calibration::rms(c.before, c.predict_rows)),
                        rms_text(Calibration::rms(c.after, c.predict_rows)));
  return text;
}

/// "raising a.b by 10 % (20 -> 22)".
std::string move_text(const FreeKey& key, const KeyMove& move) {
  const double part = move.from == 0 ? 1 : move.to / move.from - 1;
  const char* verb = part > 0 ? "raising" : "lowering";
  return fmt::format("{} {} by {:.0f} % ({} -> {})", verb, key.key, kPerCent * std::abs(part),
                     key.text(move.from), key.text(move.to));
}

std::string confusion_text(const Calibration& c, const Confusion& confusion) {
  std::vector<std::string> names, moves;
  for (const KeyMove& move : confusion.moves) {
    names.push_back(c.keys[move.key].key);
    moves.push_back(move_text(c.keys[move.key], move));
  }
  const auto joined = [](const std::vector<std::string>& words) {
    return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
  };
  return fmt::format(
      "{} only appear together: {} changes no row by more than {:.2f} %; the first alone changes "
      "one by {:.2f} %",
      joined(names), joined(moves), kPerCent * confusion.largest_change,
      kPerCent * confusion.change_by_first);
}

bool is_named(const Confusion& confusion, std::size_t key) {
  return std::ranges::any_of(confusion.moves, [&](const KeyMove& m) { return m.key == key; });
}

/// Pairs that the rows tell apart, but hardly.
void add_near_confusions(const Calibration& c, std::vector<std::string>& lines) {
  constexpr double kHardlyApart = 0.95;
  for (std::size_t a = 0; a < c.keys.size(); ++a)
    for (std::size_t b = a + 1; b < c.keys.size(); ++b) {
      const auto& correlation = c.identifiability.correlations[a][b];
      const bool is_said =
          std::ranges::any_of(c.identifiability.confusions, [&](const Confusion& confusion) {
            return is_named(confusion, a) && is_named(confusion, b);
          });
      if (correlation && std::abs(*correlation) >= kHardlyApart && !is_said)
        lines.push_back(
            fmt::format("the rows hardly tell {} and {} apart (correlation {:.2f}): an error of "
                        "one can hide in "
                        "the other",
                        c.keys[a].key, c.keys[b].key, *correlation));
    }
}

/// What the rows cannot say, and what a fit that went wrong looks like: a line each.
std::vector<std::string> findings(const Calibration& c) {
  std::vector<std::string> lines;
  const Identifiability& id = c.identifiability;
  for (std::size_t k = 0; k < c.keys.size(); ++k) {
    const FreeKey& key = c.keys[k];
    const KeyInfluence& influence = id.influences[k];
    if (!influence.is_seen)
      lines.push_back(fmt::format(
          "the rows do not depend on {}: from {} to {} no row changes by more than {:.2f} %; it "
          "{}",
          key.key, key.text(influence.low), key.text(influence.high),
          kPerCent * influence.largest_change,
          c.values[k] == key.before ? "is left as it was" : "means nothing"));
    else if (c.values[k] == key.snapped(key.low) || c.values[k] == key.snapped(key.high))
      lines.push_back(fmt::format(
          "{} is at the end of its range: widen it (--free {}=LOW..HIGH), or the machine lacks "
          "something else",
          key.key, key.key));
  }
  for (const Confusion& confusion : id.confusions) lines.push_back(confusion_text(c, confusion));
  add_near_confusions(c, lines);
  if (lines.empty())
    lines.emplace_back("every constant is seen by the rows, and none stands for another");
  if (c.left_out.empty())
    lines.push_back(fmt::format("as many rows as constants: nothing is left to check them by"));
  return lines;
}

std::string correlations_text(const Calibration& c) {
  const auto& correlations = c.identifiability.correlations;
  if (c.keys.size() < 2) return "";
  std::vector<TextColumn> columns{{"correlation", "", false}};
  std::vector<std::vector<std::string>> rows;
  for (std::size_t a = 0; a < c.keys.size(); ++a) {
    columns.push_back({c.keys[a].key, ""});
    rows.push_back({c.keys[a].key});
    for (std::size_t b = 0; b < c.keys.size(); ++b)
      rows.back().push_back(correlations[a][b] ? fmt::format("{:.2f}", *correlations[a][b]) : "-");
  }
  return "\n" + text_table(columns, rows);
}

std::string singular_text(const Calibration& c) {
  std::vector<std::string> values;
  for (const double value : c.identifiability.singular_values)
    values.push_back(fmt::format("{:.3g}", value));
  if (values.empty()) return "";
  return fmt::format("singular values of the slopes: {}\n", fmt::join(values, ", "));
}

Json errors_json(const Calibration& c, std::size_t r) {
  const MeasuredRow& row = c.rows[r];
  const WithoutRow* out = left_out_of(c, r);
  return {{"place", row.place},
          {"what", row.what()},
          {"unit", row.unit},
          {"use", row.use == RowUse::kFit ? "fit" : "predict"},
          {"measured", row.measured},
          {"before", row.measured * std::exp(c.before[r])},
          {"error_before", std::expm1(c.before[r])},
          {"fitted", row.measured * std::exp(c.after[r])},
          {"error_fitted", std::expm1(c.after[r])},
          {"error_left_out", out ? Json(std::expm1(out->error)) : Json()}};
}

Json constant_json(const Calibration& c, std::size_t k) {
  const FreeKey& key = c.keys[k];
  const KeyInfluence& influence = c.identifiability.influences[k];
  const FittedSpread spread = spread_of(c, k);
  Json correlations = Json::array();
  for (const auto& value : c.identifiability.correlations[k])
    correlations.push_back(value ? Json(*value) : Json());
  return {{"key", key.key},
          {"low", key.low},
          {"high", key.high},
          {"before", key.before},
          {"fitted", c.values[k]},
          {"text", key.text(c.values[k])},
          {"left_out_low", c.left_out.empty() ? Json() : Json(spread.low)},
          {"left_out_high", c.left_out.empty() ? Json() : Json(spread.high)},
          {"interval_low", influence.interval_low},
          {"interval_high", influence.interval_high},
          {"is_seen", influence.is_seen},
          {"correlations", correlations}};
}

Json confusions_json(const Calibration& c) {
  Json all = Json::array();
  for (const Confusion& confusion : c.identifiability.confusions) {
    Json moves = Json::array();
    for (const KeyMove& move : confusion.moves)
      moves.push_back({{"key", c.keys[move.key].key}, {"from", move.from}, {"to", move.to}});
    all.push_back({{"moves", moves},
                   {"largest_change", confusion.largest_change},
                   {"change_by_first", confusion.change_by_first}});
  }
  return all;
}

}  // namespace

std::string calibration_text(const Calibration& c) {
  std::string text =
      fmt::format("{}: {} constants fitted to {} rows, {} simulations\n\n{}\n{}\n{}",
                  printable(c.machine_name), c.keys.size(), c.fit_rows.size(), c.simulations,
                  constants_table(c) + interval_text(), rows_table(c), summary_text(c));
  text += correlations_text(c) + singular_text(c) + "\n";
  for (const std::string& line : findings(c)) text += "* " + line + "\n";
  return text;
}

Json calibration_json(const Calibration& c, const std::optional<std::string>& written) {
  Json constants = Json::array(), rows = Json::array();
  for (std::size_t k = 0; k < c.keys.size(); ++k) constants.push_back(constant_json(c, k));
  for (std::size_t r = 0; r < c.rows.size(); ++r) rows.push_back(errors_json(c, r));
  const auto rms = [&](const std::vector<double>& errors, const RowIndices& which) {
    return which.empty() ? Json() : Json(Calibration::rms(errors, which));
  };
  return {{"version", kVersion},
          {"machine", c.machine_name},
          {"constants", constants},
          {"rows", rows},
          {"rms_fit_before", rms(c.before, c.fit_rows)},
          {"rms_fit", rms(c.after, c.fit_rows)},
          {"rms_predict_before", rms(c.before, c.predict_rows)},
          {"rms_predict", rms(c.after, c.predict_rows)},
          {"singular_values", c.identifiability.singular_values},
          {"confusions", confusions_json(c)},
          {"findings", findings(c)},
          {"simulations", c.simulations},
          {"written", written ? Json(*written) : Json()}};
}

}  // namespace tricycle
