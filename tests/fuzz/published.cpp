// SPDX-License-Identifier: Apache-2.0
//
// A table of published figures (CSV), every cell read in every way.
#include "sim/validate/published_table.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_published(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("table.csv");
  file.write(data, size);
  fuzz::expect_read_or_refused([] {
    const PublishedTable table(file.path());
    for (std::size_t row = 0; row < std::min<std::size_t>(table.size(), 64); ++row) {
      fuzz::expect_read_or_refused([&] { table.text(row, "machine"); });
      fuzz::expect_read_or_refused([&] { table.number(row, "cycles"); });
      fuzz::expect_read_or_refused([&] { table.integer(row, "m"); });
      fuzz::expect_read_or_refused([&] { table.use(row); });
    }
  });
}
