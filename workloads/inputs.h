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
  std::string skipped;  // as in MatrixFile
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
  std::string skipped;  // one line that names the other tensors; empty where there are none
};

/// Every tensor [.., C, C] of a safetensors or .npy file, C >= 2, as matrices A, in name order;
/// those of a batch are labelled "name[i,j]".  Throws InputError with a line for every tensor at
/// fault (an entry on or above the diagonal that is not zero, an entry that is not finite), and
/// where there is none of that shape.
MatrixFile read_matrices(const std::string& path);

}  // namespace tricycle
