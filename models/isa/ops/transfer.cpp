// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/transfer.h"

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

namespace {

bool moves(const Program& p, const Region& from, Space source, const Region& to, Space target) {
  return is_in(p, from, source) && is_in(p, to, target) && same_shape(from, to) &&
         p.buffer(from).format == p.buffer(to).format &&
         p.buffer(from).fraction_bits == p.buffer(to).fraction_bits;
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Load& op) {
  return moves(p, op.from, Space::kDram, dst, Space::kScratchpad)
             ? ""
             : "dram to scratchpad of one shape, format and fraction";
}
std::string shape_fault(const Program& p, const Region& dst, const Store& op) {
  return moves(p, op.from, Space::kScratchpad, dst, Space::kDram)
             ? ""
             : "scratchpad to dram of one shape, format and fraction";
}

std::string operands_text(const Program& p, const Load& op) { return region_text(p, op.from); }
std::string operands_text(const Program& p, const Store& op) { return region_text(p, op.from); }

void read_operands(TextReader& text, const Region&, Load& op) { op.from = text.region(); }
void read_operands(TextReader& text, const Region&, Store& op) { op.from = text.region(); }

}  // namespace tricycle
