// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "sim/sweep/points.h"

namespace tricycle {

/// One point beside another: smaller is better in every place.
using Figures = std::vector<double>;

/// Whether a is nowhere worse than b and somewhere better.
bool dominates(const Figures& a, const Figures& b);

/// A guided search of a space too large to enumerate, in rounds: the first is a Latin hypercube,
/// every other one tries, along each axis, the neighbours of the points no other point beats (of
/// equally good ones the first).
/// Neighbours begin a quarter of an axis away and come closer by halves when a round has found
/// nothing new; values that are words are all neighbours.  It ends when the nearest neighbours of
/// the whole front are known, or at the grid's number of points.  (Pattern search: Hooke and Jeeves
/// 1961; from every point of a front at once: direct multisearch, Custodio et al. 2011.)
///
/// What a round tries depends on grid and figures alone: not on the order of execution, nor on
/// which of its points a store held before.
class ParetoSearch {
 public:
  /// The points must outlive it; their grid samples by kPareto.
  explicit ParetoSearch(const Points& points);

  /// Points of the next round, ascending; none: the search has ended.  `figures` knows all points
  /// of the rounds before: nullopt, it failed.
  std::vector<std::uint64_t> next_round(
      const std::function<std::optional<Figures>(std::uint64_t point)>& figures);

  /// The points no other point beats, ascending, of the rounds whose figures are known.
  std::vector<std::uint64_t> front() const;

 private:
  struct Known {
    std::uint64_t point;
    Figures figures;
  };

  void learn(std::uint64_t point, const Figures& figures);
  std::set<std::uint64_t> neighbours() const;
  void add_neighbour(Digits digits, std::set<std::uint64_t>& found) const;
  /// False: neighbours are as close as they can be.
  bool come_closer();
  std::vector<std::uint64_t> within_budget(const std::set<std::uint64_t>& round) const;

  const Points& points_;
  std::vector<std::size_t> strides_;  // of every axis; 0: all other values
  std::vector<Known> front_;
  std::vector<std::uint64_t> round_;
  std::set<std::uint64_t> tried_;
};

}  // namespace tricycle
