// SPDX-License-Identifier: Apache-2.0
//
// How many cycles an instruction occupies its unit: pure functions of instruction and machine,
// without values and without a clock. docs/timing.md derives every formula.
#pragma once

#include <array>
#include <cstdint>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// Converts cycles of a unit's own clock to cycles of the machine's clock: exactly the least number
/// in which they are over, with clocks in whole hertz.  `unit_clock_ghz`: 0 for the machine's
/// clock.
std::int64_t machine_cycles(const HwConfig& hw, double unit_clock_ghz, std::int64_t cycles);
/// Whether the clock of a unit differs from the machine's.
bool in_own_domain(const HwConfig& hw, double unit_clock_ghz);

/// One product on the systolic array, with operands always ready.
struct ArrayTiming {
  std::int64_t passes = 0;            // stationary operand tiles, one after the other
  std::int64_t occupancy_cycles = 0;  // until the next product can enter (initiation interval)
  std::int64_t latency_cycles = 0;    // until the last result is in the accumulator; >= occupancy
  double mapped = 0;                  // PEs holding data / PEs, mean over passes
};

/// Timing of C[m x n] = A[m x k] W[k x n], in cycles of the array's clock.
///
/// overlap none: a pass pays preload, stream, skew and drain.  Cycles per pass:
///   ws: 2 rows + cols + m - 2;  is: the same with n for m;  os: k + rows + cols - 2 + drain
/// Equal to SCALE-Sim v3 (+ 1, which it does not count).
///
/// overlap preload: passes stream back to back.  Cycles per pass:
///   ws: max(m, rows);  is: max(n, rows);  os: max(k, drain)
/// Preload, skew and drain are paid once, as latency after the occupancy.
///
/// docs/timing.md has the general forms (pe_latency, drain, several passes per product).
ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k);

/// The same, where a product takes `product_passes` passes over the array.
ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k, std::int64_t product_passes);

/// Passes of a product whose second operand has `weight_bits` bits.  Assumption: a fixed-point
/// product of several passes (int16 as four of int8) consists of the products of 8-bit slices.  A
/// narrower operand has fewer slices, so there are fewer passes (int16 by int4: two).
std::int64_t product_passes(const HwConfig& hw, Format format, int weight_bits);

/// The machine as products with such weights see it: formats.F.passes is their product_passes.
HwConfig for_weights(const HwConfig& hw, Format format, int weight_bits);
/// Cycles that the products of an item take at their peak rates on one core.  Of a program with
/// exits: the mean over its items, or over its first `items`.
double cycles_at_peak(const HwConfig& hw, const Program& program);
double cycles_at_peak(const HwConfig& hw, const Program& program, std::int64_t items);

/// Converts a product's timing to cycles of the machine's clock.  Occupancy and latency are each
/// rounded up.
ArrayTiming in_machine_cycles(const HwConfig& hw, ArrayTiming timing);

/// Whether `later` must wait until the sums of the product `earlier` have left the array.
/// Otherwise it would meet them too soon in the accumulators that both write.  Where sums are
/// chained (sums_are_chained), the array reads each vector's sums as the vector enters, and writes
/// them as it leaves:
///   ws, is: the distance that overlapping passes keep anyway is enough, unless `later` starts at a
///           vector that came later in `earlier`;
///   os:     a PE goes on from its own sum, unless that is still in its pipeline or on its way out.
/// The solution of a triangular system goes from its array to the scratchpad: every reader waits.
bool awaits_sums(const HwConfig& hw, const Program& program, const Instruction& earlier,
                 const Instruction& later);

/// How often a product reads each operand from the scratchpad.  Each tile of the stationary operand
/// is read once.  A moving operand is read once for every tile beside it.
struct OperandReads {
  std::int64_t a = 1, b = 1;
};
OperandReads operand_reads(const HwConfig& hw, const Matmul& product);

/// Occupancy and latency of a matmul instruction, in cycles of the machine's clock: array_timing
/// plus systolic_array.head.
ArrayTiming matmul_timing(const HwConfig& hw, const Program& program, const Matmul& product);

/// The shape of the data that an elementary operation runs over.
struct VectorShape {
  std::int64_t rows = 1;           // runs of bytes, each of which begins in a new register
  std::int64_t beats_per_row = 1;  // registers per row
  bool contiguous = true;
  bool fills_registers = true;  // the last register of a row is full
  // The content of the registers.  No time depends on it.
  std::int64_t elements = 0, element_bits = 0;

