// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "models/error.h"
#include "sim/config/field_reader.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "sim/sweep/axis_values.h"

namespace tricycle {

namespace {

constexpr std::array<std::string_view, 7> kKeys{"name", "description", "machine", "problem",
                                                "axes", "constraints", "sampling"};

class GridReader {
 public:
  explicit GridReader(const std::string& path) { grid_.path = path; }

  Grid read() {
    const YamlNode root = read_yaml_file(grid_.path);
    std::ostringstream text;
    text << std::ifstream(grid_.path, std::ios::binary).rdbuf();
    grid_.text = text.str();
    for (const YamlNode::Entry& entry : root.entries)
      if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end())
        fault(entry.key_place, entry.key, "unknown key" + suggestion(entry.key, kKeys));
    grid_.name = scalar(root, "name", true);
    grid_.description = scalar(root, "description", false);
    read_axes(root);
    grid_.machine = file(root, "machine", AxisTarget::kMachine);
    grid_.problem = file(root, "problem", AxisTarget::kProblem);
    read_constraints(root);
    read_sampling(root);
    if (!grid_.axes.empty()) check_size(root);
    if (faults_.empty()) check_files(root);
    throw_if_any(std::move(faults_));
    return std::move(grid_);
  }

 private:
  void fault(const Place& place, const std::string& key, std::string what) {
    faults_.push_back({place, key, std::move(what)});
  }

  std::string scalar(const YamlNode& map, std::string_view key, bool required) {
    const YamlNode::Entry* entry = map.find(key);
    if (entry == nullptr) {
      if (required) fault(map.place, std::string(key), "missing, expected text");
      return "";
    }
    const YamlNode& value = entry->value;
    if (value.kind == YamlNode::Kind::kScalar && !value.text.empty()) return value.text;
    fault(value.place, std::string(key), "expected text, got " + value.got());
    return "";
  }

  bool has_axis(AxisTarget target) const { return !grid_.files(target).empty(); }

  std::string file(const YamlNode& root, const std::string& key, AxisTarget target) {
    const bool axis = has_axis(target);
    const std::string text = scalar(root, key, !axis);
    if (axis && root.find(key) != nullptr)
      fault(root.find(key)->key_place, key, "an axis names it as well; keep one of the two");
    return text.empty() ? "" : beside(grid_.path, text);
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
        fault(entry.key_place, entry.key, "unknown key" + keys_.suggest(entry.key));
        continue;
      }
      if (!names_.insert(entry.key).second) {
        fault(entry.key_place, entry.key, "an axis before this one has the key; give it once");
        continue;
      }
      std::vector<AxisValue> values =
          read_axis_values(entry.key, *target, keys_, entry.value, grid_.path, faults_);
      if (values.empty()) continue;
      if (!axis.keys.empty() && values.size() != axis.size()) {
        fault(entry.value.place, entry.key,
              fmt::format("expected {} values, as many as {}, with which it moves together, got {}",
                          axis.size(), axis.keys.front().name, values.size()));
        continue;
      }
      axis.keys.push_back({entry.key, *target, std::move(values)});
    }
    if (!axis.keys.empty()) grid_.axes.push_back(std::move(axis));
  }

  void read_constraints(const YamlNode& root) {
    const YamlNode::Entry* entry = root.find("constraints");
    if (entry == nullptr) return;
    if (entry->value.kind != YamlNode::Kind::kSequence)
      return fault(entry->value.place, "constraints",
                   "expected a list of comparisons, got " + entry->value.got());
    for (const YamlNode& item : entry->value.items) {
      if (item.kind != YamlNode::Kind::kScalar) {
        fault(item.place, "constraints", "expected a comparison, got " + item.got());
        continue;
      }
      try {
        grid_.constraints.emplace_back(
            item.text, [&](std::string_view key) { return keys_.kind(key); },
            [&](std::string_view key) { return keys_.suggest(key); });
      } catch (const InputError& error) {
        fault(item.place, "constraints", fmt::format("\"{}\": {}", item.text, error.what()));
      }
    }
  }

  void read_sampling(const YamlNode& root) {
    const YamlNode::Entry* entry = root.find("sampling");
    if (entry == nullptr) return;
    const YamlNode& value = entry->value;
    if (value.kind == YamlNode::Kind::kScalar && value.text == "full") return;
    const std::string what =
        "full, {random: {points: N, seed: S}} or {latin_hypercube: {points: N, seed: S}}";
    if (value.kind != YamlNode::Kind::kMap || value.entries.size() != 1 ||
        value.entries[0].value.kind != YamlNode::Kind::kMap)
      return fault(value.place, "sampling", "expected " + what + ", got " + value.got());
    const YamlNode::Entry& kind = value.entries[0];
    static constexpr std::string_view kKinds[] = {"random", "latin_hypercube"};
    if (kind.key != kKinds[0] && kind.key != kKinds[1])
      return fault(kind.key_place, "sampling." + kind.key,
                   "unknown key" + suggestion(kind.key, kKinds));
    grid_.sampling = kind.key == kKinds[0] ? Sampling::kRandom : Sampling::kLatinHypercube;
    const std::string prefix = "sampling." + kind.key + ".";
    static constexpr std::string_view kParts[] = {"points", "seed"};
    for (const YamlNode::Entry& part : kind.value.entries)
      if (part.key != kParts[0] && part.key != kParts[1])
        fault(part.key_place, prefix + part.key, "unknown key" + suggestion(part.key, kParts));
    grid_.points = count(kind, prefix, "points", 1, static_cast<double>(kMostSampledPoints));
    grid_.seed = count(kind, prefix, "seed", 0, kMostGridPoints - 1);
  }

  std::uint64_t count(const YamlNode::Entry& map, const std::string& prefix, std::string_view key,
                      double minimum, double maximum) {
    const Field field{key, Quantity::kCount, minimum, maximum, true, ""};
    const YamlNode::Entry* entry = map.value.find(key);
    if (entry == nullptr) {
      fault(map.key_place, prefix + std::string(key),
            "missing, expected " + expectation(field, true));
      return 0;
    }
    const auto value = parse_integer(entry->value.text, field);
    if (!value)
      fault(entry->value.place, prefix + std::string(key),
            "expected " + expectation(field, true) + ", got " + entry->value.got());
    return static_cast<std::uint64_t>(value.value_or(0));
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
  AxisKeys keys_;
  std::set<std::string> names_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<std::string> Grid::axis_names() const {
  std::vector<std::string> names;
  for (const Axis& axis : axes)
    for (const AxisKey& key : axis.keys) names.push_back(key.name);
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
