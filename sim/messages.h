// SPDX-License-Identifier: Apache-2.0
//
// Words for the user, on stderr.  They are never worth a failure: where stderr is closed, full or
// a pipe nobody reads, they are lost and nothing else changes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tricycle {

/// Bytes of the UTF-8 sequence at a place (RFC 3629: no surrogates, nothing overlong); 0: none.
std::size_t utf8_sequence(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);

/// Whether a text holds what a terminal may take for a command: C0 and C1 control characters, line
/// ends among them.
bool has_control(std::string_view text);
/// The text on one line that a terminal shows and nothing else: control characters and bytes that
/// are no UTF-8 become \xNN.
std::string printable(std::string_view text);

/// Writes a text as it is.
void to_stderr(std::string_view text) noexcept;
/// Writes the line "tricycle: TEXT", printable.
void tell(std::string_view text) noexcept;

}  // namespace tricycle
