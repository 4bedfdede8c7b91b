// SPDX-License-Identifier: Apache-2.0
//
// Where the numbers of a machine come from: the comments behind them, as data.
//
//   rows: 16      # fact: CANN cube_m_size
//   operations:   # startup assumed: a load, an operation and a store
//     add: {startup: 8, cycles_per_beat: 1}   # fact: one instruction a register
//
//   width: 32 B   # derived from systolic_array.cols: 16 columns x 2 B
//
// A comment is one or more clauses `[KEY] TAG: SOURCE` with "; " between them; TAG is fact,
// derived, assumed, or `derived from KEY, KEY`: what the value stands on. A value takes, of these,
// the first there is: the clause with its key on its line, the clause with its key on the line of a
// section around it (innermost first), the clause without key on its line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

enum class Tag : std::uint8_t { kFact, kDerived, kAssumed };
inline constexpr std::array<std::string_view, 3> kTagNames{"fact", "derived", "assumed"};

/// One scalar of one file, with what its comment says.
struct KeySource {
  std::string key;  // dotted
  std::string file;
  int line = 0;
  std::optional<Tag> tag;             // none: no clause is about this value
  std::string source;                 // never empty where there is a tag
  std::vector<std::string> premises;  // dotted keys a derived value is said to be derived from
};

/// Every scalar of the YAML file itself, in its order; not name, description and base, which are
/// texts.  Throws InputError for a file that is no YAML.
std::vector<KeySource> file_sources(const std::string& path);

/// One key of a machine with the value it has and the source it has it from.
struct MachineKey {
  std::string key;                  // dotted
  std::string value;                // as YAML writes it, resolved
  std::optional<KeySource> source;  // none: no file sets the key, its default holds
};

/// Every key of a machine, those of its bases and defaults included, in the order of `describe hw`.
/// A key that a --set text gives has that for its file, without line and tag.  Throws InputError as
/// load_hw_config.
std::vector<MachineKey> machine_keys(const std::string& path,
                                     const std::vector<std::string>& overrides = {});

/// How many values of a machine, inherited ones included, have each tag, in the order of kTagNames.
std::array<int, 3> tag_counts(const std::vector<MachineKey>& keys);

}  // namespace tricycle
