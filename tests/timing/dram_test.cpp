// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

constexpr std::int64_t kItemBytes = 1 << 20;

/// 1 GHz, so that a cycle is a nanosecond; bursts of 32 B take 4 ns on each of the channels.
HwConfig machine(std::int64_t channels) {
  HwConfig hw = reference_machine();
  hw.clock_ghz = 1;
  hw.dma.request_bytes = 32;  // a burst
  hw.dram.bandwidth_gbps = 8.0 * static_cast<double>(channels);
  hw.dram.timing = DramTiming::kRowBuffer;
  hw.dram.row_buffer = {.channels = channels,
                        .banks = 2,
                        .row_bytes = 1024,
                        .burst_bytes = 32,
                        .activate_ns = 15,
                        .column_ns = 20,
                        .precharge_ns = 18,
                        .row_active_ns = 40};
  return hw;
}

/// Cycles from `ready` to the last byte of `bytes` from `address` on.
std::int64_t served(Dram& dram, std::int64_t ready, std::int64_t address, std::int64_t bytes) {
  const Dram::Service s = dram.serve(ready, 0, {1, bytes, address, 0}, {});
  return s.wait_cycles + s.busy_cycles;
}

TEST(RowBuffer, a_closed_bank_takes_activate_column_and_the_bursts_back_to_back) {
  Dram dram(machine(1), kItemBytes);
  EXPECT_EQ(served(dram, 100, 0, 32), 15 + 20 + 4);    // tRCD + CL + one burst
  EXPECT_EQ(served(dram, 1000, 32, 256), 20 + 8 * 4);  // the row is open: CL + eight bursts
  // The last burst of row 0 in bank 0, then the first of bank 1, which activates at once.
  EXPECT_EQ(served(dram, 2000, 992, 64), 15 + 20 + 4);
}

TEST(RowBuffer, another_row_of_the_bank_is_precharged_first_and_not_before_its_time) {
  Dram dram(machine(1), kItemBytes);
  // Two banks of rows of 1 KiB: bytes 2048 on are row 1 of bank 0.
  served(dram, 0, 0, 32);
  EXPECT_EQ(served(dram, 1000, 2048, 32), 18 + 15 + 20 + 4);  // tRP + tRCD + CL + burst
  EXPECT_EQ(served(dram, 1060, 0, 32), 18 + 15 + 20 + 4);     // activated at 1018, tRAS is over
  Dram early(machine(1), kItemBytes);
  served(early, 0, 0, 32);  // activated at 0: no precharge before 40
  EXPECT_EQ(served(early, 10, 2048, 32), (40 - 10) + 18 + 15 + 20 + 4);
}

TEST(RowBuffer, misses_of_one_bank_hide_behind_the_data_of_another) {
  Dram dram(machine(1), kItemBytes);
  // Row 0 of both banks: bank 1 activates at once, its column command waits for the bus alone.
  EXPECT_EQ(served(dram, 0, 0, 2048), 15 + 20 + 64 * 4);
}

TEST(RowBuffer, channels_share_a_stream_burst_by_burst) {
  Dram one(machine(1), kItemBytes), four(machine(4), kItemBytes);
  EXPECT_EQ(served(one, 0, 0, 1024), 15 + 20 + 32 * 4);
  EXPECT_EQ(served(four, 0, 0, 1024), 15 + 20 + 32 / 4 * 4);
}

TEST(RowBuffer, a_transfer_waits_for_the_bus_as_a_wait_and_not_as_work) {
  Dram dram(machine(1), kItemBytes);
  served(dram, 0, 0, 1024);  // its last byte is there at 15 + 20 + 128 = 163
  const Dram::Service s = dram.serve(100, 0, {1, 32, 0, 0}, {});
  EXPECT_EQ(s.wait_cycles, 163 - (100 + 20));  // the row is open: only the bus is not free
  EXPECT_EQ(s.busy_cycles, 20 + 4);
}

