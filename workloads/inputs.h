// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// The matrices of a problem.
struct Inputs {
  std::vector<ChunkMatrix> chunks;
  std::string note;  // as in MatrixFile
};

/// Throws InputError: unreadable or unsuitable file, no whole chunk of the problem's size.
Inputs make_inputs(const Problem& problem);

/// A tensor [.., C, C] of a file: matrices[first] and those behind it, in row-major order.
struct MatrixTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::size_t first, count;
};

struct MatrixFile {
  std::vector<MatrixTensor> tensors;
  std::vector<ChunkMatrix> matrices;
  /// What of the file was left out, or read otherwise than one might think, on one line without the
  /// file's name; empty where nothing was.
  std::string note;
};

/// Every tensor [.., C, C] of a safetensors or .npy file, C >= 2, as matrices A, in name order;
/// those of a batch are labelled "name[i,j]".  Throws InputError with a line for every tensor at
/// fault (an entry on or above the diagonal that is not zero, an entry that is not finite), and
/// where there is none of that shape.  The numbers are those of the file, to the last bit.
/// Integers are codes with the fraction bits of the file's header (safetensors' __metadata__), else
/// with those given, which must not contradict the header; 0: whole numbers.
MatrixFile read_matrices(const std::string& path, std::int64_t fraction_bits = 0);

/// SHA-256 of matrices in order: of their binary32 (little-endian, row-major) where that holds
/// every entry, else of their binary64.
std::string input_digest(const std::vector<ChunkMatrix>& chunks);

}  // namespace tricycle
