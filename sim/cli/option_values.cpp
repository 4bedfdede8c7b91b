// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/option_values.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "models/numerics/format.h"
#include "models/vector_op.h"
#include "sim/cli/choice_tables.h"
#include "sim/cli/commands.h"
#include "sim/cli/completion.h"
#include "sim/cli/own_program.h"
#include "sim/config/describe.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/tables.h"
#include "sim/tune/goal.h"
#include "sim/validate/groups.h"
#include "workloads/algorithm.h"
#include "workloads/gated_deltanet/channel_gates.h"
#include "workloads/gated_deltanet/rounding_mode.h"
#include "workloads/language_model/chunk_arithmetic.h"
#include "workloads/tokens/key_families.h"

namespace tricycle {

namespace {

using Words = std::vector<std::string>;

Words to_words(const std::vector<std::string_view>& names) { return {names.begin(), names.end()}; }

/// The names of a table of choices (sim/cli/settings.h, EnumNames).
template <typename Table>
Words names_of(const Table& table) {
  Words words;
  for (const auto& [name, value] : table) words.emplace_back(name);
  return words;
}

/// The names of a table whose rows have a name.
template <typename Rows>
Words row_names(const Rows& rows) {
  Words words;
  for (const auto& row : rows) words.emplace_back(row.name);
  return words;
}

Words stems_in(const std::string& folder) {
  Words words;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shipped(folder), error))
    if (entry.path().extension() == ".yaml") words.push_back(entry.path().stem().string());
  std::ranges::sort(words);
  return words;
}

Words stems_in(std::initializer_list<const char*> folders) {
  Words words;
  for (const char* folder : folders) std::ranges::copy(stems_in(folder), std::back_inserter(words));
  return words;
}

void add_leaves(
    const FieldNode& node, const std::string& prefix, Words& words,
    bool (*is_meant)(const FieldNode& leaf) = [](const FieldNode&) { return true; }) {
  for (const FieldNode& child : node.children)
    if (!child.is_leaf())
      add_leaves(child, prefix + child.key + ".", words, is_meant);
    else if (is_meant(child))
      words.push_back(prefix + child.key);
}

/// What --set takes.
Words set_keys() {
  Words words;
  add_leaves(hw_tree({}), "", words);
  add_leaves(problem_tree({}), "problem.", words);
  for (const Parameter& p : algorithm_parameters())
    words.push_back(fmt::format("algorithm.{}", p.key));
  return words;
}

/// What --free takes.
Words machine_keys_of_numbers() {
  Words words;
  add_leaves(hw_tree({}), "", words, [](const FieldNode& leaf) {
    return leaf.kind == FieldNode::Kind::kInteger || leaf.kind == FieldNode::Kind::kReal;
  });
  return words;
}

constexpr WordSet kFreeKeys{"numeric_keys", machine_keys_of_numbers};
constexpr WordSet kAlgorithms{"algorithms", [] { return row_names(algorithms()); }};
constexpr WordSet kAlgorithmsOrAll{"algorithms_or_all", [] {
                                     Words words = row_names(algorithms());
                                     words.emplace_back("all");
                                     return words;
                                   }};
constexpr WordSet kFormatNames{"formats", [] { return row_names(kFormats); }};
constexpr WordSet kMachines{"machines", [] { return stems_in("hwconfigs"); }};
constexpr WordSet kProblems{"problems", [] { return stems_in("workloads/problems"); }};
constexpr WordSet kGrids{"grids", [] { return stems_in("workloads/grids"); }};
constexpr WordSet kMachinesAndProblems{"machines_and_problems", [] {
                                         return stems_in({"hwconfigs", "workloads/problems"});
                                       }};
constexpr WordSet kShipped{
    "shipped", [] {
      return stems_in({"hwconfigs", "workloads/problems", "workloads/grids"});
    }};
