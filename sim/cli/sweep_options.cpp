// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/subcommand.h"

namespace tricycle {

void add_sweep(CLI::App& app, SweepOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "sweep", "a design-space grid into a result store", o, sweep_command, chosen);
  add_files(sub, "GRID", o.grid, "grid, a YAML file")->required();
  sub->add_option("--jobs", o.jobs, "processes at once; 0: as many as the host has cores")
      ->capture_default_str();
  sub->add_option("--shard", o.shard, "I/N: every Nth point from the Ith on");
  add_flag(sub, "--resume", o.resume, "go on with a store that is there");
  sub->add_option("--store", o.store,
                  "the result store; default: OUT/<the grid file's stem>.sqlite");
  sub->add_option("--out", o.out, "directory of the store")->capture_default_str();
  sub->add_option("--timeout", o.timeout, "seconds a point may take; 0: any")
      ->capture_default_str();
  sub->add_option("--memory", o.memory, "MiB of address space a process may take; 0: any")
      ->capture_default_str();
  add_flag(sub, "--json", o.json, "print what was done as a JSON document");
}

void add_stores(CLI::App& app, MergeOptions& merge, ExportOptions& rows,
                std::function<int()>& chosen) {
  CLI::App* join =
      subcommand(app, "merge", "joins the stores of shards", merge, merge_command, chosen);
  join->add_option("STORE", merge.stores, "stores of one grid")->required();
  join->add_option("--into", merge.into, "the store that gets everything; new or there")
      ->required();
  CLI::App* print = subcommand(app, "export", "a store's rows as CSV, in the order of the points",
                               rows, export_command, chosen);
  print->add_option("STORE", rows.store, "result store")->required();
  add_flag(print, "--json-lines", rows.json_lines, "as one JSON object a line");
  add_flag(print, "--markdown", rows.markdown,
           "as a Markdown table of the axes and the figures one compares by");
}

void add_report(CLI::App& app, ReportOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "report", "the design-space report of result stores: one HTML file", o,
                 report_command, chosen);
  sub->add_option("STORE", o.stores, "result stores of `tricycle sweep`")->required();
  sub->add_option("--out", o.out, "the HTML file")->capture_default_str();
  sub->add_option("--title", o.title, "of the page; default: the name of the grid");
  sub->add_option("--trace", o.traces, "trace.json of a run to show as a timeline; repeatable")
      ->take_all()
      ->expected(1);
  add_flag(sub, "--json", o.json, "print what was written as a JSON document");
}

}  // namespace tricycle
