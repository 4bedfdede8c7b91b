// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/error.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// splitmix64 (Steele, Lea, Flood 2014): a bijection whose output bits depend on all of its input.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

KeyValue value_of(const FieldNode& node) {
  if (node.kind == FieldNode::Kind::kInteger)
    if (const auto value = parse_integer(node.value, node.field))
      return static_cast<double>(*value);
  if (node.kind == FieldNode::Kind::kReal)
    if (const auto value = parse_real(node.value, node.field)) return *value;
  // A number that is out of its range is a default that no file may state: 0 of an optional part.
  const bool number = node.kind == FieldNode::Kind::kInteger || node.kind == FieldNode::Kind::kReal;
  return number ? KeyValue(0.0) : KeyValue(node.value);
}

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed) : size_(size), seed_(seed) {
  while (half_bits_ < 32 && (std::uint64_t{1} << (2 * half_bits_)) < size) ++half_bits_;
}

std::uint64_t Permutation::operator()(std::uint64_t at) const {
  constexpr int kRounds = 4;  // Luby and Rackoff 1988: three already look random
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = at >> half_bits_, right = at & mask;
    for (std::uint64_t round = 0; round < kRounds; ++round) {
      const std::uint64_t next = left ^ (mixed(mixed(seed_ + round) ^ right) & mask);
      left = right;
      right = next;
    }
    at = left << half_bits_ | right;
  } while (at >= size_);
  return at;
}

const AxisValue* axis_value(const Grid& grid, std::string_view key, const AxisIndices& indices) {
  for (std::size_t i = 0; i < grid.axes.size(); ++i)
    for (const AxisKey& candidate : grid.axes[i].keys)
      if (candidate.name == key) return &candidate.values[indices[i]];
  return nullptr;
}

bool takes(const Grid& grid, const AxisKey& key, const AxisIndices& indices) {
  if (key.target != AxisTarget::kParameter) return true;
  const AxisValue* chosen = axis_value(grid, "algorithm", indices);
  const Algorithm& algorithm = find_algorithm(chosen != nullptr ? chosen->text : kDefaultAlgorithm);
  const std::string_view parameter = std::string_view(key.name).substr(key.name.find('.') + 1);
  return algorithm.has(parameter);
}

Points::Points(const Grid& grid) : grid_(grid) {
  for (const Axis& axis : grid.axes) size_ *= axis.size();
  std::vector<std::string> keys;
  for (const auto* constraints : {&grid.constraints, &grid.result_constraints})
    for (const Constraint& constraint : *constraints)
      keys.insert(keys.end(), constraint.keys().begin(), constraint.keys().end());
  for (const DerivedKey& key : grid.derived)
    keys.insert(keys.end(), key.expression.keys().begin(), key.expression.keys().end());
  const auto collect = [&](const FieldNode& tree, const std::string& prefix, Values& out) {
    for (const std::string& key : keys)
      if (key.starts_with(prefix))
        if (const FieldNode* node = find_field(tree, std::string_view(key).substr(prefix.size())))
          out[key] = value_of(*node);
  };
  if (!keys.empty()) {
    for (const std::string& path : grid.files(AxisTarget::kMachine))
      collect(hw_tree(load_hw_config(path)), "", machine_values_[path]);
    for (const std::string& path : grid.files(AxisTarget::kProblem))
      collect(problem_tree(load_problem(path)), "problem.", problem_values_[path]);
  }
  switch (grid.sampling) {
    case Sampling::kFull: break;
    case Sampling::kRandom: draw_random(); break;
    case Sampling::kLatinHypercube: draw_latin_hypercube(grid.points); break;
    case Sampling::kPareto: draw_latin_hypercube(grid.start); break;
  }
  std::sort(sample_.begin(), sample_.end());
  sample_.erase(std::unique(sample_.begin(), sample_.end()), sample_.end());
  if (grid.sampling != Sampling::kFull && sample_.empty())
    throw InputError(grid.path + ": no point of the sample fulfils the constraints");
}

/// Draws the first `points` of a random order that belong to the grid, or all of it where it has
/// fewer.  Constraints that nearly every point breaks end the search.
void Points::draw_random() {
  const Permutation order(size_, grid_.seed);
  const std::uint64_t tries = std::min(size_, 1'000'000 + 100 * grid_.points);
  for (std::uint64_t i = 0; i < tries && sample_.size() < grid_.points; ++i)
    if (const std::uint64_t point = order(i); belongs(axis_indices(point)))
      sample_.push_back(point);
}

