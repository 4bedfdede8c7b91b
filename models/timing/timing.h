// SPDX-License-Identifier: Apache-2.0
//
// How many cycles an instruction occupies its unit: pure functions of instruction and machine, no
// values, no clock. docs/timing.md derives every formula.
#pragma once

#include <array>
#include <cstdint>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// Cycles of the machine's clock in which `cycles` of a unit's own clock are over: exactly the
/// least number, clocks taken in whole hertz.  `unit_clock_ghz`: 0 for the machine's.
std::int64_t machine_cycles(const HwConfig& hw, double unit_clock_ghz, std::int64_t cycles);
/// Whether a unit is clocked otherwise than the machine.
bool in_own_domain(const HwConfig& hw, double unit_clock_ghz);

/// One product on the systolic array, operands always ready.
struct ArrayTiming {
  std::int64_t passes = 0;            // operand tiles in place, one after the other
  std::int64_t occupancy_cycles = 0;  // until the next product can enter (initiation interval)
  std::int64_t latency_cycles = 0;    // until the last result is in the accumulator; >= occupancy
  double mapped = 0;                  // PEs holding data / PEs, mean over passes
};

/// C[m x n] = A[m x k] W[k x n], in cycles of the array's clock.
///   overlap none:    a pass pays preload, stream, skew and drain: ws 2 rows + cols + m - 2, is the
///                    same with n for m, os k + rows + cols - 2 + drain; equal to SCALE-Sim v3 (+
///                    1, which it does not count).
///   overlap preload: passes stream back to back: ws max(m, rows) a pass, is max(n, rows), os
///   max(k,
///                    drain); preload, skew and drain once, as latency behind the occupancy.
/// docs/timing.md has the general forms (pe_latency, drain, several passes a product).
ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k);

/// The same, a product taking so many passes over the array.
ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k, std::int64_t product_passes);

/// Passes of a product whose second operand has so many bits.  Assumed: where a fixed-point product
/// is several (int16 as four of int8), they are the products of slices of 8 bits, and there are
/// fewer of them where an operand is narrower (int16 by int4: two).
std::int64_t product_passes(const HwConfig& hw, Format format, int weight_bits);

/// The machine as products by such operands see it: formats.F.passes are product_passes of them.
HwConfig for_weights(const HwConfig& hw, Format format, int weight_bits);
/// Cycles the products of an item take at their peaks on one core.
double cycles_at_peak(const HwConfig& hw, const Program& program);

/// The same product in cycles of the machine's clock: occupancy and latency each rounded up.
ArrayTiming in_machine_cycles(const HwConfig& hw, ArrayTiming timing);

/// Whether `later` must wait until the sums of the product `earlier` have left the array, because
/// it would meet them too soon in the accumulators both write.  Sums that enter the array where
/// others ended (sums_are_chained) are read as each vector enters, and were written as it left:
///   ws, is: the distance that overlapping passes keep anyway is enough unless `later` starts at a
///           vector that came later in `earlier`;
///   os:     a PE goes on from its own sum, unless that is still in its pipeline or on its way out.
/// The solution of a triangular system leaves its array for the scratchpad: whatever reads it
/// waits.
bool awaits_sums(const HwConfig& hw, const Program& program, const Instruction& earlier,
                 const Instruction& later);

/// How often a product reads each operand from the scratchpad: once a tile of the operand in place,
/// and the moving one once for every tile beside it.
struct OperandReads {
  std::int64_t a = 1, b = 1;
};
OperandReads operand_reads(const HwConfig& hw, const Matmul& product);

/// Occupancy and latency of a matmul instruction, in cycles of the machine's clock: array_timing
/// plus systolic_array.head.
ArrayTiming matmul_timing(const HwConfig& hw, const Program& program, const Matmul& product);

/// What an elementary operation runs over.
struct VectorShape {
  std::int64_t rows = 1;           // runs of bytes that begin in a register of their own
  std::int64_t beats_per_row = 1;  // registers
  bool contiguous = true;
  bool fills_registers = true;  // the last register of a row is full
  // What lies in the registers; no time depends on it.
  std::int64_t elements = 0, element_bits = 0;

  std::int64_t beats() const { return rows * beats_per_row; }
};

