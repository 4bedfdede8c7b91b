// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/isa/fits.h"
#include "models/isa/lacking.h"
#include "models/isa/program.h"

namespace tricycle {

namespace {

/// What has been written so far, one bit per entry.  A program may only read what it wrote or was
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
  /// Keeps what was written here and there.
  void keep_common(const Written& other) {
    for (std::size_t b = 0; b < maps_.size(); ++b)
      for (std::size_t w = 0; w < maps_[b].bits.size(); ++w)
        maps_[b].bits[w] &= other.maps_[b].bits[w];
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

void check_fits(const Program& program, const HwConfig& hw, Space space, std::int64_t capacity,
                std::string_view key) {
  const std::int64_t bytes = program.footprint_bytes(space, hw);
  if (bytes > capacity)
    throw InputError(fmt::format(
        "{}: the program needs {} B for one chunk, {} has {} B; use a smaller chunk or format, or "
        "raise {}",
        hw.name, bytes, key, capacity, key));
}

void check_solve(const HwConfig& hw, const Program& program, const Solve& solve) {
  if (solve.n() > hw.solve_unit.rows)
    throw InputError(fmt::format(
        "{}: a triangular system of {} does not fit into solve_unit.rows = {}; cut it into "
        "blocks (--set algorithm.block={}), or raise solve_unit.rows",
        hw.name, solve.n(), hw.solve_unit.rows, hw.solve_unit.rows));
  const FormatInfo& stored = info(program.buffer(solve.a).format);
  if (stored.stored_bits > hw.solve_unit.bits)
    throw InputError(
        fmt::format("{}: the solve unit takes formats of at most {} bits, {} has {}; "
                    "choose another format, or raise solve_unit.bits",
                    hw.name, hw.solve_unit.bits, stored.name, stored.stored_bits));
}

void check_epilogue(const HwConfig& hw, const Program& program, const Region& dst) {
  if (program.buffer(dst).space == Space::kAccumulator && !hw.vector_to_accumulator.present)
    throw InputError(fmt::format(
        "{}: the vector unit cannot write the accumulators; add topology.vector_to_accumulator to "
        "the machine, or let the epilogue add the terms to the sums",
        hw.name));
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

void check_unit(const HwConfig& hw, Unit unit) {
  if (info(unit).servers(hw) == 0)
    throw InputError(fmt::format("{}: {}", hw.name, info(unit).lacking));
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

namespace {

/// What was written on every way to an instruction, as the program is read from its begin to its
/// end.
class Ways {
 public:
  explicit Ways(const Program& program) : written_(program) {}

  /// Goes on to instruction `i` (or the end).  False where no way leads to it.
  bool arrive(std::size_t i) {
    const auto from_exits = arriving_.find(i);
    if (from_exits == arriving_.end()) return reached_;
    if (reached_)
      written_.keep_common(from_exits->second);
    else
      written_ = from_exits->second;
    reached_ = true;
    return true;
  }
  Written& written() { return written_; }
  void leave(const Exit& exit) {
    const auto [place, is_first] = arriving_.try_emplace(exit.target, written_);
    if (!is_first) place->second.keep_common(written_);
    if (exit.when == ExitWhen::kAlways) reached_ = false;
  }

 private:
  Written written_;
  std::map<std::size_t, Written> arriving_;  // by the instruction that exits lead to
  bool reached_ = true;
};

/// The most products that exits from instruction `from` on can skip.
std::int64_t skipped_from(const Program& program, std::size_t from) {
  const std::vector<Instruction>& all = program.instructions;
  std::vector<std::int64_t> skipped(all.size() + 1);
  for (std::size_t i = all.size(); i-- > from;) {
    skipped[i] = skipped[i + 1];
    const Exit* exit = all[i].as<Exit>();
    if (exit == nullptr || exit->target <= i || exit->target > all.size()) continue;
    const std::int64_t taken = exit->products + skipped[exit->target];
    skipped[i] = exit->when == ExitWhen::kAlways ? taken : std::max(skipped[i], taken);
  }
  return skipped[from];
}

/// What is wrong with an instruction, whatever was written before it; else empty.
std::string fault_alone(const Program& program, const HwConfig& hw, std::size_t i) {
  const Instruction& in = program.instructions[i];
  bool regions_inside = inside(program, in.dst);
  for_each_read(in,
                [&](const Region& r) { regions_inside = regions_inside && inside(program, r); });
  if (!regions_inside) return "every region inside its buffer";
  if (program.buffer(in.dst).constant != Constant::kNone) return "no result in a constant";
  const Exit* exit = in.as<Exit>();
  if (exit != nullptr && (exit->target <= i || exit->target > program.instructions.size()))
    return fmt::format("a later instruction to go on with, {} to {} (the end)", i + 1,
                       program.instructions.size());
  if (exit != nullptr && skipped_from(program, i) > program.matmul_count)
    return fmt::format("at most {} products skipped on any way, as many as the program has",
                       program.matmul_count);
  check_unit(hw, in.unit());
  if (const auto* solve = in.as<Solve>()) check_solve(hw, program, *solve);
  if (in.as<Epilogue>() != nullptr) check_epilogue(hw, program, in.dst);
  return std::visit([&](const auto& op) { return shape_fault(program, in.dst, op); }, in.operation);
}

}  // namespace

std::optional<ProgramFault> find_fault(const Program& program, const HwConfig& hw) {
  Ways ways(program);
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    if (std::string fault = fault_alone(program, hw, i); !fault.empty())
      return ProgramFault{i, std::move(fault)};
    if (!ways.arrive(i))
      return ProgramFault{i, "a way to it, but the exit before it always skips it"};
    bool all_written = true;
    for_each_read(in, [&](const Region& r) { all_written = all_written && ways.written().all(r); });
    if (!all_written) return ProgramFault{i, "every operand to have been written"};
    ways.written().mark(in.dst);
    if (const Exit* exit = in.as<Exit>()) ways.leave(*exit);
  }
  return std::nullopt;
}

std::vector<std::uint32_t> unwritten_outputs(const Program& program) {
  Ways ways(program);
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    ways.arrive(i);
    ways.written().mark(in.dst);
    if (const Exit* exit = in.as<Exit>()) ways.leave(*exit);
  }
  ways.arrive(program.instructions.size());
  std::vector<std::uint32_t> unwritten;
  for (const std::uint32_t output : program.outputs()) {
    const Buffer& b = program.buffers[output];
    if (!ways.written().all({output, 0, 0, b.rows, b.cols})) unwritten.push_back(output);
  }
  return unwritten;
}

void validate(const Program& program, const HwConfig& hw) {
  check_format(hw, program.format);
  check_fits(program, hw);
  if (const auto fault = find_fault(program, hw))
    throw RunError(fmt::format("illegal program: instruction {} ({}): expected {}",
                               fault->instruction, program.instructions[fault->instruction].name(),
                               fault->expected));
}

}  // namespace tricycle
