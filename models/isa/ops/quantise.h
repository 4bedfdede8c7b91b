// SPDX-License-Identifier: Apache-2.0
//
// Operands as codes with measured scales (models/numerics/dynamic_scale.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// dst <- the scales for the codes of `sources` (rectangles of one matrix), grouped by `groups`.
/// Entries that the mask discards count as +0.
struct Scales {
  static constexpr std::string_view kName = "scales";
  static constexpr char kLetter = 'K';
  static constexpr Unit kUnit = Unit::kVector;
  std::vector<Region> sources{};
  ScaleGroups groups{};
  Mask mask{};
  friend bool operator==(const Scales&, const Scales&) = default;
};

/// dst <- keep(mask, codes of `a` with the scales `scales`).
struct Quantise {
  static constexpr std::string_view kName = "quantise";
  static constexpr char kLetter = 'Q';
  static constexpr Unit kUnit = Unit::kVector;
  Region a{}, scales{};
  ScaleGroups groups{};
  Mask mask{};
  friend bool operator==(const Quantise&, const Quantise&) = default;
};

template <typename F>
void for_each_read(const Scales& op, const Region&, F&& f) {
  for (const Region& r : op.sources) f(r);
}
template <typename F>
void for_each_read(const Quantise& op, const Region&, F&& f) {
  f(op.a);
  f(op.scales);
}
std::string shape_fault(const Program& program, const Region& dst, const Scales& op);
std::string operands_text(const Program& program, const Scales& op);
void read_operands(TextReader& text, const Region& dst, Scales& op);
std::string shape_fault(const Program& program, const Region& dst, const Quantise& op);
std::string operands_text(const Program& program, const Quantise& op);
void read_operands(TextReader& text, const Region& dst, Quantise& op);

}  // namespace tricycle
