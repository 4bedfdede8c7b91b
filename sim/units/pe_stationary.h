// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units/pe_array.h"
#include "sim/units/pe_parts.h"

namespace tricycle {

/// PE-level array with one stationary operand (ws, is).  A "vector" is one slice of the moving
/// operand.  ws moves rows of A past tiles of B; is moves columns of B past tiles of A.
template <typename T>
class StationaryPeArray final : public PeArray<T> {
 public:
  using Sum = SumOf<T>;
  StationaryPeArray(const HwConfig& hw, Format format);
  void submit(const PeProduct<T>& product) override;
  bool can_accept() const override { return next_load_ == passes_.size() && may_load_next(); }
  void clock() override;
  std::int64_t completed() const override { return completed_; }

 private:
  /// One stationary tile and all vectors that move past it.
  struct Pass {
    PeProduct<T> product;
    std::int64_t k = 0, column = 0;  // first k and first output column of the tile
    std::int64_t k_count = 0, columns = 0, vectors = 0;
    bool continues = false;  // sums continue from the values in acc
    bool last = false;       // whether it is the last pass of its product
  };
  /// A word on its way down to the PE row that keeps it.
  struct Load {
    std::int32_t pass = kBubble;
    std::int64_t row = 0;
  };
  struct Moving {
    std::int32_t pass = kBubble;
    std::int64_t vector = 0;
    bool first = false;       // first vector of its pass: the PE starts to use its new tile
    bool multiplies = false;  // last beat of its vector
  };

  bool may_load_next() const;
  bool may_stream() const;
  Load next_load();
  Moving next_vector();  // called once per clock, for the coming one
  void clock_pe(std::int64_t r, std::int64_t c);
  void clock_load(std::int64_t r, std::int64_t c);
  Partial<Sum> sum_from_above(std::int64_t c, std::int64_t r, const Moving& moving) const;
  Sum multiplied(std::int64_t r, std::int64_t c, const Moving& moving, Sum sum);
  void write_output(const Partial<Sum>& partial);
  void fetch_in_place(const Load& load, std::int64_t c, T* words) const;
  void fetch_moving(const Moving& moving, std::int64_t r, T* words) const;
  Sum& accumulator(const Pass& pass, std::int64_t vector, std::int64_t column) const;
  const Pass& pass(std::int32_t index) const { return passes_[static_cast<std::size_t>(index)]; }

  MacSpec spec_;
  bool inputs_in_place_, double_buffered_, chained_;
  std::int64_t rows_, cols_, depth_, beats_, pe_latency_, pass_head_;

  // The registers of the PEs, and of the wires around them.
  Registers<Load> load_;
  Registers<T> load_words_, shadow_, active_;
  Registers<Moving> moving_;
  Registers<T> moving_words_;
  Registers<Partial<Sum>> sums_;   // pe_latency registers per PE, newest first
  DelayLine<Load> load_feed_;      // column c reads it c clocks later
  DelayLine<Moving> vector_feed_;  // row r reads it r pe_latency clocks later
  ExitRegisters<Sum> exit_;        // after the columns

  // The control unit.
  std::int64_t now_ = 0, completed_ = 0;
  std::vector<Pass> passes_;  // all passes so far, in order
  /// First passes that are not yet completely loaded, streamed
  std::size_t next_load_ = 0, next_stream_ = 0;
  std::int64_t load_row_ = 0;           // words already fed of the pass that is loading
  std::int64_t loaded_at_ = 0;          // clock in which its tile is in place in the first row
  std::int64_t head_ = 0;               // clocks of set-up that the next pass has had
  std::int64_t vector_ = 0, beat_ = 0;  // next vector and beat of the streaming pass
  Moving planned_vector_;               // enters at the coming clock
  std::int64_t stream_start_ = 0, stream_clocks_ = 0;  // of the last pass that started to stream
  bool streamed_ = false;                              // whether any pass has started to stream
  std::int64_t outputs_due_ = 0;                       // vectors whose last sum has not left yet
};

}  // namespace tricycle
