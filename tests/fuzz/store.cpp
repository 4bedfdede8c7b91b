// SPDX-License-Identifier: Apache-2.0
//
// A sweep's store, a SQLite file: read, exported in both forms, and as a report reads it.
#include "sim/sweep/store.h"

#include "reports/point_table.h"
#include "sim/sweep/export.h"
#include "sim/sweep/read_points.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_store(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("store.sqlite");
  file.write(data, size);
  std::size_t characters = 0;
  for (const ExportForm form : {ExportForm::kCsv, ExportForm::kJsonLines})
    fuzz::expect_read_or_refused([&] {
      export_rows(SweepStore::read(file.path()), form,
                  [&](const std::string& line) { characters += line.size(); });
    });
  fuzz::expect_read_or_refused([&] { read_points({file.path()}); });
  fuzz::expect_read_or_refused([&] {
    const SweepStore store = SweepStore::read(file.path());
    store.meta();
    store.count("done");
    store.for_each_reason(
        [&](const std::string& reason, std::int64_t) { characters += reason.size(); });
  });
  if (characters == static_cast<std::size_t>(-1)) std::abort();
}
