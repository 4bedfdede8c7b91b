// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/execute.h"

#include "models/semantics/compute.h"
#include "models/semantics/region_view.h"

namespace tricycle {

template <typename T>
std::vector<T> read_region(const Program& program, const MachineState& state, const Region& r,
                           const Mask& mask) {
  std::vector<T> out;
  const MatrixRef<const T> m = view<T>(program, state, r);
  for (std::int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  if (mask.keeps_all(r)) return out;
  for (std::int32_t i = 0; i < r.rows; ++i)
    for (std::int32_t j = 0; j < r.cols; ++j)
      if (!mask.keeps(r.row + i, r.col + j))
        out[static_cast<std::size_t>(i) * static_cast<std::size_t>(r.cols) +
            static_cast<std::size_t>(j)] = T{0};
  return out;
}
template std::vector<double> read_region(const Program&, const MachineState&, const Region&,
                                         const Mask&);
template std::vector<float> read_region(const Program&, const MachineState&, const Region&,
                                        const Mask&);
template std::vector<std::int16_t> read_region(const Program&, const MachineState&, const Region&,
                                               const Mask&);

PendingWrite compute(const Program& program, const HwConfig& hw, const Instruction& instruction,
                     const MachineState& state, SumForm form) {
  const ValueInputs in{program, hw, instruction.dst, state, form};
  const Format format = program.buffer(in.dst).format;
  return std::visit(
      [&](const auto& op) {
        if (format == Format::kFp64) return compute<double>(op, in);
        if (info(format).is_float()) return compute<float>(op, in);
        return compute<std::int16_t>(op, in);
      },
      instruction.operation);
}

Way interpret(const Program& program, const HwConfig& hw, MachineState& state, SumForm form) {
  return for_each_executed(program, state, [&](const Instruction& in) {
    commit(compute(program, hw, in, state, form), program, state);
  });
}

}  // namespace tricycle
