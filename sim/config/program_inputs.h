// SPDX-License-Identifier: Apache-2.0
//
// Matrices from files for the inputs of a program of one's own, which runs without a problem.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/program.h"

namespace tricycle {

/// Where the matrices of an input come from.
struct InputFile {
  std::string buffer;  // name in the program
  std::string file;    // .npy or safetensors
  std::string tensor;  // of the file; empty: its only one
};

/// "NAME=FILE[:TENSOR]", the value of --input.  What follows the last colon is a tensor unless a
/// file has the whole name.  Throws InputError.
InputFile parse_input(std::string_view text);

/// The most items that a run takes.
inline constexpr std::int64_t kMostProgramItems = 1'000'000;

/// The real numbers of all inputs, in the order of Program::inputs.
struct ProgramInputs {
  struct Matrices {
    std::vector<double> values;  // row-major, one matrix behind the other
    bool shared = false;         // one, for all items
  };
  std::vector<Matrices> inputs;
  std::int64_t items = 1;
  std::string digest;  // SHA-256 of names, extents and values
};

/// Reads the files: tensors [.., rows, cols] as their buffers, the leading extents the same product
/// in all (which are the items), or 1 (a matrix that all items share).  `items`: how many there
/// must be.  Integers for a buffer in fixed point are its codes, unless their file says how many
/// fraction bits they have.  Throws InputError: all inputs that have no file, a name that is no
/// input, a file or tensor that cannot be read, other extents (what was expected, and of which
/// buffer), an entry that is not finite for a buffer in fixed point.
ProgramInputs read_program_inputs(const Program& program, const std::vector<InputFile>& files,
                                  std::optional<std::int64_t> items);

}  // namespace tricycle
