// SPDX-License-Identifier: Apache-2.0
//
// The parser's options as data.  The manual page and the shell completions are made from them, so
// that they show what the program has.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/option_values.h"

namespace tricycle {

struct OptionRow {
  std::string name;        // "--format", or a positional's "HW"
  std::string short_name;  // "-h"; empty: none
  std::string help;
  /// The value unless the option is given.  Empty: there is none, or `help` says what happens.
  std::string fallback;
  bool is_positional = false, is_required = false;
  bool is_flag = false;      // without a value
  bool is_repeated = false;  // may be given several times
  OptionValue value;         // not for flags
};

struct CommandRow {
  std::string name, help;
  std::vector<OptionRow> options;  // in the order of --help; positionals in their own order

  std::vector<const OptionRow*> positionals() const;
};

/// The options of the program itself.
std::vector<OptionRow> own_options(const CLI::App& app);
/// Every subcommand, in the order of --help.
std::vector<CommandRow> command_table(const CLI::App& app);

/// Every set of words that a value of these commands can take, each set once.
std::vector<const WordSet*> word_sets(const std::vector<CommandRow>& commands);

}  // namespace tricycle