constexpr WordSet kSetKeys{"keys", set_keys};
constexpr WordSet kFidelities{"fidelities", [] { return names_of(EnumNames<Fidelity>::kValues); }};
constexpr WordSet kTermsNames{"linear_terms", [] {
                                Words words = names_of(EnumNames<LinearTerms>::kValues);
                                words.emplace_back(kFastestTerms);
                                return words;
                              }};
constexpr WordSet kRealTypeNames{"real_types", [] { return names_of(kRealTypes); }};
constexpr WordSet kTimeUnitNames{"time_units", [] { return names_of(kTimeUnits); }};
constexpr WordSet kForms{"forms", [] { return names_of(kDeltaForms); }};
constexpr WordSet kChannelGates{"channel_gates", [] { return row_names(channel_gate_variants()); }};
constexpr WordSet kModes{"modes", [] { return row_names(rounding_modes()); }};
constexpr WordSet kScopes{"arithmetics", [] { return names_of(kArithmeticScopes); }};
constexpr WordSet kMetrics{"metrics", [] { return names_of(kTuneMetrics); }};
constexpr WordSet kCosts{"costs", [] { return names_of(kTuneCosts); }};
constexpr WordSet kOvers{"overs", [] { return names_of(kTuneOvers); }};
constexpr WordSet kTolerances{"tolerances", [] { return Words{"forward_substitution"}; }};
constexpr WordSet kOperations{"operations", [] { return row_names(kVectorOps); }};
constexpr WordSet kGroups{"groups", [] { return to_words(validation_group_names()); }};
constexpr WordSet kTables{"tables", [] { return row_names(tables()); }};
constexpr WordSet kListings{"listings", [] { return to_words(listing_names()); }};
constexpr WordSet kDescribed{"described", [] { return to_words(described_kinds()); }};
constexpr WordSet kRules{"rules", [] { return row_names(input_rules()); }};
constexpr WordSet kFamilies{"families", [] { return row_names(key_families()); }};
constexpr WordSet kShells{"shells", [] { return to_words(shell_names()); }};

constexpr auto kNoPaths = OptionValue::Paths::kNone;
constexpr auto kFiles = OptionValue::Paths::kFiles;
constexpr auto kFolders = OptionValue::Paths::kFolders;

struct ValueRow {
  std::string_view name;         // of the option or positional; of one command: "list WHAT"
  std::string_view placeholder;  // as the documents call the value; positionals: none
  const WordSet* words = nullptr;
  OptionValue::Paths paths = kNoPaths;
};

