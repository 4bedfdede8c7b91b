// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sim/cli/commands.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

/// Registers a subcommand.  Its options must live as long as the parser; its action runs after
/// parsing.
template <typename Options>
CLI::App* subcommand(CLI::App& app, const char* name, const char* help, Options& options,
                     int (*action)(const Options&), std::function<int()>& chosen) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->callback(
      [&options, action, &chosen] { chosen = [&options, action] { return action(options); }; });
  return sub;
}

/// Adds an argument for files to read: paths, or bare names of shipped machines, problems and
/// grids.
template <typename Target>
CLI::Option* add_files(CLI::App* sub, const char* name, Target& target, const char* help) {
  return sub->add_option(name, target, help)->transform(shipped_or_path);
}

/// Adds an option without a value: `--json=false` is refused.
inline void add_flag(CLI::App* sub, const char* name, bool& value, const char* help) {
  sub->add_flag(name, value, help)->disable_flag_override();
}

inline constexpr const char* kFidelityHelp =
    "model of the matrix unit: tile (formulas; default) or pe (every register of every PE)";

inline constexpr const char* kLinearTermsHelp =
    "where linear terms are added: vector | start | products | kept (docs/numerics.md); default: "
    "auto, the fastest the machine has";

/// Adds --set.
inline void add_set(CLI::App* sub, std::vector<std::string>& set) {
  sub->add_option("--set", set,
                  "KEY=VALUE: override a key of the machine; problem.KEY, algorithm.KEY of the "
                  "problem, the algorithm, where the command has one")
      ->take_all()
      ->expected(1);
}

/// Subcommands about one operation of a machine's units.
void add_gemm(CLI::App& app, GemmOptions& options, std::function<int()>& chosen);
void add_product(CLI::App& app, ProductOptions& options, std::function<int()>& chosen);
void add_vector(CLI::App& app, VectorOptions& options, std::function<int()>& chosen);

/// Subcommands about grids and their stores.
void add_sweep(CLI::App& app, SweepOptions& options, std::function<int()>& chosen);
void add_stores(CLI::App& app, MergeOptions& merge, ExportOptions& rows,
                std::function<int()>& chosen);
void add_report(CLI::App& app, ReportOptions& options, std::function<int()>& chosen);

/// Subcommands that list, describe and check what there is.
void add_list(CLI::App& app, ListOptions& options, std::function<int()>& chosen);
void add_describe(CLI::App& app, DescribeOptions& options, std::function<int()>& chosen);
void add_check(CLI::App& app, CheckOptions& options, std::function<int()>& chosen);

/// Subcommands that make tables of figures.
void add_validate(CLI::App& app, ValidateOptions& options, std::function<int()>& chosen);
void add_calibrate(CLI::App& app, CalibrateOptions& options, std::function<int()>& chosen);
void add_stress(CLI::App& app, StressOptions& options, std::function<int()>& chosen);
void add_trace_diff(CLI::App& app, TraceDiffOptions& options, std::function<int()>& chosen);
void add_gate(CLI::App& app, GateOptions& options, std::function<int()>& chosen);
void add_tables(CLI::App& app, TablesOptions& options, std::function<int()>& chosen);

/// Subcommands about the command line itself.
void add_shell(CLI::App& app, std::string& shell, std::function<int()>& chosen);

}  // namespace tricycle
