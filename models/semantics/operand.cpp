// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/operand.h"

#include <cmath>
#include <type_traits>

namespace tricycle {

template <typename T>
std::vector<T> read_operand(const Program& program, const MachineState& state, const Region& r,
                            const Mask& mask) {
  const Buffer& buffer = program.buffer(r);
  if constexpr (std::is_floating_point_v<T>)
    if (!info(buffer.format).is_float()) {
      std::vector<T> out;
      out.reserve(static_cast<std::size_t>(r.elements()));
      const T unit = std::ldexp(T{1}, -buffer.fraction_bits);
      for (const std::int16_t code : read_region<std::int16_t>(program, state, r, mask))
        out.push_back(static_cast<T>(code) * unit);
      return out;
    }
  return read_region<T>(program, state, r, mask);
}
template std::vector<double> read_operand(const Program&, const MachineState&, const Region&,
                                          const Mask&);
template std::vector<float> read_operand(const Program&, const MachineState&, const Region&,
                                         const Mask&);
template std::vector<std::int16_t> read_operand(const Program&, const MachineState&, const Region&,
                                                const Mask&);

}  // namespace tricycle
