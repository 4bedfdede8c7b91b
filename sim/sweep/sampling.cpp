// SPDX-License-Identifier: Apache-2.0
//
// `sampling:` of a grid: how many of its points are run, and which.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "reports/columns.h"
#include "sim/config/field_reader.h"
#include "sim/config/quantity.h"
#include "sim/sweep/grid.h"

namespace tricycle {

namespace {

struct Kind {
  std::string_view name;
  Sampling sampling;
  std::uint64_t most;
};
constexpr std::array<Kind, 3> kKinds{
    {{"random", Sampling::kRandom, kMostSampledPoints},
     {"latin_hypercube", Sampling::kLatinHypercube, kMostSampledPoints},
     {"pareto", Sampling::kPareto, kMostSearchedPoints}}};
constexpr std::string_view kForms =
    "full, {random: {points: N, seed: S}}, {latin_hypercube: {points: N, seed: S}} or "
    "{pareto: {points: N, start: M, seed: S, minimize: [COLUMN, ..], maximize: [COLUMN, ..]}}";

class SamplingReader {
 public:
  SamplingReader(const YamlNode::Entry& kind, Grid& grid, std::vector<Fault>& faults)
      : kind_(kind), grid_(grid), faults_(faults), prefix_("sampling." + kind.key + ".") {}

  void read(const Kind& row) {
    const bool search = row.sampling == Sampling::kPareto;
    std::vector<std::string_view> parts{"points", "seed"};
    if (search) parts.insert(parts.end(), {"start", "minimize", "maximize"});
    for (const YamlNode::Entry& part : kind_.value.entries)
      if (std::find(parts.begin(), parts.end(), part.key) == parts.end())
        fault(part.key_place, part.key, "unknown key" + suggestion(part.key, parts));
    grid_.sampling = row.sampling;
    grid_.points = count("points", 1, static_cast<double>(row.most));
    grid_.seed = count("seed", 0, kMostGridPoints - 1);
    if (!search) return;
    grid_.start = count("start", 1, static_cast<double>(std::max<std::uint64_t>(grid_.points, 1)));
    read_objectives("minimize", false);
    read_objectives("maximize", true);
    if (grid_.objectives.empty())
      fault(kind_.key_place, "minimize",
            "missing, expected a list of columns (`tricycle list columns`), here or in maximize");
  }

 private:
  void fault(const Place& place, std::string_view key, std::string what) {
    faults_.push_back({place, prefix_ + std::string(key), std::move(what)});
  }

  std::uint64_t count(std::string_view key, double minimum, double maximum) {
    const Field field{key, Quantity::kCount, minimum, maximum, true, ""};
    const YamlNode::Entry* entry = kind_.value.find(key);
    if (entry == nullptr) {
      fault(kind_.key_place, key, "missing, expected " + expectation(field, true));
      return 0;
    }
    const auto value = parse_integer(entry->value.text, field);
    if (!value)
      fault(entry->value.place, key,
            "expected " + expectation(field, true) + ", got " + entry->value.got());
    return static_cast<std::uint64_t>(value.value_or(0));
  }

  void read_objectives(std::string_view key, bool maximize) {
    const YamlNode::Entry* entry = kind_.value.find(key);
    if (entry == nullptr) return;
    if (entry->value.kind != YamlNode::Kind::kSequence)
      return fault(entry->value.place, key,
                   "expected a list of columns, got " + entry->value.got());
    for (const YamlNode& item : entry->value.items) {
      const std::optional<KeyKind> kind = column_kind(item.text);
      const bool twice = std::any_of(grid_.objectives.begin(), grid_.objectives.end(),
                                     [&](const Objective& o) { return o.column == item.text; });
      if (!kind || !kind->number)
        fault(item.place, key,
              fmt::format("expected a column of numbers (`tricycle list columns`), got {}",
                          item.got()));
      else if (twice)
        fault(item.place, key, fmt::format("\"{}\" stands there twice; give it once", item.text));
      else
        grid_.objectives.push_back({item.text, maximize});
    }
  }

  const YamlNode::Entry& kind_;
  Grid& grid_;
  std::vector<Fault>& faults_;
  std::string prefix_;
};

}  // namespace

void read_sampling(const YamlNode& root, Grid& grid, std::vector<Fault>& faults) {
  const YamlNode::Entry* entry = root.find("sampling");
  if (entry == nullptr) return;
  const YamlNode& value = entry->value;
  if (value.kind == YamlNode::Kind::kScalar && value.text == "full") return;
  if (value.kind != YamlNode::Kind::kMap || value.entries.size() != 1 ||
      value.entries[0].value.kind != YamlNode::Kind::kMap) {
    faults.push_back(
        {value.place, "sampling", fmt::format("expected {}, got {}", kForms, value.got())});
    return;
  }
  const YamlNode::Entry& chosen = value.entries[0];
  const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                [&](const Kind& kind) { return kind.name == chosen.key; });
  if (row != kKinds.end()) return SamplingReader(chosen, grid, faults).read(*row);
  std::vector<std::string_view> names;
  for (const Kind& kind : kKinds) names.push_back(kind.name);
  faults.push_back(
      {chosen.key_place, "sampling." + chosen.key, "unknown key" + suggestion(chosen.key, names)});
}

std::optional<KeyKind> column_kind(std::string_view name) {
  for (const Column& column : columns()) {
    if (column.name != name) continue;
    // Of a run that did nothing: words are words of every run.
    RunResult nothing;
    nothing.cost.emplace();
    if (std::holds_alternative<std::string>(column.value(nothing))) return KeyKind{};
    const Quantity quantity = column.unit == "B"        ? Quantity::kBytes
                              : column.unit == "cycles" ? Quantity::kCycles
                                                        : Quantity::kCount;
    return KeyKind{quantity, {}};
  }
  return std::nullopt;
}

}  // namespace tricycle
