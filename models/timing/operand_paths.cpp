// SPDX-License-Identifier: Apache-2.0
//
// The paths between the scratchpad and a matrix unit that has small memories of its own: operands
// on their way in, sums on their way out.
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

std::int64_t path_cycles(std::int64_t bytes, double bytes_per_cycle) {
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(bytes) / bytes_per_cycle));
}

/// Bytes that a load moves: the whole operand.  With a mask that discards entries: zeros for the
/// whole operand, and then the entries that it keeps.
std::int64_t load_bytes(const Program& program, const Region& r, const Mask& mask) {
  std::int64_t elements = r.elements();
  if (!mask.keeps_all(r))
    for (std::int32_t i = r.row; i < r.row + r.rows; ++i)
      for (std::int32_t j = r.col; j < r.col + r.cols; ++j) elements += mask.keeps(i, j) ? 1 : 0;
  return info(program.buffer(r).format).bytes_of(elements);
}

}  // namespace

PathUse read_out_timing(const HwConfig& hw, const Program& program, const Region& dst) {
  const OptionalPathConfig& path = hw.accumulator_to_scratchpad;
  return {
      path_cycles(info(program.buffer(dst).format).bytes_of(dst.elements()), path.bytes_per_cycle),
      path.latency_cycles};
}

OperandLoads operand_loads(const HwConfig& hw, const Program& program, const Matmul& product) {
  const OperandPathConfig& path = hw.scratchpad_to_matrix;
  if (!path.present) return {};
  return {path_cycles(load_bytes(program, product.a, product.a_mask), path.a_bytes_per_cycle),
          path_cycles(load_bytes(program, product.b, product.b_mask), path.b_bytes_per_cycle)};
}

}  // namespace tricycle
