// SPDX-License-Identifier: Apache-2.0
//
// The ways of items through a program with exits (ops/control.h).
//
//   0 norm      n <- A                    way {true}:  0 1 4
//   1 exit      d <- n at_most 0.01 to 4  way {false}: 0 1 2 3 4
//   2 matmul    ..
//   3 epilogue  Y <- ..
//   4 store     ..
//
// Values decide a way, in program order and without a clock.  A simulation is told the ways of
// its items, and takes the time that they take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/isa/program.h"

namespace tricycle {

/// Whether the program has an exit that skips something.
bool has_exits(const Program& program);

/// The way with the most instructions; it goes on where an exit makes no difference.
Way longest_way(const Program& program);

/// The instructions of a way, in order.
std::vector<std::uint32_t> executed(const Program& program, const Way& way);

/// Products of the algorithm on a way.
std::int64_t products_on(const Program& program, const Way& way);

/// The program of a way alone, without a way past any of its instructions, with the tokens that
/// its instructions wait for.  Instruction i was place[i].
struct StraightProgram {
  Program program;
  std::vector<std::uint32_t> place;
};
StraightProgram along(const Program& program, const Way& way);

/// Every way that values could take.  Throws InputError where there are more than `most`.
std::vector<Way> possible_ways(const Program& program, std::size_t most = 4096);

/// The way of an item.
Way way_of(const Program& program, std::int64_t item);
/// Whether the item takes this exit.
bool takes_exit(const Program& program, std::int64_t item, std::uint32_t instruction);

/// The ways that a program's items take, and how many of its first `items` items take each.
struct WeightedWay {
  Way way;
  std::int64_t items;
};
std::vector<WeightedWay> weighted_ways(const Program& program, std::int64_t items);
/// The same for as many items as program.items has.
std::vector<WeightedWay> weighted_ways(const Program& program);
/// Products of the algorithm on the ways that items take, in the mean.
double mean_products(const Program& program);
/// After how many items the sequence of ways repeats.
std::int64_t period(const Program& program);

/// The ways of items, given one by one.
ItemWays as_item_ways(const std::vector<Way>& of_item);
/// The same sequence, as short as its repetition allows: one item, where all take one way.
ItemWays in_least_period(ItemWays items);

}  // namespace tricycle