/// Every axis is cut into as many strata as there are points; every stratum holds one of them
/// (McKay, Beckman, Conover 1979).  Points that constraints forbid are left out.
void Points::draw_latin_hypercube(std::uint64_t n) {
  std::vector<Permutation> strata;
  for (std::size_t i = 0; i < grid_.axes.size(); ++i) strata.emplace_back(n, mixed(grid_.seed + i));
  for (std::uint64_t k = 0; k < n; ++k) {
    std::uint64_t point = 0;
    for (std::size_t i = 0; i < grid_.axes.size(); ++i) {
      const std::uint64_t size = grid_.axes[i].size();
      // The middle of the stratum: (s + 1/2) / n of the axis.
      point = point * size + (2 * strata[i](k) + 1) * size / (2 * n);
    }
    if (belongs(axis_indices(point))) sample_.push_back(point);
  }
}

AxisIndices Points::axis_indices(std::uint64_t point) const {
  AxisIndices indices(grid_.axes.size());
  for (std::size_t i = indices.size(); i-- > 0;) {
    indices[i] = static_cast<std::size_t>(point % grid_.axes[i].size());
    point /= grid_.axes[i].size();
  }
  return indices;
}

std::uint64_t Points::number(const AxisIndices& indices) const {
  std::uint64_t point = 0;
  for (std::size_t i = 0; i < indices.size(); ++i)
    point = point * grid_.axes[i].size() + indices[i];
  return point;
}

KeyValue Points::value(const std::string& key, const AxisIndices& indices) const {
  if (const AxisValue* set = axis_value(grid_, key, indices)) return set->value;
  for (const DerivedKey& derived : grid_.derived)
    if (derived.name == key) return derived_number(derived, indices);
  if (key == "algorithm") return std::string(kDefaultAlgorithm);
  if (key == "format") return std::string(kDefaultFormat);
  const bool problem = key.starts_with("problem.");
  const AxisValue* file = axis_value(grid_, problem ? "problem" : "machine", indices);
  const auto& files = problem ? problem_values_ : machine_values_;
  const std::string& only = problem ? grid_.problem : grid_.machine;
  if (key == "machine" || key == "problem") return key == "machine" ? grid_.machine : grid_.problem;
  return files.at(file != nullptr ? file->text : only).at(key);
}

double Points::derived_number(const DerivedKey& key, const AxisIndices& indices) const {
  const auto value =
      key.expression.value([&](const std::string& name) { return this->value(name, indices); });
  return value ? std::get<double>(*value) : std::numeric_limits<double>::quiet_NaN();
}

bool Points::belongs(const AxisIndices& indices) const {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] == 0) continue;
    const std::vector<AxisKey>& keys = grid_.axes[i].keys;
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const AxisKey& key) { return takes(grid_, key, indices); }))
      return false;
  }
  return std::all_of(grid_.constraints.begin(), grid_.constraints.end(), [&](const Constraint& c) {
    return !concerns(c, indices) ||
           c.holds([&](const std::string& key) { return value(key, indices); });
  });
}

bool Points::concerns(const Constraint& constraint, const AxisIndices& indices) const {
  for (const Axis& axis : grid_.axes)
    for (const AxisKey& key : axis.keys)
      if (!takes(grid_, key, indices) &&
          std::find(constraint.keys().begin(), constraint.keys().end(), key.name) !=
              constraint.keys().end())
        return false;
  return true;
}

std::optional<std::uint64_t> Points::next(std::uint64_t from) const {
  if (grid_.sampling != Sampling::kFull) {
    const auto at = std::lower_bound(sample_.begin(), sample_.end(), from);
    return at == sample_.end() ? std::nullopt : std::optional(*at);
  }
  for (std::uint64_t point = from; point < size_; ++point)
    if (belongs(axis_indices(point))) return point;
  return std::nullopt;
}

std::uint64_t Points::count() const {
  if (grid_.sampling == Sampling::kPareto) return grid_.points;
  if (grid_.sampling != Sampling::kFull) return sample_.size();
  std::uint64_t count = 0;
  for (auto point = next(0); point; point = next(*point + 1)) ++count;
  return count;
}

}  // namespace tricycle
