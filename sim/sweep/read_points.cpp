// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/read_points.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>

#include "models/error.h"
#include "models/json.h"
#include "sim/config/key_meaning.h"
#include "sim/config/yaml_document.h"
#include "sim/sweep/store.h"

namespace tricycle {

namespace {

/// Where the column is in the list, at its end where it was not.
std::size_t index_or_add(std::vector<PointColumn>& list, PointColumn column) {
  const auto at = std::ranges::find(list, column.name, &PointColumn::name);
  const auto index = static_cast<std::size_t>(at - list.begin());
  if (at == list.end()) list.push_back(std::move(column));
  return index;
}

/// Axes and columns of a store, and where its own columns go.
std::vector<std::size_t> declare(const SweepStore& store, PointTable& table) {
  for (const std::string& axis : store.layout().axes) {
    const KeyMeaning key = key_meaning(axis);
    index_or_add(table.axes, {axis, key.unit, key.meaning});
  }
  std::vector<std::size_t> target;
  for (const StoreColumn& column : store.layout().columns)
    target.push_back(index_or_add(table.columns, {column.name, column.unit, column.meaning}));
  return target;
}

/// The number of "34 GB/s" where GB/s is the key's unit: such axes are in order, and on scales.
std::optional<double> without_unit(std::string_view text, const std::string& unit) {
  const std::string suffix = " " + unit;
  if (unit.empty() || !text.ends_with(suffix)) return std::nullopt;
  text.remove_suffix(suffix.size());
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Cell cell_of(const Json& value, const std::string& unit) {
  if (value.is_null()) return {};
  if (value.is_string())
    if (const auto number = without_unit(value.text(), unit)) return *number;
  if (value.is_number_integer()) return value.integer();
  if (value.is_number()) return value.real();
  return value.is_string() ? value.text() : value.dump();
}

Point to_point(const PointRow& row, const PointTable& table,
               const std::vector<std::size_t>& target) {
  Point point;
  point.index = static_cast<std::int64_t>(row.point);
  if (!row.done) point.reason = row.reason.empty() ? "unknown" : row.reason;
  const Json axes = Json::parse(row.axes);
  for (const PointColumn& axis : table.axes)
    point.axes.push_back(axes.contains(axis.name) ? cell_of(axes[axis.name], axis.unit) : Cell());
  point.results.resize(table.columns.size());
  for (std::size_t i = 0; i < target.size(); ++i) point.results[target[i]] = row.cells[i];
  return point;
}

/// What the grid calls itself; of one without a name, which `tricycle sweep` would not take, the
/// store's.
std::string name_of(const SweepStore& store, const std::string& path) {
  std::vector<std::string> ignored;
  const auto grid = attempt(ignored, [&] { return parse_yaml(store.meta("grid"), path); });
  const YamlNode::Entry* name = grid ? grid->find("name") : nullptr;
  return name != nullptr ? name->value.text : std::filesystem::path(path).stem().string();
}

/// What the grid says that its points were made from.  Its paths are relative to its own file,
/// whose place a store does not know.
PointOrigin origin_of(const SweepStore& store, const std::string& path) {
  std::vector<std::string> ignored;
  const auto grid = attempt(ignored, [&] { return parse_yaml(store.meta("grid"), path); });
  const auto file = [&](const char* key) {
    const YamlNode::Entry* entry = grid ? grid->find(key) : nullptr;
    return entry != nullptr ? entry->value.text : "";
  };
  return {"the folder of the grid's file", file("machine"), file("problem"), {}};
}

/// Once per grid and version; the shards of one have the same.
void add_provenance(const SweepStore& store, const std::string& path, PointTable& table,
                    std::set<std::string>& grids) {
  table.provenance.emplace_back("store", std::filesystem::path(path).filename().string());
  if (!grids.insert(store.meta("grid_digest") + store.meta("version") + store.meta("build")).second)
    return;
  for (const char* name : {"version", "build", "grid_digest", "sources", "grid"})
    if (const std::string text = store.meta(name); !text.empty())
      table.provenance.emplace_back(name, text);
  table.missing += std::stoll("0" + store.meta("points"));
}

}  // namespace

PointTable read_points(const std::vector<std::string>& paths) {
  std::vector<std::string> faults;
  std::vector<SweepStore> stores;
  for (const std::string& path : paths)
    attempt(faults, [&] { return stores.push_back(SweepStore::read(path)), true; });
  throw_if_any(std::move(faults));
  PointTable table;
  table.title = "Design space of " + name_of(stores.front(), paths.front());
  std::set<std::string> keys, grids;
  std::vector<std::vector<std::size_t>> targets;
  for (const SweepStore& store : stores) targets.push_back(declare(store, table));
  for (std::size_t i = 0; i < stores.size(); ++i) {
    add_provenance(stores[i], paths[i], table, grids);
    table.origins.push_back(origin_of(stores[i], paths[i]));
    stores[i].for_each([&](const PointRow& row) {
      if (!keys.insert(row.key).second) return;
      table.points.push_back(to_point(row, table, targets[i]));
      table.points.back().origin = i;
    });
  }
  std::ranges::stable_sort(table.points, {}, &Point::index);
  table.missing =
      std::max<std::int64_t>(0, table.missing - static_cast<std::int64_t>(table.points.size()));
  return table;
}

}  // namespace tricycle
