// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/config/yaml_document.h"

namespace tricycle {

/// The text of a configuration: the file, over its `base:` files, under the --set texts.  Maps
/// merge key by key, anything else is replaced; every node keeps the place its text stands at.  The
/// key `base` itself is removed. Throws InputError for faults of syntax and of the chain of bases;
/// faults of --set texts go to `faults`.
YamlNode load_layers(const std::string& path, const std::vector<std::string>& overrides,
                     std::vector<Fault>& faults);

struct SplitOverrides {
  std::vector<std::string> matching;  // keys that begin with the prefix
  std::vector<std::string> rest;
};

/// Routes --set texts: those whose key begins with `prefix` ("algorithm."), and the others.  Texts
/// are passed on unchanged.
SplitOverrides split_overrides(const std::vector<std::string>& overrides, std::string_view prefix);

}  // namespace tricycle