/// A row of one command stands before that of all.
constexpr ValueRow kValueRows[] = {
    {"--a", "FILE", nullptr, kFiles},
    {"--accumulator", "F"},
    {"--algorithm", "A", &kAlgorithms},
    {"--algorithms", "VALUE", &kAlgorithmsOrAll},
    {"--arithmetic", "NAME", &kScopes},
    {"--as", "F", &kRealTypeNames},
    {"--b", "FILE", nullptr, kFiles},
    {"--bytes", "N"},
    {"--c", "FILE", nullptr, kFiles},
    {"--chunk", "N"},
    {"--chunks", "VALUE"},
    {"--cols", "N"},
    {"--cost", "NAME", &kCosts},
    {"--errors", "FILE", nullptr, kFiles},
    {"--evaluations", "N"},
    {"--expect", "FILE", nullptr, kFiles},
    {"--families", "VALUE", &kFamilies},
    {"--fidelity", "tile|pe", &kFidelities},
    {"--form", "FORM", &kForms},
    {"--format", "F", &kFormatNames},
    {"--format-b", "F", &kFormatNames},
    {"--formats", "VALUE", &kFormatNames},
    {"--fraction-bits", "VALUE"},
    {"--free", "KEYS", &kFreeKeys},
    {"--hw", "HW", &kMachines, kFiles},
    {"--input", "NAME=FILE", nullptr, kFiles},
    {"--into", "FILE", nullptr, kFiles},
    {"--items", "N"},
    {"--jobs", "N"},
    {"--junit", "FILE", nullptr, kFiles},
    {"--k", "N"},
    {"--kkt", "VARIANT", &kChannelGates},
    {"--linear-terms", "WHERE", &kTermsNames},
    {"--m", "N"},
    {"--map", "TRACKS"},
    {"--memory", "MIB"},
    {"--merge-group", "N"},
    {"--metric", "NAME", &kMetrics},
    {"--mode", "MODE", &kModes},
    {"--model", "DIR", nullptr, kFolders},
    {"--n", "N"},
    {"--op", "NAME", &kOperations},
    {"calibrate --out", "FILE", nullptr, kFiles},
    {"gemm --out", "FILE", nullptr, kFiles},
    {"product --out", "FILE", nullptr, kFiles},
    {"trace-diff --out", "FILE", nullptr, kFiles},
    {"report --out", "FILE", nullptr, kFiles},
    {"--out", "DIR", nullptr, kFolders},
    {"--over", "NAME", &kOvers},
    {"--problem", "PROBLEM", &kProblems, kFiles},
    {"--program", "FILE", nullptr, kFiles},
    {"--rows", "N"},
    {"--rule", "RULE", &kRules},
    {"--safe", "LIMIT"},
    {"--safe-rule", "RULE", &kRules},
    {"--scale", "FACTOR"},
    {"--seconds", "S"},
    {"--seed", "N"},
    {"--set", "KEY=VALUE", &kSetKeys},
    {"--shard", "I/N"},
    {"--slack", "DB"},
    {"--solve-in-flight", "N"},
    {"--state", "FILE", nullptr, kFiles},
    {"--store", "FILE", nullptr, kFiles},
    {"--text", "FILE", nullptr, kFiles},
    {"--threads", "N"},
    {"--threshold", "ERROR"},
    {"--tile", "N"},
    {"--time-unit", "UNIT", &kTimeUnitNames},
    {"--timeout", "SECONDS"},
    {"--title", "NAME"},
    {"--tolerance", "TOL", &kTolerances},
    {"--trace", "FILE", nullptr, kFiles},
    {"--trace-chunks", "N"},
    {"--weights", "F", &kFormatNames},
    {"--with", "FILE", nullptr, kFiles},
    {"BASELINE", "", nullptr, kFiles},
    {"check FILE", "", &kShipped, kFiles},
    {"compare HW", "", &kMachinesAndProblems, kFiles},
    {"completion SHELL", "", &kShells},
    {"describe FILE", "", &kMachines, kFiles},
    {"describe WHAT", "", &kDescribed},
    {"GRID", "", &kGrids, kFiles},
    {"GROUP", "", &kGroups},
    {"tune HW", "", &kMachinesAndProblems, kFiles},
    {"HW", "", &kMachines, kFiles},
    {"IN", "", nullptr, kFiles},
    {"list WHAT", "", &kListings},
    {"MEASURED", "", nullptr, kFiles},
    {"MODEL", "", nullptr, kFolders},
    {"tables NAME", "", &kTables},
    {"OUT", "", nullptr, kFiles},
    {"PROBLEM", "", &kProblems, kFiles},
    {"SIMULATED", "", nullptr, kFiles},
    {"STORE", "", nullptr, kFiles},
    {"TEXT", "", nullptr, kFiles},
};

}  // namespace

OptionValue value_of(const CLI::App& command, const CLI::Option& option) {
  const std::string name =
      option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
  const std::string own = command.get_name() + " " + name;
  const auto* const row = std::ranges::find_if(
      kValueRows, [&](const ValueRow& r) { return r.name == name || r.name == own; });
  if (row == std::end(kValueRows))
    throw std::logic_error(fmt::format("option_values.cpp has no row for \"{}\"", own));
  const std::string& help = option.get_description();
  OptionValue value{std::string(row->placeholder), row->words, row->paths, false,
                    row->words == &kSetKeys};
  value.is_list = !option.get_positional() && (help.starts_with("comma-separated") ||
                                               help.find(", comma-separated") != std::string::npos);
  if (value.is_list) value.placeholder = "A,B";
  return value;
}

}  // namespace tricycle
