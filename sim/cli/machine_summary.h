// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/machine_advice.h"

namespace tricycle {

/// The text of `tricycle describe hw FILE --summary`: what a machine can do at the most.  It has
/// peaks by format, the balance of arithmetic and memory, area and power.  Rates of memories and
/// paths stand beside what the array needs.  It says what one chunk needs of every resource, and
/// what is odd about the machine.
///
/// The result is text for people, or a JSON document.  Throws InputError as load_hw_config.
std::string machine_summary(const std::string& path, bool json);

}  // namespace tricycle
