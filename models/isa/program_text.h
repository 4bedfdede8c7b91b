// SPDX-License-Identifier: Apache-2.0
//
// Programs as text, both ways (docs/programs.md): a line a buffer and an instruction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "models/isa/program.h"

namespace tricycle {

/// One instruction without number, unit and tokens: "matmul acc[..] <- A[..] . B[..]".
std::string instruction_text(const Program& program, std::size_t index);

/// The whole program (`tricycle run --dump-program`), tokens as comments.
std::string to_text(const Program& program, const HwConfig& hw);

/// The program of a text: parse_program(to_text(p)) is p.  Tokens are derived, whatever the text
/// says; a buffer without a place is put behind those of its memory.  `file` stands in messages.
/// Throws InputError, "FILE:LINE:COLUMN: expected ..", and where the machine lacks what it needs.
Program parse_program(std::string_view text, const std::string& file, const HwConfig& hw);

}  // namespace tricycle
