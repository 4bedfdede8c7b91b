// SPDX-License-Identifier: Apache-2.0
//
// Makes foreign text - files, names, arguments - safe to print on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tricycle {

/// Length in bytes of the UTF-8 sequence at `at` (RFC 3629: no surrogates, nothing overlong).  0:
/// there is no valid sequence.
std::size_t utf8_sequence(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);
/// The code point of one valid UTF-8 sequence.
std::uint32_t code_point(std::string_view sequence);

/// Whether a text holds anything that a terminal may take for a command: C0 and C1 control
/// characters, line ends included.
bool has_control(std::string_view text);

/// The text as one line that is safe to show on a terminal.  These become \xNN, byte by byte:
/// control characters; characters that reorder or hide text (bidirectional controls, zero width,
/// U+2028; Unicode TR 36); bytes that are not UTF-8.
std::string printable(std::string_view text);
/// Offset of the first byte that printable() would escape; npos: none.
std::size_t find_unprintable(std::string_view text);

/// A text of a file, for a message: printable, at most `most` characters of it.  A longer text is
/// cut and its number of bytes appended.
std::string excerpt(std::string_view text, std::size_t most = 60);

}  // namespace tricycle
