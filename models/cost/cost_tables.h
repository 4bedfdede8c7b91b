// SPDX-License-Identifier: Apache-2.0
//
// The costs of operations, bytes and square millimetres.  All numbers come from a file
// (hwconfigs/costs/*.yaml), none from code. models/cost/cost_fields.h lists their keys,
// docs/cost.md their sources.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "models/cost/dram_type.h"
#include "models/cost/spread.h"
#include "models/vector_op.h"

namespace tricycle {

/// A number format whose operations have published costs.  Other formats are scaled from the
/// nearest one: multiply_pj, add_pj, multiply_um2, add_um2 (models/cost/unit_costs.h).
struct PublishedNumber {
  std::string_view name;
  bool is_float;
  int significand_bits;  // integers: all bits; floats: the hidden one included
};
inline constexpr int kPublishedNumberCount = 5;
inline constexpr std::array<PublishedNumber, kPublishedNumberCount> kPublishedNumbers{{
    {"int8", false, 8},
    {"int32", false, 32},
    {"bf16", true, 8},
    {"fp16", true, 11},
    {"fp32", true, 24},
}};

/// Process nodes between which figures are interpolated.  Energies are published at 45 and 7 nm.
/// Below 7 nm, foundries publish the savings of each generation.
inline constexpr double kOldNode = 45, kNewNode = 7;
struct NodePoint {
  std::string_view key;
  double node_nm;
};
inline constexpr std::array<NodePoint, 3> kNodesBelow7{{{"3nm", 3}, {"4nm", 4}, {"5nm", 5}}};
/// Nodes of the areas of logic: Stillmaker & Baas, Integration 2017, and below.
inline constexpr std::array<NodePoint, 9> kAreaNodes{{{"3nm", 3},
                                                      {"5nm", 5},
                                                      {"7nm", 7},
                                                      {"10nm", 10},
                                                      {"14nm", 14},
                                                      {"16nm", 16},
                                                      {"20nm", 20},
                                                      {"32nm", 32},
                                                      {"45nm", 45}}};
inline constexpr std::array<NodePoint, 6> kBitcellNodes{
    {{"3nm", 3}, {"5nm", 5}, {"7nm", 7}, {"16nm", 16}, {"28nm", 28}, {"45nm", 45}}};

/// Capacities of one SRAM macro.
struct SizePoint {
  std::string_view key;
  double bytes;
};
inline constexpr std::array<SizePoint, 3> kSramSizes{
    {{"8kib", 8192}, {"32kib", 32768}, {"1mib", 1048576}}};
inline constexpr std::array<SizePoint, 6> kOverheadSizes{{{"4kib", 4096},
                                                          {"8kib", 8192},
                                                          {"16kib", 16384},
                                                          {"32kib", 32768},
                                                          {"64kib", 65536},
                                                          {"1mib", 1048576}}};

/// An energy at the two nodes at which it is published.
struct NodeEnergy {
  Spread at_45nm, at_7nm;
};

/// Energy in pJ and area in um2 of one arithmetic operation.
struct OperationCost {
  NodeEnergy energy_pj;
  Spread area_45nm_um2;
};

/// The work of a vector operation on one element, in multiplications and additions.
struct VectorWorkCost {
  Spread multiplies, adds;
};

struct CostTables {
  std::string name, description;
  std::array<OperationCost, kPublishedNumberCount> multiply, add;

  NodeEnergy register_pj_per_bit;  // a pipeline register of a PE, clocked
  Spread register_45nm_um2_per_bit;
  NodeEnergy register_file_pj_per_bit;  // an access of a vector register
  std::array<VectorWorkCost, kVectorOpCount> vector_operations;
  Spread registers_per_lane;  // vector registers of 32 bits each
  // Area of a special function unit that yields one element per cycle, in fp32 multiply-adds.
  Spread special_function_area;

  std::array<NodeEnergy, kSramSizes.size()> sram_read_pj_per_byte;
  Spread sram_write;  // energy relative to a read
  // Area of a macro relative to its bitcells.
  std::array<Spread, kOverheadSizes.size()> sram_overhead;

  NodeEnergy wire_pj_per_bit_mm;
  NodeEnergy dma_pj_per_byte;
  NodeEnergy instruction_pj;  // fetch, decode and issue of one instruction
  Spread control_area;        // relative to the area of everything else
  Spread logic_overhead;      // placed and routed area relative to that of its cells

  Spread idle_gated, idle_ungated;  // relative to the energy of a cycle with work
  Spread logic_leakage_w_per_mm2, sram_leakage_w_per_mm2;

  // Relative to 7 nm.
  std::array<Spread, kNodesBelow7.size()> logic_energy_below_7nm, sram_energy_below_7nm;
  std::array<Spread, kAreaNodes.size()> logic_area;  // relative to that at 45 nm
  std::array<Spread, kBitcellNodes.size()> bitcell_um2;

  std::array<Spread, kDramTypeCount> dram_pj_per_bit;
};

}  // namespace tricycle
