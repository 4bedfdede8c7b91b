// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "models/cost/cost_config.h"
#include "models/format_support.h"
#include "models/numerics/convert.h"
#include "models/numerics/format.h"
#include "models/numerics/mac.h"
#include "models/simt/simt_config.h"
#include "models/vector_op.h"

namespace tricycle {

/// Which operand stays in the PEs during a pass.
enum class Dataflow : std::uint8_t { kWeightStationary, kInputStationary, kOutputStationary };
/// Whether passes overlap. none: every pass pays preload, fill and drain. preload: the operand in
/// place is double-buffered and passes stream back to back.
enum class Overlap : std::uint8_t { kNone, kPreload };
/// How outputs that stayed in the PEs leave the array (output stationary only).
enum class DrainShift : std::uint8_t { kNone, kRows, kCols };
/// When outputs that are shifted out begin to move. wavefront: each column or row of the array
/// starts once the wavefront has passed it. last: all start when the last PE is done.
enum class DrainStart : std::uint8_t { kWavefront, kLast };
/// Which chunk's instruction a unit takes next. program_order: each unit's queue holds the chunks
/// in flight round-robin, and a head that is not ready blocks the queue. ready_first: the unit
/// takes the oldest chunk whose next instruction has all its tokens.
enum class Dispatch : std::uint8_t { kProgramOrder, kReadyFirst };

struct SystolicArrayConfig {
  double clock_ghz = 0;             // the unit's own clock; 0: the machine's
  std::int64_t rows = 0, cols = 0;  // PEs
  Dataflow dataflow = Dataflow::kWeightStationary;
  Overlap overlap = Overlap::kPreload;
  std::int64_t depth = 1;       // length of the dot product of one PE per cycle
  std::int64_t pe_latency = 1;  // cycles from a PE's operands to its sum
  bool broadcast = false;       // os: operands reach all PEs at once, without skew
  bool skewed_tiles = false;    // the stationary tile enters skewed, each column a cycle later
  DrainShift drain_shift = DrainShift::kNone;
  DrainStart drain_start = DrainStart::kWavefront;
  std::int64_t drain_registers = 0;   // cycles
  std::int64_t head_cycles = 0;       // fixed cycles per instruction
  std::int64_t pass_head_cycles = 0;  // fixed cycles per pass, before its first operands enter
};

/// Cost of an elementary operation on rows that are not contiguous.
struct StridedCost {
  // False: the costs of contiguous rows hold, plus vector_unit.row_startup per row.
  bool present = false;
  std::int64_t startup_cycles = 0;
  double cycles_per_beat = 1;
  double row_startup_cycles = 0;
};

struct VectorRate {
  std::int64_t startup_cycles = 0;
  double cycles_per_beat = 1;
  StridedCost strided;
};

struct FormatRate : VectorRate {
  bool present = false;  // false: the operation's own rate holds
};

struct VectorOpCost : VectorRate {
  bool present = false;  // an operation that no lowering needs may be missing
  std::array<FormatRate, kFormatCount> by_format{};
};

struct VectorUnitConfig {
  double clock_ghz = 0;  // its own; 0: the machine's
  std::int64_t units = 1;
  std::int64_t bytes_per_beat = 0;
  bool pipelined = true;                   // back-to-back operations pay one startup
  std::int64_t barrier_cycles = 0;         // between operations that depend on each other
  std::int64_t unaligned_tail_cycles = 0;  // a mask for rows that do not fill their registers
  double row_startup_cycles = 0;           // per row, where rows are not contiguous
  std::int64_t scalar_operand_cycles = 0;  // to move a scalar operand to the unit
  std::int64_t result_latency_cycles = 0;  // until the next vector instruction may use a result
  std::array<VectorOpCost, kVectorOpCount> operations{};
};

/// A triangular systolic array for triangular systems (models/timing/solve.h).
struct SolveUnitConfig {
  bool present = false;
  double clock_ghz = 0;    // its own; 0: the machine's
  std::int64_t rows = 0;   // rows of cells: the largest system it solves
  std::int64_t bits = 64;  // bits of the widest stored format its cells take
  std::int64_t units = 1;
  std::int64_t pe_latency = 1;        // from the operands of a cell to its sum
  std::int64_t boundary_latency = 1;  // from the sum of a row to its entry of the solution
};

struct ScratchpadConfig {
  std::int64_t size_bytes = 0;
  std::int64_t banks = 1, ports = 1;  // ports: accesses a bank serves a cycle
  std::int64_t width_bytes = 0;       // bytes of one access
  std::int64_t interleave_bytes = 0;  // consecutive bytes before the next bank
};

/// The paths of topology.*.
enum Path : std::uint8_t {
  kAccumulatorToVector,
  kVectorToMatrix,
  kScratchpadToMatrix,
  kVectorToAccumulator
};
inline constexpr int kPathCount = 4;

/// A path between units: its rate and the cycles its first byte takes.
struct PathConfig {
  double bytes_per_cycle = 0;
  std::int64_t latency_cycles = 0;
};

/// A path that a machine may lack.
struct OptionalPathConfig : PathConfig {
  bool present = false;
};

/// Small memories in front of the array, such as Ascend's L0A and L0B.  One queue loads a product's
/// operands into them, one operand after the other.
struct OperandPathConfig {
  bool present = false;  // false: operands stream from the scratchpad as the array takes them
  double a_bytes_per_cycle = 0, b_bytes_per_cycle = 0;
  std::int64_t latency_cycles = 0;  // from the last byte of an operand to the first of its product
  // Operands that each side holds.  2: the next one is loaded while the other is used.
  std::int64_t buffers = 2;
};

struct DmaConfig {
  double clock_ghz = 0;  // its own; 0: the machine's
  std::int64_t queues = 1;
  std::int64_t startup_cycles = 0;        // per descriptor
  std::int64_t half_bandwidth_bytes = 0;  // transfer size that gets half of the bandwidth
  std::int64_t request_bytes = 0;
  std::int64_t requests_in_flight = 1;  // per queue
};

/// Timing model of the DRAM. flat: latency and bandwidth. row_buffer: adds banks with open rows.
enum class DramTiming : std::uint8_t { kFlat, kRowBuffer };

/// A DRAM device as JEDEC standards describe it.  The defaults are LPDDR5-6400.
struct RowBufferConfig {
  std::int64_t channels = 4;
  std::int64_t banks = 16;        // per channel
  std::int64_t row_bytes = 2048;  // per bank and channel
  std::int64_t burst_bytes = 32;
  double activate_ns = 18.75;   // tRCD, activate to column command
  double column_ns = 21.25;     // CL, column command to first data
  double precharge_ns = 18.75;  // tRP, precharge to activate
  double row_active_ns = 42.5;  // tRAS, activate to precharge
};

struct DramConfig {
  double latency_ns = 0;
  double bandwidth_gbps = 0;  // GB/s = bytes/ns; all channels together
  DramTiming timing = DramTiming::kFlat;
  RowBufferConfig row_buffer;
};

struct SequencerConfig {
  std::int64_t in_flight = 1;             // chunks in flight
  std::int64_t token_latency_cycles = 0;  // from completion in one unit to visibility in another
  std::int64_t issue_cycles = 0;          // per instruction, in its unit
  std::int64_t launch_cycles = 0;         // per kernel (whole run)
  Dispatch dispatch = Dispatch::kReadyFirst;
};

/// One machine, with every default applied. hwconfigs/*.yaml describe machines; visit_fields lists
/// every key.
struct HwConfig {
  std::string name;
  std::string description;
  double clock_ghz = 1;
  // Identical cores.  The members below describe one core, except for the DRAM, which all share.
  std::int64_t cores = 1;
  SystolicArrayConfig systolic_array;
  std::array<FormatSupport, kFormatCount> formats = default_formats();
  VectorUnitConfig vector_unit;
  SolveUnitConfig solve_unit;
  ScratchpadConfig scratchpad;
  std::int64_t accumulator_bytes = 0;
  PathConfig accumulator_to_vector;
  PathConfig vector_to_matrix;
  // From the accumulators to the scratchpad, with a unit of its own (read-out), which rounds the
  // sums on the way.  The rate counts the bytes stored.  Absent: sums leave the accumulators
  // through the vector unit only.
  OptionalPathConfig accumulator_to_scratchpad;
  // The vector unit writes sums into the accumulators, where they are registers.  A product then
  // starts from the linear terms of its epilogue.  Absent: it starts from zero, and the epilogue
  // adds them.
  OptionalPathConfig vector_to_accumulator;
  OperandPathConfig scratchpad_to_matrix;
  DmaConfig dma;
  DramConfig dram;
  SequencerConfig sequencer;
  SimtConfig simt;  // warps that feed the units; only kernels written for warps use it
  CostConfig cost_model;

