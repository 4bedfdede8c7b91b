// SPDX-License-Identifier: Apache-2.0
//
// Reads matrices from files for the inputs of a user's own program, which runs without a problem.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/program.h"

namespace tricycle {

/// The file that the matrices of an input come from.
struct InputFile {
  std::string buffer;  // name in the program
  std::string file;    // .npy or safetensors
  std::string tensor;  // in the file; empty: the only one there
};

/// Parses "NAME=FILE[:TENSOR]", the value of --input.  What follows the last colon is a tensor,
/// unless there is a file with the whole name.  Throws InputError.
InputFile parse_input(std::string_view text);

/// The largest number of items in a run.
inline constexpr std::int64_t kMostProgramItems = 1'000'000;

/// The real numbers of all inputs, in the order of Program::inputs.
struct ProgramInputs {
  struct Matrices {
    std::vector<double> values;  // row-major, one matrix after the other
    bool shared = false;         // there is one matrix, which all items share
  };
  std::vector<Matrices> inputs;
  std::int64_t items = 1;
  std::string digest;  // SHA-256 of names, shapes and values
};

/// Reads the files.  A tensor has the shape [.., rows, cols], with rows and cols as in its buffer.
/// The product of its leading extents is the number of items, the same for all tensors, or 1 (a
/// matrix that all items share).  `items`: how many there must be.
///
/// For a buffer in fixed point, integers are its codes, unless their file says how many fraction
/// bits they have.
///
/// Throws InputError for inputs without a file (it names all of them), a name that is no input, and
/// a file or tensor that cannot be read.  Also for a wrong shape (it says what was expected, and of
/// which buffer), and for an entry that is not finite where the buffer is in fixed point.
ProgramInputs read_program_inputs(const Program& program, const std::vector<InputFile>& files,
                                  std::optional<std::int64_t> items);

}  // namespace tricycle
