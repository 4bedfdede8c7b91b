// SPDX-License-Identifier: Apache-2.0
//
// The points of a grid, one after the other: never all of them in memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/grid.h"

namespace tricycle {

/// Which value every axis has; as many digits as axes.
using Digits = std::vector<std::size_t>;

/// A seeded permutation of [0, size), evaluated at any place: a balanced Feistel network on the
/// next power of four, walked along its cycle until it is inside (Black and Rogaway 2002).
class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t seed);
  /// Precondition: at < size.
  std::uint64_t operator()(std::uint64_t at) const;

 private:
  std::uint64_t size_, seed_;
  int half_bits_ = 1;
};

/// A point is a number: its digits in mixed radix, the last axis the lowest digit.
class Points {
 public:
  /// Reads the machines and problems that constraints ask about; draws the sample.  The grid must
  /// outlive it.  Throws InputError where a sample finds no point at all.
  explicit Points(const Grid& grid);

  /// The first point of the grid at or behind `from`; nullopt: none.  Without sampling every number
  /// is looked at; a sample is held as its numbers, 8 bytes each.  Of a guided search only the
  /// first round is known.
  std::optional<std::uint64_t> next(std::uint64_t from) const;
  /// The numbers points may have: below this.
  std::uint64_t size() const { return size_; }
  /// How many there are; of a guided search at most.
  std::uint64_t count() const;

  Digits digits(std::uint64_t point) const;
  /// Whether it fulfils the constraints and is no repetition: where an algorithm lacks a parameter,
  /// the first value of its axis stands for all.
  bool belongs(const Digits& digits) const;
  /// Whether a constraint says anything of a point: one that names a parameter which the point's
  /// algorithm lacks does not.
  bool concerns(const Constraint& constraint, const Digits& digits) const;
  /// The value of a key constraints ask about.
  KeyValue value(const std::string& key, const Digits& digits) const;
  /// The value of a derived key; NaN where it divides by zero.
  double derived_number(const DerivedKey& key, const Digits& digits) const;
  std::uint64_t number(const Digits& digits) const;
  const Grid& grid() const { return grid_; }

 private:
  using Values = std::map<std::string, KeyValue, std::less<>>;

  void draw_random();
  void draw_latin_hypercube(std::uint64_t points);

  const Grid& grid_;
  std::uint64_t size_ = 1;                        // without constraints
  std::map<std::string, Values> machine_values_;  // path -> what constraints ask about
  std::map<std::string, Values> problem_values_;
  std::vector<std::uint64_t> sample_;  // ascending
};

/// The value of a key that an axis sets; nullptr: none does.
const AxisValue* axis_value(const Grid& grid, std::string_view key, const Digits& digits);

/// Whether the algorithm of a point takes an axis' key; true of everything but parameters.
bool takes(const Grid& grid, const AxisKey& key, const Digits& digits);

/// 1 of N parts of a sweep: every Nth point.
struct Shard {
  std::uint64_t index = 1, count = 1;  // 1 <= index <= count
};

}  // namespace tricycle
