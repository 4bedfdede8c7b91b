// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/yaml_document.h"

namespace tricycle {

/// --set texts by what they override, prefixes removed: "algorithm.", "problem.", none for the
/// machine.
struct Settings {
  std::vector<std::string> machine, problem, algorithm;
};
Settings split_settings(const std::vector<std::string>& set);

/// The text of a configuration: the file, over its `base:` files, under the --set texts.  Maps
/// merge key by key, anything else is replaced; every node keeps the place its text stands at.  The
/// key `base` itself is removed. Throws InputError for faults of syntax and of the chain of bases,
/// which ends within 64 files; faults of --set texts go to `faults`.
YamlNode load_layers(const std::string& path, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults);

/// Whether a tree is a grid of a sweep: it has a grid's sections, or names the files of machine and
/// problem, which a resolved run holds.
bool names_grid(const YamlNode& root);

/// The file and the files its `base:` keys lead to, each before the one it stands on.  Throws
/// InputError as load_layers.
std::vector<std::string> layer_files(const std::string& path);

/// Puts --set texts KEY=VALUE over a tree.  A text that is no KEY=VALUE and a key that is given
/// twice go to `faults`; messages have `prefix` ("problem.") before the key, as the user wrote it.
void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults);

}  // namespace tricycle
