// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tricycle {

/// Words a value may be: a name for them and how to get them.
struct WordSet {
  std::string_view name;
  std::vector<std::string> (*words)();
};

/// What the value of an option, or a positional argument, may be.
struct OptionValue {
  enum class Paths : std::uint8_t { kNone, kFiles, kFolders };

  std::string placeholder;         // as --help shows it: "A"; empty: a positional's own name
  const WordSet* words = nullptr;  // nullptr: none are known
  Paths paths = Paths::kNone;      // beside the words
  bool is_list = false;            // comma-separated
  bool is_key = false;             // the words are keys: an equals sign and a value come behind
};

/// Of an option with a value or a positional of a command, by its name.  Throws std::logic_error
/// where the table has no row for it: who adds an option says there what completion offers.
OptionValue value_of(const CLI::App& command, const CLI::Option& option);

}  // namespace tricycle
