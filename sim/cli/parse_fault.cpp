// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/parse_fault.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "sim/config/field_reader.h"

namespace tricycle {

namespace {

/// `the command "run" ...`: nothing was recognized as a subcommand.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands(nullptr)) names.push_back(sub->get_name());
  if (arguments.empty())
    return fmt::format("expected a command, one of {}; see `tricycle --help`",
                       fmt::join(names, ", "));
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format("{}: unknown command{}; see `tricycle --help`", arguments.front(),
                     suggestion(arguments.front(), views));
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return !o->get_lnames().empty(); }))
    names.push_back("--" + option->get_lnames().front());
  return names;
}

/// What an argument is that no option and no positional took.
std::string unexpected(const CLI::App& command, const std::string& argument) {
  if (!argument.starts_with('-')) return fmt::format("unexpected argument \"{}\"", argument);
  if (argument == "--")
    return "\"--\" ends the options: what follows it goes by its place, and that does not fit";
  std::error_code error;
  if (std::filesystem::exists(argument, error))
    return fmt::format("{} looks like an option; name the file ./{}", argument, argument);
  const std::vector<std::string> names = option_names(command);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string option = argument.substr(0, argument.find('='));
  return fmt::format("unknown option {}{}", option, suggestion(option, views));
}

/// An option with too few or too many values: `--m: expected a value`.
std::string wrong_count(const CLI::ArgumentMismatch& error) {
  const std::string text = error.what();
  const std::string option = text.substr(0, text.find(':'));
  if (text.find("missing") != std::string::npos) return option + ": expected a value behind it";
  if (text.find("Most") != std::string::npos) return option + ": given twice; give it once";
  return text;
}

}  // namespace

std::string parse_fault(const CLI::App& app, const CLI::ParseError& error,
                        const std::vector<std::string>& arguments) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  if (parsed.empty()) return unknown_command(app, arguments);
  const CLI::App& command = *parsed.front();
  const std::string help = fmt::format("see `tricycle {} --help`", command.get_name());
  // An argument nobody took explains a missing one better than its absence.
  std::vector<std::string> extras = app.remaining(true);
  std::string what = error.what();
  if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&error))
    what = wrong_count(*mismatch);
  if (!extras.empty()) what = unexpected(command, extras.front());
  std::replace(what.begin(), what.end(), '\n', ' ');
  return fmt::format("{}: {}; {}", command.get_name(), what, help);
}

}  // namespace tricycle
