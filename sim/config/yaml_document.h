// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

/// Where a text stands: a file with line and column (from 1), or a whole source with line 0.  A
/// whole source is, for example, a missing file or a --set.
struct Place {
  std::string source;
  int line = 0;
  int column = 0;
};

/// One thing that is wrong with the input; it becomes one line of an InputError.
struct Fault {
  Place place;
  std::string key;   // dotted; empty: the file itself
  std::string what;  // `expected ..., got "..."`
};

/// The line for a fault: `path:line:col: key: what`.  Without a line it is `source: key: what`.
/// The key is left out where the source, a --set, names it already.
std::string to_line(const Fault& fault);

/// The most faults that are shown, as a person cannot read more at once.  Further ones are counted.
inline constexpr std::size_t kMostFaultsShown = 50;
/// Limit on keys, values and collections of one file, or of a file and its bases together.
inline constexpr std::size_t kMostYamlValues = 500'000;

/// Throws InputError if there is a fault.  The message has a line per fault, ordered by place
/// (files before --set), for the first kMostFaultsShown.
void throw_if_any(std::vector<Fault> faults);

/// A YAML value.  It holds the text of a scalar as written, so that the reader of a key decides
/// what the text means.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kMap, kSequence };
  struct Entry;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;             // scalar
  std::vector<Entry> entries;   // map, in the order of the file
  std::vector<YamlNode> items;  // sequence

  const Entry* find(std::string_view key) const;
  Entry* find(std::string_view key);
  /// What to write after "got" in messages: the quoted scalar (an excerpt), "a map", "a list" or
  /// "nothing".
  std::string got() const;
  /// Number of keys, values and collections, this one included.
  std::size_t count() const;
};

struct YamlNode::Entry {
  std::string key;
  Place key_place;
  YamlNode value;
};

/// Parses one YAML document whose root is a map.  These are faults: duplicate keys, tabs as
/// indentation, anchors, aliases, merges, tags, control characters, invalid UTF-8, several
/// documents, and more than kMostYamlValues.  Throws InputError; `source` names the text in its
/// messages.  The messages do not quote text that is not YAML, as the file may be any file.
YamlNode parse_yaml(const std::string& text, const std::string& source);

/// Reads and parses a file.  Throws InputError, also where the file is missing, unreadable, a
/// directory or not a regular file.
YamlNode read_yaml_file(const std::string& path);

}  // namespace tricycle
