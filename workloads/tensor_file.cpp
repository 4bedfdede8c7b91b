// SPDX-License-Identifier: Apache-2.0
#include "workloads/tensor_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/printable.h"
#include "workloads/npy.h"
#include "workloads/safetensors.h"

namespace tricycle {

std::map<std::string, Tensor> read_tensor_file(const std::string& path, NpyTypes types) {
  constexpr std::string_view kExpected = "a safetensors or .npy file";
  const std::vector<std::uint8_t> file = read_whole_file(path, kExpected);
  refuse_archive(path, file, kExpected);
  if (is_npy(file) || path.ends_with(".npy"))
    return {{printable(std::filesystem::path(path).stem().string()), parse_npy(path, file, types)}};
  return parse_safetensors(path, file);
}

TensorName parse_tensor_name(std::string_view text) {
  const auto split = [&](std::size_t colon) -> TensorName {
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  };
  std::error_code error;
  if (std::filesystem::exists(std::string(text), error)) return {std::string(text), ""};
  for (std::size_t at = text.rfind(':'); at != std::string_view::npos && at > 0;
       at = text.rfind(':', at - 1))
    if (std::filesystem::exists(std::string(text.substr(0, at)), error)) return split(at);
  const std::size_t last = text.rfind(':');
  return last == std::string_view::npos || last == 0 ? TensorName{std::string(text), ""}
                                                     : split(last);
}

TensorName parse_output_name(std::string_view option, std::string_view text) {
  constexpr std::string_view kFile = ".safetensors:", kArray = ".npy:";
  if (text.find(kArray) != std::string_view::npos)
    throw InputError(fmt::format("{} {}: a .npy file holds one array, which has no name", option,
                                 printable(std::string(text))));
  const std::size_t at = text.find(kFile);
  if (at == std::string_view::npos) return {std::string(text), ""};
  const std::size_t colon = at + kFile.size() - 1;
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Tensor read_tensor(const TensorName& name, std::string_view what, NpyTypes types) {
  std::map<std::string, Tensor> tensors = read_tensor_file(name.file, types);
  if (name.tensor.empty() && tensors.size() == 1) return std::move(tensors.begin()->second);
  const auto found = tensors.find(name.tensor);
  if (found != tensors.end()) return std::move(found->second);
  constexpr std::size_t kMostNamed = 8;
  std::vector<std::string> names;
  for (const auto& [tensor, data] : tensors)
    if (names.size() < kMostNamed) names.push_back(printable(tensor));
  throw InputError(fmt::format("{}: {}; expected one of {}{}, as in {}:{}", what,
                               name.tensor.empty()
                                   ? fmt::format("the file has {} tensors", tensors.size())
                                   : "the file has no such tensor",
                               fmt::join(names, ", "), tensors.size() > names.size() ? ", .." : "",
                               printable(name.file), names.empty() ? "TENSOR" : names.front()));
}

std::string tensor_file_text(const std::string& path, const std::string& name,
                             const Tensor& tensor) {
  if (!path.ends_with(".npy")) return to_safetensors({{name, tensor}});
  if (!npy_descr(tensor.dtype))
    throw InputError(fmt::format("{}: NumPy has no element type for {}; name a .safetensors file",
                                 printable(path), tensor.dtype));
  return to_npy(tensor);
}

}  // namespace tricycle
