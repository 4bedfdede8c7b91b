// SPDX-License-Identifier: Apache-2.0
//
// Inversions as CUDA kernels for Hopper compute them: the order of every sum and every rounding.
// The kernels and what they stored on an H200 are described in workloads/data/silicon/README.md.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// What a kernel's name leaves open.
struct HopperKernelOptions {
  int order = 0, steps = 0;  // neumann_masked: N and S; 0: 3, 4 for chunks of 16; 4, 3; 3, 8
  int groups = 0;            // forward_substitution/rows: groups of threads that share a sum
};

/// "algorithm/implementation" of every kernel, such as "block_doubling/recursive".
std::vector<std::string_view> hopper_kernel_names();

/// The program of a kernel in fp16 or bf16, for a machine with the units of hwconfigs/h200_sm.yaml:
/// sums that start from linear terms, and fp32 for the vector unit.  Throws InputError for another
/// name, and as lower() does.
Program lower_hopper_kernel(std::string_view name, const HopperKernelOptions& options, int chunk,
                            Format format, const HwConfig& hw);

}  // namespace tricycle
