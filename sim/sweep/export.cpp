// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/export.h"

#include "models/json.h"
#include "reports/writers.h"

namespace tricycle {

namespace {

Json json_of(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return nullptr;
        else
          return value;
      },
      cell);
}

Cell cell_of(const Json& value) {
  if (value.is_string()) return value.text();
  if (value.is_number_float()) return value.real();
  if (value.is_number()) return value.integer();
  return {};
}

/// What every row begins with.
std::vector<Cell> head(const PointRow& row) {
  return {static_cast<std::int64_t>(row.point), row.key, std::string(row.done ? "done" : "failed"),
          row.done ? Cell() : Cell(row.reason)};
}
constexpr const char* kHead[] = {"point", "key", "status", "reason"};

std::string csv_row(const PointRow& row, const std::vector<std::string>& axes) {
  std::vector<Cell> cells = head(row);
  const Json values = Json::parse(row.axes);
  for (const std::string& axis : axes) cells.push_back(cell_of(values.at(axis)));
  cells.insert(cells.end(), row.cells.begin(), row.cells.end());
  return csv_line(cells);
}

std::string json_line(const PointRow& row, const std::vector<std::string>& names) {
  Json object;
  const std::vector<Cell> first = head(row);
  for (std::size_t i = 0; i < first.size(); ++i) object[kHead[i]] = json_of(first[i]);
  object["axes"] = Json::parse(row.axes);
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = json_of(row.cells[i]);
  return object.dump();
}

}  // namespace

void export_rows(const SweepStore& store, ExportForm form,
                 const std::function<void(const std::string& line)>& line) {
  const std::vector<std::string>& axes = store.layout().axes;
  const std::vector<std::string> names = store.column_names();
  switch (form) {
    case ExportForm::kJsonLines:
      store.for_each([&](const PointRow& row) { line(json_line(row, names)); });
      return;
    case ExportForm::kCsv: {
      std::vector<Cell> header;
      for (const char* name : kHead) header.emplace_back(std::string(name));
      for (const std::string& axis : axes) header.emplace_back("axis." + axis);
      for (const std::string& name : names) header.emplace_back(name);
      line(csv_line(header));
      store.for_each([&](const PointRow& row) { line(csv_row(row, axes)); });
      return;
    }
  }
}

}  // namespace tricycle