  const FormatSupport& support(Format f) const { return formats[static_cast<std::size_t>(f)]; }
  /// The format in which a program keeps its matrices between products, and in which the vector
  /// unit computes.
  /// Fixed point: fraction bits of a matrix, all but the sign and formats.F.integer_bits.
  int stored_fraction_bits(Format f) const {
    return info(f).default_fraction_bits() - static_cast<int>(support(f).integer_bits);
  }
  Format stored_format(Format f) const { return support(f).is_dynamic() ? Format::kFp32 : f; }
  const VectorOpCost& cost(VectorOp op) const {
    return vector_unit.operations[static_cast<std::size_t>(op)];
  }
  bool has(VectorOp op) const { return info(op).required || cost(op).present; }
  /// Cost of an operation on elements of a format.  Precondition: has(op).
  const VectorRate& rate(VectorOp op, Format f) const {
    const FormatRate& own = cost(op).by_format[static_cast<std::size_t>(f)];
    return own.present ? static_cast<const VectorRate&>(own) : cost(op);
  }
  /// Length of the dot product of one PE, for a format.
  std::int64_t depth(Format f) const {
    return support(f).depth != 0 ? support(f).depth : systolic_array.depth;
  }
  /// Rows of the stationary operand tile: PE rows times the dot-product length of one PE.
  std::int64_t tile_k(Format f) const { return systolic_array.rows * depth(f); }
  /// Longest run of k that one pass sums: one stationary tile, or all of k where outputs are
  /// stationary.
  std::int64_t pass_k(Format f) const {
    return systolic_array.dataflow == Dataflow::kOutputStationary
               ? std::numeric_limits<std::int64_t>::max()
               : tile_k(f);
  }
  /// Clock of a unit: its own, or the machine's where its own is 0.
  double clock_of_unit(double own_ghz) const { return own_ghz > 0 ? own_ghz : clock_ghz; }
  /// Peak multiply-accumulates of one core's array per cycle of the machine's clock.
  double peak_macs_per_cycle(Format f) const {
    return static_cast<double>(systolic_array.rows * systolic_array.cols * depth(f)) /
           static_cast<double>(support(f).passes) *
           (clock_of_unit(systolic_array.clock_ghz) / clock_ghz);
  }
  /// How results of a format are rounded to storage.
  StorageRule storage_rule(Format f) const {
    const FormatSupport& s = support(f);
    return {f,
            s.rounding,
            s.float_overflow,
            s.subnormals,
            static_cast<std::uint64_t>(s.rounding_seed),
            s.nan};
  }
  /// The matrix unit's arithmetic.  Precondition: support(f).present, and that of fp16 where f is
  /// computed as fp16.
  MacSpec mac_spec(Format f) const {
    const FormatSupport& s = support(f);
    if (s.computed_as != ComputedAs::kOwn) return emulated_spec(f);
    MacSpec spec{f, s.accumulator, s.overflow, s.order, s.multiply_add, pass_k(f)};
    // Members that the order does not use keep their defaults, so that specs that add alike are
    // equal.
    if (sums_in_steps(s.order)) spec.fan_in = s.fan_in != 0 ? s.fan_in : depth(f);
    if (s.order == SumOrder::kAligned) {
      spec.fraction_bits = s.fraction_bits;
      spec.sum_rounding = s.sum_rounding;
      spec.step = s.step;
    }
    return spec;
  }

 private:
  /// Operands of 8 bits as fp16 in steps of that format: of every four consecutive k of an
  /// instruction the first two in one step, the others in the next.  So CUDA 13.0 and Triton 3.6
  /// compile the 8-bit mma.sync for Hopper, which lacks it (measured, docs/numerics.md).
  MacSpec emulated_spec(Format f) const {
    MacSpec spec = mac_spec(Format::kFp16);
    spec.accumulator = support(f).accumulator;
    spec.fan_in = support(f).fan_in != 0 ? support(f).fan_in : depth(f);
    spec.step.start =
        support(f).computed_as == ComputedAs::kFp16 ? StepStart::kZero : StepStart::kSum;
    spec.step.groups = spec.step.run = 2;
    return spec;
  }
};

}  // namespace tricycle
