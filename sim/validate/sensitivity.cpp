// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/config_fields.h"
#include "models/error.h"
#include "reports/text_table.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/sources.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// Visitor over visit_fields that multiplies the number of one key.
class Scale {
 public:
  Scale(std::string_view key, double factor) : key_(key), factor_(factor) {}
  bool changed() const { return changed_; }

  void text(std::string_view, std::string&, bool, std::string_view) {}
  void path(std::string_view, std::string&, bool, std::string_view) {}
  void flag(std::string_view, bool&, std::string_view) {}
  template <typename E>
  void choice(std::string_view, E&, bool, std::string_view) {}
  template <typename T>
  void number(const Field& field, T& value) {
    if (prefix_ + std::string(field.key) != key_) return;
    const double wanted = std::clamp(static_cast<double>(value) * factor_, field.minimum,
                                     std::max(field.minimum, field.maximum));
    const T before = value;
    if constexpr (std::is_integral_v<T>)
      value = static_cast<T>(std::llround(wanted));
    else
      value = wanted;
    changed_ = value != before;
  }
  template <typename Body>
  void section(std::string_view key, bool, Body body) {
    const std::string outer = prefix_;
    prefix_ += std::string(key) + ".";
    body();
    prefix_ = outer;
  }
  template <typename Body>
  void optional_section(std::string_view key, bool& present, Body body) {
    if (present) section(key, false, body);
  }

 private:
  std::string_view key_;
  double factor_;
  std::string prefix_;
  bool changed_ = false;
};

constexpr int kChunk = 64;

Format format_of(const HwConfig& hw) {
  return hw.support(Format::kFp16).present ? Format::kFp16 : Format::kInt8;
}

double cycles(const HwConfig& hw, std::string_view name) {
  const Algorithm& algorithm = find_algorithm(name);
  return lower_fastest(algorithm, resolve_parameters(algorithm, kChunk, {}), kChunk, format_of(hw),
                       hw)
      .cycles_per_item;
}

double speedup(const HwConfig& hw) {
  return cycles(hw, "forward_substitution") / cycles(hw, "neumann_masked");
}

/// Whether the program would read such a machine from a file.
bool is_valid(const HwConfig& hw) {
  std::vector<Fault> faults;
  read_hw_config(parse_yaml(dump_hw_config(hw), hw.name), faults,
                 [&](const std::string&, std::vector<Fault>&) { return hw.cost_model.tables; });
  return faults.empty();
}

std::optional<double> speedup_if(const HwConfig& hw, std::string_view key, double factor) {
  const std::optional<HwConfig> other = scaled(hw, key, factor);
  if (!other || !is_valid(*other)) return std::nullopt;
  try {
    return speedup(*other);
  } catch (const InputError&) {
    return std::nullopt;  // a memory that no longer holds a chunk
  }
}

void add_machine(const std::string& path, std::vector<Sensitivity>& out) {
  const HwConfig hw = load_hw_config(path);
  const double base = speedup(hw);
  std::vector<Sensitivity> rows;
  for (const MachineKey& key : machine_keys(path)) {
    if (!key.source || key.source->tag != Tag::kAssumed) continue;
    if (key.key.starts_with("cost.")) continue;  // no cycle depends on it
    Sensitivity row{hw.name,
                    key.key,
                    key.value,
                    key.source->source,
                    base,
                    speedup_if(hw, key.key, 0.5),
                    speedup_if(hw, key.key, 2)};
    if (row.spread() > 0.001) rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.spread() > b.spread(); });
  std::move(rows.begin(), rows.end(), std::back_inserter(out));
}

std::string times(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

}  // namespace

std::optional<HwConfig> scaled(const HwConfig& hw, std::string_view key, double factor) {
  HwConfig other = hw;
  Scale scale(key, factor);
  visit_fields(scale, other);
  if (!scale.changed()) return std::nullopt;
  return other;
}

double Sensitivity::spread() const {
  double largest = 0;
  for (const std::optional<double>& value : {halved, doubled})
    if (value) largest = std::max(largest, std::abs(*value / base - 1));
  return largest;
}

std::vector<Sensitivity> sensitivities(
    const std::function<void(const std::string& machine, std::size_t machines)>& begin) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(shipped("hwconfigs")))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<Sensitivity> out;
  for (const std::string& path : paths) {
    if (begin) begin(std::filesystem::path(path).stem().string(), paths.size());
    add_machine(path, out);
  }
  return out;
}

std::string sensitivity_table(const std::vector<Sensitivity>& rows, bool markdown) {
  const std::vector<TextColumn> columns{{"machine", "", false}, {"assumed", "", false},
                                        {"value", "", false},   {"speed-up", ""},
                                        {"halved", ""},         {"doubled", ""}};
  std::vector<std::vector<std::string>> cells;
  for (const Sensitivity& row : rows)
    cells.push_back({row.machine, row.key, row.value, fmt::format("{:.2f}", row.base),
                     times(row.halved), times(row.doubled)});
  return markdown ? markdown_table(columns, cells) : text_table(columns, cells);
}

}  // namespace tricycle
