// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units/pe_array.h"
#include "sim/units/pe_parts.h"

namespace tricycle {

/// PE-level array with output-stationary dataflow (os).  Rows of A enter from the left, columns of
/// B from the top, and each PE sums one output.
template <typename T>
class OutputStationaryPeArray final : public PeArray<T> {
 public:
  using Sum = SumOf<T>;
  OutputStationaryPeArray(const HwConfig& hw, Format format);
  void submit(const PeProduct<T>& product) override;
  bool can_accept() const override { return next_ == passes_.size() && may_start_next(); }
  void clock() override;
  std::int64_t completed() const override { return completed_; }

 private:
  /// One tile of outputs.
  struct Pass {
    PeProduct<T> product;
    std::int64_t row = 0, column = 0;               // first row and column of the tile
    std::int64_t rows = 0, columns = 0, steps = 0;  // dot products of `depth` along k
    bool last = false;                              // whether it is the last pass of its product
    std::int64_t due = 0;  // sums that have not left yet, those of unused PEs included
  };
  /// What enters PE (0, 0) at a clock.  Row r of A follows r clocks later, column c of B c clocks
  /// later.
  struct Moving {
    std::int32_t pass = kBubble;
    std::int64_t step = 0;
    bool first = false, multiplies = false, last = false;
  };

  bool may_start_next() const;
  Moving next_step();
  void clock_pe(std::int64_t r, std::int64_t c);
  void accumulate(std::int64_t r, std::int64_t c, const Moving& moving);
  void capture(std::int64_t r, std::int64_t c, const Partial<Sum>& finished);
  void clock_drain();
  void write_output(const Partial<Sum>& partial);
  void fetch_a(const Moving& moving, std::int64_t r, T* words) const;
  void fetch_b(const Moving& moving, std::int64_t c, T* words) const;
  const Pass& pass(std::int32_t index) const { return passes_[static_cast<std::size_t>(index)]; }
  std::int64_t chain_length() const { return shift_ == DrainShift::kRows ? rows_ : cols_; }

  MacSpec spec_;
  bool double_buffered_, chained_;
  DrainShift shift_;
  DrainStart start_;
  std::int64_t rows_, cols_, depth_, beats_, pe_latency_, pass_head_;

  // The registers of the PEs, and of the wires around them.
  Registers<Moving> moving_;
  Registers<T> a_words_, b_words_;
  Registers<Sum> sums_;
  Registers<Partial<Sum>> finishing_;  // pe_latency registers per PE, newest first
  Registers<Partial<Sum>> out_;        // finished sums on their way along a chain
  DelayLine<Moving> feed_;
  ExitRegisters<Sum> exit_;

  // The control unit.
  std::int64_t now_ = 0, completed_ = 0;
  std::vector<Pass> passes_;  // all passes so far, in order
  std::size_t next_ = 0;      // first pass that has not been fed completely
  std::int64_t head_ = 0;     // clocks of set-up that the next pass has had
  std::int64_t step_ = 0, beat_ = 0;
  std::int64_t start_clock_ = 0, feed_clocks_ = 0;  // of the last pass that started
  bool started_ = false;                            // whether any pass has started
  std::vector<std::int64_t> shifts_left_;           // by chain
};

}  // namespace tricycle
