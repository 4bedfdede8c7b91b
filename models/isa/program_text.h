// SPDX-License-Identifier: Apache-2.0
//
// Writes programs as text and reads them back (docs/programs.md): one line per buffer and per
// instruction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "models/isa/program.h"

namespace tricycle {

/// One instruction, without its number, unit and tokens: "matmul acc[..] <- A[..] . B[..]".
std::string instruction_text(const Program& program, std::size_t index);

/// The whole program (`tricycle run --dump-program`), with tokens as comments.
std::string to_text(const Program& program, const HwConfig& hw);

/// Parses a program: parse_program(to_text(p)) is p.  Tokens are derived, whatever the text says.
/// A buffer without an offset is placed after those of its memory.  `file` is the name for
/// messages.  Throws InputError, "FILE:LINE:COLUMN: expected ..", also where the machine lacks what
/// the program needs.
Program parse_program(std::string_view text, const std::string& file, const HwConfig& hw);

}  // namespace tricycle
