// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/instruction.h"
#include "models/numerics/format.h"

namespace tricycle {

enum class Space : std::uint8_t { kDram, kScratchpad, kAccumulator };

/// A constant that a buffer holds before the run and throughout it.
enum class Constant : std::uint8_t { kNone, kIdentity, kMinusIdentity, kScaledIdentity };

/// A matrix in a memory, row-major.  Accumulator buffers hold sums of products of `format`
/// operands, in the accumulator format that the machine states for them.
struct Buffer {
  std::string name;
  Space space = Space::kScratchpad;
  Format format = Format::kFp32;
  int fraction_bits = 0;  // fixed point: fraction bits of an element (accumulators: of the sum)
  std::int32_t rows = 0, cols = 0;
  std::int64_t offset_bytes = 0;  // offset within the chunk's part of its memory
  // Read by a matmul: results written here cross topology.vector_to_matrix.
  bool feeds_matrix = false;
  // Fixed point: bits of an element, where they are fewer than the format's.  Example: 4-bit
  // weights, which the DMA unpacks.  0: the format's.
  int packed_bits = 0;

  // No instruction writes a constant and no item loads it.  Every slot has its own copy from the
  // launch on.
  Constant constant = Constant::kNone;
  double scale = 0;  // of kScaledIdentity: what the diagonal holds, rounded to the format

  /// Significant bits of an element: those of a slice that the matrix unit has to multiply.
  int bits() const { return packed_bits > 0 ? packed_bits : info(format).bits; }
  /// Bits of an element in memory.  Not for accumulators.
  int stored_bits() const { return packed_bits > 0 ? packed_bits : info(format).stored_bits; }
  /// Bytes from one row to the next: rows begin at whole bytes.  Not for accumulators.
  std::int64_t row_bytes() const { return (std::int64_t{cols} * stored_bits() + 7) / 8; }
  friend bool operator==(const Buffer&, const Buffer&) = default;
};

/// The bytes that a region touches in a row of the buffer, counted from the start of the row.
struct ByteRange {
  std::int64_t begin, end;
};
inline ByteRange row_range(const Buffer& b, const Region& r) {
  const std::int64_t bits = b.stored_bits();
  return {r.col * bits / 8, ((std::int64_t{r.col} + r.cols) * bits + 7) / 8};
}

/// The way of an item through a program with exits: whether each exit is taken, in program order.
/// False for exits that the item does not come to.
using Way = std::vector<bool>;

/// The ways of a program's items: item i takes ways[of_item[i % of_item.size()]].  Empty: every
/// item takes longest_way() (isa/way.h); with values, the way that these decide.
struct ItemWays {
  std::vector<Way> ways{};
  std::vector<std::uint32_t> of_item{};
  friend bool operator==(const ItemWays&, const ItemWays&) = default;
};

/// The instructions and the memory map of one work item (a chunk, a matrix product).  Every item in
/// flight has its own copy of the buffers.  Values pass between items only through DRAM.
struct Program {
  Format format = Format::kFp32;
  std::vector<Buffer> buffers;
  std::vector<Instruction> instructions;
  // Buffers filled before the run.  They are in DRAM, except where only the vector unit is
  // measured.
  std::vector<std::uint32_t> inputs;
  std::uint32_t output = 0;  // the DRAM buffer that holds the result
  // Further results, for programs written by users.
  std::vector<std::uint32_t> further_outputs = {};
  // Products that the algorithm asks for.  One product may be many instructions.
  std::int64_t matmul_count = 0;
  // Most items in flight per core, where fewer than the machine could hold are better (0: no such
  // limit).
  std::int64_t most_in_flight = 0;
  // What the values of the items decided, where the program has exits.
  ItemWays items = {};

  /// The buffers that hold results, in the order of the program's text.
  std::vector<std::uint32_t> outputs() const;

  const Buffer& buffer(const Region& r) const { return buffers[r.buffer]; }
  /// Bytes a buffer occupies on this machine.
  std::int64_t buffer_bytes(const Buffer& b, const HwConfig& hw) const {
    return b.space == Space::kAccumulator
               ? std::int64_t{b.rows} * b.cols * accumulator_bytes(hw.support(b.format).accumulator)
               : b.rows * b.row_bytes();
  }
  /// Bytes that one item occupies in the memory `space`.
  std::int64_t footprint_bytes(Space space, const HwConfig& hw) const;
  friend bool operator==(const Program&, const Program&) = default;
};

/// Offset of the next buffer of a memory: after the others, aligned to a beat of the widest
/// memories (64 B).
std::int64_t next_place(const Program& program, Space space, const HwConfig& hw);

/// Fills in the waits of every instruction from the read and write sets (read after write, write
/// after read, write after write).  Everything after an exit waits for it.  Leaves out what a
/// direct wait already implies.  Also sets Buffer::feeds_matrix.
void derive_tokens(Program& program);

/// The instructions that last wrote the operands of each product: [i].a and [i].b belong to
/// instruction i, and are empty for other instructions.
struct OperandProducers {
  std::vector<std::uint32_t> a, b;
};
std::vector<OperandProducers> operand_producers(const Program& program);

/// Checks that the machine has this format.  Otherwise throws InputError that lists its formats.
void check_format(const HwConfig& hw, Format format);

/// Checks that the machine has such a unit.  Otherwise throws InputError with the remedy.
void check_unit(const HwConfig& hw, Unit unit);

/// Whether a product's right operand may have a different format from its left one.  It may be
/// fixed-point weights with no more bits than the left operand's significand: their products are as
/// exact as the left format's own.
bool multiply_together(Format left, Format right);

/// Checks that the vector unit has this operation.  Otherwise throws InputError that lists its
/// operations.
void check_operation(const HwConfig& hw, VectorOp op);

/// Checks the program against the machine: shapes, spaces, regions inside their buffers, everything
/// read was written, formats exist, one item fits the memories.  Throws InputError with what to
/// change.
void validate(const Program& program, const HwConfig& hw);

/// The outputs that the program does not write completely.
std::vector<std::uint32_t> unwritten_outputs(const Program& program);

/// The first illegal instruction, regardless of whether the program fits the memories. validate()
/// refuses it.
struct ProgramFault {
  std::size_t instruction;
  std::string expected;
};
std::optional<ProgramFault> find_fault(const Program& program, const HwConfig& hw);

/// How many items in flight the memories of a core hold: at most sequencer.in_flight and the
/// program's own limit, and at least 1 after validate().
std::int64_t items_in_flight(const Program& program, const HwConfig& hw);

}  // namespace tricycle
