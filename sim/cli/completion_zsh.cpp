// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "sim/cli/completion.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

/// A description inside '..[..]': what _arguments reads there is escaped.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += fmt::format("\\{}", c);
    else
      out += c;
  }
  return out;
}

/// The function that completes such a value; empty: nothing does.
std::string zsh_action(const OptionValue& value) {
  std::string name;
  if (value.words != nullptr) name += fmt::format("_{}", value.words->name);
  if (value.paths == OptionValue::Paths::kFiles) name += "_or_files";
  if (value.paths == OptionValue::Paths::kFolders) name += "_or_folders";
  if (value.is_list) name += "_list";
  return value.words == nullptr && value.paths == OptionValue::Paths::kNone ? ""
                                                                            : "_tricycle" + name;
}

std::string zsh_action_body(const OptionValue& value) {
  std::string body;
  if (value.words != nullptr) {
    const std::string words = fmt::format("{}", fmt::join(value.words->words(), " "));
    body += fmt::format("  local -a words=({})\n", words);
    if (value.is_list)
      body += "  _sequence compadd - -a words\n";
    else
      body += value.is_key ? "  compadd -S= -q -a words\n" : "  compadd -a words\n";
  }
  if (value.paths == OptionValue::Paths::kFiles) body += "  _files\n";
  if (value.paths == OptionValue::Paths::kFolders) body += "  _files -/\n";
  return body;
}

std::string zsh_functions(const CommandLine& line) {
  std::map<std::string, std::string> bodies;
  for (const CommandRow& command : line.commands)
    for (const OptionRow& row : command.options)
      if (const std::string action = zsh_action(row.value); !row.is_flag && !action.empty())
        bodies[action] = zsh_action_body(row.value);
  std::string text;
  for (const auto& [name, body] : bodies) text += fmt::format("{}() {{\n{}}}\n\n", name, body);
  return text;
}

std::string zsh_argument(const OptionRow& row, std::size_t place) {
  const std::string action = row.is_flag                     ? ""
                             : zsh_action(row.value).empty() ? " "
                                                             : zsh_action(row.value);
  if (row.is_positional)
    return row.is_repeated
               ? fmt::format("'*:{}:{}'", row.name, action)
               : fmt::format("'{}{}:{}:{}'", place, row.is_required ? "" : ":", row.name, action);
  const std::string help = zsh_text(row.help);
  if (row.is_flag && !row.short_name.empty())
    return fmt::format("'({0} {1})'{{{0},{1}}}'[{2}]'", row.short_name, row.name, help);
  if (row.is_flag) return fmt::format("'{}[{}]'", row.name, help);
  return fmt::format("'{}{}=[{}]:{}:{}'", row.is_repeated ? "*" : "", row.name, help,
                     zsh_text(row.value.placeholder), action);
}

std::string zsh_arguments(const std::vector<OptionRow>& options, const std::string& indent) {
  std::string text;
  std::size_t place = 0;
  for (const OptionRow& row : options) {
    if (row.is_positional) ++place;
    text += fmt::format(" \\\n{}{}", indent, zsh_argument(row, place));
  }
  return text;
}

}  // namespace

std::string zsh_completion(const CommandLine& line) {
  std::string commands, cases;
  for (const CommandRow& command : line.commands) {
    commands += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.help));
    cases += fmt::format("        {})\n          _arguments -s{}\n          ;;\n", command.name,
                         zsh_arguments(command.options, "            "));
  }
  return fmt::format(
      "#compdef tricycle\n"
      "# Completion for zsh, of tricycle {}; made by `tricycle completion zsh`.\n\n"
      "{}_tricycle() {{\n"
      "  local curcontext=$curcontext state line\n"
      "  typeset -A opt_args\n"
      "  local -a commands=(\n{}  )\n"
      "  _arguments -C{} \\\n    '1:command:->command' \\\n    '*::argument:->argument'\n"
      "  case $state in\n"
      "    command) _describe command commands ;;\n"
      "    argument)\n"
      "      curcontext=${{curcontext%:*:*}}:tricycle-$line[1]:\n"
      "      case $line[1] in\n{}"
      "      esac\n"
      "      ;;\n"
      "  esac\n"
      "}}\n\n"
      "if [[ $funcstack[1] == _tricycle ]]; then\n  _tricycle \"$@\"\nelse\n"
      "  compdef _tricycle tricycle\nfi\n",
      kVersion, zsh_functions(line), commands, zsh_arguments(line.options, "    "), cases);
}

}  // namespace tricycle
