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

/// What a buffer holds before the run and for all of it.
enum class Constant : std::uint8_t { kNone, kIdentity, kMinusIdentity };

/// A matrix in a memory, row-major.  Accumulator buffers hold sums of products of `format`
/// operands, in the accumulator format the machine states for them.
struct Buffer {
  std::string name;
  Space space = Space::kScratchpad;
  Format format = Format::kFp32;
  int fraction_bits = 0;  // fixed point: fraction bits of an element (accumulators: of the sum)
  std::int32_t rows = 0, cols = 0;
  std::int64_t offset_bytes = 0;  // within the chunk's part of its memory
  bool feeds_matrix =
      false;            // read by a matmul: results written here cross topology.vector_to_matrix
  int packed_bits = 0;  // fixed point: bits of an element where they are fewer than the format's:
                        // 4-bit weights, unpacked by the DMA (0: the format's)

  Constant constant = Constant::kNone;  // no instruction writes it: every slot has its copy from
                                        // the launch on, no item loads it

  /// Bits of an element that mean something: of a slice the matrix unit has to multiply.
  int bits() const { return packed_bits > 0 ? packed_bits : info(format).bits; }
  /// .. and those it takes in memory, accumulators apart.
  int stored_bits() const { return packed_bits > 0 ? packed_bits : info(format).stored_bits; }
  /// From a row to the next, accumulators apart: rows begin at whole bytes.
  std::int64_t row_bytes() const { return (std::int64_t{cols} * stored_bits() + 7) / 8; }
  friend bool operator==(const Buffer&, const Buffer&) = default;
};

/// Bytes of a row of the buffer that a region touches, from the row's first.
struct ByteRange {
  std::int64_t begin, end;
};
inline ByteRange row_range(const Buffer& b, const Region& r) {
  const std::int64_t bits = b.stored_bits();
  return {r.col * bits / 8, ((std::int64_t{r.col} + r.cols) * bits + 7) / 8};
}

/// The instructions for one work item (a chunk, a matrix product) and its memory map.  Every item
/// in flight has its own copy of the buffers; values cross items only through DRAM.
struct Program {
  Format format = Format::kFp32;
  std::vector<Buffer> buffers;
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> inputs;  // buffers filled before the run, in DRAM but where only the
                                      // vector unit is looked at
  std::uint32_t output = 0;           // DRAM buffer that holds the result
  std::vector<std::uint32_t> further_outputs = {};  // .. other results, of programs of one's own
  std::int64_t matmul_count =
      0;  // products the algorithm asks for (a product may be many instructions)
  std::int64_t most_in_flight = 0;  // items at once on a core, where it is best to have fewer than
                                    // the machine could (0: no such limit)

  /// The buffers that hold results, in the order of the program's text.
  std::vector<std::uint32_t> outputs() const;

  const Buffer& buffer(const Region& r) const { return buffers[r.buffer]; }
  /// Bytes a buffer occupies on this machine.
  std::int64_t buffer_bytes(const Buffer& b, const HwConfig& hw) const {
    return b.space == Space::kAccumulator
               ? std::int64_t{b.rows} * b.cols * accumulator_bytes(hw.support(b.format).accumulator)
               : b.rows * b.row_bytes();
  }
  /// Bytes of the memory one item occupies in `space`.
  std::int64_t footprint_bytes(Space space, const HwConfig& hw) const;
  friend bool operator==(const Program&, const Program&) = default;
};

/// Where a further buffer of a memory goes: behind the others, aligned to a beat of the widest
/// memories (64 B).
std::int64_t next_place(const Program& program, Space space, const HwConfig& hw);

/// Fills in every instruction's waits from the read and write sets (read after write, write after
/// read, write after write), leaving out what a direct wait already implies; and
/// Buffer::feeds_matrix.
void derive_tokens(Program& program);

/// The instructions that last wrote what each product reads: [i].a and [i].b of the operands of
/// instruction i, none for others.
struct OperandProducers {
  std::vector<std::uint32_t> a, b;
};
std::vector<OperandProducers> operand_producers(const Program& program);

/// Throws InputError, with the formats there are, unless the machine has this one.
void check_format(const HwConfig& hw, Format format);

/// Throws InputError, with the remedy, unless the machine has such a unit.
void check_unit(const HwConfig& hw, Unit unit);

/// Whether a product's right operand may have another format than its left one: weights in fixed
/// point, of no more bits than the left one's significand, whose products are as exact as its own.
bool multiply_together(Format left, Format right);

/// Throws InputError, with the operations there are, unless the vector unit has this one.
void check_operation(const HwConfig& hw, VectorOp op);

/// Checks the program against the machine: shapes, spaces, regions inside their buffers, everything
/// read was written, formats exist, one item fits the memories.  Throws InputError with what to
/// change.
void validate(const Program& program, const HwConfig& hw);

/// The outputs that the program does not write whole.
std::vector<std::uint32_t> unwritten_outputs(const Program& program);

/// The first instruction that is illegal, whatever fits: what validate() refuses.
struct ProgramFault {
  std::size_t instruction;
  std::string expected;
};
std::optional<ProgramFault> find_fault(const Program& program, const HwConfig& hw);

/// How many items in flight the memories of a core hold, at most sequencer.in_flight and the
/// program's own limit; at least 1 after validate().
std::int64_t items_in_flight(const Program& program, const HwConfig& hw);

}  // namespace tricycle
