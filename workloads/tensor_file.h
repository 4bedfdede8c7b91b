// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "workloads/npy.h"
#include "workloads/tensor.h"

namespace tricycle {

/// Reads the tensors of a file of matrices, by name.  The first bytes tell its format: safetensors,
/// or NumPy's .npy.  The one array of an .npy file has the name of the file without its extension.
/// Throws InputError as read_safetensors() and parse_npy() do.
std::map<std::string, Tensor> read_tensor_file(const std::string& path,
                                               NpyTypes types = NpyTypes::kReal);

/// One tensor of a file, as a user names it: "FILE" or "FILE:TENSOR".
struct TensorName {
  std::string file;
  std::string tensor;  // empty: the only one of the file
};

/// What follows a colon behind the name of a file is a tensor: of several such files the one with
/// the longest name.
TensorName parse_tensor_name(std::string_view text);
/// The same of a file to be written: "NAME.safetensors:TENSOR", or a whole name.  Throws InputError
/// for a tensor of a .npy file.
TensorName parse_output_name(std::string_view option, std::string_view text);

/// Reads it.  `what` names it in messages ("--a a.npy").  Throws InputError as read_tensor_file()
/// does, and for a tensor that the file lacks or that must be named (the message lists some).
Tensor read_tensor(const TensorName& name, std::string_view what, NpyTypes types);

/// The bytes of a file with one tensor: .npy where `path` ends so, else safetensors, where the
/// tensor has a name.  Throws InputError where NumPy has no such element type.
std::string tensor_file_text(const std::string& path, const std::string& name,
                             const Tensor& tensor);

}  // namespace tricycle
