// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "workloads/tensor.h"

namespace tricycle {

/// The tensors of a file of matrices by name; its first bytes say what it is: safetensors, or
/// NumPy's .npy, whose one array is named as the file without its extension.  Throws InputError as
/// read_safetensors() and parse_npy().
std::map<std::string, Tensor> read_tensor_file(const std::string& path);

}  // namespace tricycle
