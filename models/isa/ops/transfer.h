// SPDX-License-Identifier: Apache-2.0
//
// Transfers between DRAM and the scratchpad.
#pragma once

#include <string>
#include <string_view>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// dst (scratchpad) <- from (DRAM), with the same shape and format.
struct Load {
  static constexpr std::string_view kName = "load";
  static constexpr char kLetter = 'L';
  static constexpr Unit kUnit = Unit::kDma;
  Region from{};
  friend bool operator==(const Load&, const Load&) = default;
};

/// dst (DRAM) <- from (scratchpad), with the same shape and format.
struct Store {
  static constexpr std::string_view kName = "store";
  static constexpr char kLetter = 'S';
  static constexpr Unit kUnit = Unit::kDma;
  Region from{};
  friend bool operator==(const Store&, const Store&) = default;
};

template <typename F>
void for_each_read(const Load& op, const Region&, F&& f) {
  f(op.from);
}
template <typename F>
void for_each_read(const Store& op, const Region&, F&& f) {
  f(op.from);
}
std::string shape_fault(const Program& program, const Region& dst, const Load& op);
std::string operands_text(const Program& program, const Load& op);
void read_operands(TextReader& text, const Region& dst, Load& op);
std::string shape_fault(const Program& program, const Region& dst, const Store& op);
std::string operands_text(const Program& program, const Store& op);
void read_operands(TextReader& text, const Region& dst, Store& op);

}  // namespace tricycle
