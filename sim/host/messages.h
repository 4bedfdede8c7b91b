// SPDX-License-Identifier: Apache-2.0
//
// Messages for the user, on stderr.  A message never causes a failure: where stderr is closed, full
// or a pipe that nobody reads, the message is lost and nothing else changes.
#pragma once

#include <string_view>

#include "models/printable.h"

namespace tricycle {

/// Writes a text as it is.
void to_stderr(std::string_view text) noexcept;
/// Writes the line "tricycle: TEXT", made printable.
void tell(std::string_view text) noexcept;

}  // namespace tricycle
