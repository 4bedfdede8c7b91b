// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle describe` says, as JSON documents.  docs/output.md documents their keys.  Each
// number is in the unit that stands beside it.
#pragma once

#include <string>

namespace tricycle {

/// Every key of a kind of file: type, unit, range, default, meaning.
std::string hw_keys_json();
std::string problem_keys_json();
std::string costs_keys_json();

/// Every key of a machine with its value, its tag, its source, and where the source stands.  Throws
/// InputError as load_hw_config.
std::string machine_keys_json(const std::string& path);

}  // namespace tricycle
