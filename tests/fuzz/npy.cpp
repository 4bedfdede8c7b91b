// SPDX-License-Identifier: Apache-2.0
//
// NumPy's .npy: the array, its values, and what is written again.
#include "workloads/npy.h"

#include "tests/fuzz/fuzz.h"
#include "workloads/tensor.h"

using namespace tricycle;

void fuzz::read_npy(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> file{data, size};
  is_npy(file);
  fuzz::expect_read_or_refused([&] { refuse_archive("it", file, "a matrix"); });
  fuzz::expect_read_or_refused([&] {
    const Tensor tensor = parse_npy("it", file);
    if (to_doubles(tensor, "it").size() != static_cast<std::size_t>(tensor.elements()))
      std::abort();
    const std::string text = to_npy(tensor);
    const Tensor again =
        parse_npy("again", {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    if (again.bytes != tensor.bytes || again.shape != tensor.shape) std::abort();
  });
}
