// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "models/simt/warp_schedule.h"
#include "models/simt/warp_simulation.h"
#include "tests/timing/key_rows.h"

namespace tricycle::testing {

namespace {

/// Four warps that do `count` of an operation, wait for all of them and do one thing more.
WarpProgram burst(WarpOp op, int count) {
  WarpCode code;
  WarpInstruction last{.op = is_store(op) ? WarpOp::kWarpSync : WarpOp::kInteger};
  for (int i = 0; i < count; ++i) {
    last.inputs.push_back(static_cast<std::int32_t>(code.size()));
    code.push_back({.op = op});
  }
  code.push_back(last);
  code.push_back({.op = WarpOp::kInteger, .inputs = {count}});
  return {.warps = std::vector<WarpCode>(4, code), .registers = 32};
}

double cycles(const WarpProgram& program, const HwConfig& hw) {
  return simulate_warps(program, hw, 1, 1).cycles;
}
Figure of_burst(WarpOp op) {
  return [program = burst(op, 16)](const HwConfig& hw) { return cycles(program, hw); };
}

/// Two products of a group, then a load: it finds the scratchpad busy.
Figure load_behind(WarpOp op) {
  WarpCode code{
      {.op = op}, {.op = op}, {.op = WarpOp::kLoad}, {.op = WarpOp::kInteger, .inputs = {2}}};
  return [program = WarpProgram{.warps = std::vector<WarpCode>(4, code)}](const HwConfig& hw) {
    return cycles(program, hw);
  };
}

/// Loads and what waits for each, one after the other as they are written down.
Figure as_scheduled() {
  WarpCode code;
  for (std::int32_t i = 0; i < 16; ++i) {
    code.push_back({.op = WarpOp::kLoad});
    code.push_back({.op = WarpOp::kAdd, .inputs = {2 * i}});
  }
  return [program = WarpProgram{.warps = {code}, .registers = 32}](const HwConfig& hw) {
    return cycles(scheduled(program, hw.simt), hw);
  };
}

/// Straight code of a size behind a load that all of it follows.
Figure fetched(double bytes) {
  WarpProgram program = burst(WarpOp::kInteger, 200);
  for (WarpCode& warp : program.warps) {
    warp.front().op = WarpOp::kLoad;
    warp[1].inputs = {0};
  }
  program.code_bytes = bytes;
  return [program](const HwConfig& hw) { return cycles(program, hw); };
}

Figure resident(int warps, int registers, std::int64_t bytes) {
  WarpProgram program{.warps = std::vector<WarpCode>(static_cast<std::size_t>(warps)),
                      .registers = registers,
                      .shared_bytes = bytes};
  return [program](const HwConfig& hw) {
    return static_cast<double>(resident_blocks(program, hw).blocks);
  };
}

void add_operation_rows(const WarpOpInfo& op, KeyRows& rows) {
  const std::string key = "simt.operations." + std::string(op.name) + ".";
  const Figure figure = of_burst(op.op);
  rows.push_back({key + "issue", "50 cycles", Demand::kMore, figure, {}});
  rows.push_back({key + "latency", "90 cycles", Demand::kMore, figure, {}});
  if (op.pipe != WarpPipe::kNone)
    rows.push_back({key + "interval", "50 cycles", Demand::kMore, figure, {}});
  if (op.unit != WarpUnit::kNone)
    rows.push_back({key + "unit", "50 cycles", Demand::kMore, figure, {}});
  if (op.unit == WarpUnit::kGroupProduct)
    rows.push_back({key + "scratchpad", "500 cycles", Demand::kMore, load_behind(op.op), {}});
}

}  // namespace

KeyRows simt_key_rows() {
  const std::string simt = "simt.";
  constexpr double kKib = 1024;
  const Figure by_registers = resident(4, 128, 0), by_bytes = resident(1, 1, 10'000);
  KeyRows rows{
      {simt + "schedulers", "1", Demand::kMore, of_burst(WarpOp::kProduct), {}},
      {simt + "lanes", "64", Demand::kLess, by_registers, {}},
      {simt + "max_warps", "4", Demand::kLess, by_registers, {}},
      {simt + "max_blocks", "3", Demand::kLess, by_registers, {}},
      {simt + "registers", "32768", Demand::kLess, by_registers, {}},
      {simt + "register_unit", "4097", Demand::kLess, by_registers, {}},
      {simt + "block_reserved", "100 KiB", Demand::kLess, by_bytes, {}},
      {simt + "block_unit", "100000 B", Demand::kLess, by_bytes, {}},
      {simt + "barrier_per_warp", "9 cycles", Demand::kMore, of_burst(WarpOp::kBarrier), {}},
      {simt + "window", "0", Demand::kMore, as_scheduled(), {}},
      {simt + "fetch.ahead", "1", Demand::kMore, fetched(64 * kKib), {"simt.fetch.kib_64=3"}},
  };
  for (const int size : kFetchedKib)
    rows.push_back({simt + "fetch.kib_" + std::to_string(size),
                    "5 cycles",
                    Demand::kMore,
                    fetched(size * kKib),
                    {}});
  for (const WarpOpInfo& op : kWarpOps) add_operation_rows(op, rows);
  return rows;
}

}  // namespace tricycle::testing
