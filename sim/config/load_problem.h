// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/yaml_document.h"
#include "workloads/problem.h"

namespace tricycle {

/// Reads a problem (workloads/problems/*.yaml), its bases, and --set texts KEY=VALUE over them;
/// paths of files are resolved. Throws InputError with every fault at once, each with its place.
Problem load_problem(const std::string& path, const std::vector<std::string>& overrides = {});

/// The same, of the one kind; the other is refused with the command that takes it.
Problem load_inversions(const std::string& path, const std::vector<std::string>& overrides = {});
Problem load_layer(const std::string& path, const std::vector<std::string>& overrides = {});

/// The problem of a tree that is already merged; what is wrong with it goes to `faults`.
Problem read_problem(const YamlNode& root, std::vector<Fault>& faults);

}  // namespace tricycle
