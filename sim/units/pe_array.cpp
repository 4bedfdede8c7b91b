// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pe_array.h"

#include "sim/units/pe_output_stationary.h"
#include "sim/units/pe_stationary.h"

namespace tricycle {

template <typename T>
std::unique_ptr<PeArray<T>> make_pe_array(const HwConfig& hw, Format format) {
  switch (hw.systolic_array.dataflow) {
    case Dataflow::kWeightStationary:
    case Dataflow::kInputStationary: return std::make_unique<StationaryPeArray<T>>(hw, format);
    case Dataflow::kOutputStationary:
      return std::make_unique<OutputStationaryPeArray<T>>(hw, format);
  }
  return nullptr;
}

template std::unique_ptr<PeArray<double>> make_pe_array(const HwConfig&, Format);
template std::unique_ptr<PeArray<float>> make_pe_array(const HwConfig&, Format);
template std::unique_ptr<PeArray<std::int16_t>> make_pe_array(const HwConfig&, Format);

}  // namespace tricycle
