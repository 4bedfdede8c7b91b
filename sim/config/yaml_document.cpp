// SPDX-License-Identifier: Apache-2.0
#include "sim/config/yaml_document.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "models/error.h"
#include "models/printable.h"
#include "sim/host/input_file.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

namespace {

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{16} << 20;
constexpr std::size_t kFaultsKept = 1000;

/// What a text may hold is spent: there is no sense in reading on.
struct EnoughFaults {};

/// Faults of a file that is not ours must not show what it contains.
std::string kind_of(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar ? "a text" : node.got();
}

/// Builds the tree from the parser's events; events, unlike YAML::Node, still have duplicate keys
/// and aliases.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string source) : source_(std::move(source)) {}

  std::optional<YamlNode> root;
  std::vector<Fault> faults;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) fault(place(mark), "expected one document, got more text behind it");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(make(mark, YamlNode::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fault(place(mark), "aliases are not supported (write the value, or use base: other.yaml)");
    add(make(mark, YamlNode::Kind::kNull));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    YamlNode node = make(mark, YamlNode::Kind::kScalar);
    node.text = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A collection still open; in a map, the key that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };

  Place place(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1}; }
  YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind) {
    count_value(mark);
    YamlNode node;
    node.kind = kind;
    node.place = place(mark);
    return node;
  }

  std::string path() const {
    std::string text;
    for (const Open& open : open_)
      if (open.key) text += (text.empty() ? "" : ".") + excerpt(open.key->text);
    return text;
  }
  void fault(Place where, std::string what) {
    faults.push_back({std::move(where), path(), std::move(what)});
    if (faults.size() == kFaultsKept) throw EnoughFaults{};
  }
  /// Memory is bounded: a node takes a hundred times the two bytes of "[,".
  void count_value(const YAML::Mark& mark) {
    if (++values_ <= kMostYamlValues) return;
    faults = {{place(mark), "",
               fmt::format("expected at most {} keys and values in a file", kMostYamlValues)}};
    throw EnoughFaults{};
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      fault(place(mark), "anchors are not supported (write the value, or use base: other.yaml)");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    // "?" is a plain scalar or collection, "!" a quoted scalar.
    if (!tag.empty() && tag != "?" && tag != "!")
      fault(place(mark), "tags are not supported; write the value alone");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open_.push_back({make(mark, kind), std::nullopt, {}});
  }
  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      if (!root) root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      add_key(parent, std::move(node));
    } else {
      // yaml-cpp marks an absent value at the next token: its key is where the reader looks.
      if (node.kind == YamlNode::Kind::kNull) node.place = parent.key->place;
      parent.node.entries.push_back({parent.key->text, parent.key->place, std::move(node)});
      parent.key.reset();
    }
  }

  void add_key(Open& parent, YamlNode key) {
    if (key.kind != YamlNode::Kind::kScalar)
      fault(key.place, "expected the name of a key, got " + key.got());
    const auto [first, is_new] = parent.lines.emplace(key.text, key.place.line);
    const bool merge = key.text == "<<";
    parent.key = std::move(key);
    if (merge) fault(parent.key->place, "merges are not supported (use base: other.yaml)");
    if (!is_new)
      fault(parent.key->place, fmt::format("duplicate key (first at line {})", first->second));
  }

  std::string source_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

/// Byte offset of the first control character or invalid UTF-8 sequence; npos if the text has none.
std::size_t find_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_sequence(text, i);
    if (length == 0 || c == 0x7F || (c < 0x20 && c != '\n' && c != '\r' && c != '\t')) return i;
    i += length;
  }
  return std::string_view::npos;
}

/// Faults of the bare text that the parser would misread: tabs as indentation, control characters,
/// other encodings.
std::vector<Fault> check_characters(const std::string& text, const std::string& source) {
  std::vector<Fault> faults;
  const std::size_t bad = find_bad_character(text);
  if (bad != std::string::npos) {
    const std::size_t line_start = bad == 0 ? 0 : text.rfind('\n', bad - 1) + 1;
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
    faults.push_back({{source, static_cast<int>(line), static_cast<int>(bad - line_start) + 1},
                      "",
                      fmt::format("expected UTF-8 text, got byte 0x{:02X}",
                                  static_cast<unsigned char>(text[bad]))});
    return faults;
  }
  std::istringstream stream(text);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::size_t start = line.find_first_not_of(' ');
    if (faults.size() < kFaultsKept && start != std::string::npos && line[start] == '\t')
      faults.push_back({{source, number, static_cast<int>(start) + 1},
                        "",
                        "expected spaces as indentation, got a tab"});
  }
  return faults;
}

std::string text_of_file(const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) throw InputError("expected the path of a YAML file, got an empty text");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    throw InputError(path + ": expected a YAML file, found no such file" + shipped_hint(path));
  if (error) throw InputError(path + ": cannot read: " + error.message());
  if (fs::is_directory(status)) throw InputError(path + ": expected a YAML file, got a directory");
  if (!fs::is_regular_file(status))
    throw InputError(path + ": expected a YAML file, got a special file");
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kMaxFileBytes)
    throw InputError(path + ": expected a YAML file of at most 16 MiB");
  return file_text(path);
}

/// The message of yaml-cpp without the text of the file, which some messages end with.
std::string what_of(const YAML::Exception& error) {
  if (const auto* deep = dynamic_cast<const YAML::DeepRecursion*>(&error))
    return fmt::format("at most {} maps and lists inside each other", deep->depth());
  std::string what = error.msg;
  const std::size_t quoted = what.find(": ");
  return quoted == std::string::npos ? what : what.substr(0, quoted);
}

}  // namespace

const YamlNode::Entry* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

YamlNode::Entry* YamlNode::find(std::string_view key) {
  return const_cast<Entry*>(std::as_const(*this).find(key));
}

std::string YamlNode::got() const {
  switch (kind) {
    case Kind::kNull: return "nothing";
    case Kind::kScalar: return '"' + excerpt(text) + '"';
    case Kind::kMap: return "a map";
    case Kind::kSequence: return "a list";
  }
  return "";
}

std::size_t YamlNode::count() const {
  std::size_t sum = 1;
  for (const Entry& entry : entries) sum += 1 + entry.value.count();
  for (const YamlNode& item : items) sum += item.count();
  return sum;
}

YamlNode parse_yaml(const std::string& text, const std::string& source) {
  throw_if_any(check_characters(text, source));
  TreeBuilder builder(source);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    // At most twice: on a stray character yaml-cpp 0.7 finds empty documents forever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    const Place place{source, std::max(1, e.mark.line + 1), std::max(1, e.mark.column + 1)};
    builder.faults.push_back({place, "", "expected YAML: " + what_of(e)});
  } catch (const EnoughFaults&) {
    // they are in builder.faults
  }
  throw_if_any(builder.faults);
  if (!builder.root || builder.root->kind == YamlNode::Kind::kNull)
    throw InputError(source + ":1:1: expected a map of keys, got an empty file");
  if (builder.root->kind != YamlNode::Kind::kMap)
    throw_if_any(
        {{builder.root->place, "", "expected a map of keys, got " + kind_of(*builder.root)}});
  return std::move(*builder.root);
}

YamlNode read_yaml_file(const std::string& path) { return parse_yaml(text_of_file(path), path); }

}  // namespace tricycle
