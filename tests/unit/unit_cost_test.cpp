// SPDX-License-Identifier: Apache-2.0
//
// Published energies and areas against the shipped tables.
#include <gtest/gtest.h>

#include <cmath>

#include "models/cost/unit_costs.h"
#include "sim/config/load_costs.h"

namespace tricycle {
namespace {

const CostTables& tables() {
  static const SharedCostTables shipped =
      load_cost_tables(TRICYCLE_SOURCE_DIR "/hwconfigs/costs/published.yaml");
  return *shipped;
}
constexpr NumberType kInt8{false, 8, 8}, kInt16{false, 16, 16}, kInt32{false, 32, 32},
    kFp16{true, 16, 11}, kFp32{true, 32, 24}, kFp64{true, 64, 53};

TEST(UnitCost, is_what_horowitz_published_at_45_nm_and_jouppi_at_7) {
  struct Row {
    NumberType number;
    double multiply_45, add_45, multiply_7, add_7, multiply_um2, add_um2;
  };
  // Horowitz, ISSCC 2014; Jouppi et al., ISCA 2021, table 2.
  for (const Row& row :
       {Row{kInt8, .2, .03, .07, .007, 282, 36}, Row{kInt32, 3.1, .1, 1.48, .03, 3495, 137},
        Row{kFp16, 1.1, .4, .34, .16, 1640, 1360}, Row{kFp32, 3.7, .9, 1.31, .38, 7700, 4184}}) {
    EXPECT_EQ(multiply_pj(tables(), row.number, 45).nominal, row.multiply_45);
    EXPECT_EQ(add_pj(tables(), row.number, 45).nominal, row.add_45);
    EXPECT_EQ(multiply_pj(tables(), row.number, 7).nominal, row.multiply_7);
    EXPECT_EQ(add_pj(tables(), row.number, 7).nominal, row.add_7);
    EXPECT_EQ(multiply_um2(tables(), row.number, 45).nominal, row.multiply_um2);
    EXPECT_EQ(add_um2(tables(), row.number, 45).nominal, row.add_um2);
  }
  // 64 bit of 8 KB, 32 KB and 1 MB.
  for (const auto& [bytes, at_45, at_7] :
       {std::array{8192.0, 10.0, 7.5}, {32768.0, 20.0, 8.5}, {1048576.0, 100.0, 14.0}}) {
    EXPECT_DOUBLE_EQ(8 * sram_read_pj_per_byte(tables(), bytes, 45).nominal, at_45);
    EXPECT_DOUBLE_EQ(8 * sram_read_pj_per_byte(tables(), bytes, 7).nominal, at_7);
  }
}

TEST(UnitCost, between_nodes_lies_on_a_straight_line_in_log_log_and_below_7_nm_on_foundry_ratios) {
  // e(n) = e(7) (e(45) / e(7))^(ln(n / 7) / ln(45 / 7)), to three digits; below: x .70, .65, .48.
  // int8 product at 28 nm: .07 x (.2 / .07)^(1.386 / 1.861 = .745) = .07 x 2.186 = .153.
  struct Row {
    Spread (*cost)(const CostTables&, const NumberType&, double);
    NumberType number;
    std::array<double, 6> at;  // 28, 16, 12, 5, 4, 3 nm
  };
  constexpr std::array<double, 6> kNodes{28, 16, 12, 5, 4, 3};
  for (const Row& row : {Row{multiply_pj, kInt8, {.153, .112, .0949, .049, .0455, .0336}},
                         Row{multiply_pj, kFp16, {.815, .573, .478, .238, .221, .163}},
                         Row{multiply_pj, kFp32, {2.84, 2.08, 1.77, .917, .852, .629}},
                         Row{add_pj, kInt32, {.0736, .0512, .0425, .021, .0195, .0144}},
                         Row{add_pj, kFp32, {.722, .557, .488, .266, .247, .182}}})
    for (std::size_t i = 0; i < kNodes.size(); ++i)
      EXPECT_NEAR(row.cost(tables(), row.number, kNodes[i]).nominal / row.at[i], 1, .005)
          << kNodes[i] << " nm, " << row.at[i] << " pJ";
  EXPECT_NEAR(8 * sram_read_pj_per_byte(tables(), 1048576, 28).nominal, 60.6, .05);
  EXPECT_NEAR(8 * sram_read_pj_per_byte(tables(), 1048576, 16).nominal, 33.5, .05);
}

TEST(UnitCost, of_a_format_without_published_figures_is_scaled_from_the_nearest) {
  EXPECT_DOUBLE_EQ(multiply_pj(tables(), kInt16, 7).nominal, 4 * .07);
  EXPECT_DOUBLE_EQ(multiply_pj(tables(), kFp64, 7).nominal, 1.31 * 53 * 53 / (24 * 24));
  EXPECT_DOUBLE_EQ(add_pj(tables(), kFp64, 7).nominal, .38 * 53 / 24);
  // Horowitz has .05 pJ for int16: 20 % less.
  EXPECT_DOUBLE_EQ(add_pj(tables(), kInt16, 45).nominal, .06);
  // The rule on what is published: fp16 from fp32 would be 1.31 (11 / 24)^2 = .275, is .34.
  EXPECT_NEAR(multiply_pj(tables(), kFp32, 7).nominal * 11 * 11 / (24 * 24), .34, .25 * .34);
}

TEST(UnitCost, never_rises_towards_smaller_nodes) {
  const double nodes[] = {45, 40, 32, 28, 22, 16, 12, 10, 7, 6, 5, 4, 3};
  for (std::size_t i = 1; i < std::size(nodes); ++i) {
    const double was = nodes[i - 1], is = nodes[i];
    for (const NumberType& n : {kInt8, kInt32, kFp16, kFp32}) {
      EXPECT_LT(multiply_pj(tables(), n, is).nominal, multiply_pj(tables(), n, was).nominal) << is;
      EXPECT_LT(multiply_um2(tables(), n, is).nominal, multiply_um2(tables(), n, was).nominal);
    }
    EXPECT_LE(sram_read_pj_per_byte(tables(), 65536, is).nominal,
              sram_read_pj_per_byte(tables(), 65536, was).nominal);
    EXPECT_LE(sram_um2_per_byte(tables(), 65536, is).nominal,
              sram_um2_per_byte(tables(), 65536, was).nominal);
    EXPECT_LE(wire_pj_per_bit_mm(tables(), is).nominal, wire_pj_per_bit_mm(tables(), was).nominal);
  }
}

TEST(UnitCosts, are_ordered_however_far_beyond_what_is_published) {
  for (double bytes = 1; bytes < 1e18; bytes *= 8)
    for (const double nm : {1.0, 2.0, 3.0, 5.0, 7.0, 16.0, 28.0, 45.0, 65.0, 180.0}) {
      EXPECT_TRUE(sram_read_pj_per_byte(tables(), bytes, nm).is_ordered()) << bytes << " " << nm;
      EXPECT_TRUE(sram_write_pj_per_byte(tables(), bytes, nm).is_ordered()) << bytes << " " << nm;
      EXPECT_TRUE(sram_um2_per_byte(tables(), bytes, nm).is_ordered()) << bytes << " " << nm;
      EXPECT_TRUE(multiply_pj(tables(), number_type(Format::kFp16), nm).is_ordered()) << nm;
      EXPECT_TRUE(wire_pj_per_bit_mm(tables(), nm).is_ordered()) << nm;
      EXPECT_TRUE(logic_area_factor(tables(), nm).is_ordered()) << nm;
    }
}

}  // namespace
}  // namespace tricycle
