// SPDX-License-Identifier: Apache-2.0
#include "sim/tables/safety_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/stress/stress.h"
#include "sim/tables/measure.h"
#include "workloads/in_parallel.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

/// No figure depends on it.
int safety_threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

SafetyRow safety_row(const Algorithm& algorithm, const AlgorithmOptions& options, Format format) {
  return {&algorithm,
          options,
          format,
          to_text(algorithm, resolve_parameters(algorithm, kSafetyChunk, options)),
          std::vector<double>(std::size(kTokenSets)),
          {},
          {}};
}

std::vector<SafetyRow> rows_to_measure() {
  std::vector<SafetyRow> rows;
  for (const Format format : kSafetyFormats) {
    for (const Algorithm& algorithm : algorithms())
      if (algorithm.takes(format)) rows.push_back(safety_row(algorithm, {}, format));
    if (!info(format).is_float()) continue;
    for (const WideSetting& wide : wide_settings())
      rows.push_back(
          safety_row(find_algorithm(wide.algorithm), parse_algorithm_options(wide.set), format));
  }
  return rows;
}

AlgorithmParameters parameters_of(const SafetyRow& row) {
  return resolve_parameters(*row.algorithm, kSafetyChunk, row.options);
}

void measure_sets(std::vector<SafetyRow>& rows) {
  std::vector<PreparedProblem> sets;
  for (const TokenSet& set : kTokenSets) sets.push_back(shipped_problem(set.problem));
  in_parallel(rows.size() * sets.size(), safety_threads(), [&](std::size_t job) {
    SafetyRow& row = rows[job / sets.size()];
    const std::size_t set = job % sets.size();
    row.sets[set] = accuracy_of(sets[set], *row.algorithm, row.options, row.format).y_rel_error_max;
  });
}

/// In the arithmetic of docs/numerics.md.
void search_rules(std::vector<SafetyRow>& rows) {
  const HwConfig hw = reference_machine();
  StressRequest request;
  for (const SafetyRow& row : rows) {
    const AlgorithmParameters parameters = parameters_of(row);
    TimedProgram lowered;
    lowered.program = lower(*row.algorithm, parameters, kSafetyChunk, row.format, hw);
    request.cases.emplace_back(hw, *row.algorithm, parameters, row.format, kSafetyChunk,
                               std::move(lowered));
  }
  for (const KeyFamily& family : key_families()) request.families.push_back(&family);
  request.evaluations = kSafetyTableEvaluations;
  request.threshold = kBeyondUse;
  request.seed = 1;
  request.threads = safety_threads();
  for (const SearchedRule& rule : kSearchedRules) {
    request.rule = &find_input_rule(rule.name);
    const std::vector<StressResult> results = stress(request);
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].found.push_back(results[i].worst ? results[i].worst->found.trial.error : 0);
  }
}

std::optional<double> cycles_of(const SafetyRow& row, const HwConfig& hw) {
  if (!row.algorithm->runs_on(hw) || !hw.support(row.format).present) return std::nullopt;
  try {
    return lower_fastest(*row.algorithm, parameters_of(row), kSafetyChunk, row.format, hw)
        .cycles_per_item;
  } catch (const InputError&) {
    return std::nullopt;  // no operation or too little memory for it
  }
}

void measure_cycles(std::vector<SafetyRow>& rows) {
  for (const SafetyMachine& machine : kSafetyMachines) {
    const HwConfig hw = load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", machine.file)));
    for (SafetyRow& row : rows) row.cycles.push_back(cycles_of(row, hw));
  }
}

}  // namespace

const std::vector<WideSetting>& wide_settings() {
  static const std::vector<WideSetting> kSettings{
      {"blocked_substitution", {"input=fp32", "blocks=fp32"}},
      {"blocked_substitution", {"input=fp32", "blocks=fp32", "merges=fp32"}}};
  return kSettings;
}

bool SafetyRow::survives(bool is_beta2) const {
  for (const double error : sets)
    if (!(error <= kBeyondUse)) return false;
  for (std::size_t i = 0; i < std::size(kSearchedRules); ++i)
    if (kSearchedRules[i].is_beta2 <= is_beta2 && !(found[i] <= kBeyondUse)) return false;
  return true;
}

std::vector<SafetyRow> safety_figures() {
  std::vector<SafetyRow> rows = rows_to_measure();
  measure_sets(rows);
  search_rules(rows);
  measure_cycles(rows);
  return rows;
}

}  // namespace tricycle
