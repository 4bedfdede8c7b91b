// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/yaml_document.h"
#include "workloads/problem.h"

namespace tricycle {

/// Reads a problem (workloads/problems/*.yaml), its bases, and the --set texts KEY=VALUE over them.
/// Paths of files are resolved.  Throws InputError with all faults, each with its place.
Problem load_problem(const std::string& path, const std::vector<std::string>& overrides = {});

/// The same for one kind of problem.  The other kind is refused; the message names its command.
Problem load_inversions(const std::string& path, const std::vector<std::string>& overrides = {});
Problem load_layer(const std::string& path, const std::vector<std::string>& overrides = {});

/// Reads the problem from a tree that is already merged; its faults go to `faults`.
Problem read_problem(const YamlNode& root, std::vector<Fault>& faults);

}  // namespace tricycle
