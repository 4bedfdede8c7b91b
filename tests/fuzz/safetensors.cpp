// SPDX-License-Identifier: Apache-2.0
//
// A safetensors file: its tensors, their values, and what is written again.
#include "workloads/safetensors.h"

#include "tests/fuzz/fuzz.h"
#include "workloads/tensor.h"

using namespace tricycle;

void fuzz::read_safetensors(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_read_or_refused([&] {
    const auto tensors = parse_safetensors("it", {data, size});
    for (const auto& [name, tensor] : tensors) {
      if (to_doubles(tensor, name).size() != static_cast<std::size_t>(tensor.elements()))
        std::abort();
    }
    const std::string text = to_safetensors(tensors);
    const auto again = parse_safetensors(
        "again", {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    if (again.size() != tensors.size()) std::abort();
  });
}