/// What the elementary operations of an instruction do, whatever time that takes.
struct VectorWork {
  // Elements by operation, those kept in the storage format and those in the wider one of sums.
  std::array<std::int64_t, kVectorOpCount> elements{}, wide_elements{};
  std::int64_t register_bytes = 0;  // read and written in vector registers
  std::int64_t beats = 0;           // registers the operations run over, each an instruction

  VectorWork& operator+=(const VectorWork& other) {
    for (std::size_t op = 0; op < kVectorOpCount; ++op) {
      elements[op] += other.elements[op];
      wide_elements[op] += other.wide_elements[op];
    }
    register_bytes += other.register_bytes;
    beats += other.beats;
    return *this;
  }
  friend bool operator==(const VectorWork&, const VectorWork&) = default;
};

/// Elements of a region, of these bytes each: one run where its rows are contiguous in their
/// buffer, else a run a row; ceil(bytes / bytes_per_beat) registers each.
VectorShape vector_shape(const HwConfig& hw, const Buffer& buffer, const Region& region,
                         std::int64_t element_bits);
/// What the operation of an elementary instruction runs over, in elements of elementary_format(); a
/// run a row where rows are reduced or an operand stands for several rows or columns.
VectorShape elementary_shape(const HwConfig& hw, const Program& program, const Region& dst,
                             const Elementary& op);

/// The format an elementary instruction works in: the widest of its operands and its result
/// (accumulators: that of their sums).
Format elementary_format(const Program& program, const Region& dst, const Elementary& op);

/// One elementary operation alone, in whole cycles of the vector unit's clock.
struct OperationTiming {
  std::int64_t startup_cycles = 0, body_cycles = 0;
  std::int64_t cycles() const { return startup_cycles + body_cycles; }
};
/// Throws InputError where the machine does not have the operation.
OperationTiming operation_timing(const HwConfig& hw, VectorOp op, Format format,
                                 const VectorShape& shape);

/// What an instruction moves along one path of topology.*: cycles its bytes occupy the path, and
/// cycles the first of them takes; both 0 where it does not use the path.
struct PathUse {
  std::int64_t channel_cycles = 0, latency_cycles = 0;
};

/// A vector instruction: the start-up and beats of its elementary operations, and its traffic on
/// the paths, which streams beside the beats.  In cycles of the machine's clock.
struct VectorTiming {
  std::int64_t busy_cycles = 0;  // start-up and beats
  std::int64_t body_cycles = 0;  // beats alone
  std::array<PathUse, kPathCount> paths;
  VectorWork work;
};
/// Precondition: an instruction of the vector unit.
VectorTiming vector_timing(const HwConfig& hw, const Program& program,
                           const Instruction& instruction);

/// Sums read out from the accumulators into the scratchpad: cycles the stored bytes take the path,
/// and cycles until the last of them has arrived behind it, in which the next read-out may go on.
/// In cycles of the machine's clock.
PathUse read_out_timing(const HwConfig& hw, const Program& program, const Region& dst);

/// Cycles a product's operands take topology.scratchpad_to_matrix: their bytes, and where a mask
/// discards entries those of the zeros first put in their place.  0 where the machine has no such
/// path.
struct OperandLoads {
  std::int64_t a_cycles = 0, b_cycles = 0;
};
OperandLoads operand_loads(const HwConfig& hw, const Program& program, const Matmul& product);

/// What a transfer touches in DRAM: `count` runs of contiguous bytes, one behind the other where
/// the region is whole rows of its buffer.
struct DramRuns {
  std::int64_t count = 0, bytes = 0;   // runs, bytes of each
  std::int64_t begin = 0, stride = 0;  // byte addresses within the item's buffers
};
DramRuns dram_runs(const Program& program, const Region& dram);

/// A DMA transfer: DRAM latency in cycles, and the cycles its bytes take on the DRAM's channel and
/// through the queue's window of requests in flight (Little's law: window / latency is the most a
/// queue can draw).  In cycles of the machine's clock.
struct TransferTiming {
  std::int64_t startup_cycles = 0;
  std::int64_t latency_cycles = 0;
  std::int64_t channel_cycles = 0;  // DRAM busy
  std::int64_t window_cycles = 0;   // >= channel_cycles where requests in flight bound the queue
  std::int64_t bytes = 0;           // that cross the channel: whole requests, per run of contiguous
                                    // bytes; row_buffer: the whole bursts these touch
};
/// `dram`: what is read or written there.
TransferTiming transfer_timing(const HwConfig& hw, const Program& program, const Region& dram);

}  // namespace tricycle
