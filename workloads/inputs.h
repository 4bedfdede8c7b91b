// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// The matrices A of a problem.
struct Inputs {
  std::vector<ChunkMatrix> chunks;
  std::string note;  // as in MatrixFile
};

/// Reads or draws the matrices of a problem.  Throws InputError: unreadable or unsuitable file, no
/// whole chunk of the problem's size.
Inputs make_inputs(const Problem& problem);

/// A tensor [.., C, C] of a file.  Its matrices are matrices[first] and the next ones, in row-major
/// order; `count` in all.
struct MatrixTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::size_t first, count;
};

struct MatrixFile {
  std::vector<MatrixTensor> tensors;
  std::vector<ChunkMatrix> matrices;
  /// What of the file was left out, or read differently from what one might expect.  One line
  /// without the file's name; empty where there is nothing to say.
  std::string note;
};

/// Reads every tensor [.., C, C] of a safetensors or .npy file, C >= 2, as matrices A, in the order
/// of names.  The matrices of a batch are labelled "name[i,j]".  The numbers are those of the file,
/// to the last bit.
///
/// Integers are codes.  Their fraction bits come from the file's header (safetensors'
/// __metadata__), otherwise from `fraction_bits`, which must not contradict the header.  0: whole
/// numbers.
///
/// Throws InputError with one line per faulty tensor: an entry on or above the diagonal that is not
/// zero, or an entry that is not finite.  Throws also where no tensor has that shape.
MatrixFile read_matrices(const std::string& path, std::int64_t fraction_bits = 0);

/// SHA-256 of matrices in order, with gates that are applied to their inverses.  It takes their
/// binary32 (little-endian, row-major) where that holds every entry exactly, else their binary64.
std::string input_digest(const std::vector<ChunkMatrix>& chunks);

}  // namespace tricycle