  std::int64_t beats() const { return rows * beats_per_row; }
};

/// The work of an instruction's elementary operations, whatever time it takes.
struct VectorWork {
  // Elements by operation: those in the storage format, and those in the wider format of sums.
  std::array<std::int64_t, kVectorOpCount> elements{}, wide_elements{};
  std::int64_t register_bytes = 0;  // bytes read and written in vector registers
  std::int64_t beats = 0;           // registers the operations run over, one instruction each

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

/// Shape of the elements of a region, of `element_bits` bits each.  Rows that are contiguous in
/// their buffer form one run; otherwise each row is a run.  A run takes ceil(bytes /
/// bytes_per_beat) registers.
VectorShape vector_shape(const HwConfig& hw, const Buffer& buffer, const Region& region,
                         std::int64_t element_bits);
/// Shape of the data of an elementwise instruction, in elements of elementwise_format().  Each row
/// is a run where rows are reduced or an operand stands for several rows or columns.
VectorShape elementwise_shape(const HwConfig& hw, const Program& program, const Region& dst,
                              const Elementwise& op);

/// The format an elementwise instruction computes in: the widest of its operands and its result
/// (accumulators: the format of their sums).
Format elementwise_format(const Program& program, const Region& dst, const Elementwise& op);

/// Timing of one elementary operation alone, in whole cycles of the vector unit's clock.
struct OperationTiming {
  std::int64_t startup_cycles = 0, body_cycles = 0;
  std::int64_t cycles() const { return startup_cycles + body_cycles; }
};
/// Throws InputError where the machine does not have the operation.
OperationTiming operation_timing(const HwConfig& hw, VectorOp op, Format format,
                                 const VectorShape& shape);

/// An instruction's use of one path of topology.*: cycles its bytes occupy the path, and the
/// latency of its first byte.  Both are 0 where it does not use the path.
struct PathUse {
  std::int64_t channel_cycles = 0, latency_cycles = 0;
};

/// Timing of a vector instruction: the start-up and beats of its elementary operations, and its
/// traffic on the paths, which streams in parallel with the beats.  In cycles of the machine's
/// clock.
struct VectorTiming {
  std::int64_t busy_cycles = 0;  // start-up and beats
  std::int64_t body_cycles = 0;  // beats alone
  std::array<PathUse, kPathCount> paths;
  VectorWork work;
};
/// Precondition: an instruction of the vector unit.
VectorTiming vector_timing(const HwConfig& hw, const Program& program,
                           const Instruction& instruction);

/// Timing of a read-out of sums from the accumulators to the scratchpad: cycles the stored bytes
/// occupy the path, and the latency until the last of them has arrived.  The next read-out may
/// proceed during that latency.  In cycles of the machine's clock.
PathUse read_out_timing(const HwConfig& hw, const Program& program, const Region& dst);

/// Cycles in which a product's operands occupy topology.scratchpad_to_matrix, from their bytes.
/// Where a mask discards entries, zeros are first loaded for the whole operand, then the entries
/// that it keeps.  0 where the machine has no such path.
struct OperandLoads {
  std::int64_t a_cycles = 0, b_cycles = 0;
};
OperandLoads operand_loads(const HwConfig& hw, const Program& program, const Matmul& product);

/// The bytes that a transfer touches in DRAM: `count` runs of contiguous bytes.  The runs follow
/// each other directly where the region is whole rows of its buffer.
struct DramRuns {
  std::int64_t count = 0, bytes = 0;   // number of runs, and bytes of each
  std::int64_t begin = 0, stride = 0;  // byte addresses within the item's buffers
};
DramRuns dram_runs(const Program& program, const Region& dram);

/// Timing of a DMA transfer: the DRAM latency, the cycles its bytes take on the DRAM channel, and
/// the cycles they take through the queue's window of requests in flight.  By Little's law, window
/// / latency is the highest rate of a queue.  In cycles of the machine's clock.
struct TransferTiming {
  std::int64_t startup_cycles = 0;
  std::int64_t latency_cycles = 0;
  std::int64_t channel_cycles = 0;  // DRAM busy
  std::int64_t window_cycles = 0;   // >= channel_cycles where requests in flight bound the queue
  // Bytes that cross the channel: whole requests, per run of contiguous bytes. row_buffer: the
  // whole bursts that these touch.
  std::int64_t bytes = 0;
};
/// `dram`: the region of DRAM that is read or written.
TransferTiming transfer_timing(const HwConfig& hw, const Program& program, const Region& dram);

}  // namespace tricycle
