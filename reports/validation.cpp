// SPDX-License-Identifier: Apache-2.0
#include "reports/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/json.h"
#include "reports/text_table.h"

namespace tricycle {

namespace {

/// Formats counts as they are, and other figures with four digits.
std::string figure(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string percent(const ValidationRow& row) {
  if (row.use == RowUse::kVerdict) return row.is_missed() ? "differs" : "same";
  return row.ours == row.published ? "0 %" : fmt::format("{:+.2f} %", 100 * row.error());
}

std::string_view use_name(const ValidationRow& row) {
  return kRowUseNames[static_cast<std::size_t>(row.use)];
}

/// The text "115 of 115" where rows can be missed, else how many rows have the use; "-" for none.
std::string share(const ValidationGroup& group, RowUse use) {
  std::int64_t all = 0, missed = 0;
  for (const ValidationRow& row : group.rows) {
    all += row.use == use;
    missed += row.use == use && row.is_missed();
  }
  if (all == 0) return "-";
  const bool can_miss = use == RowUse::kExact || use == RowUse::kBound || use == RowUse::kVerdict;
  return can_miss ? fmt::format("{} of {}", all - missed, all) : std::to_string(all);
}

/// The median of the predicted rows' errors, regardless of sign; "-" where none is predicted.
std::string median_text(const ValidationGroup& group) {
  std::vector<double> errors;
  for (const ValidationRow& row : group.rows)
    if (row.use == RowUse::kPredicted) errors.push_back(std::abs(row.error()));
  if (errors.empty()) return "-";
  std::ranges::sort(errors);
  const std::size_t half = errors.size() / 2;
  const double median =
      errors.size() % 2 == 1 ? errors[half] : (errors[half - 1] + errors[half]) / 2;
  return fmt::format("{:.2f} %", 100 * median);
}

const std::vector<TextColumn> kSummaryColumns{
    {"group", "", false}, {"exact", ""}, {"fit", ""},     {"restated", ""},    {"predicted", ""},
    {"median", ""},       {"bound", ""}, {"verdict", ""}, {"worst error", ""}, {"of", "", false},
};
std::vector<std::string> summary_cells(const ValidationGroup& group) {
  const ValidationRow& worst = group.worst();
  return {std::string(group.name),
          share(group, RowUse::kExact),
          share(group, RowUse::kFit),
          share(group, RowUse::kRestated),
          share(group, RowUse::kPredicted),
          median_text(group),
          share(group, RowUse::kBound),
          share(group, RowUse::kVerdict),
          percent(worst),
          worst.error() == 0 ? "" : worst.what};
}

const std::vector<TextColumn> kRowColumns{
    {"what", "", false}, {"published", ""},  {"ours", ""},
    {"error", ""},       {"use", "", false}, {"source", "", false},
};
std::vector<std::string> row_cells(const ValidationRow& row) {
  const bool in_words = row.use == RowUse::kVerdict;
  return {row.what,
          in_words ? row.published_text : figure(row.published),
          in_words ? row.our_text : figure(row.ours),
          percent(row),
          std::string(use_name(row)),
          row.source};
}

using Table = std::vector<std::vector<std::string>>;

Table summary(const std::vector<ValidationGroup>& groups) {
  Table cells;
  for (const ValidationGroup& group : groups) cells.push_back(summary_cells(group));
  return cells;
}

Table all_rows(const ValidationGroup& group) {
  Table cells;
  for (const ValidationRow& row : group.rows) cells.push_back(row_cells(row));
  return cells;
}

}  // namespace

const ValidationRow& ValidationGroup::worst() const {
  // Staying below a bound is not an error, however far.
  const auto off = [](const ValidationRow& row) {
    return row.use == RowUse::kBound && !row.is_missed() ? 0 : std::abs(row.error());
  };
  return *std::max_element(rows.begin(), rows.end(),
                           [&](const auto& a, const auto& b) { return off(a) < off(b); });
}

std::string validation_text(const std::vector<ValidationGroup>& groups, bool rows) {
  std::string text = text_table(kSummaryColumns, summary(groups));
  for (std::size_t i = 0; rows && i < groups.size(); ++i)
    text += fmt::format("\n{}: {}, {}\n{}", groups[i].name, groups[i].title, groups[i].unit,
                        text_table(kRowColumns, all_rows(groups[i]), 2));
  return text;
}

std::string validation_markdown(const std::vector<ValidationGroup>& groups, bool rows) {
  std::string text = markdown_table(kSummaryColumns, summary(groups));
  for (std::size_t i = 0; rows && i < groups.size(); ++i)
    text += fmt::format("\n## {}\n\n{} In {}.\n\n{}", groups[i].title, groups[i].meaning,
                        groups[i].unit, markdown_table(kRowColumns, all_rows(groups[i])));
  return text;
}

std::string validation_json(const std::vector<ValidationGroup>& groups, std::string_view version) {
  Json out{{"version", version}, {"groups", Json::array()}};
  for (const ValidationGroup& group : groups) {
    Json rows = Json::array();
    for (const ValidationRow& row : group.rows) {
      Json entry{{"what", row.what},     {"published", row.published}, {"ours", row.ours},
                 {"error", row.error()}, {"use", use_name(row)},       {"source", row.source}};
      if (row.use == RowUse::kVerdict) {
        entry["published_text"] = row.published_text;
        entry["our_text"] = row.our_text;
      }
      rows.push_back(std::move(entry));
    }
    out["groups"].push_back({{"name", group.name},
                             {"title", group.title},
                             {"unit", group.unit},
                             {"rows", std::move(rows)}});
  }
  return out.dump(2) + "\n";
}

}  // namespace tricycle
