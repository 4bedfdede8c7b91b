// SPDX-License-Identifier: Apache-2.0
#include "models/isa/lacking.h"

namespace tricycle {

namespace {

/// Adds it with the rates of an empty configuration.  Only its presence matters here.
void add(HwConfig& hw, const LackingError::What& what) {
  if (const Format* format = std::get_if<Format>(&what))
    hw.formats[static_cast<std::size_t>(*format)].present = true;
  if (const VectorOp* op = std::get_if<VectorOp>(&what))
    hw.vector_unit.operations[static_cast<std::size_t>(*op)].present = true;
}

}  // namespace

std::vector<LackingError::What> lacking(const HwConfig& hw,
                                        const std::function<void(const HwConfig&)>& make) {
  std::vector<LackingError::What> all;
  HwConfig machine = hw;
  for (;;) {
    try {
      make(machine);
      return all;
    } catch (const LackingError& error) {
      all.push_back(error.what_is_lacking());
      add(machine, all.back());
    } catch (const InputError&) {
      return all;
    }
  }
}

}  // namespace tricycle
