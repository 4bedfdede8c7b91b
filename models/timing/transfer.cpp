// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

DramRuns dram_runs(const Program& program, const Region& r) {
  const Buffer& b = program.buffer(r);
  const std::int64_t pitch = b.row_bytes();
  const ByteRange row = row_range(b, r);
  const std::int64_t bytes = row.end - row.begin,
                     begin = b.offset_bytes + r.row * pitch + row.begin;
  return r.cols == b.cols ? DramRuns{1, r.rows * pitch, begin, pitch}
                          : DramRuns{r.rows, bytes, begin, pitch};
}

namespace {

std::int64_t round_up(std::int64_t bytes, std::int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/// Bytes of the whole bursts that the requests touch, with `request_bytes` per run, each run by
/// itself.  Items begin at a burst, so the number is the same for all of them.
std::int64_t burst_bytes(const DramRuns& runs, std::int64_t request_bytes, std::int64_t burst) {
  std::int64_t bytes = 0;
  for (std::int64_t run = 0; run < runs.count; ++run) {
    const std::int64_t begin = runs.begin + run * runs.stride;
    bytes += round_up(begin + request_bytes, burst) - begin / burst * burst;
  }
  return bytes;
}

}  // namespace

TransferTiming transfer_timing(const HwConfig& hw, const Program& program, const Region& dram) {
  const DramRuns runs = dram_runs(program, dram);
  TransferTiming t;
  t.latency_cycles = static_cast<std::int64_t>(std::ceil(hw.dram.latency_ns * hw.clock_ghz));
  const std::int64_t of_run = round_up(runs.bytes, hw.dma.request_bytes);
  const std::int64_t requested = runs.count * of_run;
  t.bytes = hw.dram.timing == DramTiming::kRowBuffer
                ? burst_bytes(runs, of_run, hw.dram.row_buffer.burst_bytes)
                : requested;
  const auto cycles = [](std::int64_t bytes, double bytes_per_cycle) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(bytes) / bytes_per_cycle));
  };
  const double channel = hw.dram.bandwidth_gbps / hw.clock_ghz;
  // A transfer of `half_bandwidth` bytes takes twice the time that its bytes take on the channel.
  t.startup_cycles = machine_cycles(hw, hw.dma.clock_ghz, hw.dma.startup_cycles) +
                     cycles(hw.dma.half_bandwidth_bytes, channel);
  const double window = static_cast<double>(hw.dma.request_bytes * hw.dma.requests_in_flight);
  t.channel_cycles = cycles(t.bytes, channel);
  t.window_cycles = std::max(
      t.channel_cycles, t.latency_cycles == 0
                            ? 0
                            : cycles(requested, window / static_cast<double>(t.latency_cycles)));
  return t;
}

}  // namespace tricycle
