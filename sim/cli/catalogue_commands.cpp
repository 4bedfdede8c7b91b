// SPDX-License-Identifier: Apache-2.0
//
// What there is, and whether files are right: list, describe, check.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/printable.h"
#include "reports/text_table.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_summary.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/notice.h"
#include "sim/config/describe.h"
#include "sim/config/load_costs.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "sim/config/run_file.h"
#include "sim/config/sources.h"
#include "sim/run.h"
#include "sim/shipped_files.h"
#include "sim/sweep/grid.h"
#include "sim/sweep/grid_advice.h"
#include "sim/sweep/points.h"
#include "workloads/algorithm.h"
#include "workloads/digest.h"
#include "workloads/ensembles.h"
#include "workloads/inputs.h"

namespace tricycle {

namespace {

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shipped(folder), error))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

void list_algorithms() {
  for (const Algorithm& a : algorithms())
    fmt::print("{:<26} {}{}\n{:<26}   source: {}; parameters: {}{}\n", a.name, a.summary,
               a.compared_by_default ? " *" : "", "", a.source,
               a.parameters.empty() ? "none" : fmt::format("{}", fmt::join(a.parameters, ", ")),
               a.floats_only ? "; floats, or measured scales" : "");
  fmt::print("\n* compared unless --algorithms says otherwise\n");
  fmt::print("\nparameters, as --set algorithm.KEY=VALUE\n");
  for (const ParameterInfo& p : algorithm_parameters())
    fmt::print("{:<26} {}\n{:<26}   {}\n", p.key, p.meaning, "", p.values);
}

void list_formats() {
  for (const FormatInfo& f : kFormats)
    fmt::print("{:<13} {:>2} bits  {:>2} exponent, {:>2} fraction  {}\n", f.name, f.bits,
               f.exponent_bits, f.mantissa_bits, f.summary);
}

using TextRows = std::vector<std::vector<std::string>>;

/// Prints the table of what `add_rows(path, rows)` makes of every file; the faults of all come
/// behind it.
void print_files(const std::string& folder, const std::vector<TextColumn>& columns,
                 void (*add_rows)(const std::string& path, TextRows& rows)) {
  std::vector<std::string> faults;
  TextRows rows;
  for (const std::string& path : yaml_files(folder))
    attempt(faults, [&] { return add_rows(path, rows), true; });
  fmt::print("{}", text_table(columns, rows));
  std::fflush(stdout);
  throw_if_any(std::move(faults));
}

void list_machines() {
  print_files(
      "hwconfigs",
      {{"name", "", false},
       {"array", ""},
       {"dataflow", "", false},
       {"clock", ""},
       {"scratchpad", ""},
       {"fact", ""},
       {"derived", ""},
       {"assumed", ""},
       {"formats", "", false}},
      [](const std::string& path, TextRows& rows) {
        const HwConfig hw = load_hw_config(path);
        std::vector<std::string_view> formats;
        for (const FormatInfo& row : kFormats)
          if (hw.support(row.id).present) formats.push_back(row.name);
        const std::array<int, 3> tags = tag_counts(machine_keys(path));
        rows.push_back({hw.name,
                        fmt::format("{} x {}", hw.systolic_array.rows, hw.systolic_array.cols),
                        std::string(enum_name(hw.systolic_array.dataflow)),
                        format_quantity(Quantity::kFrequencyGhz, hw.clock_ghz),
                        format_quantity(Quantity::kBytes, hw.scratchpad.size_bytes),
                        std::to_string(tags[0]), std::to_string(tags[1]), std::to_string(tags[2]),
                        fmt::format("{}", fmt::join(formats, " "))});
        rows.push_back({"  " + hw.description});
        rows.push_back({"  " + path});
      });
}

std::string input_text(const Problem& problem) {
  if (problem.kind == ProblemKind::kLayer)
    return fmt::format("a layer, {} of {} tokens", problem.layer.phase, problem.layer.tokens);
  switch (problem.input) {
    case InputKind::kCaptured: return "captured from a model";
    case InputKind::kMatrices: return "matrices of a file";
    case InputKind::kSynthetic: break;
  }
  return fmt::format("{} x {}, decay {}, seed {}", problem.matrices, problem.ensemble,
                     problem.decay, problem.seed);
}

void list_problems() {
  print_files("workloads/problems",
              {{"name", "", false}, {"chunk", "tokens"}, {"input", "", false}},
              [](const std::string& path, TextRows& rows) {
                const Problem problem = load_problem(path);
                rows.push_back({problem.name, std::to_string(problem.chunk), input_text(problem)});
                rows.push_back({"  " + problem.description});
                rows.push_back({"  " + path});
              });
}

void list_ensembles() {
  for (std::string_view name : ensemble_names())
    fmt::print("{:<16} {}\n", name, ensemble_summary(name));
}

