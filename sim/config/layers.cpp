// SPDX-License-Identifier: Apache-2.0
#include "sim/config/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/error.h"
#include "models/printable.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBases = 64;

/// The entries of a map by their keys; they must not move meanwhile.
std::unordered_map<std::string_view, YamlNode::Entry*> by_key(YamlNode& map) {
  std::unordered_map<std::string_view, YamlNode::Entry*> entries;
  for (YamlNode::Entry& entry : map.entries) entries.emplace(entry.key, &entry);
  return entries;
}

void merge(YamlNode& under, YamlNode over) {
  if (under.kind != YamlNode::Kind::kMap || over.kind != YamlNode::Kind::kMap) {
    under = std::move(over);
    return;
  }
  under.place = over.place;
  under.entries.reserve(under.entries.size() + over.entries.size());
  const auto existing = by_key(under);
  for (YamlNode::Entry& entry : over.entries) {
    const auto found = existing.find(entry.key);
    if (found == existing.end()) {
      under.entries.push_back(std::move(entry));
      continue;
    }
    found->second->key_place = entry.key_place;
    merge(found->second->value, std::move(entry.value));
  }
}

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

struct Layer {
  std::string path, identity;
  YamlNode node;  // without `base`
};

/// The file that the `base:` of a file names.  Throws InputError where there is no such file, or it
/// is in the chain already.
std::string base_path(const YamlNode& value, const std::vector<Layer>& chain) {
  if (value.kind != YamlNode::Kind::kScalar || value.text.empty())
    throw_if_any({{value.place, "base", "expected the path of a YAML file, got " + value.got()}});
  const std::string base = named_in(chain.back().path, value.text);
  const std::string id = identity(base);
  if (std::any_of(chain.begin(), chain.end(), [&](const Layer& l) { return l.identity == id; })) {
    std::string cycle;
    for (const Layer& layer : chain) cycle += layer.path + " -> ";
    throw_if_any(
        {{value.place, "base", "expected a chain of files that ends, got " + cycle + base}});
  }
  if (chain.size() > kMostBases)
    throw_if_any({{value.place, "base",
                   fmt::format("expected at most {} files below each other", kMostBases)}});
  std::error_code error;
  if (!fs::exists(base, error))
    throw_if_any(
        {{value.place, "base",
          "expected a YAML file, found no such file: \"" + base + '"' + shipped_hint(value.text)}});
  return base;
}

/// The file and those that its `base:` keys lead to; each file precedes its base.
std::vector<Layer> read_chain(const std::string& path) {
  std::vector<Layer> chain;
  std::size_t values = 0;
  for (std::optional<std::string> next = path; next;) {
    chain.push_back({*next, identity(*next), read_yaml_file(*next)});
    next.reset();
    YamlNode& node = chain.back().node;
    values += node.count();
    if (values > kMostYamlValues)
      throw InputError(
          fmt::format("{}: expected at most {} keys and values in a file and its bases", path,
                      kMostYamlValues));
    const auto base = std::ranges::find(node.entries, "base", &YamlNode::Entry::key);
    if (base == node.entries.end()) continue;
    const YamlNode value = std::move(base->value);
    node.entries.erase(base);
    next = base_path(value, chain);
  }
  return chain;
}

YamlNode merged(std::vector<Layer> chain) {
  YamlNode root = std::move(chain.back().node);
  for (chain.pop_back(); !chain.empty(); chain.pop_back())
    merge(root, std::move(chain.back().node));
  return root;
}

