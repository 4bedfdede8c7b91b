// SPDX-License-Identifier: Apache-2.0
//
// Texts of others - files, names, arguments - on their way to a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tricycle {

/// Bytes of the UTF-8 sequence at a place (RFC 3629: no surrogates, nothing overlong); 0: none.
std::size_t utf8_sequence(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);
/// Of one such sequence.
std::uint32_t code_point(std::string_view sequence);

/// Whether a text holds what a terminal may take for a command: C0 and C1 control characters, line
/// ends among them.
bool has_control(std::string_view text);

/// The text on one line that a terminal shows and nothing else.  What becomes \xNN, byte by byte:
/// control characters; what turns or hides text (bidirectional controls, zero width, U+2028;
/// Unicode TR 36); bytes that are no UTF-8.
std::string printable(std::string_view text);
/// Offset of the first byte that printable() would escape; npos: none.
std::size_t find_unprintable(std::string_view text);

/// A text of a file for a message: printable, at most `most` characters of it, behind them how many
/// bytes there are.
std::string excerpt(std::string_view text, std::size_t most = 60);

}  // namespace tricycle
