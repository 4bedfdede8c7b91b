// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "sim/sweep/points.h"

namespace tricycle {

/// The figures of one point, to compare with another's: smaller is better in every place.
using Figures = std::vector<double>;

/// Whether a is nowhere worse than b, and better somewhere.
bool dominates(const Figures& a, const Figures& b);

/// A guided search in rounds, for a space that is too large to enumerate.  The first round is a
/// Latin hypercube.  Every other round tries, along each axis, the neighbours of the points that no
/// other point beats (of equally good ones the first).
///
/// At first neighbours are a quarter of an axis away.  Their distance is halved when a round finds
/// nothing new.  Where values are words, all values of the axis are neighbours.  The search ends
/// when the nearest neighbours of the whole front are known, or at the grid's number of points.
///
/// Sources: pattern search, Hooke and Jeeves 1961; from every point of a front at once, direct
/// multisearch, Custodio et al. 2011.
///
/// What a round tries depends only on the grid and the figures.  It does not depend on the order of
/// execution, nor on which of its points a store held before.
class ParetoSearch {
 public:
  /// The points must outlive the search; their grid must sample by kPareto.
  explicit ParetoSearch(const Points& points);

  /// Points of the next round, ascending; empty when the search has ended.  `figures` must know all
  /// points of the earlier rounds; it gives nullopt for a point that failed.
  std::vector<std::uint64_t> next_round(
      const std::function<std::optional<Figures>(std::uint64_t point)>& figures);

  /// The points that no other point beats, ascending, from the rounds whose figures are known.
  std::vector<std::uint64_t> front() const;

 private:
  struct Known {
    std::uint64_t point;
    Figures figures;
  };

  void learn(std::uint64_t point, const Figures& figures);
  std::set<std::uint64_t> neighbours() const;
  void add_neighbour(AxisIndices indices, std::set<std::uint64_t>& found) const;
  /// Halves the distance of neighbours.  False: they are as close as they can be.
  bool come_closer();
  std::vector<std::uint64_t> within_budget(const std::set<std::uint64_t>& round) const;

  const Points& points_;
  std::vector<std::size_t> strides_;  // per axis; 0: all other values are neighbours
  std::vector<Known> front_;
  std::vector<std::uint64_t> round_;
  std::set<std::uint64_t> tried_;
};

}  // namespace tricycle
