// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/cost/cost.h"
#include "models/cost/unit_costs.h"

namespace tricycle {

namespace {

constexpr double kUm2PerMm2 = 1e6;
constexpr double kLaneBytes = 4;
constexpr double kLaneBits = 32;

/// The larger of `a` and `b`, by their nominal figure.
Spread larger(const Spread& a, const Spread& b) { return a.nominal < b.nominal ? b : a; }

Spread register_um2(const CostConfig& c, double bits) {
  return c.tables->register_45nm_um2_per_bit * logic_area_factor(*c.tables, c.node_nm) * bits;
}

/// Special function units per lane, from the rate of the operation.  Where it is software, there is
/// none.
double special_function_units(const HwConfig& hw) {
  double units = 0;
  for (VectorOp op : {VectorOp::kExp, VectorOp::kReciprocal, VectorOp::kDivide, VectorOp::kRsqrt})
    if (hw.cost(op).present) units = std::max(units, 1 / hw.cost(op).cycles_per_beat);
  return std::min(units, 1.0);
}

}  // namespace

Spread pe_um2(const HwConfig& hw) {
  const CostConfig& c = hw.cost_model;
  Spread floats, integers;
  double operand_bits = 0, sum_bits = 0;
  bool single_pass = false;
  for (const FormatInfo& row : kFormats)
    single_pass = single_pass || (hw.support(row.id).present && hw.support(row.id).passes == 1);
  for (const FormatInfo& row : kFormats) {
    const FormatSupport& support = hw.support(row.id);
    if (!support.present || (single_pass && support.passes != 1)) continue;
    const auto depth = static_cast<double>(hw.depth(row.id));
    const int sum_bytes = accumulator_bytes(support.accumulator);
    const Spread units = (multiply_um2(*c.tables, number_type(row.id), c.node_nm) +
                          add_um2(*c.tables, sum_type(row.id, sum_bytes), c.node_nm)) *
                         depth;
    Spread& kind = row.is_float() ? floats : integers;
    kind = larger(kind, units);
    operand_bits = std::max(operand_bits, depth * row.bits);
    sum_bits = std::max(sum_bits, 8.0 * sum_bytes);
  }
  // Registers for the operand that passes, for the stationary one, for the next tile where tiles
  // overlap, and for the sum.
  const double operands = hw.systolic_array.overlap == Overlap::kPreload ? 3 : 2;
  return (floats + integers + register_um2(c, operands * operand_bits + sum_bits)) *
         c.tables->logic_overhead;
}

Spread lane_um2(const HwConfig& hw) {
  const CostConfig& c = hw.cost_model;
  const Spread multiply_add =
      multiply_um2(*c.tables, {}, c.node_nm) + add_um2(*c.tables, {}, c.node_nm);
  return (multiply_add +
          multiply_add * c.tables->special_function_area * special_function_units(hw) +
          register_um2(c, kLaneBits) * c.tables->registers_per_lane) *
         c.tables->logic_overhead;
}

Spread solve_unit_um2(const HwConfig& hw) {
  const CostConfig& c = hw.cost_model;
  const SolveUnitConfig& unit = hw.solve_unit;
  if (!unit.present) return {};
  Spread multiply[2], add[2];  // of integers, of floats
  double bits = 0, sum_bits = 0;
  for (const FormatInfo& row : kFormats) {
    if (!hw.support(row.id).present) continue;
    const Format stored = hw.stored_format(row.id);
    if (info(stored).stored_bits > unit.bits) continue;
    const int sum_bytes = accumulator_bytes(hw.support(stored).accumulator);
    const std::size_t kind = info(stored).is_float() ? 1 : 0;
    multiply[kind] =
        larger(multiply[kind], multiply_um2(*c.tables, number_type(stored), c.node_nm));
    add[kind] = larger(add[kind], add_um2(*c.tables, sum_type(stored, sum_bytes), c.node_nm));
    bits = std::max<double>(bits, info(stored).stored_bits);
    sum_bits = std::max(sum_bits, 8.0 * sum_bytes);
  }
  const auto rows = static_cast<double>(unit.rows);
  // A cell holds its entry of L, an entry of the solution, and one hop of L, of a sum and of its
  // linear term.  A boundary holds the sum and the linear term.
  const auto hop = static_cast<double>(unit.pe_latency + unit.boundary_latency - 1);
  const Spread adders = add[0] + add[1];
  const Spread cell =
      multiply[0] + multiply[1] + adders + register_um2(c, 2 * bits + hop * (2 * bits + sum_bits));
  const Spread boundary =
      adders + register_um2(c, static_cast<double>(unit.boundary_latency) * (bits + sum_bits));
  return (cell * (rows * (rows - 1) / 2) + boundary * rows) * c.tables->logic_overhead;
}

double scratchpad_macro_bytes(const HwConfig& hw) {
  return static_cast<double>(hw.scratchpad.size_bytes) / static_cast<double>(hw.scratchpad.banks);
}

double accumulator_macro_bytes(const HwConfig& hw) {
  return static_cast<double>(hw.accumulator_bytes) / static_cast<double>(hw.systolic_array.cols);
}

AreaByPart area_mm2(const HwConfig& hw) {
  const CostConfig& c = hw.cost_model;
  const auto memory = [&](std::int64_t bytes, double macro) {
    return sram_um2_per_byte(*c.tables, macro, c.node_nm) * static_cast<double>(bytes);
  };
  const SystolicArrayConfig& array = hw.systolic_array;
  AreaByPart area;
  area[AreaPart::kMatrix] = pe_um2(hw) * static_cast<double>(array.rows * array.cols);
  area[AreaPart::kVector] =
      lane_um2(hw) *
      (static_cast<double>(hw.vector_unit.units * hw.vector_unit.bytes_per_beat) / kLaneBytes);
  area[AreaPart::kSolve] = solve_unit_um2(hw) * static_cast<double>(hw.solve_unit.units);
  area[AreaPart::kAccumulator] = memory(hw.accumulator_bytes, accumulator_macro_bytes(hw));
  area[AreaPart::kScratchpad] = memory(hw.scratchpad.size_bytes, scratchpad_macro_bytes(hw));
  area[AreaPart::kControl] = area.total() * c.tables->control_area;
  for (Spread& part : area.parts) part = part * (static_cast<double>(hw.cores) / kUm2PerMm2);
  return area;
}

}  // namespace tricycle
