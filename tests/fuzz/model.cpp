// SPDX-License-Identifier: Apache-2.0
//
// A model's folder: config.json, and behind the first NUL its model.safetensors.
#include "tests/fuzz/fuzz.h"
#include "workloads/language_model/language_model.h"

using namespace tricycle;

void fuzz::read_model(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File config("config.json"), weights("model.safetensors");
  const std::string_view all = fuzz::text_of(data, size);
  const std::size_t end = std::min(all.find('\0'), size);
  config.write(all.substr(0, end));
  weights.write(all.substr(std::min(end + 1, size)));
  fuzz::expect_read_or_refused([] { load_language_model(fuzz::folder()); });
}