/// A --set text as a tree of one key; every node cites the text.
YamlNode parse_override(const std::string& text, const std::string& prefix,
                        std::vector<Fault>& faults) {
  const Place place{"--set " + prefix + text, 0, 0};
  YamlNode root;
  root.kind = YamlNode::Kind::kMap;
  root.place = place;
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  if (find_unprintable(text) != std::string::npos) {
    faults.push_back({{"--set", 0, 0}, "", "expected printable UTF-8 text"});
    return root;
  }
  if (equals == std::string::npos || key.empty() || key.front() == '.' || key.back() == '.' ||
      key.find("..") != std::string::npos || key.find(' ') != std::string::npos) {
    faults.push_back({place, "", "expected KEY=VALUE, such as systolic_array.rows=8"});
    return root;
  }
  YamlNode value;
  value.kind = YamlNode::Kind::kScalar;
  value.place = place;
  value.text = text.substr(equals + 1);
  for (std::size_t end = key.size(); end != std::string::npos;) {
    const std::size_t dot = key.rfind('.', end - 1);
    const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
    YamlNode map;
    map.kind = YamlNode::Kind::kMap;
    map.place = place;
    map.entries.push_back({key.substr(begin, end - begin), place, std::move(value)});
    value = std::move(map);
    end = dot;
  }
  return value;
}

/// Like merge.  But a map that a --set only passes through keeps its place in the file, for faults
/// such as a missing key.
void apply_override(YamlNode& under, YamlNode over) {
  if (under.kind != YamlNode::Kind::kMap || over.kind != YamlNode::Kind::kMap) {
    under = std::move(over);
    return;
  }
  for (YamlNode::Entry& entry : over.entries) {
    if (YamlNode::Entry* existing = under.find(entry.key)) {
      apply_override(existing->value, std::move(entry.value));
    } else {
      under.entries.push_back(std::move(entry));
    }
  }
}

/// The --set texts so far by their keys.
class GivenKeys {
 public:
  /// The earlier text whose key sets the same thing: the keys are equal, or one is inside the
  /// other. nullptr where there is none; the text is then noted.
  const std::string* note(const std::string& text) {
    const std::string key = text.substr(0, text.find('='));
    for (std::size_t begin = 0; begin != std::string::npos;) {
      const std::size_t dot = key.find('.', begin);
      if (const auto outer = texts_.find(key.substr(0, dot)); outer != texts_.end())
        return outer->second;
      begin = dot == std::string::npos ? dot : dot + 1;
    }
    const auto inner = texts_.lower_bound(key + ".");
    if (inner != texts_.end() && inner->first.starts_with(key + ".")) return inner->second;
    texts_.emplace(key, &text);
    return nullptr;
  }

 private:
  std::map<std::string, const std::string*> texts_;
};

}  // namespace

Settings split_settings(const std::vector<std::string>& set) {
  Settings out;
  for (const std::string& text : set) {
    const auto route = [&](std::string_view prefix, std::vector<std::string>& target) {
      if (!text.starts_with(prefix)) return false;
      target.push_back(text.substr(prefix.size()));
      return true;
    };
    if (!route("algorithm.", out.algorithm) && !route("problem.", out.problem))
      out.machine.push_back(text);
  }
  return out;
}

void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults) {
  GivenKeys given;
  for (const std::string& text : overrides) {
    if (const std::string* earlier = given.note(text)) {
      faults.push_back({{"--set " + prefix + text, 0, 0},
                        "",
                        "duplicate key (first in --set " + prefix + *earlier + "); give it once"});
      continue;
    }
    apply_override(root, parse_override(text, prefix, faults));
  }
}

bool names_grid(const YamlNode& root) {
  const auto has = [&](std::string_view key) { return root.find(key) != nullptr; };
  const auto names_file = [&](std::string_view key) {
    const YamlNode::Entry* entry = root.find(key);
    return entry != nullptr && entry->value.kind == YamlNode::Kind::kScalar;
  };
  return has("axes") || has("constraints") || has("sampling") || has("derived") ||
         names_file("machine") || names_file("problem");
}

std::vector<std::string> layer_files(const std::string& path) {
  std::vector<std::string> paths;
  for (const Layer& layer : read_chain(path)) paths.push_back(layer.path);
  return paths;
}

YamlNode load_layers(const std::string& path, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults) {
  YamlNode root = merged(read_chain(path));
  apply_overrides(root, overrides, prefix, faults);
  return root;
}

}  // namespace tricycle
