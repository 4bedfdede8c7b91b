// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm.h"

#include <algorithm>
#include <string>

#include "models/error.h"
#include "workloads/tiling.h"

namespace tricycle {

namespace {

/// Sizes of the panels kept on chip at once.
struct Panels {
  int m, n, k;
  std::int64_t scratchpad_bytes(Format f) const {
    // Two buffers for each panel, so that a load overlaps the product before it.
    return 2 * static_cast<std::int64_t>(info(f).bytes()) *
               (std::int64_t{m} * k + std::int64_t{k} * n + std::int64_t{m} * n) +
           6 * 64;
  }
  std::int64_t accumulator_bytes(const HwConfig& hw, Format f) const {
    return 2 * static_cast<std::int64_t>(tricycle::accumulator_bytes(hw.support(f).accumulator)) *
               m * n +
           64;
  }
};

int halve(int size) { return size > 1 ? (size + 1) / 2 : 1; }

Panels choose_panels(const HwConfig& hw, Format format, int m, int n, int k) {
  Panels p{m, n, k};
  while (p.accumulator_bytes(hw, format) > hw.accumulator_bytes && p.m * p.n > 1)
    (p.m >= p.n ? p.m : p.n) = halve(std::max(p.m, p.n));
  while (p.scratchpad_bytes(format) > hw.scratchpad.size_bytes && p.m * p.n * p.k > 1) {
    int& largest = p.k >= p.m && p.k >= p.n ? p.k : p.m >= p.n ? p.m : p.n;
    largest = halve(largest);
  }
  return p;
}

class GemmEmitter {
 public:
  GemmEmitter(const HwConfig& hw, Format format, Panels panels, int m, int n, int k)
      : hw_(hw), panels_(panels) {
    program_.format = format;
    const std::uint32_t a = add("A.dram", Space::kDram, m, k),
                        b = add("B.dram", Space::kDram, k, n);
    program_.inputs = {a, b};
    program_.output = add("C.dram", Space::kDram, m, n);
    for (int side = 0; side < 2; ++side) {
      const std::string suffix = std::to_string(side);
      a_[side] = add("A" + suffix, Space::kScratchpad, panels.m, panels.k);
      b_[side] = add("B" + suffix, Space::kScratchpad, panels.k, panels.n);
      c_[side] = add("C" + suffix, Space::kScratchpad, panels.m, panels.n);
      acc_[side] = add("acc" + suffix, Space::kAccumulator, panels.m, panels.n);
    }
    program_.matmul_count = 1;
  }

  Program emit(Extent m, Extent n, Extent k) {
    for (const Extent& cols : blocks(n, panels_.n))
      for (const Extent& rows : blocks(m, panels_.m)) output_panel(rows, cols, k);
    derive_tokens(program_);
    validate(program_, hw_);
    return std::move(program_);
  }

 private:
  std::uint32_t add(const std::string& name, Space space, int rows, int cols) {
    Buffer b{name, space, program_.format, 0, rows, cols, 0, false};
    if (!info(b.format).is_float()) b.fraction_bits = info(b.format).default_fraction_bits();
    b.offset_bytes = (program_.footprint_bytes(space, hw_) + 63) / 64 * 64;
    program_.buffers.push_back(b);
    return static_cast<std::uint32_t>(program_.buffers.size() - 1);
  }
  Instruction& push(Opcode opcode, Region dst, Region a) {
    Instruction in;
    in.opcode = opcode;
    in.dst = dst;
    in.a = a;
    program_.instructions.push_back(in);
    return program_.instructions.back();
  }
  static Region panel(std::uint32_t buffer, int rows, int cols) {
    return {buffer, 0, 0, rows, cols};
  }
  static Region part(std::uint32_t buffer, Extent rows, Extent cols) {
    return {buffer, rows.begin, cols.begin, rows.size(), cols.size()};
  }

  void output_panel(Extent rows, Extent cols, Extent k) {
    const int out = output_++ % 2;
    const Region sum = panel(acc_[out], rows.size(), cols.size()),
                 result = panel(c_[out], rows.size(), cols.size());
    for (const Extent& inner : blocks(k, panels_.k)) {
      const int in = input_++ % 2;
      const Region a = panel(a_[in], rows.size(), inner.size()),
                   b = panel(b_[in], inner.size(), cols.size());
      push(Opcode::kLoad, a, part(program_.inputs[0], rows, inner));
      push(Opcode::kLoad, b, part(program_.inputs[1], inner, cols));
      Instruction& product = push(Opcode::kMatmul, sum, a);
      product.b = b;
      product.accumulate = inner.begin > k.begin;
      product.useful_macs = product.macs();
    }
    Instruction& round = push(Opcode::kCombine, result, {});
    round.accumulator = sum;
    round.accumulator_fraction_bits = 2 * program_.buffers[a_[0]].fraction_bits;
    push(Opcode::kStore, part(program_.output, rows, cols), result);
  }

  const HwConfig& hw_;
  Panels panels_;
  Program program_;
  std::uint32_t a_[2]{}, b_[2]{}, c_[2]{}, acc_[2]{};
  int input_ = 0, output_ = 0;
};

}  // namespace

Program lower_gemm(const HwConfig& hw, Format format, int m, int n, int k) {
  if (!hw.support(format).present) {
    Program empty;
    empty.format = format;
    validate(empty, hw);  // says which formats the machine has
  }
  GemmEmitter emitter(hw, format, choose_panels(hw, format, m, n, k), m, n, k);
  return emitter.emit({0, m}, {0, n}, {0, k});
}

}  // namespace tricycle
