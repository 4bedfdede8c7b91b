// SPDX-License-Identifier: Apache-2.0
//
// Tables of measured kernels: the columns of workloads/data/silicon/h200_kernels.csv.
#pragma once

#include <string>
#include <string_view>

#include "models/simt/warp_program.h"
#include "sim/validate/published_table.h"
#include "workloads/kernels/warp_kernels.h"

namespace tricycle {

/// The number behind a letter: 3 in "n3 s4 horner" for 'n', 0 where there is none.
int number_after(std::string_view parameters, char letter);
/// The number before a word: 16 in "16 rows 2 shares" for "rows", 0 where there is none.
int number_before(std::string_view parameters, std::string_view word);

/// "block_doubling recursive, chunk 64, 4 warps, fp16", with parameters where there are any.
std::string kernel_title(const PublishedTable& table, std::size_t row);

/// The kernel of a row.
WarpKernel kernel_of(const PublishedTable& table, std::size_t row);
/// Its code as scheduled for the machine; registers, scratchpad, size of the code and instructions
/// in all are the row's, which are the compiler's and no times.  Throws InputError with the place
/// for a kernel that is not known.
WarpProgram program_of(const PublishedTable& table, std::size_t row, const HwConfig& hw);

}  // namespace tricycle
