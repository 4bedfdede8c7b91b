// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

/// Where a text stands: a file with line and column (from 1), or a whole source (a missing file, a
/// --set) with line 0.
struct Place {
  std::string source;
  int line = 0;
  int column = 0;
};

/// One thing wrong with the input, before it becomes a line of an InputError.
struct Fault {
  Place place;
  std::string key;   // dotted; empty: the file itself
  std::string what;  // `expected ..., got "..."`
};

/// `path:line:col: key: what`; without a line `source: key: what`, the key only where the source, a
/// --set, does not name it.
std::string to_line(const Fault& fault);

/// More faults than a person reads in one go are counted, not shown.
inline constexpr std::size_t kMostFaultsShown = 50;
/// Keys, values and collections of one file, or of a file and its bases together.
inline constexpr std::size_t kMostYamlValues = 500'000;

/// Throws InputError with a line for every fault, ordered by place (files before --set), if there
/// is any; the first kMostFaultsShown of them.
void throw_if_any(std::vector<Fault> faults);

/// A YAML value: the text of its scalar as written, so that the reader of a key decides what it
/// means.
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
  /// For messages: the quoted scalar (an excerpt), "a map", "a list" or "nothing".
  std::string got() const;
  /// Keys, values and collections, this one included.
  std::size_t count() const;
};

struct YamlNode::Entry {
  std::string key;
  Place key_place;
  YamlNode value;
};

/// Parses one YAML document whose root is a map.  Duplicate keys, tabs as indentation, anchors,
/// aliases, merges, tags, control characters, invalid UTF-8, several documents and more than
/// kMostYamlValues are faults.  Throws InputError; `source` names the text in its messages, which
/// do not quote what is no YAML: it may be any file.
YamlNode parse_yaml(const std::string& text, const std::string& source);

/// Reads and parses a file.  Throws InputError, also for what is missing, unreadable, a directory
/// or no regular file.
YamlNode read_yaml_file(const std::string& path);

}  // namespace tricycle
