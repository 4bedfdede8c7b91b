// SPDX-License-Identifier: Apache-2.0
//
// `tricycle check`: whether files are valid.
#include <fmt/format.h>

#include <cstdio>

#include "models/cost/cost_tables.h"
#include "models/error.h"
#include "models/printable.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/notice.h"
#include "sim/config/describe.h"
#include "sim/config/load_costs.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/machine_advice.h"
#include "sim/config/run_file.h"
#include "sim/config/sources.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"
#include "sim/sweep/grid.h"
#include "sim/sweep/grid_advice.h"
#include "sim/sweep/points.h"
#include "workloads/digest.h"
#include "workloads/inputs.h"

namespace tricycle {

namespace {

/// What check says about a file without a fault.
struct CheckedFile {
  std::string text;                   // "machine edge_16x16, digest 1f.."
  Json figures;                       // the same, part by part; `kind` comes first
  std::vector<std::string> warnings;  // without the file's name
};

CheckedFile checked_machine(const std::string& path) {
  const HwConfig hw = load_hw_config(path);
  CheckedFile file{fmt::format("machine {}, digest {}", hw.name, digest(hw)),
                   {{"kind", "machine"}, {"name", hw.name}, {"digest", digest(hw)}},
                   {}};
  for (const Advice& advice : machine_advice(hw, machine_keys(path)))
    file.warnings.push_back(fmt::format("warning: {}: {}", advice.key, advice.text));
  return file;
}

CheckedFile checked_problem(const std::string& path) {
  const Problem problem = load_problem(path);
  CheckedFile file{fmt::format("problem {}, digest {}", problem.name, digest(problem)),
                   {{"kind", "problem"}, {"name", problem.name}, {"digest", digest(problem)}},
                   {}};
  if (problem.kind != ProblemKind::kLayer && !problem.file.empty())
    if (const std::string note = make_inputs(problem).note; !note.empty())
      file.warnings.push_back(fmt::format("{}: {}", problem.file, note));
  return file;
}

CheckedFile checked_costs(const std::string& path) {
  const SharedCostTables tables = load_cost_tables(path);
  const std::string digest = sha256(dump_cost_tables(*tables));
  return {fmt::format("cost tables {}, digest {}", tables->name, digest),
          {{"kind", "cost_tables"}, {"name", tables->name}, {"digest", digest}},
          {}};
}

CheckedFile checked_grid(const std::string& path) {
  const Grid grid = load_grid(path);
  const Points points(grid);
  const std::uint64_t count = points.count();
  CheckedFile file{fmt::format("grid {}, {} points", grid.name, count),
                   {{"kind", "grid"}, {"name", grid.name}, {"points", count}},
                   grid_advice(points)};
  if (count == 0)
    file.warnings.emplace_back("warning: no point is left; none fulfils the constraints");
  return file;
}

CheckedFile checked_run(const std::string& path) {
  const RunSpec run = load_run(path);
  return {fmt::format("resolved run of {} on {} and {}", run.algorithm, run.hw.name,
                      run.inputs.empty() ? run.problem.name : "inputs of its own"),
          {{"kind", "resolved_run"},
           {"algorithm", run.algorithm},
           {"machine", run.hw.name},
           {"problem", run.inputs.empty() ? Json(run.problem.name) : Json()}},
          {}};
}

CheckedFile checked(const std::string& path) {
  switch (kind_of(path)) {
    case FileKind::kMachine: return checked_machine(path);
    case FileKind::kProblem: return checked_problem(path);
    case FileKind::kCosts: return checked_costs(path);
    case FileKind::kGrid: return checked_grid(path);
    case FileKind::kRun: break;
  }
  return checked_run(path);
}

/// One object per file: what the file is, or what is wrong with it.
Json to_object(const std::string& path, const std::optional<CheckedFile>& file,
               const std::vector<std::string>& faults) {
  Json object{{"file", path}, {"ok", file.has_value()}};
  if (file) object.update(file->figures);
  object["warnings"] = Json::array();
  if (file)
    for (std::string_view warning : file->warnings) {
      constexpr std::string_view kMark = "warning: ";
      if (warning.starts_with(kMark)) warning.remove_prefix(kMark.size());
      object["warnings"].push_back(warning);
    }
  object["faults"] = faults;
  return object;
}

}  // namespace

int check_command(const CheckOptions& options) {
  std::vector<std::string> faults;
  Json files = Json::array();
  for (const std::string& path : options.files) {
    std::vector<std::string> own;
    const auto file = attempt(own, [&] { return checked(path); });
    if (file)
      for (const std::string& warning : file->warnings) print_notice(path + ": " + warning);
    if (file && !options.json) fmt::print("{}: ok, {}\n", printable(path), file->text);
    if (options.json) files.push_back(to_object(path, file, own));
    faults.insert(faults.end(), own.begin(), own.end());
  }
  if (options.json)
    fmt::print("{}", json_text({{"version", kVersion}, {"ok", faults.empty()}, {"files", files}}));
  std::fflush(stdout);
  throw_if_any(std::move(faults));
  return 0;
}

}  // namespace tricycle
