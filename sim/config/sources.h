// SPDX-License-Identifier: Apache-2.0
//
// Where the numbers of a machine come from.  The comments after them say so; here they become data.
//
//   rows: 16      # fact: CANN cube_m_size
//   operations:   # startup assumed: a load, an operation and a store
//     add: {startup: 8, cycles_per_beat: 1}   # fact: one instruction a register
//
//   width: 32 B   # derived from systolic_array.cols: 16 columns x 2 B
//
// A comment is one or more clauses `[KEY] TAG: SOURCE` with "; " between them.  TAG says what the
// value is based on: fact, derived, assumed, fit (by `tricycle calibrate`), or `derived from KEY,
// KEY`.  A value takes the first
// of these clauses that exists:
//   1. the clause with its key on its line;
//   2. the clause with its key on the line of a section around it (innermost first);
//   3. the clause without a key on its line.
// section around it (innermost first), the clause without key on its line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

enum class Tag : std::uint8_t { kFact, kDerived, kAssumed, kFit };
inline constexpr std::array<std::string_view, 4> kTagNames{"fact", "derived", "assumed", "fit"};

/// One scalar of one file, and what its comment says about it.
struct KeySource {
  std::string key;  // dotted
  std::string file;
  int line = 0;
  std::optional<Tag> tag;             // none: no clause is about this value
  std::string source;                 // never empty where there is a tag
  std::vector<std::string> premises;  // dotted keys that a derived value is derived from
};

/// Every scalar of the YAML file itself, in the order of the file.  Leaves out name, description
/// and base, which are texts.  Throws InputError for a file that is not YAML.
std::vector<KeySource> file_sources(const std::string& path);

/// One key of a machine with its value and the source of that value.
struct MachineKey {
  std::string key;                  // dotted
  std::string value;                // as YAML writes it, resolved
  std::optional<KeySource> source;  // none: no file sets the key, the default applies
};

/// Every key of a machine, with those of its bases and defaults, in the order of `describe hw`.
/// For a key that a --set text gives, that text is the file; there is no line and no tag.  Throws
/// InputError as load_hw_config.
std::vector<MachineKey> machine_keys(const std::string& path,
                                     const std::vector<std::string>& overrides = {});

/// How many values of a machine have each tag, inherited ones included, in the order of kTagNames.
std::array<int, kTagNames.size()> tag_counts(const std::vector<MachineKey>& keys);

}  // namespace tricycle
