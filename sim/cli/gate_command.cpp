// SPDX-License-Identifier: Apache-2.0
//
// `tricycle gate`: whether the figures of today are those of a baseline, for the CI of a kernel
// team.
#include <fmt/format.h>

#include <filesystem>

#include "models/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/gate_check.h"
#include "sim/cli/gate_report.h"
#include "sim/cli/gate_runs.h"
#include "sim/host/messages.h"
#include "sim/host/output_file.h"

namespace tricycle {

namespace {

/// Before the work: that the files can be written.  Throws InputError.
void check_gate_outputs(const GateOptions& options) {
  if (options.update && options.junit)
    throw InputError("gate: --junit is of figures that are compared; leave out --update");
  if (options.update) check_output_file(options.baseline);
  if (!options.junit) return;
  check_output_file(*options.junit);
  std::error_code error;
  if (std::filesystem::equivalent(*options.junit, options.baseline, error))
    throw InputError(fmt::format("--junit {}: it would replace the baseline; choose another name",
                                 *options.junit));
}

int update_gate(const GateOptions& options, const std::string& text) {
  const Gate before = parse_gate(text, options.baseline, GateUse::kUpdate);
  Gate after = before;
  std::vector<Fault> faults;
  make_gate_runs(before, options.baseline,
                 [&](std::size_t i, const RunResult* result, const std::string& reason) {
                   if (result == nullptr)
                     throw RunError(fmt::format("{}: {}; the file is left as it was",
                                                before.runs[i].name, reason));
                   take_today(after.runs[i], *result, faults);
                 });
  throw_if_any(std::move(faults));
  const std::string updated = to_text(after);
  const bool written = updated != text;
  if (written && gate_text(options.baseline) != text)
    throw RunError(options.baseline + ": somebody changed it meanwhile; it is left as it is");
  if (written) write_file(options.baseline, updated);
  fmt::print("{}", options.json ? gate_update_json(options.baseline, before, after, written)
                                : gate_update_summary(options.baseline, before, after, written));
  return 0;
}

int check_gate(const GateOptions& options, const std::string& text) {
  constexpr int kFailed = 1;
  const Gate gate = parse_gate(text, options.baseline, GateUse::kCheck);
  std::vector<GateOutcome> outcomes;
  make_gate_runs(gate, options.baseline,
                 [&](std::size_t i, const RunResult* result, const std::string& reason) {
                   outcomes.push_back(result != nullptr ? judge(gate.runs[i], *result)
                                                        : judge_failed(gate.runs[i], reason));
                 });
  if (options.junit) write_file(*options.junit, gate_junit(outcomes));
  if (options.json)
    fmt::print("{}", gate_json(options.baseline, outcomes));
  else
    fmt::print("{}{}", gate_summary(options.baseline, outcomes),
               options.junit ? fmt::format("written: {}\n", printable(*options.junit)) : "");
  // Where stdout has the document, a person reads stderr.
  for (const GateOutcome& outcome : outcomes)
    for (std::size_t i = 0; options.json && i < outcome.verdicts.size(); ++i)
      if (!outcome.verdicts[i].ok)
        tell(gate_failure(*outcome.run, outcome.run->figures[i], outcome.verdicts[i]));
  return gate_failures(outcomes) == 0 ? 0 : kFailed;
}

}  // namespace

int gate_command(const GateOptions& options) {
  check_gate_outputs(options);
  const std::string text = gate_text(options.baseline);
  return options.update ? update_gate(options, text) : check_gate(options, text);
}

}  // namespace tricycle
