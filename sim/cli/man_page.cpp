// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/man_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/help.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

/// A text as roff shows it: signs that typesetting would change are written by name.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += c;
    }
  return out;
}

/// Prose on lines of at most 78 characters, none of which begins a request.
std::string filled(std::string_view text) {
  constexpr std::size_t kWidth = 78;
  std::string out, row;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word = roff(text.substr(at, end - at));
    at = end + 1;
    if (word.empty()) continue;
    if (!row.empty() && row.size() + 1 + word.size() > kWidth) {
      out += row + "\n";
      row.clear();
    }
    if (row.empty() && word.starts_with('.')) word.insert(0, "\\&");
    row += (row.empty() ? "" : " ") + word;
  }
  return out + row + "\n";
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", roff(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", roff(text)); }

std::string tag_of(const OptionRow& row) {
  if (row.is_positional) return italic(row.name);
  std::string tag = row.short_name.empty() ? "" : bold(row.short_name) + ", ";
  tag += bold(row.name);
  if (!row.is_flag) tag += " " + italic(row.value.placeholder);
  return tag;
}

/// What --help does not need to say, since there one sees it run.
std::string explained(const OptionRow& row) {
  std::string text = row.help;
  if (!row.fallback.empty()) text += fmt::format("; default: {}", row.fallback);
  if (!row.is_positional && row.is_required) text += "; required";
  if (row.is_repeated && !row.is_positional) text += "; may be repeated";
  return text;
}

/// At most twelve words; for longer lists, `tricycle list` or `tricycle describe` has them.
std::string choices_of(const OptionRow& row) {
  if (row.value.words == nullptr || row.value.is_key) return "";
  const std::vector<std::string> words = row.value.words->words();
  constexpr std::size_t kMost = 12;
  if (words.empty() || words.size() > kMost) return "";
  const char* const paths =
      row.value.paths == OptionValue::Paths::kNone ? "One of: " : "A path, or one of: ";
  return fmt::format("{}{}.", paths, fmt::join(words, ", "));
}

std::string options_text(const std::vector<OptionRow>& options) {
  std::string text;
  for (const OptionRow& row : options) {
    text += fmt::format(".TP\n{}\n{}", tag_of(row), filled(explained(row)));
    if (const std::string choices = choices_of(row); !choices.empty())
      text += ".br\n" + filled(choices);
  }
  return text;
}

std::string synopsis(const CommandRow& command) {
  std::string text = bold("tricycle") + " " + bold(command.name);
  for (const OptionRow* row : command.positionals()) {
    const std::string name = italic(row->name) + (row->is_repeated ? " ..." : "");
    text += row->is_required ? " " + name : " [" + name + "]";
  }
  for (const OptionRow& row : command.options)
    if (!row.is_positional && row.is_required)
      text += fmt::format(" {} {}", bold(row.name), italic(row.value.placeholder));
  return text + fmt::format(" [{} ...]\n", italic("OPTION"));
}

/// "Examples, from the project's folder:" and the lines below it, as they are.
std::string examples_of(const CommandRow& command) {
  const std::string examples = examples_text(command.name);
  if (examples.empty()) return "";
  const std::size_t head = examples.find('\n');
  std::string text = ".PP\n" + filled(examples.substr(0, head)) + ".PP\n.nf\n";
  for (std::size_t at = head + 1; at < examples.size();) {
    const std::size_t end = examples.find('\n', at);
    text += roff(std::string_view(examples).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text + ".fi\n";
}

constexpr const char* kEnvironment =
    ".SH ENVIRONMENT\n.TP\n.B TRICYCLE_DATA\n"
    "The folder of machines, problems, grids and data, in place of the one that\n"
    "stands beside the program.\n"
    ".TP\n.B COLUMNS\nThe width of \\fBrun \\-\\-timeline\\fR; default: 100.\n";

constexpr const char* kExitStatus =
    ".SH EXIT STATUS\n.TP\n.B 0\nSuccess.\n.TP\n.B 1\nA run or a write failed.\n.TP\n.B 2\n"
    "Wrong input: a line a fault on stderr, with its place, what was expected and\nwhat to do.\n";

}  // namespace

std::string man_page(const CommandLine& line) {
  std::string text = fmt::format(
      ".\\\" Made by `tricycle man`.\n.TH TRICYCLE 1 {} \"tricycle {}\" \"User Commands\"\n"
      ".SH NAME\ntricycle \\- simulate triangular inversion on NPUs, bit by bit and cycle by "
      "cycle\n"
      ".SH SYNOPSIS\n.B tricycle\n.I COMMAND\n.RI [ ARGUMENT \" ...]\"\n",
      kVersionDate, kVersion);
  text += ".SH DESCRIPTION\n";
  text += filled(
      "Runs the algorithms that invert a unit lower triangular matrix, as linear attention models "
      "need it for every chunk of tokens, on neural processing units described in YAML: bit by bit "
      "as the machine would, with its cycles, stalls, energy and area.");
  text += ".PP\n" + filled(
                        "Machines, problems and grids are YAML files, or the bare names of shipped "
                        "ones. Results go "
                        "to standard output or into files, messages to standard error.");
  text += ".SH OPTIONS\n" + options_text(line.options) + ".SH COMMANDS\n";
  for (const CommandRow& command : line.commands)
    text += fmt::format(".SS {}\n{}.PP\n{}{}{}", roff(command.name), synopsis(command),
                        filled(command.help), options_text(command.options), examples_of(command));
  return text + kEnvironment + kExitStatus +
         ".SH SEE ALSO\n"
         "The documents that are installed with the program, in\n"
         ".IR share/doc/tricycle/docs .\n";
}

}  // namespace tricycle
