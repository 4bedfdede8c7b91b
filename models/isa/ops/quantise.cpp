// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/quantise.h"

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

namespace {

/// Whether `scales` are the scales that ScaleGroups gives for a rectangle.
bool are_scales_of(const ScaleGroups& groups, const Region& scales, const Region& r) {
  const auto covers = [](std::int32_t begin, std::int32_t size, std::int32_t first,
                         std::int32_t last) { return begin <= first && last < begin + size; };
  return covers(scales.row, scales.rows, groups.row_of(r.row), groups.row_of(r.row + r.rows - 1)) &&
         covers(scales.col, scales.cols, groups.col_of(r.col), groups.col_of(r.col + r.cols - 1));
}

constexpr std::string_view kAxes[] = {"row", "column", "matrix"};

/// "  per row  block 32  largest 127  powers of two".
std::string groups_text(const ScaleGroups& groups) {
  std::string text = fmt::format("  per {}", kAxes[static_cast<int>(groups.axis)]);
  if (groups.block > 0) text += fmt::format("  block {}", groups.block);
  text += fmt::format("  largest {}", groups.largest);
  if (groups.rounding == ScaleRounding::kPowerOfTwo) text += "  powers of two";
  return text;
}

ScaleGroups read_groups(TextReader& text) {
  constexpr std::int64_t kMostBlock = 1 << 20, kMostCode = (1 << 15) - 1;
  ScaleGroups groups;
  text.expect("per");
  groups.axis = static_cast<ScaleGroups::Axis>(text.one_of(kAxes, "what shares a scale"));
  if (text.take("block")) groups.block = static_cast<std::int32_t>(text.integer(1, kMostBlock));
  text.expect("largest");
  groups.largest = static_cast<std::int32_t>(text.integer(1, kMostCode));
  if (text.take("powers of two")) groups.rounding = ScaleRounding::kPowerOfTwo;
  return groups;
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Scales& op) {
  bool fits = !op.sources.empty() && held(p, dst) == Held::kFloat && op.groups.largest > 0 &&
              is_in(p, dst, Space::kScratchpad);
  for (const Region& r : op.sources)
    fits = fits && is_operand(p, r, dst) && are_scales_of(op.groups, dst, r);
  return fits ? "" : "scales in fp32 for every group of the rectangles";
}

std::string shape_fault(const Program& p, const Region& dst, const Quantise& op) {
  return op.a.row == dst.row && op.a.col == dst.col && same_shape(op.a, dst) &&
                 held(p, dst) == Held::kInteger && is_in(p, dst, Space::kScratchpad) &&
                 is_operand(p, op.a, op.scales) && held(p, op.a) == Held::kFloat &&
                 held(p, op.scales) == Held::kFloat && are_scales_of(op.groups, op.scales, op.a)
             ? ""
             : "integer codes of a rectangle that stands in the same place, and its scales";
}

std::string operands_text(const Program& p, const Scales& op) {
  return fmt::format("{}{}{}", regions_text(p, op.sources, " "), mask_text(op.mask),
                     groups_text(op.groups));
}

std::string operands_text(const Program& p, const Quantise& op) {
  return fmt::format("{} / {}{}{}", region_text(p, op.a), region_text(p, op.scales),
                     mask_text(op.mask), groups_text(op.groups));
}

void read_operands(TextReader& text, const Region&, Scales& op) {
  while (text.is_region()) op.sources.push_back(text.region());
  op.mask = text.mask();
  op.groups = read_groups(text);
}

void read_operands(TextReader& text, const Region&, Quantise& op) {
  op.a = text.region();
  text.expect("/");
  op.scales = text.region();
  op.mask = text.mask();
  op.groups = read_groups(text);
}

}  // namespace tricycle
