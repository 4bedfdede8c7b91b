// SPDX-License-Identifier: Apache-2.0
#include "workloads/tensor_file.h"

#include <filesystem>

#include "models/printable.h"
#include "workloads/npy.h"
#include "workloads/safetensors.h"

namespace tricycle {

std::map<std::string, Tensor> read_tensor_file(const std::string& path) {
  constexpr std::string_view kExpected = "a safetensors or .npy file";
  const std::vector<std::uint8_t> file = read_whole_file(path, kExpected);
  refuse_archive(path, file, kExpected);
  if (is_npy(file) || path.ends_with(".npy"))
    return {{printable(std::filesystem::path(path).stem().string()), parse_npy(path, file)}};
  return parse_safetensors(path, file);
}

}  // namespace tricycle
