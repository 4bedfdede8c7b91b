// SPDX-License-Identifier: Apache-2.0
#include "workloads/operand_codes.h"

#include <algorithm>

#include "models/numerics/dynamic_scale.h"

namespace tricycle {

namespace {

bool same(Extent a, Extent b) { return a.begin == b.begin && a.end == b.end; }
bool meet(Extent a, Extent b) { return a.begin < b.end && b.begin < a.end; }
bool same(const Band& a, const Band& b) {
  return a.min == b.min && a.max == b.max && a.block == b.block && a.min_blocks == b.min_blocks &&
         a.max_blocks == b.max_blocks;
}
bool same(const OperandCodes::Operand& a, const OperandCodes::Operand& b) {
  return a.buffer == b.buffer && same(a.band, b.band) && same(a.rows, b.rows) &&
         same(a.cols, b.cols) && a.kept == b.kept;
}

/// The smallest rectangle around several.
Region hull(const std::vector<Region>& regions) {
  Region r = regions.front();
  for (const Region& other : regions) {
    const std::int32_t bottom = std::max(r.row + r.rows, other.row + other.rows),
                       right = std::max(r.col + r.cols, other.col + other.cols);
    r.row = std::min(r.row, other.row);
    r.col = std::min(r.col, other.col);
    r.rows = bottom - r.row;
    r.cols = right - r.col;
  }
  return r;
}

}  // namespace

OperandCodes::OperandCodes(ProgramBuilder& builder, int chunk, int tile)
    : builder_(builder), chunk_(chunk), tile_(tile) {
  const HwConfig& hw = builder.hw();
  const FormatSupport& support = this->support();
  check_operation(hw, VectorOp::kMax);
  check_operation(hw, VectorOp::kMultiply);
  if (support.scale_rounding == ScaleRounding::kExact && !hw.has(VectorOp::kReciprocal))
    check_operation(hw, VectorOp::kDivide);
  block_ = support.scaling == Scaling::kPerBlock ? static_cast<int>(support.scale_block) : 0;
  groups_.block = block_;
  groups_.rounding = support.scale_rounding;
  groups_.largest = largest_code(info(format()).bits, support.accumulator,
                                 block_ > 0 ? std::min(block_, chunk) : chunk);
}

OperandCodes::Codes OperandCodes::buffers_of(Side side, std::uint32_t matrix) {
  const auto key = std::pair(side, matrix);
  if (const auto found = buffers_.find(key); found != buffers_.end()) return found->second;
  const bool left = side == Side::kLeft;
  const std::string name = builder_.program().buffers[matrix].name + (left ? ".l" : ".r");
  const bool one = support().scaling == Scaling::kPerTensor;
  const int groups = block_ > 0 ? (chunk_ + block_ - 1) / block_ : 1;
  Buffer codes{.name = name,
               .space = Space::kScratchpad,
               .format = format(),
               .rows = chunk_,
               .cols = chunk_};
  Buffer scales{.name = name + "s", .space = Space::kScratchpad, .format = Format::kFp32};
  scales.rows = one ? 1 : left ? chunk_ : groups;
  scales.cols = one ? 1 : left ? groups : chunk_;
  Codes made;
  made.codes = builder_.add(std::move(codes)).buffer;
  made.scales = builder_.add(std::move(scales)).buffer;
  buffers_.emplace(key, made);
  return made;
}

/// One rectangle per strip of rows: from the first tile that the band touches to the last.
std::vector<Region> OperandCodes::touched(const Operand& operand) const {
  std::vector<Region> out;
  const std::vector<Extent> columns = blocks(operand.cols, tile_);
  for (const Extent& strip : blocks(operand.rows, tile_)) {
    Extent run{0, 0};
    for (const Extent& tile : columns) {
      if (!operand.band.touches(strip, tile)) continue;
      if (run.size() == 0) run.begin = tile.begin;
      run.end = tile.end;
    }
    if (run.size() > 0)
      out.push_back({operand.buffer, strip.begin, run.begin, strip.size(), run.size()});
  }
  return out;
}

Region OperandCodes::scale_region(Side side, const Codes& codes, const Region& of) const {
  const Buffer& scales = builder_.program().buffers[codes.scales];
  if (scales.rows * scales.cols == 1) return {codes.scales, 0, 0, 1, 1};
  const auto groups = [&](std::int32_t begin, std::int32_t size) {
    if (block_ == 0) return Extent{0, 1};
    return Extent{begin / block_, (begin + size - 1) / block_ + 1};
  };
  if (side == Side::kLeft) {
    const Extent k = groups(of.col, of.cols);
    return {codes.scales, of.row, k.begin, of.rows, k.size()};
  }
  const Extent k = groups(of.row, of.rows);
  return {codes.scales, k.begin, of.col, k.size(), of.cols};
}

/// The scale of a row needs only that row, so a strip does not wait for the next.
void OperandCodes::emit_scales(Side side, const Codes& codes, const Operand& operand,
                               const std::vector<Region>& of) {
  if (groups_.axis == ScaleGroups::Axis::kRow) {
    for (const Region& r : of)
      builder_.push(scale_region(side, codes, r), Scales{{r}, groups_, operand.kept});
    return;
  }
  builder_.push(scale_region(side, codes, hull(of)), Scales{of, groups_, operand.kept});
}

OperandCodes::Codes OperandCodes::make(Side side, const Operand& operand) {
  for (const Made& made : made_)
    if (made.side == side && same(made.of, operand)) return made.codes;
  const Codes codes = buffers_of(side, operand.buffer);
  // What shares codes or scales with these is overwritten.
  const bool one = support().scaling == Scaling::kPerTensor;
  std::erase_if(made_, [&](const Made& m) {
    return m.side == side && m.of.buffer == operand.buffer &&
           (one || meet(m.of.rows, operand.rows) || meet(m.of.cols, operand.cols));
  });
  const std::vector<Region> of = touched(operand);
  if (of.empty()) return codes;
  groups_.axis = one                   ? ScaleGroups::Axis::kAll
                 : side == Side::kLeft ? ScaleGroups::Axis::kRow
                                       : ScaleGroups::Axis::kColumn;
  emit_scales(side, codes, operand, of);
  for (const Region& r : of) {
    Region dst = r;
    dst.buffer = codes.codes;
    builder_.push(dst, Quantise{r, scale_region(side, codes, r), groups_, operand.kept});
  }
  made_.push_back({side, operand, codes});
  return codes;
}

void OperandCodes::written(const Region& region) {
  const Extent rows{region.row, region.row + region.rows},
      cols{region.col, region.col + region.cols};
  std::erase_if(made_, [&](const Made& m) {
    return m.of.buffer == region.buffer && meet(m.of.rows, rows) && meet(m.of.cols, cols);
  });
}

Region OperandCodes::scales_of_rows(const Codes& codes, Extent rows, int block) const {
  return scale_region(Side::kLeft, codes,
                      {codes.codes, rows.begin, block * block_, rows.size(), 1});
}
Region OperandCodes::scales_of_cols(const Codes& codes, Extent cols, int block) const {
  return scale_region(Side::kRight, codes,
                      {codes.codes, block * block_, cols.begin, 1, cols.size()});
}

}  // namespace tricycle
