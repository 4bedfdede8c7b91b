// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tricycle {

/// The name here of a format that goes by another one elsewhere ("float16", "half", "fp8_e4m3",
/// "s8", any case), else the closest name; empty where none is near.  For messages: names in files
/// and options are those of kFormats alone.
std::string_view closest_format(std::string_view given);

}  // namespace tricycle
