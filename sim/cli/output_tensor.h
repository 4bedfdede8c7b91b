// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/tensor_file.h"

namespace tricycle {

/// The tensor that --out names, or `usual` of its file.  Adds a fault where the file cannot be
/// written, or is one of `inputs` ("FILE[:TENSOR]"), which it would replace.
TensorName checked_output(const std::string& out, std::string_view usual,
                          const std::vector<std::string>& inputs, std::vector<std::string>& faults);

}  // namespace tricycle
