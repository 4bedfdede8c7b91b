// SPDX-License-Identifier: Apache-2.0
//
// Parts that both kinds of PE array are built from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace tricycle {

/// A wire with one register per clock of delay.  It keeps what was at a port during the last
/// `length` clocks.  Skewed feeding reads one stream, one clock later at every row or column.
template <typename Token>
class DelayLine {
 public:
  explicit DelayLine(std::int64_t length) : tokens_(static_cast<std::size_t>(length) + 1) {}
  void push(const Token& token) {
    tokens_.pop_back();
    tokens_.push_front(token);
  }
  /// 0: this clock's token.
  const Token& delayed(std::int64_t clocks) const {
    return tokens_[static_cast<std::size_t>(clocks)];
  }

 private:
  std::deque<Token> tokens_;
};

/// One register per PE, of `width` words each.
template <typename Word>
class Registers {
 public:
  Registers(std::int64_t rows, std::int64_t cols, std::int64_t width)
      : cols_(cols), width_(width), words_(static_cast<std::size_t>(rows * cols * width)) {}
  Word* at(std::int64_t r, std::int64_t c) { return words_.data() + (r * cols_ + c) * width_; }
  const Word* at(std::int64_t r, std::int64_t c) const {
    return words_.data() + (r * cols_ + c) * width_;
  }
  void copy(std::int64_t r, std::int64_t c, const Word* from) {
    std::copy_n(from, width_, at(r, c));
  }

 private:
  std::int64_t cols_, width_;
  std::vector<Word> words_;
};

/// Index of a bubble: no useful word in a register.
inline constexpr std::int32_t kBubble = -1;

/// A sum on its way through or out of the array.
template <typename Sum>
struct Partial {
  std::int32_t pass = kBubble;
  std::int64_t row = 0, column = 0;  // of the output, within its pass
  Sum sum{};
};

/// The registers after the exits of the array.  What leaves the array comes out `length` clocks
/// later.
template <typename Sum>
class ExitRegisters {
 public:
  explicit ExitRegisters(std::int64_t length) : length_(length) {}
  std::int64_t length() const { return length_; }
  void enter(std::int64_t now, const Partial<Sum>& partial) {
    line_.push_back({now + length_, partial});
  }
  /// Calls write(partial) for everything that comes out at this clock.
  template <typename Write>
  void clock(std::int64_t now, Write&& write) {
    for (; !line_.empty() && line_.front().first == now; line_.pop_front())
      write(line_.front().second);
  }

 private:
  std::int64_t length_;
  std::deque<std::pair<std::int64_t, Partial<Sum>>> line_;
};

}  // namespace tricycle
