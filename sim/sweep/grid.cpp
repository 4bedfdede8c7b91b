// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "models/error.h"
#include "models/printable.h"
#include "sim/config/field_reader.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "sim/host/input_file.h"
#include "sim/host/shipped_files.h"
#include "sim/sweep/axis_values.h"

namespace tricycle {

namespace {

constexpr std::array<std::string_view, 8> kKeys{"name", "description", "machine",     "problem",
                                                "axes", "derived",     "constraints", "sampling"};

class GridReader {
 public:
  explicit GridReader(const std::string& path) { grid_.path = path; }

  Grid read() {
    const YamlNode root = read_yaml_file(grid_.path);
    grid_.text = file_text(grid_.path);
    check_keys(root);
    grid_.name = scalar(root, "name", true);
    grid_.description = scalar(root, "description", false);
    read_axes(root);
    grid_.machine = file(root, "machine", AxisTarget::kMachine);
    grid_.problem = file(root, "problem", AxisTarget::kProblem);
    read_derived(root, keys_, grid_, faults_);
    read_constraints(root);
    read_sampling(root, grid_, faults_);
    if (!grid_.axes.empty()) check_size(root);
    if (faults_.empty()) check_files(root);
    throw_if_any(std::move(faults_));
    return std::move(grid_);
  }

 private:
  void fault(const Place& place, const std::string& key, std::string what) {
    faults_.push_back({place, key, std::move(what)});
  }

  /// Of a file that is none of ours nothing is shown.
  void check_keys(const YamlNode& root) {
    const auto known = [](const YamlNode::Entry& entry) {
      return std::find(kKeys.begin(), kKeys.end(), entry.key) != kKeys.end();
    };
    if (std::none_of(root.entries.begin(), root.entries.end(), known))
      throw InputError(grid_.path + ": expected a grid, found none of its keys" + list_of(kKeys));
    for (const YamlNode::Entry& entry : root.entries)
      if (!known(entry)) unknown_key(entry, [&] { return suggestion(entry.key, kKeys); });
  }
  /// A suggestion takes time, and nobody reads those of a thousand keys.
  template <typename Suggest>
  void unknown_key(const YamlNode::Entry& entry, Suggest suggest) {
    fault(entry.key_place, entry.key,
          "unknown key" + (faults_.size() < kMostFaultsShown ? suggest() : ""));
  }

  std::string scalar(const YamlNode& map, std::string_view key, bool required) {
    const YamlNode::Entry* entry = map.find(key);
    if (entry == nullptr) {
      if (required) fault(map.place, std::string(key), "missing, expected text");
      return "";
    }
    const YamlNode& value = entry->value;
    const bool good = value.kind == YamlNode::Kind::kScalar && !value.text.empty() &&
                      find_unprintable(value.text) == std::string::npos;
    if (good) return value.text;
    fault(value.place, std::string(key),
          "expected text on one line without control characters, got " + value.got());
    return "";
  }

  bool has_axis(AxisTarget target) const { return !grid_.files(target).empty(); }

  std::string file(const YamlNode& root, const std::string& key, AxisTarget target) {
    const bool axis = has_axis(target);
    const std::string text = scalar(root, key, !axis);
    if (axis && root.find(key) != nullptr)
      fault(root.find(key)->key_place, key, "an axis names it as well; keep one of the two");
    return text.empty() ? "" : named_in(grid_.path, text);
  }

  void read_axes(const YamlNode& root) {
    const YamlNode::Entry* axes = root.find("axes");
    const std::string what = "a list of axes, as - systolic_array.rows: [8, 16]";
    if (axes == nullptr) return fault(root.place, "axes", "missing, expected " + what);
    if (axes->value.kind != YamlNode::Kind::kSequence || axes->value.items.empty())
      return fault(axes->value.place, "axes", "expected " + what + ", got " + axes->value.got());
    for (const YamlNode& item : axes->value.items) {
      if (item.kind == YamlNode::Kind::kMap && !item.entries.empty())
        read_axis(item);
      else
        fault(item.place, "axes", "expected a key with its values, got " + item.got());
    }
  }

  void check_size(const YamlNode& root) {
    double points = 1;
    for (const Axis& axis : grid_.axes) points *= static_cast<double>(axis.size());
    const bool full = grid_.sampling == Sampling::kFull;
    const double most = full ? kMostFullPoints : kMostGridPoints;
    if (points > most)
      fault(root.find("axes")->key_place, "axes",
            fmt::format("expected at most {:g} points, got {:g}; take values away{}", most, points,
                        full ? " or sample" : ""));
  }

