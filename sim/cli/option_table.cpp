// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/option_table.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace tricycle {

namespace {

OptionRow option_row(const CLI::App& command, const CLI::Option& option) {
  OptionRow row;
  row.is_positional = option.get_positional();
  row.name = row.is_positional ? option.get_name(true) : "--" + option.get_lnames().front();
  if (!option.get_snames().empty()) row.short_name = "-" + option.get_snames().front();
  row.help = option.get_description();
  row.fallback = option.get_default_str();
  row.is_required = option.get_required();
  row.is_flag = option.get_expected_max() == 0;
  row.is_repeated = row.is_positional
                        ? option.get_items_expected_max() > 1
                        : option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  if (!row.is_flag) row.value = value_of(command, option);
  return row;
}

}  // namespace

std::vector<const OptionRow*> CommandRow::positionals() const {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : options)
    if (row.is_positional) rows.push_back(&row);
  return rows;
}

std::vector<OptionRow> own_options(const CLI::App& app) {
  std::vector<OptionRow> rows;
  for (const CLI::Option* option : app.get_options()) rows.push_back(option_row(app, *option));
  return rows;
}

std::vector<CommandRow> command_table(const CLI::App& app) {
  std::vector<CommandRow> commands;
  for (const CLI::App* sub : app.get_subcommands(nullptr))
    commands.push_back({sub->get_name(), sub->get_description(), own_options(*sub)});
  return commands;
}

std::vector<const WordSet*> word_sets(const std::vector<CommandRow>& commands) {
  std::vector<const WordSet*> sets;
  for (const CommandRow& command : commands)
    for (const OptionRow& row : command.options)
      if (row.value.words != nullptr && std::ranges::find(sets, row.value.words) == sets.end())
        sets.push_back(row.value.words);
  return sets;
}

}  // namespace tricycle