struct Listing {
  std::string_view name;
  void (*print)();
};
constexpr Listing kListings[] = {
    {"algorithms", list_algorithms}, {"formats", list_formats},
    {"machines", list_machines},     {"problems", list_problems},
    {"ensembles", list_ensembles},   {"columns", [] { fmt::print("{}", column_list()); }}};

/// `describe hw FILE`: every key of a machine with value, tag, file and source.
void describe_machine(const std::string& path) {
  const std::vector<MachineKey> keys = machine_keys(path);
  TextRows rows;
  for (const MachineKey& key : keys) {
    if (key.source) {
      const KeySource& s = *key.source;
      const std::string_view tag = s.tag ? kTagNames[static_cast<std::size_t>(*s.tag)] : "-";
      rows.push_back(
          {key.key, key.value, std::string(tag), fmt::format("{}:{}", s.file, s.line), s.source});
      continue;
    }
    rows.push_back({key.key, key.value, "default", "-", ""});
  }
  fmt::print("{}", text_table({{"key", "", false},
                               {"value", ""},
                               {"tag", "", false},
                               {"from", "", false},
                               {"source", "", false}},
                              rows));
}

/// "machine edge_16x16, SHA-256 1f..": what a file is and the digest results cite it by.
std::string checked(const std::string& path) {
  switch (kind_of(path)) {
    case FileKind::kMachine: {
      const HwConfig hw = load_hw_config(path);
      print_warnings(path, {}, hw);
      return fmt::format("machine {}, digest {}", hw.name, digest(hw));
    }
    case FileKind::kProblem: {
      const Problem problem = load_problem(path);
      if (problem.kind != ProblemKind::kLayer && !problem.file.empty())
        if (const std::string note = make_inputs(problem).note; !note.empty())
          print_notice(fmt::format("{}: {}: {}", path, problem.file, note));
      return fmt::format("problem {}, digest {}", problem.name, digest(problem));
    }
    case FileKind::kCosts: {
      const CostTables tables = load_cost_tables(path);
      return fmt::format("cost tables {}, digest {}", tables.name,
                         sha256(dump_cost_tables(tables)));
    }
    case FileKind::kGrid: {
      const Grid grid = load_grid(path);
      const Points grid_points(grid);
      const std::uint64_t points = grid_points.count();
      for (const std::string& line : grid_advice(grid_points)) print_notice(path + ": " + line);
      if (points == 0)
        print_notice(path + ": warning: no point is left; none fulfils the constraints");
      return fmt::format("grid {}, {} points", grid.name, points);
    }
    case FileKind::kRun: break;
  }
  const RunSpec run = load_run(path);
  return fmt::format("resolved run of {} on {} and {}", run.algorithm, run.hw.name,
                     run.problem.name);
}

}  // namespace

int list_command(const std::string& what) {
  std::vector<std::string_view> names;
  for (const Listing& listing : kListings) {
    if (listing.name == what) {
      listing.print();
      return 0;
    }
    names.push_back(listing.name);
  }
  throw InputError(fmt::format("list {}: expected one of {}", what, fmt::join(names, ", ")));
}

int describe_command(const DescribeOptions& options) {
  if (options.what != "hw" && options.what != "problem" && options.what != "costs" &&
      options.what != "grid")
    throw InputError(
        fmt::format("describe {}: expected one of hw, problem, costs, grid", options.what));
  if (!options.file.empty() && options.what != "hw")
    throw InputError(fmt::format("describe: {}: a FILE goes with hw alone", options.file));
  if (!options.file.empty() && options.schema)
    throw InputError(fmt::format(
        "describe: --schema is of every machine, not of {0}; leave that out, or `tricycle check "
        "{0}` validates it",
        options.file));
  if (options.summary && options.file.empty())
    throw InputError("describe: --summary is of a machine; name its file behind hw");
  if (options.json && !options.summary)
    throw InputError("describe: --json goes with --summary; add that");
  if (options.summary)
    fmt::print("{}", machine_summary(options.file, options.json));
  else if (!options.file.empty())
    describe_machine(options.file);
  else if (options.what == "hw")
    fmt::print("{}", options.schema ? hw_json_schema() : describe_hw());
  else if (options.what == "costs")
    fmt::print("{}", options.schema ? costs_json_schema() : describe_costs());
  else if (options.what == "grid")
    fmt::print("{}", options.schema ? grid_json_schema() : describe_grid());
  else
    fmt::print("{}", options.schema ? problem_json_schema() : describe_problem());
  return 0;
}

int check_command(const std::vector<std::string>& files) {
  std::vector<std::string> faults;
  for (const std::string& path : files)
    if (const auto what = attempt(faults, [&] { return checked(path); }))
      fmt::print("{}: ok, {}\n", printable(path), *what);
  std::fflush(stdout);
  throw_if_any(std::move(faults));
  return 0;
}

}  // namespace tricycle
