// SPDX-License-Identifier: Apache-2.0
#include "workloads/kernels/warp_writer.h"

#include <algorithm>

namespace tricycle {

WarpValue WarpWriter::emit(WarpOp op, std::vector<WarpValue> inputs, double times) {
  std::erase(inputs, kConstant);
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  code_.push_back({op, std::move(inputs), times});
  return static_cast<WarpValue>(code_.size()) - 1;
}

WarpValue WarpWriter::chain(WarpOp op, int count, WarpValue first) {
  for (int i = 0; i < count; ++i) first = emit(op, {first});
  return first;
}

WarpTile WarpWriter::load_tile() {
  const WarpValue loaded = emit(WarpOp::kLoadTile);
  return {{loaded, loaded, loaded, loaded}};
}

void WarpWriter::store_tile(const WarpTile& tile) {
  const auto& r = tile.registers;
  emit(WarpOp::kStoreTile, {r.begin(), r.end()});
}

WarpSums WarpWriter::widen(const WarpTile& tile) {
  WarpSums sums;
  for (std::size_t i = 0; i < 8; ++i)
    sums.registers[i] = emit(WarpOp::kWiden, {tile.registers[i / 2]});
  return sums;
}

WarpSums WarpWriter::add(const WarpSums& a, const WarpSums& b) {
  WarpSums sums;
  for (std::size_t i = 0; i < 8; ++i)
    sums.registers[i] = emit(WarpOp::kAdd, {a.registers[i], b.registers[i]});
  return sums;
}

WarpTile WarpWriter::narrow(const WarpSums& sums) {
  WarpTile tile;
  for (std::size_t i = 0; i < 4; ++i)
    tile.registers[i] = emit(WarpOp::kNarrow, {sums.registers[2 * i], sums.registers[2 * i + 1]});
  return tile;
}

WarpSums WarpWriter::product(const WarpSums& sums, const WarpTile& left, const WarpTile& right) {
  WarpSums out;
  for (std::size_t half = 0; half < 2; ++half) {
    std::vector<WarpValue> inputs(left.registers.begin(), left.registers.end());
    inputs.insert(inputs.end(), {right.registers[2 * half], right.registers[2 * half + 1]});
    for (std::size_t i = 0; i < 4; ++i) inputs.push_back(sums.registers[4 * half + i]);
    const WarpValue result = emit(WarpOp::kProduct, std::move(inputs));
    for (std::size_t i = 0; i < 4; ++i) out.registers[4 * half + i] = result;
  }
  return out;
}

WarpTile WarpWriter::mask(const WarpTile& tile) { return merge({}, tile); }

WarpTile WarpWriter::merge(const WarpTile& old, const WarpTile& now) {
  WarpTile out;
  for (std::size_t i = 0; i < 4; ++i)
    out.registers[i] = emit(WarpOp::kLogic, {old.registers[i], now.registers[i]});
  return out;
}

WarpTile WarpWriter::transpose(const WarpTile& tile) {
  WarpTile out;
  for (std::size_t i = 0; i < 4; ++i)
    out.registers[i] = emit(WarpOp::kTranspose, {tile.registers[i]});
  return out;
}

}  // namespace tricycle
