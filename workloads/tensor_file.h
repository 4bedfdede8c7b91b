// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "workloads/tensor.h"

namespace tricycle {

/// Reads the tensors of a file of matrices, by name.  The first bytes tell its format: safetensors,
/// or NumPy's .npy.  The one array of an .npy file has the name of the file without its extension.
/// Throws InputError as read_safetensors() and parse_npy() do.
std::map<std::string, Tensor> read_tensor_file(const std::string& path);

}  // namespace tricycle
