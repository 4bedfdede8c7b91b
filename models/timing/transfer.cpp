// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

DramRuns dram_runs(const Program& program, const Instruction& in) {
  const Region& r = in.opcode == Opcode::kLoad ? in.a : in.dst;
  const Buffer& b = program.buffer(r);
  const std::int64_t pitch = b.row_bytes();
  const ByteRange row = row_range(b, r);
  const std::int64_t bytes = row.end - row.begin,
                     begin = b.offset_bytes + r.row * pitch + row.begin;
  return r.cols == b.cols ? DramRuns{1, r.rows * pitch, begin, pitch}
                          : DramRuns{r.rows, bytes, begin, pitch};
}

TransferTiming transfer_timing(const HwConfig& hw, const Program& program, const Instruction& in) {
  const std::int64_t request = hw.dma.request_bytes;
  const DramRuns runs = dram_runs(program, in);
  TransferTiming t;
  t.latency_cycles = static_cast<std::int64_t>(std::ceil(hw.dram.latency_ns * hw.clock_ghz));
  t.bytes = runs.count * ((runs.bytes + request - 1) / request * request);
  const auto cycles = [&](double bytes_per_cycle) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(t.bytes) / bytes_per_cycle));
  };
  const double channel = hw.dram.bandwidth_gbps / hw.clock_ghz;
  // A transfer of `half_bandwidth` bytes takes twice what its bytes take on the channel.
  t.startup_cycles = machine_cycles(hw, hw.dma.clock_ghz, hw.dma.startup_cycles) +
                     static_cast<std::int64_t>(
                         std::ceil(static_cast<double>(hw.dma.half_bandwidth_bytes) / channel));
  const double window = static_cast<double>(request * hw.dma.requests_in_flight);
  t.channel_cycles = cycles(channel);
  t.window_cycles =
      std::max(t.channel_cycles,
               t.latency_cycles == 0 ? 0 : cycles(window / static_cast<double>(t.latency_cycles)));
  return t;
}

}  // namespace tricycle
