// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/timing/timing.h"

namespace tricycle {

/// The DRAM that all queues share, and what it did last.
///   flat:       one channel of the whole bandwidth, one transfer after the other.
///   row_buffer: `channels` interleaved by bursts, each with its data bus and banks of one open
///   row.
///               Bursts go over their bus in the order in which transfers came; a bank activates a
///               row as soon as it knows of the burst, so that misses of one bank hide behind the
///               data of others.  Rows stay open.  JESD79/JESD209 parameters tRCD, CL, tRP, tRAS;
///               refresh is not modelled.  The bursts of a transfer are those its whole requests
///               touch, each run of contiguous bytes by itself (transfer_timing counts the same).
class Dram {
 public:
  /// `item_bytes`: items lie this far apart in memory, or as far as the next burst begins.
  Dram(const HwConfig& hw, std::int64_t item_bytes);

  struct Service {
    std::int64_t wait_cycles = 0;     // for transfers before it
    std::int64_t busy_cycles = 0;     // then, until its last byte
    std::int64_t channel_cycles = 0;  // of these, what the device itself needs
  };
  /// Serves a transfer whose requests reach the device at cycle `ready`.  Transfers come in the
  /// order in which their instructions start.
  Service serve(std::int64_t ready, std::int64_t item, const DramRuns& runs,
                const TransferTiming& timing);

 private:
  struct Bank {
    std::int64_t open_row = -1;
    std::int64_t activated = 0, column = 0;  // times of its last commands, femtoseconds
  };
  struct Burst {
    std::int64_t wait, end;  // femtoseconds: for the data bus; time of the last byte
  };
  Service serve_bursts(std::int64_t ready, std::int64_t item, const DramRuns& runs);
  Burst burst(std::int64_t ready, std::int64_t address);

  RowBufferConfig config_;
  bool row_buffer_;
  // Femtoseconds: bursts last no less than their bytes take at the bandwidth, by a millionth of a
  // nanosecond at the most more.
  double cycle_fs_;
  std::int64_t request_bytes_, item_bytes_;
  std::int64_t burst_fs_, activate_fs_, column_fs_, precharge_fs_, row_active_fs_;
  std::int64_t channel_free_ = 0;       // flat: cycle
  std::vector<std::int64_t> bus_free_;  // per channel, femtoseconds
  std::vector<Bank> banks_;             // channel by channel
};

}  // namespace tricycle
