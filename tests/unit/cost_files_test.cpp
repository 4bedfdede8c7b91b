// SPDX-License-Identifier: Apache-2.0
//
// Cost tables as files, and what a run makes of them.
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/cost/cost.h"
#include "models/cost/cost_tables.h"
#include "reports/columns.h"
#include "reports/summaries.h"
#include "reports/writers.h"
#include "sim/config/describe.h"
#include "sim/config/load_costs.h"
#include "sim/config/run_file.h"
#include "sim/engine/run.h"
#include "sim/validate/groups.h"
#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

const std::string kSource = TRICYCLE_SOURCE_DIR;
const std::string kShipped = kSource + "/hwconfigs/costs/published.yaml";
const std::string kEdge = kSource + "/hwconfigs/edge_16x16.yaml";

class Costs : public Config {
 protected:
  /// Faults of costs.yaml, `text` over the shipped tables.
  static Lines faults_over_shipped(const std::string& text) {
    write("costs.yaml", "base: " + kShipped + "\n" + text);
    return faults_of([] { load_cost_tables("costs.yaml"); });
  }
};

TEST_F(Costs, that_are_wrong_are_faults_with_their_places) {
  EXPECT_EQ(faults_over_shipped(""), Lines{});
  EXPECT_EQ(faults_over_shipped("multiply:\n  int9: {}\n"),
            Lines{"costs.yaml:3:3: multiply.int9: unknown key (did you mean \"int8\"?)"});
  // The place is that of the figure that is too small: in the shipped file.
  const Lines base = faults_over_shipped("sram_write: {low: 2}\n");
  ASSERT_EQ(base.size(), 1U);
  EXPECT_TRUE(base[0].ends_with("sram_write.nominal: expected at least low (2), got 1.1"))
      << base[0];
  EXPECT_EQ(faults_over_shipped("sram_write: {low: 1, nominal: 3, high: 2}\n"),
            Lines{"costs.yaml:2:40: sram_write.high: expected at least nominal (3), got 2"});
  EXPECT_EQ(faults_over_shipped("sram_write: {high: -1}\n"),
            Lines{"costs.yaml:2:20: sram_write.high: expected number in [0, 1000000000], got "
                  "\"-1\""});
  write("alone.yaml", "name: alone\nsram_write: {low: 1, nominal: 1, high: 1}\n");
  EXPECT_GT(faults_of([] { load_cost_tables("alone.yaml"); }).size(), 20U);  // the other figures
}

TEST_F(Costs, of_a_machine_are_read_with_it_and_their_faults_told_with_its_own) {
  write("costs.yaml", "base: " + kShipped + "\nname: mine\ndma_pj_per_byte: {at_7nm: {high: 9}}\n");
  write_machine("clock: 1 GHz",
                "clock: 1 GHz\ncost: {node: 7 nm, dram_type: hbm2, tables: costs.yaml}");
  EXPECT_EQ(load_hw_config("hw.yaml").cost_model.tables->dma_pj_per_byte.at_7nm.high, 9);
  EXPECT_EQ(load_hw_config("hw.yaml").cost_model.tables->name, "mine");
  write("costs.yaml", "base: " + kShipped + "\ndma_pj_per_bytes: 1\n");
  EXPECT_EQ(
      faults({"cost.node=2 nm", "cost.dram_type=dram"}),
      (Lines{"costs.yaml:2:1: dma_pj_per_bytes: unknown key (did you mean \"dma_pj_per_byte\"?)",
             "--set cost.node=2 nm: expected length in [3, 45] nm with its unit (\"7 nm\"), "
             "got \"2 nm\"",
             "--set cost.dram_type=dram: expected ddr3, ddr4, ddr5, lpddr4, lpddr5, lpddr5x, "
             "gddr6, hbm2, hbm2e or hbm3, got \"dram\""}));
  EXPECT_EQ(faults({"cost.tables=nowhere.yaml", "cost.energy_scale=2"}).size(), 1U);
  // A machine need not say what it is built in.
  write_machine();
  EXPECT_EQ(faults(), Lines{});
  EXPECT_FALSE(load_hw_config("hw.yaml").cost_model.present);
  EXPECT_EQ(faults({"cost.node=7 nm"}).size(), 1U);  // .. but not half of it
}

TEST_F(Costs, that_are_dumped_read_back_the_same) {
  for (const auto& entry : fs::directory_iterator(kSource + "/hwconfigs/costs")) {
    const std::string text = dump_cost_tables(*load_cost_tables(entry.path().string()));
    write("dump.yaml", text);
    EXPECT_EQ(dump_cost_tables(*load_cost_tables("dump.yaml")), text) << entry.path();
  }
}

TEST_F(Costs, of_a_resolved_run_are_found_from_where_it_stands) {
  write("costs.yaml", "base: " + kShipped + "\nname: mine\n");
  RunSpec spec;
  spec.hw = load_hw_config(kEdge, {"cost.tables=costs.yaml"});
  spec.problem.name = "p";
  spec.problem.chunk = 16;
  spec.problem.ensemble = "iid";
  spec.problem.matrices = 4;
  spec.algorithm = "neumann_masked";
  fs::create_directories("out/deeper");
  write("out/deeper/run.yaml", dump_run(spec, {}, "out/deeper"));
  const RunSpec again = load_run("out/deeper/run.yaml", {});
  EXPECT_EQ(again.hw.cost_model.tables->name, "mine");
  EXPECT_EQ(digest(again.hw), digest(spec.hw));
}

