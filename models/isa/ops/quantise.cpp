// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/quantise.h"

#include "models/isa/ops/operands.h"

namespace tricycle {

namespace {

/// Scales of the groups of a rectangle: what ScaleGroups says of it.
bool are_scales_of(const ScaleGroups& groups, const Region& scales, const Region& r) {
  const auto covers = [](std::int32_t begin, std::int32_t size, std::int32_t first,
                         std::int32_t last) { return begin <= first && last < begin + size; };
  return covers(scales.row, scales.rows, groups.row_of(r.row), groups.row_of(r.row + r.rows - 1)) &&
         covers(scales.col, scales.cols, groups.col_of(r.col), groups.col_of(r.col + r.cols - 1));
}

std::string groups_text(const ScaleGroups& groups) {
  constexpr std::string_view kAxes[] = {"row", "column", "matrix"};
  std::string text = fmt::format("  a {}", kAxes[static_cast<int>(groups.axis)]);
  if (groups.block > 0) text += fmt::format(" and {} k", groups.block);
  text += fmt::format(", largest code {}", groups.largest);
  if (groups.rounding == ScaleRounding::kPowerOfTwo) text += ", powers of two";
  return text;
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Scales& op) {
  bool fits = !op.sources.empty() && held(p, dst) == Held::kFloat && op.groups.largest > 0;
  for (const Region& r : op.sources)
    fits = fits && held(p, r) == Held::kFloat && are_scales_of(op.groups, dst, r);
  return fits ? "" : "scales in fp32 for every group of the rectangles";
}

std::string shape_fault(const Program& p, const Region& dst, const Quantise& op) {
  return op.a.row == dst.row && op.a.col == dst.col && same_shape(op.a, dst) &&
                 held(p, dst) == Held::kInteger && held(p, op.a) == Held::kFloat &&
                 held(p, op.scales) == Held::kFloat && are_scales_of(op.groups, op.scales, op.a)
             ? ""
             : "integer codes of a rectangle that stands in the same place, and its scales";
}

std::string operands_text(const Program& p, const Scales& op) {
  return fmt::format("{}{}{}", regions_text(p, op.sources, " "), mask_text(op.mask),
                     groups_text(op.groups));
}

std::string operands_text(const Program& p, const Quantise& op) {
  return fmt::format("{} / {}{}", region_text(p, op.a), region_text(p, op.scales),
                     mask_text(op.mask));
}

}  // namespace tricycle
