// SPDX-License-Identifier: Apache-2.0
//
// A user's own measurements beside what this simulator says.
#include <fmt/format.h>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/validate/groups.h"
#include "sim/validate/measurements.h"

namespace tricycle {

namespace {

/// The row's machine; faults say where the row stands.
HwConfig machine_of_row(const MeasuredRow& m) {
  try {
    return load_hw_config(m.machine, m.set);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", m.place, error.what()));
  }
}

ValidationRow own_row(const MeasuredRow& m) {
  const HwConfig hw = machine_of_row(m);
  const double cycles_per_unit = m.measured_cycles(hw.clock_ghz) / m.measured;
  return {.what = fmt::format("{}, {} {}", hw.name, m.what(), m.unit),
          .published = m.measured,
          .ours = simulated_cycles(m, hw) / cycles_per_unit,
          .use = m.use,
          .source = m.source};
}

}  // namespace

std::vector<ValidationRow> own_rows(const std::vector<std::string>& files) {
  std::vector<ValidationRow> rows;
  std::vector<std::string> faults;
  for (const std::string& file : files)
    for (const MeasuredRow& m : read_measurements(file))
      if (auto row = attempt(faults, [&] { return own_row(m); })) rows.push_back(std::move(*row));
  throw_if_any(std::move(faults));
  return rows;
}

}  // namespace tricycle