RunResult run_of(const HwConfig& hw, int matrices, const char* algorithm = "neumann_masked") {
  Problem problem;
  problem.name = "cost";
  problem.chunk = 16;
  problem.ensemble = "correlated";
  problem.matrices = matrices;
  return run(hw, prepare(problem), find_algorithm(algorithm), {}, Format::kFp16);
}

TEST_F(Costs, of_a_run_are_parts_that_sum_to_the_total_in_its_document) {
  const auto json = nlohmann::json::parse(to_json(run_of(load_hw_config(kEdge), 4)));
  for (const char* object : {"energy_pj", "energy_low_pj", "energy_high_pj", "area_mm2",
                             "area_low_mm2", "area_high_mm2"}) {
    double sum = 0;
    for (const auto& [key, value] : json[object].items())
      if (key != "total") sum += value.get<double>();
    const double total = json[object]["total"];
    EXPECT_GT(total, 0) << object;
    EXPECT_NEAR(sum / total, 1, 1e-12) << object;
  }
  const double energy = json["energy_pj"]["total"], cycles = json["total_cycles"];
  // 1 GHz: pJ / ns are mW.
  EXPECT_DOUBLE_EQ(json["average_power_w"]["nominal"], energy / cycles / 1000);
  EXPECT_DOUBLE_EQ(json["energy_delay_product_pj_ns"]["nominal"],
                   json["energy_per_chunk_pj"]["nominal"].get<double>() *
                       json["cycles_per_chunk"].get<double>());
  EXPECT_LT(json["gops_per_w"]["low"].get<double>(), json["gops_per_w"]["high"].get<double>());
}

TEST_F(Costs, of_twice_the_chunks_are_twice_but_for_time) {
  const HwConfig hw = load_hw_config(kEdge);
  const RunResult four = run_of(hw, 4), eight = run_of(hw, 8);
  EXPECT_EQ(four.activity, eight.activity);
  for (std::size_t i = 0; i < kEnergyPartCount; ++i) {
    const auto part = static_cast<EnergyPart>(i);
    if (part == EnergyPart::kIdle || part == EnergyPart::kLeakage) continue;
    EXPECT_EQ(eight.cost->run[part], four.cost->run[part] * 2) << kEnergyPartNames[i];
  }
  EXPECT_GT(eight.cost->run[EnergyPart::kLeakage].nominal,
            four.cost->run[EnergyPart::kLeakage].nominal);
  // Steady state does not depend on how many there are.
  EXPECT_EQ(eight.cost->chunk.total(), four.cost->chunk.total());
}

TEST_F(Costs, have_the_products_and_bytes_the_simulation_counts) {
  const RunResult r = run_of(load_hw_config(kEdge), 4);
  EXPECT_EQ(r.many.macs, 4 * r.activity.macs);
  EXPECT_EQ(r.many.dram_bytes, 4 * r.activity.dram_bytes());
}

TEST_F(Costs, of_a_machine_without_node_are_none) {
  const RunResult r = run_of(load_hw_config(kEdge, {"cost=none"}), 2);
  EXPECT_FALSE(r.cost);
  EXPECT_TRUE(nlohmann::json::parse(to_json(r))["energy_pj"]["total"].is_null());
  EXPECT_EQ(run_summary(r).find("energy"), std::string::npos);
  EXPECT_NE(run_summary(run_of(load_hw_config(kEdge), 2)).find("nJ a chunk"), std::string::npos);
}

TEST_F(Costs, of_every_shipped_machine_keep_their_order_and_fall_with_the_node) {
  int machines = 0;
  for (const auto& entry : fs::directory_iterator(kSource + "/hwconfigs")) {
    if (entry.path().extension() != ".yaml") continue;
    ++machines;
    HwConfig hw = load_hw_config(entry.path().string());
    ASSERT_TRUE(hw.cost_model.present) << entry.path();
    Activity a;
    a.macs = a.pe_register_bits = a.accumulator_read_bytes = a.scratchpad_read_bytes = 1000000;
    a.vector.elements.fill(1000);
    a.vector.register_bytes = a.dram_read_bytes = a.instructions = 1000;
    double energy = INFINITY, area = INFINITY;
    for (double node : {45.0, 28.0, 16.0, 7.0, 5.0, 3.0}) {
      hw.cost_model.node_nm = node;
      const EnergyByPart e = energy_pj(hw, Format::kFp16, a, 1, 1000);
      const AreaByPart mm2 = area_mm2(hw);
      for (const Spread& part : e.parts) EXPECT_TRUE(part.is_ordered()) << hw.name;
      for (const Spread& part : mm2.parts) EXPECT_TRUE(part.is_ordered()) << hw.name;
      EXPECT_LT(e.total().nominal, energy) << hw.name << " at " << node;
      EXPECT_LT(mm2.total().nominal, area) << hw.name << " at " << node;
      energy = e.total().nominal;
      area = mm2.total().nominal;
    }
  }
  EXPECT_GE(machines, 13);
}

TEST_F(Costs, that_are_published_are_met_exactly_or_within_the_bound) {
  int bounds = 0, restated = 0;
  for (const ValidationRow& row : cost_rows(kSource + "/workloads/data/peers")) {
    EXPECT_FALSE(row.is_missed()) << row.what << ": " << row.ours << " of " << row.published;
    bounds += row.use == RowUse::kBound;
    if (row.use != RowUse::kRestated) continue;
    ++restated;
    EXPECT_NEAR(row.error(), 0, 1e-12) << row.what;
  }
  EXPECT_EQ(bounds, 6);
  EXPECT_EQ(restated, 12);
}

}  // namespace
}  // namespace tricycle
