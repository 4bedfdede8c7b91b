// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto_search.h"

#include <algorithm>

namespace tricycle {

namespace {

/// Whether the values of an axis have an order: those of its first key are numbers.
bool is_ordered(const AxisKey& key) {
  return std::all_of(key.values.begin(), key.values.end(), [](const AxisValue& value) {
    return std::holds_alternative<double>(value.value);
  });
}

}  // namespace

bool dominates(const Figures& a, const Figures& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

ParetoSearch::ParetoSearch(const Points& points) : points_(points) {
  for (const Axis& axis : points.grid().axes)
    strides_.push_back(is_ordered(axis.keys.front()) ? std::max<std::size_t>(1, axis.size() / 4)
                                                     : 0);
}

void ParetoSearch::learn(std::uint64_t point, const Figures& figures) {
  for (const Known& other : front_)
    if (other.figures == figures || dominates(other.figures, figures)) return;
  std::erase_if(front_, [&](const Known& other) { return dominates(figures, other.figures); });
  front_.push_back({point, figures});
}

void ParetoSearch::add_neighbour(AxisIndices indices, std::set<std::uint64_t>& found) const {
  const Grid& grid = points_.grid();
  // An axis that the point's algorithm does not take is at its first value.
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::vector<AxisKey>& keys = grid.axes[i].keys;
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const AxisKey& key) { return takes(grid, key, indices); }))
      indices[i] = 0;
  }
  if (!points_.belongs(indices)) return;
  const std::uint64_t point = points_.number(indices);
  if (tried_.count(point) == 0) found.insert(point);
}

std::set<std::uint64_t> ParetoSearch::neighbours() const {
  std::set<std::uint64_t> found;
  for (const Known& best : front_) {
    const AxisIndices at = points_.axis_indices(best.point);
    for (std::size_t i = 0; i < at.size(); ++i) {
      const std::size_t size = points_.grid().axes[i].size();
      AxisIndices moved = at;
      if (strides_[i] == 0) {
        for (moved[i] = 0; moved[i] < size; ++moved[i]) add_neighbour(moved, found);
        continue;
      }
      moved[i] = at[i] - std::min(at[i], strides_[i]);
      add_neighbour(moved, found);
      moved[i] = std::min(size - 1, at[i] + strides_[i]);
      add_neighbour(moved, found);
    }
  }
  return found;
}

bool ParetoSearch::come_closer() {
  bool closer = false;
  for (std::size_t& stride : strides_) {
    if (stride <= 1) continue;
    stride /= 2;
    closer = true;
  }
  return closer;
}

/// Where the last round is larger than what is left, takes the first points of a random order.
std::vector<std::uint64_t> ParetoSearch::within_budget(const std::set<std::uint64_t>& round) const {
  const std::uint64_t left = points_.grid().points - tried_.size();
  std::vector<std::uint64_t> chosen(round.begin(), round.end());
  if (chosen.size() <= left) return chosen;
  const Permutation order(chosen.size(), points_.grid().seed);
  std::vector<std::uint64_t> part;
  for (std::uint64_t i = 0; i < left; ++i) part.push_back(chosen[order(i)]);
  std::sort(part.begin(), part.end());
  return part;
}

std::vector<std::uint64_t> ParetoSearch::next_round(
    const std::function<std::optional<Figures>(std::uint64_t point)>& figures) {
  std::set<std::uint64_t> round;
  if (tried_.empty()) {
    for (auto point = points_.next(0); point; point = points_.next(*point + 1))
      round.insert(*point);
  } else {
    for (const std::uint64_t point : round_)
      if (const auto known = figures(point)) learn(point, *known);
    do round = neighbours();
    while (round.empty() && come_closer());
  }
  round_ = within_budget(round);
  tried_.insert(round_.begin(), round_.end());
  return round_;
}

std::vector<std::uint64_t> ParetoSearch::front() const {
  std::vector<std::uint64_t> points;
  for (const Known& known : front_) points.push_back(known.point);
  std::sort(points.begin(), points.end());
  return points;
}

}  // namespace tricycle
