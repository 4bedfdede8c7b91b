// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/timing/timing.h"

namespace tricycle {

/// The DRAM that all queues share, with the state of its channels and banks.
///   flat:       one channel with the whole bandwidth.  Transfers go one after the other.
///   row_buffer: `channels` channels, interleaved by bursts.  Each has a data bus and banks.
///               Each bank keeps one row open.
///
/// In row_buffer, bursts use their bus in the order in which the transfers came.  A bank activates
/// a row as soon as it knows of the burst.  So the misses of one bank overlap with the data of
/// other banks.  Rows stay open.  The parameters are tRCD, CL, tRP and tRAS of JESD79/JESD209.
/// Refresh is not modelled.
///
/// A transfer consists of the bursts that its whole requests touch.  Each run of contiguous bytes
/// counts by itself, as in transfer_timing.
class Dram {
 public:
  /// `item_bytes`: the distance of items in memory; it is rounded up to whole bursts.
  Dram(const HwConfig& hw, std::int64_t item_bytes);

  struct Service {
    std::int64_t wait_cycles = 0;     // until the transfers before it let it begin
    std::int64_t busy_cycles = 0;     // from then until its last byte
    std::int64_t channel_cycles = 0;  // part of busy_cycles that the device itself needs
  };
  /// Serves a transfer whose requests reach the device at cycle `ready`.  Call it for transfers in
  /// the order in which their instructions start.
  Service serve(std::int64_t ready, std::int64_t item, const DramRuns& runs,
                const TransferTiming& timing);

 private:
  struct Bank {
    std::int64_t open_row = -1;
    std::int64_t activated = 0, column = 0;  // times of its last commands, femtoseconds
  };
  struct Burst {
    std::int64_t wait, end;  // femtoseconds: wait for the data bus; time of the last byte
  };
  Service serve_bursts(std::int64_t ready, std::int64_t item, const DramRuns& runs);
  Burst burst(std::int64_t ready, std::int64_t address);

  RowBufferConfig config_;
  bool row_buffer_;
  // Times in femtoseconds.  A burst takes no less than its bytes need at the bandwidth, and at most
  // a millionth of a nanosecond more.
  double cycle_fs_;
  std::int64_t request_bytes_, item_bytes_;
  std::int64_t burst_fs_, activate_fs_, column_fs_, precharge_fs_, row_active_fs_;
  std::int64_t channel_free_ = 0;       // flat: cycle in which the channel is free
  std::vector<std::int64_t> bus_free_;  // per channel: when its bus is free, femtoseconds
  std::vector<Bank> banks_;             // all banks of channel 0, then those of channel 1, ..
};

}  // namespace tricycle
