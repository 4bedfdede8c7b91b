// SPDX-License-Identifier: Apache-2.0
#include "sim/config/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "sim/config/field_tree.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

namespace {

struct Clause {
  std::string_view key;  // empty: of every value on the line
  Tag tag;
  std::string_view source;
  std::vector<std::string> premises;
};

/// The text after the `#` that begins a comment.  The `#` is at the start or after a blank, not in
/// quotes.
std::string_view comment_of(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
      return line.substr(i + 1);
    }
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// The keys of "a.b, c.d"; none where one of them is no dotted key.
std::vector<std::string> premises_of(std::string_view text) {
  std::vector<std::string> keys;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view key = trimmed(text.substr(begin, end - begin));
    if (key.empty() || key.find(' ') != std::string_view::npos) return {};
    keys.emplace_back(key);
    begin = end + 1;
  }
  return keys;
}

/// `[KEY] TAG:` or `[KEY] derived from KEY, KEY:` at the start of a text, and what follows; nullopt
/// where it starts otherwise.
std::optional<Clause> clause_at(std::string_view text) {
  constexpr std::string_view kFrom = "derived from ";
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view head = text.substr(0, colon), key;
  const auto is_tag = [](std::string_view word) {
    return std::find(kTagNames.begin(), kTagNames.end(), word) != kTagNames.end();
  };
  if (const std::size_t blank = head.find(' ');
      blank != std::string_view::npos && !is_tag(head.substr(0, blank))) {
    key = head.substr(0, blank);
    head.remove_prefix(blank + 1);
  }
  std::vector<std::string> premises;
  if (head.starts_with(kFrom)) {
    premises = premises_of(head.substr(kFrom.size()));
    if (premises.empty()) return std::nullopt;
    head = head.substr(0, kFrom.find(' '));
  }
  const auto tag = std::find(kTagNames.begin(), kTagNames.end(), head);
  if (tag == kTagNames.end()) return std::nullopt;
  return Clause{key, static_cast<Tag>(tag - kTagNames.begin()), text.substr(colon + 1),
                std::move(premises)};
}

/// The clauses of a comment; none where it does not begin with one.
std::vector<Clause> clauses_of(std::string_view comment) {
  std::vector<Clause> clauses;
  std::string_view rest = trimmed(comment);
  while (std::optional<Clause> clause = clause_at(rest)) {
    std::size_t end = rest.find("; ");
    while (end != std::string_view::npos && !clause_at(rest.substr(end + 2)))
      end = rest.find("; ", end + 2);
    const auto begin = static_cast<std::size_t>(clause->source.data() - rest.data());
    clause->source = trimmed(rest.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (!clause->source.empty()) clauses.push_back(*clause);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
  }
  return clauses;
}

/// Walks the tree of a file beside its lines.
class SourceReader {
 public:
  explicit SourceReader(const std::string& path) : path_(path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines_.push_back(line);
  }

  void read(const YamlNode& map, const std::string& prefix) {
    for (const YamlNode::Entry& entry : map.entries) {
      const bool text = prefix.empty() &&
                        (entry.key == "name" || entry.key == "description" || entry.key == "base");
      if (entry.value.kind == YamlNode::Kind::kMap) {
        sections_.push_back(entry.key_place.line);
        read(entry.value, prefix + entry.key + ".");
        sections_.pop_back();
      } else if (!text) {
        keys_.push_back(make(prefix + entry.key, entry));
      }
    }
  }
  std::vector<KeySource> take() { return std::move(keys_); }

 private:
  std::vector<Clause> clauses(int line) const {
    const auto index = static_cast<std::size_t>(line - 1);
    return index < lines_.size() ? clauses_of(comment_of(lines_[index])) : std::vector<Clause>{};
  }
  std::optional<Clause> find(int line, std::string_view key) const {
    for (const Clause& clause : clauses(line))
      if (clause.key == key) return clause;
    return std::nullopt;
  }

  KeySource make(std::string dotted, const YamlNode::Entry& entry) const {
    std::optional<Clause> clause = find(entry.key_place.line, entry.key);
    for (auto line = sections_.rbegin(); !clause && line != sections_.rend(); ++line)
      clause = find(*line, entry.key);
    if (!clause) clause = find(entry.key_place.line, "");
    KeySource out{std::move(dotted), path_, entry.key_place.line, std::nullopt, "", {}};
    if (clause) {
      out.tag = clause->tag;
      out.source = clause->source;
      out.premises = std::move(clause->premises);
    }
    return out;
  }

  std::string path_;
  std::vector<std::string> lines_;
  std::vector<int> sections_;  // lines of the sections around, outermost first
  std::vector<KeySource> keys_;
};

using Sources = std::map<std::string, KeySource, std::less<>>;

void add_keys(const FieldNode& node, const std::string& prefix, const Sources& sources,
              std::vector<MachineKey>& out) {
  for (const FieldNode& child : node.children) {
    if (!child.present || child.kind == FieldNode::Kind::kText) continue;
    const std::string key = prefix + child.key;
    if (!child.is_leaf()) {
      add_keys(child, key + ".", sources, out);
      continue;
    }
    const auto found = sources.find(key);
    out.push_back(
        {key, child.value, found == sources.end() ? std::nullopt : std::optional(found->second)});
  }
}

}  // namespace

std::vector<KeySource> file_sources(const std::string& path) {
  const YamlNode root = read_yaml_file(path);
  SourceReader reader(path);
  reader.read(root, "");
  return reader.take();
}

std::vector<MachineKey> machine_keys(const std::string& path,
                                     const std::vector<std::string>& overrides) {
  HwConfig hw = load_hw_config(path, overrides);
  Sources sources;
  for (const std::string& text : overrides) {
    const std::string key = text.substr(0, text.find('='));
    sources.emplace(key, KeySource{key, "--set", 0, std::nullopt, "", {}});
  }
  // The file itself comes first: what it sets overrides its bases.
  for (const std::string& file : layer_files(path))
    for (KeySource& source : file_sources(file)) sources.emplace(source.key, source);
  FieldTree tree;
  visit_fields(tree, hw);
  std::vector<MachineKey> keys;
  add_keys(tree.take(), "", sources, keys);
  return keys;
}

std::array<int, kTagNames.size()> tag_counts(const std::vector<MachineKey>& keys) {
  std::array<int, kTagNames.size()> counts{};
  for (const MachineKey& key : keys)
    if (key.source && key.source->tag) ++counts[static_cast<std::size_t>(*key.source->tag)];
  return counts;
}

}  // namespace tricycle
