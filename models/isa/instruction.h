// SPDX-License-Identifier: Apache-2.0
//
// The tile-level instruction set: the narrow waist between lowering (workloads/) and execution
// (semantics, timing, cost, sim).  An operation is a struct of its operands in ops/. What it
// computes, how long it takes and what it costs are functions with one overload per operation:
//   isa/ops:    for_each_read, shape_fault, operands_text, read_operands
//   semantics:  compute      timing:  timing      cost:  count
// If a new operation lacks one of them, the compiler names it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "models/isa/ops/control.h"
#include "models/isa/ops/elementwise.h"
#include "models/isa/ops/epilogue.h"
#include "models/isa/ops/matmul.h"
#include "models/isa/ops/quantise.h"
#include "models/isa/ops/solve.h"
#include "models/isa/ops/substitution.h"
#include "models/isa/ops/transfer.h"
#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// All operations.  A new one is a row here; its position is its opcode.
using Operation = std::variant<Load, Store, Matmul, Epilogue, RowStep, Elementwise, ColumnStep,
                               ReadOut, Scales, Quantise, Solve, Norm, Exit>;
inline constexpr std::size_t kOpcodeCount = std::variant_size_v<Operation>;

/// The properties of a kind of operation, by opcode.
struct OpcodeInfo {
  std::string_view name;
  char letter = ' ';  // in timelines
  Unit unit = Unit::kVector;
};
template <typename... Op>
constexpr std::array<OpcodeInfo, sizeof...(Op)> opcode_table(
    std::type_identity<std::variant<Op...>>) {
  return {OpcodeInfo{Op::kName, Op::kLetter, Op::kUnit}...};
}
inline constexpr std::array<OpcodeInfo, kOpcodeCount> kOpcodes =
    opcode_table(std::type_identity<Operation>{});

/// The opcode of a kind of operation: opcode_of<Matmul>().
template <typename Op>
constexpr std::size_t opcode_of() {
  std::size_t opcode = 0;
  for (; opcode < kOpcodeCount; ++opcode)
    if (kOpcodes[opcode].name == Op::kName) break;
  return opcode;
}

struct Instruction {
  Region dst;
  Operation operation;
  std::vector<std::uint32_t> waits{};  // instructions whose tokens this one waits for, ascending

  std::size_t opcode() const { return operation.index(); }
  Unit unit() const { return kOpcodes[opcode()].unit; }
  std::string_view name() const { return kOpcodes[opcode()].name; }
  /// Its operands if it is an operation of this kind; otherwise null.
  template <typename Op>
  const Op* as() const {
    return std::get_if<Op>(&operation);
  }
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

/// Calls f(region) for everything the instruction reads.
template <typename F>
void for_each_read(const Instruction& in, F&& f) {
  std::visit([&](const auto& op) { for_each_read(op, in.dst, f); }, in.operation);
}

/// Multiply-accumulates of the instruction.  `useful`: those with no operand known to be zero.
struct Macs {
  std::int64_t all = 0, useful = 0;
};
inline Macs macs(const Instruction& in) {
  return std::visit(
      [](const auto& op) -> Macs {
        if constexpr (requires { op.useful_macs; })
          return {op.macs(), op.useful_macs};
        else if constexpr (requires { op.macs(); })
          return {op.macs(), op.macs()};
        else
          return {};
      },
      in.operation);
}

}  // namespace tricycle
