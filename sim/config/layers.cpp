// SPDX-License-Identifier: Apache-2.0
#include "sim/config/layers.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

namespace tricycle {

namespace {

namespace fs = std::filesystem;

void merge(YamlNode& under, YamlNode over) {
  if (under.kind != YamlNode::Kind::kMap || over.kind != YamlNode::Kind::kMap) {
    under = std::move(over);
    return;
  }
  under.place = over.place;
  for (YamlNode::Entry& entry : over.entries) {
    YamlNode::Entry* existing = under.find(entry.key);
    if (!existing) {
      under.entries.push_back(std::move(entry));
      continue;
    }
    existing->key_place = entry.key_place;
    merge(existing->value, std::move(entry.value));
  }
}

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

/// `chain` holds the files that are being read, the outermost first.
YamlNode load_with_bases(const std::string& path, std::vector<std::string>& chain) {
  YamlNode node = read_yaml_file(path);
  chain.push_back(path);
  const auto base = std::find_if(node.entries.begin(), node.entries.end(),
                                 [](const auto& e) { return e.key == "base"; });
  if (base == node.entries.end()) return node;

  const YamlNode value = base->value;
  node.entries.erase(base);
  if (value.kind != YamlNode::Kind::kScalar || value.text.empty())
    throw_if_any({{value.place, "base", "expected the path of a YAML file, got " + value.got()}});
  const std::string base_path =
      (fs::path(path).parent_path() / value.text).lexically_normal().string();
  const auto same_file = [&](const std::string& file) {
    return identity(file) == identity(base_path);
  };
  if (std::any_of(chain.begin(), chain.end(), same_file)) {
    std::string cycle;
    for (const std::string& file : chain) cycle += file + " -> ";
    throw_if_any(
        {{value.place, "base", "expected a chain of files that ends, got " + cycle + base_path}});
  }
  std::error_code error;
  if (!fs::exists(base_path, error))
    throw_if_any(
        {{value.place, "base", "expected a YAML file, found no such file: \"" + base_path + '"'}});
  YamlNode merged = load_with_bases(base_path, chain);
  merge(merged, std::move(node));
  return merged;
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
  if (find_bad_character(text) != std::string::npos ||
      text.find_first_of("\n\r\t") != std::string::npos) {
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

/// Like merge, but a map that a --set only reaches through keeps the place of its file, for faults
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

/// Whether two keys set the same thing: equal, or one inside the other.
bool collide(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '.');
}

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
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const std::string_view text = overrides[i];
    const std::string_view key = text.substr(0, text.find('='));
    const auto same = [&](std::string_view earlier) {
      return collide(earlier.substr(0, earlier.find('=')), key);
    };
    const auto now = overrides.begin() + static_cast<std::ptrdiff_t>(i);
    if (const auto earlier = std::find_if(overrides.begin(), now, same); earlier != now) {
      faults.push_back({{"--set " + prefix + overrides[i], 0, 0},
                        "",
                        "duplicate key (first in --set " + prefix + *earlier + "); give it once"});
      continue;
    }
    apply_override(root, parse_override(overrides[i], prefix, faults));
  }
}

std::vector<std::string> layer_files(const std::string& path) {
  std::vector<std::string> chain;
  load_with_bases(path, chain);
  return chain;
}

YamlNode load_layers(const std::string& path, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults) {
  std::vector<std::string> chain;
  YamlNode root = load_with_bases(path, chain);
  apply_overrides(root, overrides, prefix, faults);
  return root;
}

}  // namespace tricycle