TEST(RowBuffer, short_runs_far_apart_cost_more_than_one_long_run) {
  Dram scattered(machine(1), kItemBytes), dense(machine(1), kItemBytes);
  const Dram::Service rows = scattered.serve(0, 0, {16, 64, 0, 4096}, {});
  const Dram::Service run = dense.serve(0, 0, {1, 16 * 64, 0, 0}, {});
  EXPECT_GT(rows.busy_cycles, 3 * run.busy_cycles);
}

/// Whatever runs begin and end within bursts, and however short bursts are: the bytes counted are
/// those that crossed the bus, and took their time.
TEST(RowBuffer, bytes_never_go_faster_than_the_bandwidth) {
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    HwConfig hw = machine(1 + i % 3);
    hw.dram.bandwidth_gbps = 1 + 0.37 * static_cast<double>(random() % 9000);
    hw.dma.request_bytes = std::int64_t{1} << (random() % 8);
    hw.dram.row_buffer.burst_bytes = std::int64_t{1} << (random() % 8);
    hw.dram.row_buffer.row_bytes = 1 << 20;
    Program p;
    Buffer b;
    b.name = "A.dram";
    b.space = Space::kDram;
    b.format = Format::kInt8;
    b.rows = 64;
    b.cols = 100;
    p.buffers = {b, b};
    const Region load{0, 0, static_cast<std::int32_t>(random() % 50), 64,
                      static_cast<std::int32_t>(1 + random() % 50)};
    Dram dram(hw, 6400);
    std::int64_t bytes = 0, end = 0;
    for (std::int64_t item = 0; item < 50; ++item) {
      const TransferTiming t = transfer_timing(hw, p, load);
      const Dram::Service s = dram.serve(0, item, dram_runs(p, load), t);
      bytes += t.bytes;
      end = std::max(end, s.wait_cycles + s.busy_cycles);
    }
    EXPECT_LE(static_cast<double>(bytes),
              static_cast<double>(end) * hw.dram.bandwidth_gbps * (1 + 1e-9))
        << i;
  }
}

TEST(Transfers, bytes_of_bursts_are_those_that_requests_touch) {
  HwConfig hw = machine(1);  // bursts of 32 B
  hw.dma.request_bytes = 16;
  Program p;
  Buffer b;
  b.name = "A.dram";
  b.space = Space::kDram;
  b.format = Format::kInt8;
  b.rows = 4;
  b.cols = 100;
  p.buffers = {b, b};
  const Region load{0, 0, 20, 4, 20};
  // Two requests of 16 B a row from 20, 120, 220 and 320 on: 32 B that begin 20, 24, 28 and 0 B
  // within a burst touch 2, 2, 2 and 1.
  EXPECT_EQ(transfer_timing(hw, p, load).bytes, (2 + 2 + 2 + 1) * 32);
  hw.dram.timing = DramTiming::kFlat;
  EXPECT_EQ(transfer_timing(hw, p, load).bytes, 4 * 32);
}

TEST(Transfers, every_run_of_a_strided_region_pays_whole_requests) {
  HwConfig hw = reference_machine();
  hw.dma.request_bytes = 64;
  Program p;
  Buffer b;
  b.name = "A.dram";
  b.space = Space::kDram;
  b.format = Format::kFp16;
  b.rows = b.cols = 64;
  p.buffers = {b, b};
  p.buffers[1].space = Space::kScratchpad;
  Region load{0, 0, 0, 16, 20};
  EXPECT_EQ(transfer_timing(hw, p, load).bytes, 16 * 64);  // 40 B a row: a request of 64 B each
  load.cols = 64;
  EXPECT_EQ(transfer_timing(hw, p, load).bytes, 16 * 128);  // whole rows are one run of 2 KiB
  hw.dma.half_bandwidth_bytes = 2048;
  hw.dram.bandwidth_gbps = 32;
  EXPECT_EQ(transfer_timing(hw, p, load).startup_cycles, 64);  // 2048 B / 32 B a cycle
  EXPECT_EQ(transfer_timing(hw, p, load).channel_cycles, 64);  // as long again: half the bandwidth
}

}  // namespace
}  // namespace tricycle
