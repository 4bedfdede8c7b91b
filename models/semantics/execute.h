// SPDX-License-Identifier: Apache-2.0
//
// What instructions compute: bits, without a clock.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/semantics/large_pages.h"

namespace tricycle {

template <typename T>
using Elements = std::vector<T, LargePages<T>>;

/// Elements of one buffer. fp64 and its accumulators are held as double, other floats and their
/// accumulators as float, integers as int16_t.  Integer accumulators are held as int64_t within
/// their range.
using Values =
    std::variant<Elements<double>, Elements<float>, Elements<std::int16_t>, Elements<std::int64_t>>;

/// For every element of an integer accumulator: its exact sum minus what the accumulator holds.  It
/// is nonzero where the sum left its range and wrapped or was clipped.  Empty: no sum did.
using Excess = std::vector<std::int64_t>;

/// The state of one item in flight.
struct MachineState {
  // One entry per Program::buffers.  It is empty until something is written to it, and reads as
  // poison until then.
  std::vector<Values> buffers;
  std::map<std::uint32_t, Excess> excess;  // by buffer, only of buffers that have any
  // Results clipped by fixed-point storage, including input quantisation.
  std::int64_t saturated_count = 0;
  std::int64_t wrapped_count = 0;  // fixed point: stored entries whose sum left the accumulator
  // Input values that the format of their buffer cannot hold exactly.
  std::int64_t rounded_inputs = 0;
};

/// The value of an element that was never written, chosen to show up in the result: NaN, or the
/// lowest integer.  (Integer accumulators: the lowest value that every width holds.)
template <typename T>
constexpr T kPoison =
    std::is_floating_point_v<T>
        ? std::numeric_limits<T>::quiet_NaN()
        : static_cast<T>(
              std::numeric_limits<std::conditional_t<sizeof(T) == 8, std::int32_t, T>>::min());

/// A state with buffers of the right type.  Nothing is written except constants, and zeros in the
/// buffer of the result.
MachineState make_state(const Program& program);

/// Rounds `values` (row-major, exact real numbers held as double) into the storage format of a
/// buffer.
void write_input(const Program& program, std::uint32_t buffer, std::span<const double> values,
                 MachineState& state);

/// The real numbers that the elements of a buffer stand for (fixed point: scaled by
/// 2^-fraction_bits).
std::vector<double> read_real(const Program& program, std::uint32_t buffer,
                              const MachineState& state);

/// The stored bits of a buffer: little-endian, row-major, with the element size of its format in a
/// file.
std::vector<std::uint8_t> read_bits(const Program& program, std::uint32_t buffer,
                                    const MachineState& state);
/// The same with the NaN codes of a machine (formats.F.nan).
std::vector<std::uint8_t> read_bits(const HwConfig& hw, const Program& program,
                                    std::uint32_t buffer, const MachineState& state);

/// The elements of a region, dense and row-major; +0 where the mask discards.  T: the type in which
/// the values of the buffer are held.
template <typename T>
std::vector<T> read_region(const Program& program, const MachineState& state, const Region& region,
                           const Mask& mask = {});

/// A result that is computed but not yet visible.  Operands are read when an instruction starts,
/// results are written when it completes.  So a missing token changes the bits.
struct PendingWrite {
  Region region;
  Values values;  // region.rows x region.cols, dense
  std::int64_t saturated_count = 0, wrapped_count = 0;
  Excess excess = {};  // excess of the values
};

/// Which implementation of the sums computes a product: the fast one that normally runs, or the
/// plain loops that it must equal.
enum class SumForm : std::uint8_t { kFast, kNormative };

PendingWrite compute(const Program& program, const HwConfig& hw, const Instruction& instruction,
                     const MachineState& state, SumForm form = SumForm::kFast);
/// Moves the values out of `write` into the state.  Those of a whole buffer are not copied.
void commit(PendingWrite write, const Program& program, MachineState& state);

/// Whether an exit that was executed is taken.
bool is_taken(const Program& program, const MachineState& state, const Instruction& exit);

/// Executes the program in order: calls step(instruction) for every instruction that the exits
/// leave, after which its result must have been written.  Returns the way that the values took.
template <typename F>
Way for_each_executed(const Program& program, const MachineState& state, F&& step) {
  Way way;
  for (std::size_t i = 0; i < program.instructions.size();) {
    const Instruction& in = program.instructions[i];
    step(in);
    const Exit* exit = in.as<Exit>();
    const bool taken = exit != nullptr && is_taken(program, state, in);
    if (exit != nullptr) way.push_back(taken);
    const std::size_t next = taken ? exit->target : i + 1;
    for (++i; i < next; ++i)
      if (program.instructions[i].as<Exit>() != nullptr) way.push_back(false);
  }
  return way;
}

/// The golden model: executes the program in order, untimed.  The inputs must have been written.
/// Returns the way that the values took.
Way interpret(const Program& program, const HwConfig& hw, MachineState& state,
              SumForm form = SumForm::kFast);

}  // namespace tricycle
