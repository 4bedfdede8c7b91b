// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/config/machine_advice.h"

namespace tricycle {

/// `tricycle describe hw FILE --summary`: what a machine can do at the most - peaks by format, the
/// balance of arithmetic and memory, rates of memories and paths beside what the array needs, area,
/// power, what one chunk needs of every resource - and what is odd about it.
/// Text for people, or a JSON document.  Throws InputError as load_hw_config.
std::string machine_summary(const std::string& path, bool json);

}  // namespace tricycle
