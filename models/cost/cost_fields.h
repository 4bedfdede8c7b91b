// SPDX-License-Identifier: Apache-2.0
//
// The keys of cost tables (hwconfigs/costs/*.yaml): part of the table in models/config_fields.h.
#pragma once

#include "models/cost/cost_tables.h"
#include "models/field.h"

namespace tricycle {

/// The keys low, nominal and high of one figure.
template <typename Visitor>
void visit_spread(Visitor& v, std::string_view key, Spread& c, std::string_view meaning) {
  constexpr double kMost = 1e9;
  v.section(key, true, [&] {
    v.number(Field{"low", Quantity::kCount, 0, kMost, true, meaning}, c.low);
    v.number(Field{"nominal", Quantity::kCount, 0, kMost, true, meaning}, c.nominal);
    v.number(Field{"high", Quantity::kCount, 0, kMost, true, meaning}, c.high);
  });
}

/// The keys of a figure at 45 nm and at 7 nm.
template <typename Visitor>
void visit_energy(Visitor& v, NodeEnergy& c, std::string_view meaning) {
  visit_spread(v, "at_45nm", c.at_45nm, meaning);
  visit_spread(v, "at_7nm", c.at_7nm, meaning);
}
template <typename Visitor>
void visit_energy(Visitor& v, std::string_view key, NodeEnergy& c, std::string_view meaning) {
  v.section(key, true, [&] { visit_energy(v, c, meaning); });
}

/// The keys of one figure per point; `points` names them.
template <typename Visitor, typename Points, typename Values>
void visit_points(Visitor& v, std::string_view key, const Points& points, Values& values,
                  std::string_view meaning) {
  v.section(key, true, [&] {
    for (std::size_t i = 0; i < points.size(); ++i)
      visit_spread(v, points[i].key, values[i], meaning);
  });
}

template <typename Visitor>
void visit_operations(Visitor& v, std::string_view key,
                      std::array<OperationCost, kPublishedNumberCount>& c) {
  v.section(key, true, [&] {
    for (std::size_t i = 0; i < c.size(); ++i)
      v.section(kPublishedNumbers[i].name, true, [&] {
        visit_energy(v, "energy_pj", c[i].energy_pj, "energy of one operation, pJ");
        visit_spread(v, "area_45nm_um2", c[i].area_45nm_um2, "area of its cells at 45 nm, um2");
      });
  });
}

template <typename Visitor>
void visit_vector_costs(Visitor& v, CostTables& c) {
  v.section("vector_operations", true, [&] {
    for (const VectorOpInfo& row : kVectorOps) {
      VectorWorkCost& cost = c.vector_operations[static_cast<std::size_t>(row.id)];
      v.section(row.name, true, [&] {
        visit_spread(v, "multiplies", cost.multiplies, "multiplications an element costs as much");
        visit_spread(v, "adds", cost.adds, "additions an element costs as much");
      });
    }
  });
  visit_spread(v, "registers_per_lane", c.registers_per_lane, "vector registers, 32 bit of each");
  visit_spread(v, "special_function_area", c.special_function_area,
               "a special function unit, in multiply-adds of fp32");
}

template <typename Visitor>
void visit_sram_costs(Visitor& v, CostTables& c) {
  v.section("sram_read_pj_per_byte", true, [&] {
    for (std::size_t i = 0; i < kSramSizes.size(); ++i)
      visit_energy(v, kSramSizes[i].key, c.sram_read_pj_per_byte[i],
                   "reading a byte of a macro of that size, pJ");
  });
  visit_spread(v, "sram_write", c.sram_write, "energy of a write over that of a read");
  visit_points(v, "sram_overhead", kOverheadSizes, c.sram_overhead,
               "area of a macro over that of its bitcells");
}

template <typename Visitor>
void visit_node_scaling(Visitor& v, CostTables& c) {
  visit_points(v, "logic_energy_below_7nm", kNodesBelow7, c.logic_energy_below_7nm,
               "energy of logic over that at 7 nm");
  visit_points(v, "sram_energy_below_7nm", kNodesBelow7, c.sram_energy_below_7nm,
               "energy of SRAM over that at 7 nm");
  visit_points(v, "logic_area", kAreaNodes, c.logic_area, "area of logic over that at 45 nm");
  visit_points(v, "bitcell_um2", kBitcellNodes, c.bitcell_um2, "SRAM bitcell, um2");
}

template <typename Visitor>
void visit_fields(Visitor& v, CostTables& c) {
  v.text("name", c.name, true, "short name of the tables");
  v.text("description", c.description, false, "one sentence: what they are compiled from");
  visit_operations(v, "multiply", c.multiply);
  visit_operations(v, "add", c.add);
  visit_energy(v, "register_pj_per_bit", c.register_pj_per_bit, "pipeline register, pJ a bit");
  visit_spread(v, "register_45nm_um2_per_bit", c.register_45nm_um2_per_bit,
               "register at 45 nm, um2 a bit");
  visit_energy(v, "register_file_pj_per_bit", c.register_file_pj_per_bit,
               "access of a vector register, pJ a bit");
  visit_vector_costs(v, c);
  visit_sram_costs(v, c);
  visit_energy(v, "wire_pj_per_bit_mm", c.wire_pj_per_bit_mm, "wires with repeaters, pJ a bit, mm");
  visit_energy(v, "dma_pj_per_byte", c.dma_pj_per_byte, "through a DMA engine, pJ a byte");
  visit_energy(v, "instruction_pj", c.instruction_pj, "fetch, decode and issue of one, pJ");
  visit_spread(v, "control_area", c.control_area, "sequencer and DMA over the area of all else");
  visit_spread(v, "logic_overhead", c.logic_overhead, "placed and routed area over that of cells");
  visit_spread(v, "idle_gated", c.idle_gated, "a cycle without work over one at work, gated");
  visit_spread(v, "idle_ungated", c.idle_ungated, "a cycle without work over one at work, clocked");
  visit_spread(v, "logic_leakage_w_per_mm2", c.logic_leakage_w_per_mm2, "leakage of logic, W/mm2");
  visit_spread(v, "sram_leakage_w_per_mm2", c.sram_leakage_w_per_mm2, "leakage of SRAM, W/mm2");
  visit_node_scaling(v, c);
  v.section("dram_pj_per_bit", true, [&] {
    for (std::size_t i = 0; i < c.dram_pj_per_bit.size(); ++i)
      visit_spread(v, kDramTypeNames[i], c.dram_pj_per_bit[i], "a bit read or written, pJ");
  });
}

}  // namespace tricycle
