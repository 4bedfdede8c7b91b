// SPDX-License-Identifier: Apache-2.0
#include "models/isa/way.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"

namespace tricycle {

namespace {

/// Calls f(instruction) along a way.  `decide(exit, number, after)`: whether the exit is taken; its
/// number among all exits, and the instruction after it.
template <typename Decide, typename F>
void walk(const Program& program, Decide&& decide, F&& f) {
  std::vector<std::size_t> number(program.instructions.size());
  std::size_t exits = 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    number[i] = exits;
    if (program.instructions[i].as<Exit>() != nullptr) ++exits;
  }
  for (std::size_t i = 0; i < number.size();) {
    f(static_cast<std::uint32_t>(i));
    const Exit* exit = program.instructions[i].as<Exit>();
    i = exit != nullptr && decide(*exit, number[i], i + 1) ? exit->target : i + 1;
  }
}

std::size_t exit_count(const Program& program) {
  return static_cast<std::size_t>(
      std::count_if(program.instructions.begin(), program.instructions.end(),
                    [](const Instruction& in) { return in.as<Exit>() != nullptr; }));
}

/// The length of the shortest sequence whose repetition is this one.
std::size_t least_period(const std::vector<std::uint32_t>& sequence) {
  const std::size_t size = sequence.size();
  std::vector<std::size_t> border(size + 1, 0);  // of each prefix: its longest proper suffix in it
  for (std::size_t i = 1, k = 0; i < size; ++i) {
    while (k > 0 && sequence[i] != sequence[k]) k = border[k];
    if (sequence[i] == sequence[k]) ++k;
    border[i + 1] = k;
  }
  const std::size_t period = size - border[size];
  return size % std::max<std::size_t>(1, period) == 0 ? period : size;
}

}  // namespace

bool has_exits(const Program& program) {
  for (std::size_t i = 0; i < program.instructions.size(); ++i)
    if (const Exit* exit = program.instructions[i].as<Exit>(); exit != nullptr)
      if (exit->target != i + 1) return true;
  return false;
}

Way longest_way(const Program& program) {
  const std::vector<Instruction>& all = program.instructions;
  std::vector<std::size_t> left(all.size() + 1);  // the most instructions from each one to the end
  for (std::size_t i = all.size(); i-- > 0;) {
    const Exit* exit = all[i].as<Exit>();
    const std::size_t jumped = exit != nullptr ? left[exit->target] : 0;
    left[i] = 1 + (exit == nullptr                   ? left[i + 1]
                   : exit->when == ExitWhen::kAlways ? jumped
                                                     : std::max(jumped, left[i + 1]));
  }
  Way way(exit_count(program));
  walk(
      program,
      [&](const Exit& exit, std::size_t number, std::size_t after) {
        way[number] = exit.when == ExitWhen::kAlways || left[exit.target] > left[after];
        return bool{way[number]};
      },
      [](std::uint32_t) {});
  return way;
}

std::vector<std::uint32_t> executed(const Program& program, const Way& way) {
  std::vector<std::uint32_t> instructions;
  walk(
      program, [&](const Exit&, std::size_t number, std::size_t) -> bool { return way[number]; },
      [&](std::uint32_t i) { instructions.push_back(i); });
  return instructions;
}

std::int64_t products_on(const Program& program, const Way& way) {
  std::int64_t products = program.matmul_count;
  walk(
      program,
      [&](const Exit& exit, std::size_t number, std::size_t) -> bool {
        if (way[number]) products -= exit.products;
        return way[number];
      },
      [](std::uint32_t) {});
  return products;
}

StraightProgram along(const Program& program, const Way& way) {
  StraightProgram straight{program, executed(program, way)};
  straight.program.items = {};
  straight.program.matmul_count = products_on(program, way);
  std::vector<Instruction>& instructions = straight.program.instructions;
  instructions.clear();
  for (const std::uint32_t i : straight.place) {
    instructions.push_back(program.instructions[i]);
    if (auto* exit = std::get_if<Exit>(&instructions.back().operation)) {
      exit->target = static_cast<std::uint32_t>(instructions.size());
      exit->products = 0;
    }
  }
  derive_tokens(straight.program);
  return straight;
}

std::vector<Way> possible_ways(const Program& program, std::size_t most) {
  std::vector<Way> ways, open{Way(exit_count(program))};
  std::vector<std::size_t> decided{0};  // exits of each open way whose decision is made
  while (!open.empty()) {
    const Way way = open.back();
    const std::size_t from = decided.back();
    open.pop_back();
    decided.pop_back();
    Way now = way;
    walk(
        program,
        [&](const Exit& exit, std::size_t number, std::size_t) {
          if (number < from) return bool{now[number]};
          now[number] = exit.when == ExitWhen::kAlways;
          if (now[number]) return true;
          // Goes on here, and comes back for the other way.
          Way other = now;
          other[number] = true;
          open.push_back(std::move(other));
          decided.push_back(number + 1);
          return false;
        },
        [](std::uint32_t) {});
    ways.push_back(std::move(now));
    if (ways.size() + open.size() > most)
      throw InputError(fmt::format(
          "program: expected at most {} ways through its exits; let exits skip to the same place",
          most));
  }
  std::sort(ways.begin(), ways.end());
  return ways;
}

Way way_of(const Program& program, std::int64_t item) {
  const ItemWays& items = program.items;
  if (items.of_item.empty()) return longest_way(program);
  return items.ways[items.of_item[static_cast<std::size_t>(item) % items.of_item.size()]];
}

bool takes_exit(const Program& program, std::int64_t item, std::uint32_t instruction) {
  std::size_t number = 0;
  for (std::uint32_t i = 0; i < instruction; ++i)
    if (program.instructions[i].as<Exit>() != nullptr) ++number;
  return way_of(program, item)[number];
}

std::int64_t period(const Program& program) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(program.items.of_item.size()));
}

std::vector<WeightedWay> weighted_ways(const Program& program, std::int64_t items) {
  if (program.items.of_item.empty()) return {{longest_way(program), items}};
  std::vector<WeightedWay> all;
  for (const Way& way : program.items.ways) all.push_back({way, 0});
  const std::int64_t whole = items / period(program), rest = items % period(program);
  for (std::int64_t i = 0; i < period(program); ++i)
    all[program.items.of_item[static_cast<std::size_t>(i)]].items += whole + (i < rest ? 1 : 0);
  std::erase_if(all, [](const WeightedWay& w) { return w.items == 0; });
  return all;
}

std::vector<WeightedWay> weighted_ways(const Program& program) {
  return weighted_ways(program, period(program));
}

double mean_products(const Program& program) {
  double products = 0;
  for (const WeightedWay& way : weighted_ways(program))
    products += static_cast<double>(way.items * products_on(program, way.way));
  return products / static_cast<double>(period(program));
}

ItemWays in_least_period(ItemWays items) {
  items.of_item.resize(least_period(items.of_item));
  return items;
}

ItemWays as_item_ways(const std::vector<Way>& of_item) {
  ItemWays items;
  items.ways = of_item;
  std::sort(items.ways.begin(), items.ways.end());
  items.ways.erase(std::unique(items.ways.begin(), items.ways.end()), items.ways.end());
  for (const Way& way : of_item)
    items.of_item.push_back(static_cast<std::uint32_t>(
        std::lower_bound(items.ways.begin(), items.ways.end(), way) - items.ways.begin()));
  return items;
}

}  // namespace tricycle
