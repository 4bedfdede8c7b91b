// SPDX-License-Identifier: Apache-2.0
//
// A file of matrices or of a model's captured tensors, as `invert` and problems read it.
#include "tests/fuzz/fuzz.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inputs.h"

using namespace tricycle;

void fuzz::read_matrices(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("tensors");
  file.write(data, size);
  fuzz::expect_read_or_refused([] { tricycle::read_matrices(file.path()); });
  fuzz::expect_read_or_refused([] { captured_chunks(file.path(), 4); });
}
