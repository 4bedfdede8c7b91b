// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/cli/subcommand.h"

namespace tricycle {

void add_list(CLI::App& app, ListOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(
      app, "list", "what there is: algorithms, formats, machines, problems, ensembles, columns", o,
      list_command, chosen);
  sub->add_option("WHAT", o.what, fmt::format("{}", fmt::join(listing_names(), " | ")))->required();
  add_flag(sub, "--json", o.json, "print a JSON document");
}

void add_describe(CLI::App& app, DescribeOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "describe", "every key with type, unit, range, default, meaning",
                             o, describe_command, chosen);
  sub->add_option("WHAT", o.what, fmt::format("{}", fmt::join(described_kinds(), " | ")))
      ->required();
  add_files(sub, "FILE", o.file, "a machine: every key with its value, tag and source");
  add_flag(sub, "--schema", o.schema, "as a JSON Schema for editors");
  add_flag(sub, "--summary", o.summary,
           "of hw FILE: peaks, balance, rates, area, what a chunk needs");
  add_flag(sub, "--json", o.json, "print a JSON document");
}

void add_check(CLI::App& app, CheckOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "check", "validates YAML files without running", o, check_command, chosen);
  add_files(sub, "FILE", o.files, "machine, problem, cost table, grid or resolved run files")
      ->required();
  add_flag(sub, "--json", o.json, "print a JSON document");
}

void add_validate(CLI::App& app, ValidateOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "validate", "published figures beside this simulator's own", o,
                             validate_command, chosen);
  sub->add_option("GROUP", o.groups, "groups of figures, the first column; default: all");
  sub->add_option("--with", o.with, "FILE: figures of your own for GROUP, in place of the shipped")
      ->take_all()
      ->expected(1);
  add_flag(sub, "--rows", o.rows, "every figure, not the groups alone");
  add_flag(sub, "--json", o.json, "print every figure as JSON");
  add_flag(sub, "--markdown", o.markdown, "print Markdown");
  add_flag(sub, "--sensitivity", o.sensitivity,
           "instead: what halving and doubling every assumed constant does to the speed-up");
}

void add_calibrate(CLI::App& app, CalibrateOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "calibrate", "fits constants of a machine to your measurements",
                             o, calibrate_command, chosen);
  add_files(sub, "HW", o.machine, "machine whose constants are fitted, a YAML file")->required();
  sub->add_option(
         "--with", o.with,
         "FILE: measurements as of `validate own`, those to fit marked so; may be repeated")
      ->take_all()
      ->expected(1)
      ->required();
  sub->add_option("--free", o.free,
                  "the constants, comma-separated: KEY, from a sixteenth of its value to sixteen "
                  "times it, or KEY=LOW..HIGH")
      ->take_all()
      ->expected(1)
      ->required();
  sub->add_option("--out", o.out, "file for the machine with the fitted constants");
  sub->add_option("--threads", o.threads, "0: as many as the host has; no figure depends on it")
      ->capture_default_str();
  add_flag(sub, "--json", o.json, "print the result document");
}

void add_stress(CLI::App& app, StressOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "stress", "searches the inputs on which inversions are worst", o,
                             stress_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file")->required();
  sub->add_option("--algorithm", o.algorithms, "comma-separated rows of `tricycle list algorithms`")
      ->required();
  sub->add_option("--format", o.formats, "comma-separated rows of `tricycle list formats`")
      ->required();
  sub->add_option("--chunk", o.chunk, "tokens of a chunk")->capture_default_str();
  sub->add_option("--rule", o.rule, "which inputs there may be: a row of `tricycle list rules`")
      ->capture_default_str();
  sub->add_option("--families", o.families,
                  "comma-separated rows of `tricycle list families`; default: all");
  sub->add_option("--evaluations", o.evaluations, "inputs tried, of each algorithm and format")
      ->capture_default_str();
  sub->add_option("--seconds", o.seconds,
                  "end then at the latest; what is found then depends on the host");
  sub->add_option("--threshold", o.threshold,
                  "relative error of Y from which on an algorithm counts as broken")
      ->capture_default_str();
  sub->add_option("--seed", o.seed, "of the random numbers")->capture_default_str();
  sub->add_option("--state", o.state,
                  "file of what was tried; the search goes on from one that is there");
  sub->add_option("--threads", o.threads, "0: as many as the host has; no figure depends on it")
      ->capture_default_str();
  sub->add_option("--linear-terms", o.linear_terms, kLinearTermsHelp);
  sub->add_option("--out", o.out,
                  "directory for stress.json, stress.csv, stress.html and the inputs found")
      ->capture_default_str();
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

void add_trace_diff(CLI::App& app, TraceDiffOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "trace-diff", "a measured trace beside a simulated one", o,
                             trace_diff_command, chosen);
  sub->add_option("SIMULATED", o.simulated, "trace.json of `tricycle run`")->required();
  sub->add_option("MEASURED", o.measured,
                  "a profiler's trace: JSON of the Trace Event Format, or CSV (docs/calibrate.md)")
      ->required();
  sub->add_option("--map", o.map,
                  "MEASURED=SIMULATED: tracks that belong together; default: those of equal names")
      ->take_all()
      ->expected(1);
  sub->add_option("--scale", o.scale, "factor on measured times")->capture_default_str();
  sub->add_option("--time-unit", o.time_unit,
                  "of a CSV file whose titles name none: ns, us, ms or cycles; default: us");
  sub->add_option("--out", o.out, "file for both in one trace, which Perfetto opens");
  add_flag(sub, "--json", o.json, "print the result document");
}

void add_gate(CLI::App& app, GateOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "gate", "fails where a figure is beyond what a baseline file allows, for CI",
                 o, gate_command, chosen);
  sub->add_option("BASELINE", o.baseline, "JSON file of runs and their figures (docs/gate.md)")
      ->required();
  add_flag(sub, "--update", o.update, "put the figures of today into the file, compare nothing");
  sub->add_option("--junit", o.junit, "file for JUnit XML, a test case a figure");
  add_flag(sub, "--json", o.json, "print the result document");
}

void add_tables(CLI::App& app, TablesOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "tables", "the paper's tables and that of all algorithms", o,
                             tables_command, chosen);
  sub->add_option("NAME", o.names, "tables; default: all");
  sub->add_option("--out", o.out, "directory for a file NAME.md each; default: print them");
  add_flag(sub, "--bare", o.bare, "the tables without headings");
}

}  // namespace tricycle
