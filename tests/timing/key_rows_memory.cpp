// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "models/cost/cost.h"
#include "tests/timing/key_rows.h"

namespace tricycle::testing {

namespace {

void add_scratchpad_rows(KeyRows& rows) {
  const std::string pad = "scratchpad.", narrow = pad + "banks=1";
  const auto chunk = inversion();
  // A chunk of 32 holds 10 KiB in fp16: one fits.  One bank of one access at a time is what
  // everybody waits for.
  rows.insert(
      rows.end(),
      {{pad + "size", "16 KiB", Demand::kMore, steady(chunk), {}},
       {pad + "banks", "1", Demand::kMore, total(chunk), {}},
       {pad + "banks", "1", Demand::kMore, stalled(chunk, StallCause::kScratchpadBandwidth), {}},
       {pad + "ports", "4", Demand::kLess, total(chunk), {narrow}},
       {pad + "width", "8 B", Demand::kMore, total(chunk), {narrow}},
       // A stripe of 4 KiB: the rows of a block lie in one bank instead of in all.
       {pad + "interleave", "4096 B", Demand::kMore, total(chunk), {}},
       // Where each bank serves what one unit needs, two units at once conflict.
       {pad + "interleave", "4096 B", Demand::kMore, stalled(chunk, StallCause::kBankConflict), {}},
       {"accumulator_memory.size", "8 KiB", Demand::kMore, steady(chunk), {}}});
}

void add_path_rows(KeyRows& rows) {
  const auto chunk = inversion();
  for (const char* path : {"accumulator_to_vector", "vector_to_matrix"}) {
    const std::string key = "topology." + std::string(path) + ".";
    rows.push_back({key + "bytes_per_cycle", "4 B/cycle", Demand::kMore, total(chunk), {}});
    rows.push_back({key + "bytes_per_cycle",
                    "4 B/cycle",
                    Demand::kMore,
                    stalled(chunk, StallCause::kPath),
                    {}});
    rows.push_back({key + "latency", "50 cycles", Demand::kMore, total(chunk), {}});
    rows.push_back(
        {key + "latency", "50 cycles", Demand::kMore, stalled(chunk, StallCause::kPath), {}});
  }
}

/// A product whose sums start from the linear terms of its epilogue.
void add_start_rows(KeyRows& rows) {
  const auto chunk = inversion();
  const std::string path = "topology.vector_to_accumulator.";
  const std::vector<std::string> given{path + "bytes_per_cycle=64 B/cycle", path + "latency=2"};
  rows.push_back({path + "bytes_per_cycle", "4 B/cycle", Demand::kMore, total(chunk), given});
  rows.push_back({path + "bytes_per_cycle", "4 B/cycle", Demand::kMore,
                  stalled(chunk, StallCause::kPath), given});
  rows.push_back({path + "latency", "50 cycles", Demand::kMore, total(chunk), given});
}

/// Between the array and the scratchpad, where a machine has memories there: a kernel that keeps to
/// the array is all on its way through them.
void add_array_path_rows(KeyRows& rows) {
  const auto kernel = cube_kernel();
  const std::string out = "topology.accumulator_to_scratchpad.",
                    in = "topology.scratchpad_to_matrix.";
  rows.insert(
      rows.end(),
      {{out + "bytes_per_cycle", "4 B/cycle", Demand::kMore, total(kernel), {}},
       {out + "bytes_per_cycle", "4 B/cycle", Demand::kMore, busy(kernel, Unit::kReadOut), {}},
       {out + "latency", "50 cycles", Demand::kMore, total(kernel), {}},
       {out + "latency", "50 cycles", Demand::kMore, stalled(kernel, StallCause::kDrain), {}},
       {in + "a_bytes_per_cycle", "4 B/cycle", Demand::kMore, total(kernel), {}},
       {in + "a_bytes_per_cycle",
        "4 B/cycle",
        Demand::kMore,
        stalled(kernel, StallCause::kPath),
        {}},
       {in + "b_bytes_per_cycle", "4 B/cycle", Demand::kMore, total(kernel), {}},
       {in + "b_bytes_per_cycle",
        "4 B/cycle",
        Demand::kMore,
        stalled(kernel, StallCause::kPath),
        {}},
       {in + "latency", "50 cycles", Demand::kMore, total(kernel), {}},
       {in + "buffers", "1", Demand::kMore, total(kernel), {}}});
}

void add_solve_rows(KeyRows& rows) {
  const std::string unit = "solve_unit.";
  const auto chunk = solve();
  rows.insert(rows.end(),
              {{unit + "clock", "0.1 GHz", Demand::kMore, total(chunk), {}},
               {unit + "units", "2", Demand::kLess, steady(chunk), {unit + "clock=0.05 GHz"}},
               {unit + "pe_latency", "4 cycles", Demand::kMore, total(chunk), {}},
               {unit + "boundary_latency", "4 cycles", Demand::kMore, total(chunk), {}},
               {unit + "bits",
                "16",
                Demand::kLess,
                [](const HwConfig& hw) { return area_mm2(hw)[AreaPart::kSolve].nominal; },
                {}},
               // A larger triangle is no faster; it takes area.
               {unit + "rows", "64", Demand::kSame, total(chunk), {}},
               {unit + "rows",
                "64",
                Demand::kMore,
                [](const HwConfig& hw) { return area_mm2(hw)[AreaPart::kSolve].nominal; },
                {}}});
}

void add_dma_rows(KeyRows& rows) {
  const std::string dma = "dma.";
  const auto chunk = inversion(), load = strided_load(32);
  rows.insert(rows.end(), {{dma + "clock", "0.1 GHz", Demand::kMore, total(load), {}},
                           // Latency of one transfer beside the bytes of another.
                           {dma + "queues", "1", Demand::kMore, steady(load), {}},
                           {dma + "startup", "30 cycles", Demand::kMore, total(load), {}},
                           {dma + "half_bandwidth", "4096 B", Demand::kMore, total(load), {}},
                           // Of 64 B a row a request of 256 B uses a quarter ..
                           {dma + "request", "256 B", Demand::kMore, dram_bytes(load), {}},
                           {dma + "request", "256 B", Demand::kMore, total(load), {}},
                           // .. and the window of small ones is less than latency x bandwidth.
                           {dma + "request", "16 B", Demand::kMore, total(load), {}},
                           {dma + "requests_in_flight", "1", Demand::kMore, total(load), {}}});
}

}  // namespace

KeyRows memory_key_rows() {
  KeyRows rows;
  add_scratchpad_rows(rows);
  add_path_rows(rows);
  add_array_path_rows(rows);
  add_start_rows(rows);
  add_solve_rows(rows);
  add_dma_rows(rows);
  return rows;
}

KeyRows dram_key_rows() {
  const std::string dram = "dram.", rows = dram + "row_buffer.";
  const auto load = strided_load(32);
  const std::string open = dram + "timing=row_buffer";
  // Every burst of a matrix, read along, is in another row of the one bank of its channel.
  const std::vector<std::string> conflicts{open, rows + "banks=1", rows + "row=32 B"};
  return {
      {dram + "latency", "100 ns", Demand::kMore, total(load), {}},
      {dram + "bandwidth", "32 GB/s", Demand::kLess, total(load), {}},
      {dram + "bandwidth", "1 GB/s", Demand::kMore, stalled(inversion(), StallCause::kDram), {}},
      {dram + "timing", "row_buffer", Demand::kMore, total(load), {}},
      // Channels work at their misses side by side.
      {rows + "channels", "1", Demand::kMore, total(load), conflicts},
      {rows + "banks", "1", Demand::kMore, total(load), {open, rows + "row=32 B"}},
      {rows + "row", "32 B", Demand::kMore, total(load), {open, rows + "banks=1"}},
      // Rows of 64 B in bursts of 256 B: three quarters are not asked for.
      {rows + "burst", "256 B", Demand::kMore, total(load), {open}},
      {rows + "activate", "60 ns", Demand::kMore, total(load), {open}},
      {rows + "column", "60 ns", Demand::kMore, total(load), {open}},
      {rows + "precharge", "60 ns", Demand::kMore, total(load), conflicts},
      {rows + "row_active", "200 ns", Demand::kMore, total(load), conflicts},
  };
}

}  // namespace tricycle::testing
