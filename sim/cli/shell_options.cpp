// SPDX-License-Identifier: Apache-2.0
//
// What the program says about its own command line: the manual page and the completion scripts.
#include <fmt/format.h>

#include "sim/cli/completion.h"
#include "sim/cli/man_page.h"
#include "sim/cli/subcommand.h"

namespace tricycle {

namespace {

CommandLine command_line(const CLI::App& app) { return {own_options(app), command_table(app)}; }

}  // namespace

void add_shell(CLI::App& app, std::string& shell, std::function<int()>& chosen) {
  CLI::App* man = app.add_subcommand("man", "prints the manual page, for `man -l -`");
  man->callback([&] {
    chosen = [&] {
      fmt::print("{}", man_page(command_line(app)));
      return 0;
    };
  });
  CLI::App* completion =
      app.add_subcommand("completion", "prints what completes command lines in a shell");
  completion->add_option("SHELL", shell, fmt::format("{}", fmt::join(shell_names(), " | ")))
      ->required();
  completion->callback([&] {
    chosen = [&] {
      fmt::print("{}", completion_script(command_line(app), shell));
      return 0;
    };
  });
}

}  // namespace tricycle
