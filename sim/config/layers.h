// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/yaml_document.h"

namespace tricycle {

/// --set texts by what they override, without their prefixes: "algorithm.", "problem.", or none for
/// the machine.
struct Settings {
  std::vector<std::string> machine, problem, algorithm;
};
Settings split_settings(const std::vector<std::string>& set);

/// Loads a configuration: the file, over its `base:` files, under the --set texts.  Maps merge key
/// by key; anything else is replaced.  Every node keeps the place where its text stands.  The key
/// `base` itself is removed.
///
/// Throws InputError for faults of syntax and of the chain of bases, which must end within 64
/// files.  Faults of --set texts go to `faults`.
YamlNode load_layers(const std::string& path, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults);

/// Whether a tree is a grid of a sweep.  Such a tree has a grid's sections, or names the files of
/// machine and problem, whose contents a resolved run holds itself.
bool names_grid(const YamlNode& root);

/// The file and all files that its `base:` keys lead to; each file precedes its base.  Throws
/// InputError as load_layers.
std::vector<std::string> layer_files(const std::string& path);

/// Applies --set texts KEY=VALUE to a tree.  Faults are a text that is not KEY=VALUE, and a key
/// that is given twice.  Messages put `prefix` ("problem.") before the key, as the user wrote it.
void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides,
                     const std::string& prefix, std::vector<Fault>& faults);

}  // namespace tricycle
