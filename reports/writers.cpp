// SPDX-License-Identifier: Apache-2.0
#include "reports/writers.h"

#include <fmt/format.h>

#include <cmath>

#include "models/json.h"
#include "reports/columns.h"
#include "reports/text_table.h"

namespace tricycle {

namespace {

Json to_json_value(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell); number != nullptr && !std::isfinite(*number))
    return nullptr;
  return std::visit(
      [](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
          return Json(nullptr);
        else
          return Json(v);
      },
      cell);
}

/// Dots in the name nest the value.
void put(Json& object, const std::string& name, const Cell& value) {
  Json* at = &object;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = name.find('.', begin)) != std::string::npos; begin = dot + 1)
    at = &(*at)[name.substr(begin, dot - begin)];
  (*at)[name.substr(begin)] = to_json_value(value);
}

Json to_object(const RunResult& result) {
  Json object = Json::object();
  for (const Column& column : columns()) put(object, column.name, column.value(result));
  return object;
}

std::string quoted_csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_text(const Cell& cell) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::monostate>)
          return "";
        else if constexpr (std::is_same_v<T, std::string>)
          return quoted_csv(v);
        else if constexpr (std::is_same_v<T, double>)
          return std::isfinite(v) ? fmt::format("{}", v) : "";
        else
          return fmt::format("{}", v);
      },
      cell);
}

}  // namespace

std::string csv_line(const std::vector<Cell>& cells) {
  std::string line;
  for (const Cell& cell : cells) line += (&cell == cells.data() ? "" : ",") + csv_text(cell);
  return line;
}

std::string to_json(const RunResult& result) {
  Json object = to_object(result);
  for (const auto& [name, digest] : result.outputs) object["outputs"][name] = digest;
  return object.dump(2) + "\n";
}

std::string to_json(const std::vector<RunResult>& results, const std::vector<AddedColumn>& added) {
  Json array = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    Json object = to_object(results[i]);
    for (const AddedColumn& column : added) put(object, column.name, column.cells[i]);
    array.push_back(std::move(object));
  }
  return array.dump(2) + "\n";
}

std::string to_csv(const std::vector<RunResult>& results, const std::vector<AddedColumn>& added) {
  std::string text;
  for (const Column& column : columns()) text += (text.empty() ? "" : ",") + column.name;
  for (const AddedColumn& column : added) text += "," + column.name;
  text += "\n";
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::vector<Cell> cells;
    for (const Column& column : columns()) cells.push_back(column.value(results[i]));
    for (const AddedColumn& column : added) cells.push_back(column.cells[i]);
    text += csv_line(cells) + "\n";
  }
  return text;
}

std::string column_list() {
  std::vector<std::vector<std::string>> rows;
  for (const Column& c : columns())
    rows.push_back({c.name, std::string(c.unit), std::string(c.meaning)});
  return text_table({{"column", "", false}, {"unit", "", false}, {"meaning", "", false}}, rows);
}

}  // namespace tricycle
