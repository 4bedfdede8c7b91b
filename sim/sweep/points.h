// SPDX-License-Identifier: Apache-2.0
//
// The points of a grid, one after the other.  They are never all in memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/grid.h"

namespace tricycle {

/// The index of the value on every axis; one digit per axis.
using AxisIndices = std::vector<std::size_t>;

/// A seeded permutation of [0, size) that can be evaluated at any place.  It is a balanced Feistel
/// network on the next power of four.  A value outside [0, size) goes through the network again
/// until it is inside (Black and Rogaway 2002).
class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t seed);
  /// Precondition: at < size.
  std::uint64_t operator()(std::uint64_t at) const;

 private:
  std::uint64_t size_, seed_;
  int half_bits_ = 1;
};

/// The points of a grid.  A point is a number; its indices in mixed radix select the values, and
/// the last axis is the lowest digit.
class Points {
 public:
  /// Reads the machines and problems that constraints need, and draws the sample.  The grid must
  /// outlive this object.  Throws InputError where a sample finds no point at all.
  explicit Points(const Grid& grid);

  /// The first point of the grid at or after `from`; nullopt: none.  Without sampling, every number
  /// is looked at.  A sample is stored as its numbers, 8 bytes each.  Of a guided search, only the
  /// first round is known.
  std::optional<std::uint64_t> next(std::uint64_t from) const;
  /// The upper limit of the numbers of points, exclusive.
  std::uint64_t size() const { return size_; }
  /// How many points there are; for a guided search, the most there can be.
  std::uint64_t count() const;

  AxisIndices axis_indices(std::uint64_t point) const;
  /// Whether it fulfils the constraints and is not a repetition.  Where an algorithm lacks a
  /// parameter, the first value of the parameter's axis stands for all.
  bool belongs(const AxisIndices& indices) const;
  /// Whether a constraint applies to a point.  It does not if it names a parameter that the point's
  /// algorithm lacks.
  bool concerns(const Constraint& constraint, const AxisIndices& indices) const;
  /// The value of a key that constraints use.
  KeyValue value(const std::string& key, const AxisIndices& indices) const;
  /// The value of a derived key; NaN where it divides by zero.
  double derived_number(const DerivedKey& key, const AxisIndices& indices) const;
  std::uint64_t number(const AxisIndices& indices) const;
  const Grid& grid() const { return grid_; }

 private:
  using Values = std::map<std::string, KeyValue, std::less<>>;

  void draw_random();
  void draw_latin_hypercube(std::uint64_t points);

  const Grid& grid_;
  std::uint64_t size_ = 1;                        // without constraints
  std::map<std::string, Values> machine_values_;  // path -> values that constraints use
  std::map<std::string, Values> problem_values_;
  std::vector<std::uint64_t> sample_;  // ascending
};

/// The value of a key that an axis sets; nullptr where no axis sets it.
const AxisValue* axis_value(const Grid& grid, std::string_view key, const AxisIndices& indices);

/// Whether the algorithm of a point takes an axis' key; always true except for parameters.
bool takes(const Grid& grid, const AxisKey& key, const AxisIndices& indices);

/// One of N parts of a sweep: every Nth point.
struct Shard {
  std::uint64_t index = 1, count = 1;  // 1 <= index <= count
};

}  // namespace tricycle
