// SPDX-License-Identifier: Apache-2.0
#include "models/isa/region.h"

#include <fmt/format.h>

#include "models/isa/program.h"

namespace tricycle {

std::string region_text(const Program& program, const Region& r) {
  return fmt::format("{}[{}:{}, {}:{}]", program.buffer(r).name, r.row, r.row + r.rows, r.col,
                     r.col + r.cols);
}

std::string mask_text(const Mask& mask) {
  std::string text;
  if (mask.min_distance != Mask{}.min_distance) text += fmt::format(" d>={}", mask.min_distance);
  if (mask.max_distance != Mask{}.max_distance) text += fmt::format(" d<={}", mask.max_distance);
  if (mask.block != 0 && mask.min_blocks != Mask::kNoMin)
    text += fmt::format(" blocks of {}>={}", mask.block, mask.min_blocks);
  if (mask.block != 0 && mask.max_blocks != Mask::kNoMax)
    text += fmt::format(" blocks of {}<={}", mask.block, mask.max_blocks);
  if (mask.pair_block != 0) text += fmt::format(" lower-left of {}", mask.pair_block);
  if (mask.block != 0 && mask.blocks != Mask::Blocks::kAll)
    text += fmt::format(" blocks of {} {}", mask.block,
                        mask.blocks == Mask::Blocks::kEven ? "even" : "odd");
  return text.empty() ? "" : "  keep" + text;
}

}  // namespace tricycle
