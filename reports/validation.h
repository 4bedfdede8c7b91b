// SPDX-License-Identifier: Apache-2.0
//
// Published figures beside this simulator's own: what a row is, and how rows are shown.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

/// What a published figure was used for; workloads/data/peers/README.md defines them.
enum class RowUse : std::uint8_t { kExact, kFit, kRestated, kPredicted, kBound, kVerdict };
inline constexpr std::array<std::string_view, 6> kRowUseNames{"exact",     "fit",   "restated",
                                                              "predicted", "bound", "verdict"};

struct ValidationRow {
  std::string what;
  double published = 0, ours = 0;  // in the unit of the group; published is not 0
  RowUse use = RowUse::kPredicted;
  std::string source;
  /// Of a verdict: what was published, and what comes out here.  `published` is 1, `ours` whether
  /// the two agree.
  std::string published_text{}, our_text{};

  double error() const { return ours / published - 1; }
  /// Whether the row misses its figure.  A bound is the most that our figure may be.
  bool is_missed() const {
    return ((use == RowUse::kExact || use == RowUse::kVerdict) && ours != published) ||
           (use == RowUse::kBound && ours > published);
  }
};

struct ValidationGroup {
  std::string_view name, title, unit, meaning;
  std::vector<ValidationRow> rows;  // at least one

  /// The row with the largest relative error.
  const ValidationRow& worst() const;
};

/// One line per group: how many rows have each use, the median error of those predicted, and the
/// worst error.  With `rows`, a table of
/// every group follows.
std::string validation_text(const std::vector<ValidationGroup>& groups, bool rows);
/// The same as a page of Markdown.
std::string validation_markdown(const std::vector<ValidationGroup>& groups, bool rows);
/// {"version", "groups": [{"name", "title", "unit", "rows": [{"what", "published", "ours", "error",
/// "use", "source"}]}]}.
std::string validation_json(const std::vector<ValidationGroup>& groups, std::string_view version);

}  // namespace tricycle
