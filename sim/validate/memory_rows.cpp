// SPDX-License-Identifier: Apache-2.0
//
// Published figures of memory paths: bandwidth of a transfer by its size, and the time that it
// takes to hand sums from the matrix unit to a vector unit.
#include <fmt/format.h>

#include "models/timing/timing.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

/// GB/s of one load of so many bytes, alone.
double load_bandwidth(const HwConfig& hw, std::int32_t bytes) {
  Program p;
  p.format = Format::kInt8;
  const Region whole{0, 0, 0, 1, bytes};
  p.buffers = {{"raw", Space::kDram, p.format, 0, 1, bytes, 0, false},
               {"copy", Space::kScratchpad, p.format, 0, 1, bytes, 0, false}};
  p.instructions = {{{1, 0, 0, 1, bytes}, Load{whole}}};
  p.inputs = {0};
  p.output = 0;
  return bytes * hw.clock_ghz / cycles_alone(p, hw);
}

/// Microseconds until a vector unit has read a 64 x 64 block of wide sums.
double handover_us(const HwConfig& hw) {
  constexpr std::int32_t kEdge = 64;
  Program p;
  p.format = Format::kFp32;
  p.buffers = {{"acc", Space::kAccumulator, p.format, 0, kEdge, kEdge, 0, false},
               {"sum", Space::kScratchpad, p.format, 0, kEdge, kEdge, 0, false}};
  const Instruction round{{1, 0, 0, kEdge, kEdge},
                          Epilogue{.accumulator = Region{0, 0, 0, kEdge, kEdge}}};
  const PathUse path = vector_timing(hw, p, round).paths[kAccumulatorToVector];
  return static_cast<double>(path.latency_cycles + path.channel_cycles) / hw.clock_ghz / 1000;
}

}  // namespace

std::vector<ValidationRow> dma_rows(const std::string& folder) {
  const PublishedTable table(folder + "/dma_bandwidth.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    const double peak = table.number(i, "peak_gb_s"), half = table.number(i, "half_kib") * 1024;
    for (const std::int32_t kib : {2, 8, 32, 128})
      out.push_back({fmt::format("{}, {} KiB", hw.name, kib),
                     peak * kib * 1024 / (half + kib * 1024), load_bandwidth(hw, kib * 1024),
                     table.use(i), table.text(i, "source")});
  }
  return out;
}

std::vector<ValidationRow> handover_rows(const std::string& folder) {
  const PublishedTable table(folder + "/handover_us.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    out.push_back({hw.name, table.number(i, "published"), handover_us(hw), table.use(i),
                   table.text(i, "source")});
  }
  return out;
}

}  // namespace tricycle
