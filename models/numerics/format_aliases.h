// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tricycle {

/// Tricycle's name for a format that has another name elsewhere ("float16", "half", "fp8_e4m3",
/// "s8", in any case).  Otherwise the closest name; empty where none is near.  For messages only:
/// files and options accept the names of kFormats alone.
std::string_view closest_format(std::string_view given);

}  // namespace tricycle
