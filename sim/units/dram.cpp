// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

namespace {

std::int64_t femtoseconds(double ns) { return std::llround(ns * 1e6); }

/// Rounds up to whole femtoseconds; the rounding error of a double that should be whole does not
/// count.
std::int64_t whole_femtoseconds(double ns) {
  return static_cast<std::int64_t>(std::ceil(ns * 1e6 * (1 - 1e-12)));
}

std::int64_t round_up(std::int64_t bytes, std::int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Dram::Dram(const HwConfig& hw, std::int64_t item_bytes)
    : config_(hw.dram.row_buffer),
      row_buffer_(hw.dram.timing == DramTiming::kRowBuffer),
      cycle_fs_(1e6 / hw.clock_ghz),
      request_bytes_(hw.dma.request_bytes),
      item_bytes_(round_up(item_bytes, config_.burst_bytes)),
      burst_fs_(whole_femtoseconds(static_cast<double>(config_.burst_bytes * config_.channels) /
                                   hw.dram.bandwidth_gbps)),
      activate_fs_(femtoseconds(config_.activate_ns)),
      column_fs_(femtoseconds(config_.column_ns)),
      precharge_fs_(femtoseconds(config_.precharge_ns)),
      row_active_fs_(femtoseconds(config_.row_active_ns)),
      bus_free_(static_cast<std::size_t>(config_.channels)),
      banks_(static_cast<std::size_t>(config_.channels * config_.banks)) {}

Dram::Service Dram::serve(std::int64_t ready, std::int64_t item, const DramRuns& runs,
                          const TransferTiming& timing) {
  if (!row_buffer_) {
    const std::int64_t begin = std::max(ready, channel_free_);
    channel_free_ = begin + timing.channel_cycles;
    return {begin - ready, timing.window_cycles, timing.channel_cycles};
  }
  Service service = serve_bursts(ready, item, runs);
  service.busy_cycles = std::max(service.busy_cycles, timing.window_cycles);
  return service;
}

Dram::Service Dram::serve_bursts(std::int64_t ready, std::int64_t item, const DramRuns& runs) {
  const auto at = [&](std::int64_t cycle) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(cycle) * cycle_fs_));
  };
  const auto cycles = [&](std::int64_t fs) {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(fs) / cycle_fs_));
  };
  const std::int64_t start = at(ready), base = item * item_bytes_;
  const std::int64_t bytes = round_up(runs.bytes, request_bytes_);
  std::int64_t wait = -1, end = start;
  for (std::int64_t run = 0; run < runs.count; ++run) {
    const std::int64_t begin = base + runs.begin + run * runs.stride, stop = begin + bytes;
    for (std::int64_t address = begin / config_.burst_bytes * config_.burst_bytes; address < stop;
         address += config_.burst_bytes) {
      const Burst b = burst(start, address);
      if (wait < 0) wait = b.wait;
      end = std::max(end, b.end);
    }
  }
  const std::int64_t wait_cycles = cycles(std::max<std::int64_t>(wait, 0));
  const std::int64_t busy = std::max<std::int64_t>(0, cycles(end - start) - wait_cycles);
  return {wait_cycles, busy, busy};
}

Dram::Burst Dram::burst(std::int64_t ready, std::int64_t address) {
  // 1. Address: row | bank | column | channel | byte of the burst.
  const std::int64_t index = address / config_.burst_bytes;
  const auto channel = static_cast<std::size_t>(index % config_.channels);
  const std::int64_t columns = std::max<std::int64_t>(1, config_.row_bytes / config_.burst_bytes);
  const std::int64_t rows = index / config_.channels / columns;
  const std::int64_t row = rows / config_.banks;
  Bank& bank = banks_[channel * static_cast<std::size_t>(config_.banks) +
                      static_cast<std::size_t>(rows % config_.banks)];
  // 2. Row: a hit needs nothing; a closed bank activates; a conflict precharges first.
  std::int64_t column = std::max(ready, bank.activated + activate_fs_);
  if (bank.open_row != row) {
    std::int64_t activate = ready;
    if (bank.open_row >= 0)
      activate = std::max({ready, bank.activated + row_active_fs_, bank.column}) + precharge_fs_;
    bank.open_row = row;
    bank.activated = activate;
    column = activate + activate_fs_;
  }
  // 3. Data: after the column command, when the channel's bus is free.
  const std::int64_t data = std::max(column + column_fs_, bus_free_[channel]);
  bank.column = data - column_fs_;
  bus_free_[channel] = data + burst_fs_;
  return {data - column - column_fs_, data + burst_fs_};
}

}  // namespace tricycle
