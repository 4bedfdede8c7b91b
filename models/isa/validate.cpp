// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/error.h"
#include "models/isa/fits.h"
#include "models/isa/lacking.h"
#include "models/isa/program.h"

namespace tricycle {

namespace {

/// What has been written so far, a bit an entry: a program may only read what it wrote or was
/// given.
class Written {
 public:
  explicit Written(const Program& program) {
    for (const Buffer& b : program.buffers) {
      const std::size_t words = (static_cast<std::size_t>(b.cols) + kBits - 1) / kBits;
      maps_.push_back(
          {words, std::vector<std::uint64_t>(static_cast<std::size_t>(b.rows) * words)});
    }
    const auto given = [&](std::size_t buffer) {
      maps_[buffer].bits.assign(maps_[buffer].bits.size(), ~std::uint64_t{0});
    };
    for (std::uint32_t input : program.inputs) given(input);
    for (std::size_t i = 0; i < program.buffers.size(); ++i)
      if (program.buffers[i].constant != Constant::kNone) given(i);
  }
  bool all(const Region& r) const {
    std::uint64_t missing = 0;
    for_each_word(r, [&](std::size_t at, std::uint64_t mask) {
      missing |= mask & ~maps_[r.buffer].bits[at];
    });
    return missing == 0;
  }
  void mark(const Region& r) {
    for_each_word(r, [&](std::size_t at, std::uint64_t mask) { maps_[r.buffer].bits[at] |= mask; });
  }

