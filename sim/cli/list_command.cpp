// SPDX-License-Identifier: Apache-2.0
//
// `tricycle list`: what there is, each kind as text for people and as a JSON document.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "models/config_fields.h"
#include "models/error.h"
#include "reports/columns.h"
#include "reports/text_table.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "sim/config/sources.h"
#include "sim/host/shipped_files.h"
#include "sim/host/version.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/tokens/key_families.h"

namespace tricycle {

namespace {

void list_algorithms() {
  for (const Algorithm& a : algorithms())
    fmt::print("{:<26} {}{}\n{:<26}   source: {}; parameters: {}{}\n", a.name, a.summary,
               a.compared_by_default ? " *" : "", "", a.source,
               a.parameters.empty() ? "none" : fmt::format("{}", fmt::join(a.keys(), ", ")),
               a.floats_only ? "; floats, or measured scales" : "");
  fmt::print("\n* compared unless --algorithms says otherwise\n");
  fmt::print("\nparameters, as --set algorithm.KEY=VALUE\n");
  for (const Parameter& p : algorithm_parameters())
    fmt::print("{:<26} {}\n{:<26}   {}\n", p.key, p.meaning, "", p.values);
}

void add_algorithms(Json& document) {
  for (const Algorithm& a : algorithms())
    document["algorithms"].push_back({{"name", a.name},
                                      {"summary", a.summary},
                                      {"source", a.source},
                                      {"parameters", a.keys()},
                                      {"floats_only", a.floats_only},
                                      {"compared_by_default", a.compared_by_default}});
  for (const Parameter& p : algorithm_parameters())
    document["parameters"].push_back(
        {{"key", p.key}, {"values", p.values}, {"meaning", p.meaning}});
}

void list_formats() {
  for (const FormatInfo& f : kFormats)
    fmt::print("{:<13} {:>2} bits  {:>2} exponent, {:>2} fraction  {}\n", f.name, f.bits,
               f.exponent_bits, f.mantissa_bits, f.summary);
}

void add_formats(Json& document) {
  for (const FormatInfo& f : kFormats)
    document["formats"].push_back({{"name", f.name},
                                   {"kind", f.is_float() ? "float" : "fixed_point"},
                                   {"bits", f.bits},
                                   {"exponent_bits", f.exponent_bits},
                                   {"fraction_bits", f.mantissa_bits},
                                   {"summary", f.summary}});
}

/// The results of `read(path)` for every file of a folder, by name; faults go to `faults`.
template <typename Read>
auto read_files(const std::string& folder, std::vector<std::string>& faults, Read read) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shipped(folder), error))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<std::pair<std::string, decltype(read(folder))>> files;
  for (const std::string& path : paths)
    if (auto file = attempt(faults, [&] { return read(path); }))
      files.emplace_back(path, std::move(*file));
  return files;
}

/// What could be read has been printed; the faults of the other files come after it.
void end_listing(std::vector<std::string> faults) {
  std::fflush(stdout);
  throw_if_any(std::move(faults));
}

struct ListedMachine {
  HwConfig hw;
  std::array<int, kTagNames.size()> tags;
  std::vector<std::string_view> formats;
};

ListedMachine listed_machine(const std::string& path) {
  ListedMachine machine{load_hw_config(path), tag_counts(machine_keys(path)), {}};
  for (const FormatInfo& row : kFormats)
    if (machine.hw.support(row.id).present) machine.formats.push_back(row.name);
  return machine;
}

using TextRows = std::vector<std::vector<std::string>>;

void list_machines() {
  std::vector<std::string> faults;
  TextRows rows;
  for (const auto& [path, machine] : read_files("hwconfigs", faults, listed_machine)) {
    const HwConfig& hw = machine.hw;
    rows.push_back({hw.name, fmt::format("{} x {}", hw.systolic_array.rows, hw.systolic_array.cols),
                    std::string(enum_name(hw.systolic_array.dataflow)),
                    format_quantity(Quantity::kFrequencyGhz, hw.clock_ghz),
                    format_quantity(Quantity::kBytes, hw.scratchpad.size_bytes),
                    std::to_string(machine.tags[0]), std::to_string(machine.tags[1]),
                    std::to_string(machine.tags[2]),
                    fmt::format("{}", fmt::join(machine.formats, " "))});
    rows.push_back({"  " + hw.description});
    rows.push_back({"  " + path});
  }
  fmt::print("{}", text_table({{"name", "", false},
                               {"array", ""},
                               {"dataflow", "", false},
                               {"clock", ""},
                               {"scratchpad", ""},
                               {"fact", ""},
                               {"derived", ""},
                               {"assumed", ""},
                               {"formats", "", false}},
                              rows));
  end_listing(std::move(faults));
}

void add_machines(Json& document, std::vector<std::string>& faults) {
  for (const auto& [path, machine] : read_files("hwconfigs", faults, listed_machine)) {
    Json tags = Json::object();
    for (std::size_t i = 0; i < kTagNames.size(); ++i)
      tags[std::string(kTagNames[i])] = machine.tags[i];
    const HwConfig& hw = machine.hw;
    document["machines"].push_back({{"name", hw.name},
                                    {"description", hw.description},
                                    {"file", path},
                                    {"rows", hw.systolic_array.rows},
                                    {"cols", hw.systolic_array.cols},
                                    {"dataflow", enum_name(hw.systolic_array.dataflow)},
                                    {"clock_ghz", hw.clock_ghz},
                                    {"scratchpad_bytes", hw.scratchpad.size_bytes},
                                    {"tags", tags},
                                    {"formats", machine.formats}});
  }
}

