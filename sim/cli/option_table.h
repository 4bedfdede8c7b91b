// SPDX-License-Identifier: Apache-2.0
//
// The parser's options as data: what the manual page and the completions of shells are made of, so
// that they have what the program has.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/option_values.h"

namespace tricycle {

struct OptionRow {
  std::string name;        // "--format", or a positional's "HW"
  std::string short_name;  // "-h"; empty: none
  std::string help;
  std::string fallback;  // what holds unless it is given; empty: nothing does, or `help` says what
  bool is_positional = false, is_required = false;
  bool is_flag = false;      // without a value
  bool is_repeated = false;  // may be given several times
  OptionValue value;         // not of flags
};

struct CommandRow {
  std::string name, help;
  std::vector<OptionRow> options;  // in the order of --help; positionals in the order they stand in

  std::vector<const OptionRow*> positionals() const;
};

/// The options of the program itself.
std::vector<OptionRow> own_options(const CLI::App& app);
/// Every subcommand, in the order of --help.
std::vector<CommandRow> command_table(const CLI::App& app);

/// Every set of words that some value of these has, each once.
std::vector<const WordSet*> word_sets(const std::vector<CommandRow>& commands);

}  // namespace tricycle
