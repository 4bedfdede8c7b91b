// SPDX-License-Identifier: Apache-2.0
//
// A store that is whole, with values of a stranger's in it: what the harness of the file (store)
// seldom reaches, for digests of pages and rows stand before it.  A line of the input is one of
//   meta NAME<tab>VALUE
//   row KEY<tab>POINT<tab>REASON<tab>SECONDS<tab>AXES<tab>CELL<tab>..
//   inversion KEY<tab>VALUE
//
// where meta replaces a value of the grid's own, a cell is #INTEGER, ~REAL, 'TEXT or nothing, and a
// KEY of one letter stands for a digest.
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/page.h"
#include "sim/sweep/export.h"
#include "sim/sweep/points.h"
#include "sim/sweep/read_points.h"
#include "sim/sweep/source_files.h"
#include "sim/sweep/store.h"
#include "sim/sweep/sweep.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

namespace {

constexpr int kColumns = 12;

constexpr std::string_view kGrid = R"(name: small
machine: base.yaml
problem: problem.yaml
axes:
  - systolic_array.rows: [8, 16]
  - scratchpad.size: [64 B, 64 KiB]
)";

/// Of the grid, with the first columns alone: to read of them all would take most of the time.
StoreMeta make_meta() {
  const fuzz::File file("grid.yaml");
  file.write(kGrid);
  const Grid grid = load_grid(file.path());
  const Points points(grid);
  StoreMeta meta = sweep_meta(points, SourceFiles(grid), points.size());
  for (auto& [name, value] : meta)
    if (name == "columns") {
      auto list = nlohmann::ordered_json::parse(value);
      list.erase(list.begin() + kColumns, list.end());
      value = list.dump();
    }
  return meta;
}

/// What stands before the separator; `text` keeps what is behind it.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

template <typename T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Cell cell(std::string_view text) {
  if (text.empty()) return {};
  const std::string_view value = text.substr(1);
  switch (text.front()) {
    case '#': return number<std::int64_t>(value);
    case '~': return number<double>(value);
    default: return std::string(value);
  }
}

/// Keys are digests, unless they are to be wrong.
std::string key(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() > 1) return std::string(text);
  return std::string(64, kDigits[text.empty() ? 0 : static_cast<unsigned char>(text[0]) % 16]);
}

PointRow row(std::string_view text, std::size_t columns) {
  PointRow row;
  row.key = key(cut(text, '\t'));
  row.point = number<std::uint64_t>(cut(text, '\t'));
  row.reason = std::string(cut(text, '\t'));
  row.done = row.reason.empty();
  row.seconds = number<double>(cut(text, '\t'));
  row.axes = std::string(cut(text, '\t'));
  while (row.cells.size() < columns) row.cells.push_back(cell(cut(text, '\t')));
  return row;
}

/// Writes the store an input tells of.  Throws InputError and RunError where a store cannot hold
/// it.
void write_store(const std::string& path, std::string_view text) {
  static const StoreMeta own = make_meta();
  StoreMeta meta = own;
  std::vector<std::string_view> rows, inversions;
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    const std::string_view kind = cut(line, ' ');
    if (kind == "row") rows.push_back(line);
    if (kind == "inversion") inversions.push_back(line);
    if (kind != "meta") continue;
    const std::string_view name = cut(line, '\t');
    for (auto& [own_name, value] : meta)
      if (own_name == name) value = std::string(line);
  }
  SweepStore store = SweepStore::draft(path, meta);
  for (const std::string_view line : rows) store.insert(row(line, store.layout().columns.size()));
  for (std::string_view line : inversions) {
    const std::string of = key(cut(line, '\t'));
    store.insert_inversion(of, std::string(line));
  }
  store.finish();
}

}  // namespace

void fuzz::read_rows(const std::uint8_t* data, std::size_t size) {
  static const std::string path = folder() + "/rows.sqlite";
  std::filesystem::remove(path);
  File("rows.sqlite").write("");
  try {
    write_store(path, text_of(data, size));
  } catch (const std::runtime_error&) {
    return;  // never written
  }
  expect_read_or_refused([] {
    const SweepStore store = SweepStore::read(path);
    for (const ExportForm form : {ExportForm::kCsv, ExportForm::kJsonLines})
      export_rows(store, form, [](const std::string&) {});
  });
  expect_read_or_refused([] { page_document(read_points({path})); });
}
