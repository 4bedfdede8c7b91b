// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/error.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

struct ShellRow {
  std::string_view name;
  std::string (*script)(const CommandLine& line);
};
constexpr ShellRow kShellRows[] = {
    {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};

}  // namespace

std::vector<std::string_view> shell_names() {
  std::vector<std::string_view> names;
  for (const ShellRow& shell : kShellRows) names.push_back(shell.name);
  return names;
}

std::string completion_script(const CommandLine& line, std::string_view shell) {
  for (const ShellRow& row : kShellRows)
    if (row.name == shell) return row.script(line);
  throw InputError(
      fmt::format("completion {}: expected one of {}", shell, fmt::join(shell_names(), ", ")));
}

}  // namespace tricycle
