// SPDX-License-Identifier: Apache-2.0
#include "models/closest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace tricycle {

namespace {

/// Lower case, with the one separator that names have.
std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

/// Levenshtein's distance of a and b, or any number from `enough` on where it is that or more.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t enough) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i), least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replace}));
      least = std::min(least, row[j]);
    }
    if (least >= enough) return least;  // no later row has a smaller one
  }
  return row[b.size()];
}

}  // namespace

std::string_view closest_name(std::string_view given, std::span<const std::string_view> valid) {
  constexpr std::size_t kLongestName = 64;  // no distance of a text that is no name at all
  if (given.size() >= kLongestName) return {};
  const std::string text = folded(given);
  std::string_view best;
  std::size_t best_distance = 1 + std::max<std::size_t>(1, given.size() / 2);
  for (const std::string_view name : valid) {
    const std::string other = folded(name);
    // As many letters must come or go.
    const std::size_t least =
        std::max(text.size(), other.size()) - std::min(text.size(), other.size());
    if (least >= best_distance) continue;
    if (const std::size_t distance = edit_distance(text, other, best_distance);
        distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace tricycle