std::string input_text(const Problem& problem) {
  if (problem.kind == ProblemKind::kLayer)
    return fmt::format("a layer, {} of {} tokens", problem.layer.phase, problem.layer.tokens);
  switch (problem.input) {
    case InputKind::kCaptured: return "captured from a model";
    case InputKind::kMatrices: return "matrices of a file";
    case InputKind::kTokens:
      return fmt::format("{} x {} keys, rule {}, seed {}", problem.matrices, problem.tokens.keys,
                         problem.tokens.rule, problem.seed);
    case InputKind::kSynthetic: break;
  }
  return fmt::format("{} x {}, decay {}, seed {}", problem.matrices, problem.ensemble,
                     problem.decay, problem.seed);
}

Problem listed_problem(const std::string& path) { return load_problem(path); }

void list_problems() {
  std::vector<std::string> faults;
  TextRows rows;
  for (const auto& [path, problem] : read_files("workloads/problems", faults, listed_problem)) {
    rows.push_back({problem.name, std::to_string(problem.chunk), input_text(problem)});
    rows.push_back({"  " + problem.description});
    rows.push_back({"  " + path});
  }
  fmt::print("{}",
             text_table({{"name", "", false}, {"chunk", "tokens"}, {"input", "", false}}, rows));
  end_listing(std::move(faults));
}

/// What input_text() says, part by part.
Json input_json(const Problem& problem) {
  if (problem.kind == ProblemKind::kLayer)
    return {{"kind", "layer"}, {"phase", problem.layer.phase}, {"tokens", problem.layer.tokens}};
  if (problem.input == InputKind::kCaptured) return {{"kind", "captured"}, {"file", problem.file}};
  if (problem.input == InputKind::kMatrices) return {{"kind", "matrices"}, {"file", problem.file}};
  if (problem.input == InputKind::kTokens)
    return {{"kind", "tokens"},
            {"matrices", problem.matrices},
            {"rule", problem.tokens.rule},
            {"keys", problem.tokens.keys},
            {"seed", problem.seed}};
  return {{"kind", "synthetic"},
          {"matrices", problem.matrices},
          {"ensemble", problem.ensemble},
          {"decay", problem.decay},
          {"seed", problem.seed}};
}

void add_problems(Json& document, std::vector<std::string>& faults) {
  for (const auto& [path, problem] : read_files("workloads/problems", faults, listed_problem))
    document["problems"].push_back({{"name", problem.name},
                                    {"description", problem.description},
                                    {"file", path},
                                    {"chunk", problem.chunk},
                                    {"input", input_json(problem)}});
}

void list_ensembles() {
  for (std::string_view name : ensemble_names())
    fmt::print("{:<16} {}\n", name, ensemble_summary(name));
}

void add_ensembles(Json& document) {
  for (std::string_view name : ensemble_names())
    document["ensembles"].push_back({{"name", name}, {"summary", ensemble_summary(name)}});
}

/// Rows of a table that have a name and a summary.
template <typename Rows>
void list_rows(const Rows& rows) {
  for (const auto& row : rows) fmt::print("{:<16} {}\n", row.name, row.summary);
}

template <typename Rows>
void add_rows(Json& list, const Rows& rows) {
  for (const auto& row : rows) list.push_back({{"name", row.name}, {"summary", row.summary}});
}

void add_columns(Json& document) {
  for (const Column& column : columns())
    document["columns"].push_back(
        {{"name", column.name}, {"unit", column.unit}, {"meaning", column.meaning}});
}

struct Listing {
  std::string_view name;
  void (*print)();
  std::function<void(Json& document, std::vector<std::string>& faults)> add;
};

/// A listing that reads no file.
template <typename Add>
auto of_tables(Add add) {
  return [add](Json& document, std::vector<std::string>&) { add(document); };
}

const std::vector<Listing>& listings() {
  static const std::vector<Listing> kListings{
      {"algorithms", list_algorithms, of_tables(add_algorithms)},
      {"formats", list_formats, of_tables(add_formats)},
      {"machines", list_machines, add_machines},
      {"problems", list_problems, add_problems},
      {"ensembles", list_ensembles, of_tables(add_ensembles)},
      {"rules", [] { list_rows(input_rules()); },
       of_tables([](Json& document) { add_rows(document["rules"], input_rules()); })},
      {"families", [] { list_rows(key_families()); },
       of_tables([](Json& document) { add_rows(document["families"], key_families()); })},
      {"columns", [] { fmt::print("{}", column_list()); }, of_tables(add_columns)}};
  return kListings;
}

void print_json(const Listing& listing) {
  std::vector<std::string> faults;
  Json document{{"version", kVersion}};
  document[std::string(listing.name)] = Json::array();
  listing.add(document, faults);
  fmt::print("{}", json_text(document));
  end_listing(std::move(faults));
}

}  // namespace

std::vector<std::string_view> listing_names() {
  std::vector<std::string_view> names;
  for (const Listing& listing : listings()) names.push_back(listing.name);
  return names;
}

int list_command(const ListOptions& options) {
  for (const Listing& listing : listings()) {
    if (listing.name != options.what) continue;
    if (options.json)
      print_json(listing);
    else
      listing.print();
    return 0;
  }
  throw InputError(
      fmt::format("list {}: expected one of {}", options.what, fmt::join(listing_names(), ", ")));
}

}  // namespace tricycle
