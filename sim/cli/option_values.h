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

/// A named set of words that a value may be, and the function that lists them.
struct WordSet {
  std::string_view name;
  std::vector<std::string> (*words)();
};

/// The values that an option or a positional argument can take.
struct OptionValue {
  enum class Paths : std::uint8_t { kNone, kFiles, kFolders };

  /// The name of the value that --help shows: "A".  Empty: a positional's own name.
  std::string placeholder;
  const WordSet* words = nullptr;  // nullptr: none are known
  Paths paths = Paths::kNone;      // which paths it may be, beside the words
  bool is_list = false;            // comma-separated
  bool is_key = false;             // the words are keys: "=" and a value follow
};

/// The values of an option with a value, or of a positional, by the names of command and option.
/// Throws std::logic_error where the table has no row for it.  So whoever adds an option says there
/// what completion offers.
OptionValue value_of(const CLI::App& command, const CLI::Option& option);

}  // namespace tricycle
