// SPDX-License-Identifier: Apache-2.0
//
// Values of options, checked; messages name the option.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/format.h"
#include "models/run_result.h"

namespace tricycle {

/// "a,b,c" -> a, b, c.  Throws InputError with a line for every empty or duplicate name.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

/// Format by name.  Throws InputError that lists the valid names.
Format parse_format(std::string_view option, const std::string& name);

/// Decimal integer in [minimum, maximum].  Throws InputError.
std::int64_t parse_count(std::string_view option, const std::string& text, std::int64_t minimum,
                         std::int64_t maximum);

/// Fidelity by name.  Throws InputError that lists the valid names.
Fidelity parse_fidelity(const std::string& name);

}  // namespace tricycle