 private:
  static constexpr std::size_t kBits = 64;
  struct Map {
    std::size_t words;  // of a row
    std::vector<std::uint64_t> bits;
  };
  /// Calls f(index of a word, its bits within the region).
  template <typename F>
  void for_each_word(const Region& r, F&& f) const {
    const auto begin = static_cast<std::size_t>(r.col),
               end = begin + static_cast<std::size_t>(r.cols);
    const std::size_t words = maps_[r.buffer].words;
    for (std::size_t at = begin; at < end;) {
      const std::size_t stop = std::min(end, (at / kBits + 1) * kBits);
      const std::uint64_t ones = ~std::uint64_t{0} >> (kBits - (stop - at));
      const std::uint64_t mask = ones << (at % kBits);
      std::size_t word = static_cast<std::size_t>(r.row) * words + at / kBits;
      for (int i = 0; i < r.rows; ++i, word += words) f(word, mask);
      at = stop;
    }
  }
  std::vector<Map> maps_;
};

bool inside(const Program& program, const Region& r) {
  if (r.buffer >= program.buffers.size()) return false;
  const Buffer& b = program.buffer(r);
  return r.row >= 0 && r.col >= 0 && r.rows >= 0 && r.cols >= 0 && r.row + r.rows <= b.rows &&
         r.col + r.cols <= b.cols;
}

bool row_step_fits(const Instruction& in) {
  std::int32_t width = in.terms.empty() ? in.a.cols : 0;
  for (const Region& term : in.terms) {
    if (term.rows != 1) return false;
    width += term.cols;
  }
  return in.dst.rows == 1 && in.a.rows == 1 && in.b.rows == in.a.cols && in.b.cols <= width &&
         width <= in.dst.cols;
}

/// How the host holds values: operands and result of an instruction are held alike.
enum class Held : std::uint8_t { kDouble, kFloat, kInteger };
Held held(const Buffer& b) {
  if (!info(b.format).is_float()) return Held::kInteger;
  return b.format == Format::kFp64 ? Held::kDouble : Held::kFloat;
}

std::string elementary_fault(const Program& p, const Instruction& in) {
  const VectorOpInfo& op = info(in.operation);
  const auto spreads = [&](const Region& r) {
    return (r.rows == in.dst.rows || r.rows == 1) && (r.cols == in.dst.cols || r.cols == 1);
  };
  // A copy may turn a row into a column: the same bytes.
  const bool turns = in.operation == VectorOp::kCopy && in.a.elements() == in.dst.elements() &&
                     std::min(in.a.rows, in.a.cols) == 1 && std::min(in.dst.rows, in.dst.cols) == 1;
  const bool fits = op.folds_by ? in.dst.rows == in.a.rows && in.dst.cols == 1
                                : turns || (spreads(in.a) && (op.sources < 2 || spreads(in.b)));
  if (!fits)
    return "operands of the shape of the result, of one row or one column, or a column of the "
           "rows' "
           "reductions";
  if (p.buffer(in.dst).space != Space::kScratchpad) return "a result in the scratchpad";
  const bool alike = held(p.buffer(in.a)) == held(p.buffer(in.dst)) &&
                     (op.sources < 2 || held(p.buffer(in.b)) == held(p.buffer(in.dst)));
  return alike ? "" : "operands and result that are all fp64, all narrower floats or all integers";
}

/// Scales of the groups of a rectangle: what ScaleGroups says of it.
bool are_scales_of(const ScaleGroups& groups, const Region& scales, const Region& r) {
  const auto covers = [](std::int32_t begin, std::int32_t size, std::int32_t first,
                         std::int32_t last) { return begin <= first && last < begin + size; };
  return covers(scales.row, scales.rows, groups.row_of(r.row), groups.row_of(r.row + r.rows - 1)) &&
         covers(scales.col, scales.cols, groups.col_of(r.col), groups.col_of(r.col + r.cols - 1));
}

std::string scales_fault(const Program& p, const Instruction& in) {
  bool fits = !in.terms.empty() && held(p.buffer(in.dst)) == Held::kFloat && in.groups.largest > 0;
  for (const Region& term : in.terms)
    fits = fits && held(p.buffer(term)) == Held::kFloat && are_scales_of(in.groups, in.dst, term);
  return fits ? "" : "scales in fp32 for every group of the rectangles";
}

std::string quantise_fault(const Program& p, const Instruction& in) {
  return in.a.row == in.dst.row && in.a.col == in.dst.col && in.a.rows == in.dst.rows &&
                 in.a.cols == in.dst.cols && held(p.buffer(in.dst)) == Held::kInteger &&
                 held(p.buffer(in.a)) == Held::kFloat && held(p.buffer(in.b)) == Held::kFloat &&
                 are_scales_of(in.groups, in.b, in.a)
             ? ""
             : "integer codes of a rectangle that stands in the same place, and its scales";
}

/// Sums of codes are scaled where they become floats, and nowhere else.
std::string combine_scales_fault(const Program& p, const Instruction& in) {
  const bool scaled = in.accumulator && held(p.buffer(*in.accumulator)) == Held::kInteger &&
                      held(p.buffer(in.dst)) == Held::kFloat;
  const auto spreads = [](const Region& r, std::int32_t rows, std::int32_t cols) {
    return r.elements() == 1 || (r.rows == rows && r.cols == cols);
  };
  const bool fits = scaled ? spreads(in.a, in.dst.rows, 1) && spreads(in.b, 1, in.dst.cols)
                           : in.a.rows == 0 && in.b.rows == 0;
  return fits ? "" : "a column and a row of scales, or one each, with sums of codes alone";
}

/// Why the shapes and spaces of an instruction are illegal; empty if they are legal.
std::string shape_fault(const Program& p, const Instruction& in) {
  const auto space = [&](const Region& r) { return p.buffer(r).space; };
  const auto same_shape = [&](const Region& r) {
    return r.rows == in.dst.rows && r.cols == in.dst.cols;
  };
  const auto same_format = [&](const Region& r) {
    return p.buffer(r).format == p.buffer(in.dst).format;
  };
  switch (in.opcode) {
    case Opcode::kLoad:
      return space(in.a) == Space::kDram && space(in.dst) == Space::kScratchpad &&
                     same_shape(in.a) && same_format(in.a)
                 ? ""
                 : "dram to scratchpad of one shape and format";
    case Opcode::kStore:
      return space(in.a) == Space::kScratchpad && space(in.dst) == Space::kDram &&
                     same_shape(in.a) && same_format(in.a)
                 ? ""
                 : "scratchpad to dram of one shape and format";
    case Opcode::kMatmul:
      if (!multiply_together(p.buffer(in.a).format, p.buffer(in.b).format))
        return "operands of one format, or a right one of no more bits in fixed point";
      return space(in.dst) == Space::kAccumulator && in.m() == in.dst.rows &&
                     in.n() == in.dst.cols && in.k() == (in.transpose_b ? in.b.cols : in.b.rows) &&
                     space(in.a) == Space::kScratchpad && space(in.b) == Space::kScratchpad
                 ? ""
                 : "accumulator[m x n] <- scratchpad[m x k] scratchpad[k x n]";
    case Opcode::kReadOut:
      return in.accumulator && same_shape(*in.accumulator) && space(in.dst) == Space::kScratchpad &&
                     space(*in.accumulator) == Space::kAccumulator
                 ? ""
                 : "accumulator to scratchpad of one shape";
    case Opcode::kRowStep:
      return row_step_fits(in) ? "" : "one row of A and the rows of Y above it";
    case Opcode::kColumnStep:
      return in.a.rows == in.dst.rows && in.a.cols == 1 && in.b.rows == 1 &&
                     in.b.cols == in.dst.cols
                 ? ""
                 : "a column of A and a row of Y for the rows below it";
    case Opcode::kElementary: return elementary_fault(p, in);
    case Opcode::kScales: return scales_fault(p, in);
    case Opcode::kQuantise: return quantise_fault(p, in);
    case Opcode::kCombine: {
      if (in.terms.empty() && !in.accumulator && !in.zero_accumulator) return "at least one term";
      for (const Region& term : in.terms)
        if (!same_shape(term)) return "terms of the shape of the result";
      if (in.accumulator &&
          (!same_shape(*in.accumulator) || space(*in.accumulator) != Space::kAccumulator))
        return "an accumulator of the shape of the result";
      return combine_scales_fault(p, in);
    }
  }
  return "";
}

void check_fits(const Program& program, const HwConfig& hw, Space space, std::int64_t capacity,
                std::string_view key) {
  const std::int64_t bytes = program.footprint_bytes(space, hw);
  if (bytes > capacity)
    throw InputError(fmt::format(
        "{}: the program needs {} B for one chunk, {} has {} B; use a smaller chunk or format, or "
        "raise {}",
        hw.name, bytes, key, capacity, key));
}

}  // namespace

void check_fits(const Program& program, const HwConfig& hw) {
  check_fits(program, hw, Space::kScratchpad, hw.scratchpad.size_bytes, "scratchpad.size");
  check_fits(program, hw, Space::kAccumulator, hw.accumulator_bytes, "accumulator_memory.size");
}

bool multiply_together(Format left, Format right) {
  return left == right ||
         (!info(right).is_float() && info(right).bits <= info(left).mantissa_bits + 1);
}

void check_format(const HwConfig& hw, Format format) {
  if (hw.support(format).present) return;
  std::string valid;
  for (const FormatInfo& row : kFormats)
    if (hw.support(row.id).present)
      valid += fmt::format("{}{}", valid.empty() ? "" : ", ", row.name);
  throw LackingError(
      fmt::format("{}: the machine has no format {}; it has {} (choose another, or add it: --set "
                  "formats.{}.accumulator={}, its passes where one pass of the array is too few, "
                  "and what else `tricycle describe hw` lists under formats)",
                  hw.name, name(format), valid, name(format),
                  format == Format::kFp64   ? "fp64"
                  : info(format).is_float() ? "fp32"
                                            : "int32"),
      format);
}

void check_read_out(const HwConfig& hw) {
  if (hw.accumulator_to_scratchpad.present) return;
  throw InputError(fmt::format(
      "{}: no path leads from the accumulators straight to the scratchpad (add "
      "topology.accumulator_to_scratchpad to the machine, or choose an algorithm or a setting that "
      "goes through the vector unit, such as algorithm.copies=none)",
      hw.name));
}

void check_operation(const HwConfig& hw, VectorOp op) {
  if (hw.has(op)) return;
  std::string valid;
  for (const VectorOpInfo& row : kVectorOps)
    if (hw.has(row.id)) valid += fmt::format("{}{}", valid.empty() ? "" : ", ", row.name);
  throw LackingError(
      fmt::format("{}: the vector unit has no {}; it has {} (add vector_unit.operations.{} to the "
                  "machine, or choose another)",
                  hw.name, info(op).name, valid, info(op).name),
      op);
}

void validate(const Program& program, const HwConfig& hw) {
  check_format(hw, program.format);
  check_fits(program, hw);
  Written written(program);
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    const auto fail = [&](std::string_view what) {
      throw RunError(fmt::format("illegal program: instruction {} ({}): expected {}", i,
                                 info(in.opcode).name, what));
    };
    bool regions_inside = inside(program, in.dst);
    for_each_read(in,
                  [&](const Region& r) { regions_inside = regions_inside && inside(program, r); });
    if (!regions_inside) fail("every region inside its buffer");
    if (program.buffer(in.dst).constant != Constant::kNone) fail("no result in a constant");
    if (in.opcode == Opcode::kReadOut) check_read_out(hw);
    if (const std::string fault = shape_fault(program, in); !fault.empty()) fail(fault);
    for_each_read(in, [&](const Region& r) {
      if (!written.all(r)) fail("every operand to have been written");
    });
    written.mark(in.dst);
  }
}

}  // namespace tricycle
