// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/cli/completion.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

std::string words_cases(const CommandLine& line) {
  std::string text;
  for (const WordSet* set : word_sets(line.commands))
    text += fmt::format("    {}) echo '{}' ;;\n", set->name, fmt::join(set->words(), " "));
  return text;
}

/// "words=machines paths=files": variables of the function that completes.
std::string value_settings(const OptionValue& value) {
  std::string text = "takes=1";
  if (value.words != nullptr) text += fmt::format(" words={}", value.words->name);
  if (value.paths == OptionValue::Paths::kFiles) text += " paths=-f";
  if (value.paths == OptionValue::Paths::kFolders) text += " paths=-d";
  if (value.is_list) text += " list=1";
  if (value.is_key) text += " key=1";
  return text;
}

/// A case for every option with a value, `COMMAND --OPTION`, and for every place, `COMMAND 0`.
std::string value_cases(const CommandLine& line) {
  std::string text;
  for (const CommandRow& command : line.commands) {
    std::size_t place = 0;
    for (const OptionRow& row : command.options) {
      if (row.is_flag) continue;
      const std::string where = !row.is_positional ? fmt::format("' {}'", row.name)
                                : row.is_repeated  ? std::string("\\ [0-9]*")
                                                   : fmt::format("' {}'", place);
      if (row.is_positional) ++place;
      text += fmt::format("    {}{}) {} ;;\n", command.name, where, value_settings(row.value));
    }
  }
  return text;
}

std::string option_words(const std::vector<OptionRow>& options) {
  std::string text;
  for (const OptionRow& row : options)
    if (!row.is_positional) text += (text.empty() ? "" : " ") + row.name;
  return text;
}

std::string option_cases(const CommandLine& line) {
  std::string text = fmt::format("    '') echo '{}' ;;\n", option_words(line.options));
  for (const CommandRow& command : line.commands)
    text += fmt::format("    {}) echo '{}' ;;\n", command.name, option_words(command.options));
  return text;
}

std::string command_words(const CommandLine& line) {
  std::string text;
  for (const CommandRow& command : line.commands) text += (text.empty() ? "" : " ") + command.name;
  return text;
}

/// Bash breaks words at "=": `--format=fp16` and `--set rows=8` are three words each.
constexpr const char* kBashBody = R"bash(_tricycle() {
  local cur=${COMP_WORDS[COMP_CWORD]} command= option= glued= place=0 word i
  local takes= words= paths= list= key=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then
      glued=1
    elif [[ -n $glued || -n $option ]]; then
      glued= option=
    elif [[ $word == -* ]]; then
      takes=
      [[ -z $command ]] || _tricycle_value "$command $word"
      [[ -z $takes ]] || option=$word
    elif [[ -z $command ]]; then
      command=$word
    else
      place=$((place + 1))
    fi
  done
  takes= words= paths= list= key=
  if [[ $cur == '=' ]]; then
    glued=1 cur=
  fi
  if [[ -n $option ]]; then
    _tricycle_value "$command $option"
  elif [[ -n $glued ]]; then
    return
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_tricycle_options "$command")" -- "$cur")
    return
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_tricycle_commands)" -- "$cur")
    return
  else
    _tricycle_value "$command $place"
  fi
  local begun= last=$cur
  if [[ -n $list && $cur == *,* ]]; then
    begun=${cur%,*}, last=${cur##*,}
  fi
  mapfile -t COMPREPLY < <(compgen -P "$begun" -W "$(_tricycle_words "$words")" -- "$last")
  if [[ -n $paths ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$paths" -- "$cur")
    compopt -o filenames 2>/dev/null
  fi
  if [[ -n $key ]]; then
    COMPREPLY=("${COMPREPLY[@]/%/=}")
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _tricycle tricycle
)bash";

}  // namespace

std::string bash_completion(const CommandLine& line) {
  return fmt::format(
      "# Completion for bash, of tricycle {}; made by `tricycle completion bash`.\n"
      "_tricycle_commands() {{\n  echo '{}'\n}}\n\n"
      "_tricycle_options() {{\n  case $1 in\n{}  esac\n}}\n\n"
      "_tricycle_words() {{\n  case $1 in\n{}  esac\n}}\n\n"
      "_tricycle_value() {{\n  case $1 in\n{}  esac\n}}\n\n{}",
      kVersion, command_words(line), option_cases(line), words_cases(line), value_cases(line),
      kBashBody);
}

}  // namespace tricycle
