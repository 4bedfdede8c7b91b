// SPDX-License-Identifier: Apache-2.0
//
// Tables of measured kernels: the columns of workloads/data/silicon/h200_kernels.csv.
#pragma once

#include <string>
#include <string_view>

#include "models/simt/warp_program.h"
#include "models/simt/warp_simulation.h"
#include "sim/validate/published_table.h"
#include "workloads/kernels/warp_kernels.h"

namespace tricycle {

/// The number behind a letter: 3 in "n3 s4 horner" for 'n', 0 where there is none.
int number_after(std::string_view parameters, char letter);
/// The number before a word: 16 in "16 rows 2 shares" for "rows", 0 where there is none.
int number_before(std::string_view parameters, std::string_view word);

/// "block_doubling recursive, chunk 64, 4 warps, fp16", with parameters where there are any.
std::string kernel_title(const PublishedTable& table, std::size_t row);

/// A kernel and what the compiler made of it; no times.
struct CompiledKernel {
  WarpKernel kernel{};
  int registers = 0;              // of a thread
  std::int64_t shared_bytes = 0;  // of a block
  double code_bytes = 0;
  std::int64_t instructions = 0;  // of a chunk, all warps; fewer than the steps have: those
};

/// A kernel by its name ("block_doubling/recursive") and parameters ("n3 s8 horner").
WarpKernel warp_kernel_of(const std::string& name, std::string_view parameters, int chunk,
                          int warps);
/// That of a row: `algorithm`/`implementation`, `parameters`, `chunk`, `warps`.
WarpKernel warp_kernel_of(const PublishedTable& table, std::size_t row);
/// The same with `registers`, `shared_bytes`, `code_bytes` and, if there is such a column,
/// `executed_instructions`.
CompiledKernel compiled_kernel(const PublishedTable& table, std::size_t row, WarpKernel kernel);

/// The code as scheduled for the machine.  Throws InputError for a kernel that is not known.
WarpProgram program_of(const CompiledKernel& kernel, const HwConfig& hw);
/// That of a row; faults have its place.
WarpProgram program_of(const PublishedTable& table, std::size_t row, const HwConfig& hw);

/// A chunk of many with the best number of resident blocks, of 1, 2, 4, ..
struct SteadyKernel {
  double cycles = 0;
  int blocks = 0;
  WarpTimes times;
};
SteadyKernel steady_kernel(const WarpProgram& program, const HwConfig& hw);

}  // namespace tricycle
