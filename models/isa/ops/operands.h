// SPDX-License-Identifier: Apache-2.0
//
// Helpers shared by the checks and texts of several operations.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "models/isa/program.h"

namespace tricycle {

/// The type in which the host holds values.  The operands and the result of an instruction are held
/// in the same type.
enum class Held : std::uint8_t { kDouble, kFloat, kInteger };
inline Held held(const Buffer& b) {
  if (!info(b.format).is_float()) return Held::kInteger;
  return b.format == Format::kFp64 ? Held::kDouble : Held::kFloat;
}
inline Held held(const Program& program, const Region& r) { return held(program.buffer(r)); }

inline bool same_shape(const Region& a, const Region& b) {
  return a.rows == b.rows && a.cols == b.cols;
}
inline bool is_in(const Program& program, const Region& r, Space space) {
  return program.buffer(r).space == space;
}

/// Whether the region is in the scratchpad and its values are held in the same type as those of
/// `like`.
inline bool is_operand(const Program& program, const Region& r, const Region& like) {
  return is_in(program, r, Space::kScratchpad) && held(program, r) == held(program, like);
}

/// The texts of the regions, separated by `between`.
inline std::string regions_text(const Program& program, const std::vector<Region>& regions,
                                std::string_view between) {
  std::string text;
  for (const Region& r : regions)
    text += fmt::format("{}{}", text.empty() ? "" : between, region_text(program, r));
  return text;
}

}  // namespace tricycle