  void read_axis(const YamlNode& map) {
    Axis axis;
    for (const YamlNode::Entry& entry : map.entries) {
      const std::optional<AxisTarget> target = keys_.target(entry.key);
      if (!target) {
        unknown_key(entry, [&] { return keys_.suggest(entry.key); });
        continue;
      }
      if (!names_.insert(entry.key).second) {
        fault(entry.key_place, entry.key, "an axis before this one has the key; give it once");
        continue;
      }
      if (values_ > kMostAxisValues) return;
      std::vector<AxisValue> values =
          read_axis_values(entry.key, *target, keys_, entry.value, grid_.path, faults_);
      if (values.empty()) continue;
      values_ += values.size();
      if (values_ > kMostAxisValues)
        fault(entry.key_place, entry.key,
              fmt::format("expected at most {} values in all axes together", kMostAxisValues));
      if (!axis.keys.empty() && values.size() != axis.size()) {
        fault(entry.value.place, entry.key,
              fmt::format("expected {} values, as many as {}, with which it moves together, got {}",
                          axis.size(), axis.keys.front().name, values.size()));
        continue;
      }
      axis.keys.push_back({entry.key, *target, std::move(values)});
    }
    if (axis.keys.empty()) return;
    check_repetition(map, axis);
    grid_.axes.push_back(std::move(axis));
  }

  /// Values of one key may repeat beside another's; all of them together may not.
  void check_repetition(const YamlNode& map, const Axis& axis) {
    std::set<std::vector<std::string>> seen;
    for (std::size_t i = 0; i < axis.size(); ++i) {
      std::vector<std::string> labels;
      for (const AxisKey& key : axis.keys) labels.push_back(key.values[i].label);
      if (seen.insert(labels).second) continue;
      const YamlNode& list = map.entries.front().value;
      fault(i < list.items.size() ? list.items[i].place : list.place, axis.keys.front().name,
            fmt::format("\"{}\" stands there twice; give it once", fmt::join(labels, ", ")));
    }
  }

  void read_constraints(const YamlNode& root) {
    const YamlNode::Entry* entry = root.find("constraints");
    if (entry == nullptr) return;
    if (entry->value.kind != YamlNode::Kind::kSequence)
      return fault(entry->value.place, "constraints",
                   "expected a list of comparisons, got " + entry->value.got());
    if (entry->value.items.size() > kMostConstraints)
      return fault(entry->value.place, "constraints",
                   fmt::format("expected at most {} comparisons", kMostConstraints));
    for (const YamlNode& item : entry->value.items) {
      if (item.kind == YamlNode::Kind::kScalar)
        read_constraint(item);
      else
        fault(item.place, "constraints", "expected a comparison, got " + item.got());
    }
  }

  void read_constraint(const YamlNode& item) {
    bool on_results = false;
    const auto find = [&](std::string_view key) {
      if (keys_.target(key) == AxisTarget::kParameter) return parameter_kind(key);
      if (const auto kind = keys_.kind(key)) return kind;
      const auto kind = column_kind(key);
      on_results = on_results || kind;
      return kind;
    };
    const auto suggest = [&](std::string_view key) {
      return faults_.size() < kMostFaultsShown ? keys_.suggest(key) : "";
    };
    try {
      Constraint constraint(item.text, {find, suggest});
      (on_results ? grid_.result_constraints : grid_.constraints).push_back(std::move(constraint));
    } catch (const InputError& error) {
      fault(item.place, "constraints", fmt::format("{}: {}", item.got(), error.what()));
    }
  }

  /// Of a parameter an axis sets: numbers, or the words it takes there.
  std::optional<KeyKind> parameter_kind(std::string_view name) const {
    for (const Axis& axis : grid_.axes)
      for (const AxisKey& key : axis.keys) {
        if (key.name != name) continue;
        KeyKind kind;
        for (const AxisValue& value : key.values)
          if (!value.is_number) kind.words.push_back(value.label);
        if (kind.words.empty()) kind.number = Quantity::kCount;
        return kind;
      }
    throw InputError(fmt::format(
        "{}: no axis sets it, so that every algorithm has its own; give it an axis", name));
  }

  /// The files must be right as they stand: what an axis changes is checked where it is run.
  void check_files(const YamlNode& root) {
    std::vector<std::string> messages;
    for (const std::string& path : grid_.files(AxisTarget::kMachine))
      attempt(messages, [&] { return load_hw_config(path), true; });
    for (const std::string& path : grid_.files(AxisTarget::kProblem))
      attempt(messages, [&] { return load_problem(path), true; });
    for (const std::string& message : messages) fault(root.place, "", message);
  }

  Grid grid_;
  const AxisKeys& keys_ = AxisKeys::all();
  std::size_t values_ = 0;  // of all axes
  std::set<std::string> names_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<std::string> Grid::axis_names() const {
  std::vector<std::string> names;
  for (const Axis& axis : axes)
    for (const AxisKey& key : axis.keys) names.push_back(key.name);
  for (const DerivedKey& key : derived) names.push_back(key.name);
  return names;
}

std::vector<std::string> Grid::files(AxisTarget target) const {
  std::vector<std::string> paths;
  for (const Axis& axis : axes)
    for (const AxisKey& key : axis.keys)
      if (key.target == target)
        for (const AxisValue& value : key.values) paths.push_back(value.text);
  const std::string& only = target == AxisTarget::kMachine ? machine : problem;
  if (paths.empty() && !only.empty()) paths.push_back(only);
  return paths;
}

Grid load_grid(const std::string& path) { return GridReader(path).read(); }

}  // namespace tricycle
