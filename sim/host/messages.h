// SPDX-License-Identifier: Apache-2.0
//
// Words for the user, on stderr.  They are never worth a failure: where stderr is closed, full or
// a pipe nobody reads, they are lost and nothing else changes.
#pragma once

#include <string_view>

#include "models/printable.h"

namespace tricycle {

/// Writes a text as it is.
void to_stderr(std::string_view text) noexcept;
/// Writes the line "tricycle: TEXT", printable.
void tell(std::string_view text) noexcept;

}  // namespace tricycle
