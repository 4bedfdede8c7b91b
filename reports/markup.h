// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tricycle {

/// Text as HTML and XML take it, in an element or between double quotes.
std::string markup_text(std::string_view text);

}  // namespace tricycle
