// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/cli/completion.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

std::string fish_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string fish_words(const CommandLine& line) {
  std::string text = "function __tricycle_words\n    switch $argv[1]\n";
  for (const WordSet* set : word_sets(line.commands))
    text += fmt::format("        case {}\n            printf '%s\\n' {}\n", set->name,
                        fmt::join(set->words(), " "));
  return text + "    end\nend\n\n";
}

/// `-a '(..)' -F`: what a value is completed with.
std::string fish_value(const OptionValue& value) {
  std::string text;
  if (value.words != nullptr) {
    const std::string words = fmt::format("(__tricycle_words {})", value.words->name);
    text += value.is_list  ? fmt::format(" -a '(__fish_append , {})'", words)
            : value.is_key ? fmt::format(" -a '{}='", words)
                           : fmt::format(" -a '{}'", words);
  }
  if (value.paths == OptionValue::Paths::kFiles) text += " -F";
  if (value.paths == OptionValue::Paths::kFolders) text += " -a '(__fish_complete_directories)'";
  return text;
}

std::string fish_option(const std::string& condition, const OptionRow& row) {
  std::string text = fmt::format("complete -c tricycle {}", condition);
  if (row.is_positional) return text + fish_value(row.value) + "\n";
  text += fmt::format(" -l {}", row.name.substr(2));
  if (!row.short_name.empty()) text += fmt::format(" -s {}", row.short_name.substr(1));
  if (!row.is_flag) text += " -r" + fish_value(row.value);
  return text + fmt::format(" -d '{}'\n", fish_text(row.help));
}

}  // namespace

std::string fish_completion(const CommandLine& line) {
  std::string text = fmt::format(
      "# Completion for fish, of tricycle {}; made by `tricycle completion fish`.\n", kVersion);
  text += fish_words(line) + "complete -c tricycle -f\n";
  for (const OptionRow& row : line.options) text += fish_option("-n __fish_use_subcommand", row);
  for (const CommandRow& command : line.commands) {
    text += fmt::format("complete -c tricycle -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, fish_text(command.help));
    for (const OptionRow& row : command.options)
      text += fish_option(fmt::format("-n '__fish_seen_subcommand_from {}'", command.name), row);
  }
  return text;
}

}  // namespace tricycle
