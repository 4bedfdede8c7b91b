// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pe_array.h"

#include <string>
#include <vector>

#include "models/error.h"
#include "sim/units/pe_output_stationary.h"
#include "sim/units/pe_stationary.h"

namespace tricycle {

template <typename T>
std::unique_ptr<PeArray<T>> make_pe_array(const HwConfig& hw, Format format) {
  if (hw.systolic_array.broadcast)
    throw InputError(
        "systolic_array.broadcast: not modelled register by register; use --fidelity tile");
  if (hw.systolic_array.skewed_tiles)
    throw InputError(
        "systolic_array.skewed_tiles: not modelled register by register; use --fidelity tile");
  const MacSpec spec = hw.mac_spec(format);
  if (sums_in_steps(spec.order) && spec.fan_in != hw.depth(format))
    throw InputError("formats." + std::string(name(format)) +
                     ".fan_in: " + std::to_string(spec.fan_in) +
                     " products a step in PEs of depth " + std::to_string(hw.depth(format)) +
                     ": not modelled register by register; use --fidelity tile");
  switch (hw.systolic_array.dataflow) {
    case Dataflow::kWeightStationary:
    case Dataflow::kInputStationary: return std::make_unique<StationaryPeArray<T>>(hw, format);
    case Dataflow::kOutputStationary:
      return std::make_unique<OutputStationaryPeArray<T>>(hw, format);
  }
  return nullptr;
}

ArrayTiming clock_array(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                        std::int64_t k) {
  // Passes and mapping follow from the shape alone.  Cycles are counted.  Of a format's arithmetic,
  // only whether sums are chained changes them.
  ArrayTiming t = array_timing(hw, format, m, n, k);
  const auto count = [](std::int64_t a, std::int64_t b) { return static_cast<std::size_t>(a * b); };
  const std::vector<float> a(count(m, k)), b(count(k, n));
  std::vector<float> acc(count(m, n));
  const auto array = make_pe_array<float>(hw, format);
  array->submit({{a.data(), m, k, k}, {b.data(), k, n, n}, {acc.data(), m, n, n}, false});
  t.occupancy_cycles = t.latency_cycles = 0;
  for (std::int64_t clock = 1; array->completed() == 0 || t.occupancy_cycles == 0; ++clock) {
    array->clock();
    if (t.occupancy_cycles == 0 && array->can_accept()) t.occupancy_cycles = clock;
    if (t.latency_cycles == 0 && array->completed() == 1) t.latency_cycles = clock;
  }
  return t;
}

template std::unique_ptr<PeArray<double>> make_pe_array(const HwConfig&, Format);
template std::unique_ptr<PeArray<float>> make_pe_array(const HwConfig&, Format);
template std::unique_ptr<PeArray<std::int16_t>> make_pe_array(const HwConfig&, Format);

}  // namespace tricycle
