// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// Reads a machine (hwconfigs/*.yaml), its bases, and --set texts KEY=VALUE over them.
/// Throws InputError with every fault at once, each with its place.
HwConfig load_hw_config(const std::string& path, const std::vector<std::string>& overrides = {});

/// The machine of a tree that is already merged; what is wrong with it goes to `faults`.
HwConfig read_hw_config(const YamlNode& root, std::vector<Fault>& faults);

}  // namespace tricycle
