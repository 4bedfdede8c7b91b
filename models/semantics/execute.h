// SPDX-License-Identifier: Apache-2.0
//
// What an instruction computes: bits, no clock.
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

/// Elements of one buffer: fp64 and its accumulators as double; other floats and their
/// accumulators as float; integers as int16_t; integer accumulators as int64_t within their
/// range.
using Values =
    std::variant<Elements<double>, Elements<float>, Elements<std::int16_t>, Elements<std::int64_t>>;

/// Of every element of an accumulator of integers: its exact sum less what the accumulator holds,
/// not zero where the sum left its range and wrapped or was clipped.  Empty: none did.
using Excess = std::vector<std::int64_t>;

/// What one item in flight holds.
struct MachineState {
  // One per Program::buffers; empty until something is written: until then it reads as poison.
  std::vector<Values> buffers;
  std::map<std::uint32_t, Excess> excess;  // by buffer, of those that have any
  std::int64_t saturated_count =
      0;  // results clipped by fixed-point storage, input quantisation included
  std::int64_t wrapped_count = 0;   // fixed point: stored entries whose sum left the accumulator
  std::int64_t rounded_inputs = 0;  // input values that their buffer's format does not hold
};

/// What an element reads as that was never written: NaN, lowest integer, so that it shows in the
/// result.  (Accumulators of integers: the lowest that every width holds.)
template <typename T>
constexpr T kPoison =
    std::is_floating_point_v<T>
        ? std::numeric_limits<T>::quiet_NaN()
        : static_cast<T>(
              std::numeric_limits<std::conditional_t<sizeof(T) == 8, std::int32_t, T>>::min());

/// Buffers of the right type, nothing written but constants and the result's, which holds zeros.
MachineState make_state(const Program& program);

/// Rounds `values` (row-major, exact real numbers held as double) into a buffer's storage format.
void write_input(const Program& program, std::uint32_t buffer, std::span<const double> values,
                 MachineState& state);

/// The real numbers a buffer's elements stand for (fixed point: scaled by 2^-fraction_bits).
std::vector<double> read_real(const Program& program, std::uint32_t buffer,
                              const MachineState& state);

/// The stored bits of a buffer, little-endian, row-major, element size of its format in a file.
std::vector<std::uint8_t> read_bits(const Program& program, std::uint32_t buffer,
                                    const MachineState& state);

/// The elements of a region, dense and row-major; +0 where the mask discards.  T: the type the
/// buffer's values are held in.
template <typename T>
std::vector<T> read_region(const Program& program, const MachineState& state, const Region& region,
                           const Mask& mask = {});

/// A result that was computed but is not visible yet: operands are read when an instruction starts,
/// results are written when it completes, so that a missing token changes the bits.
struct PendingWrite {
  Region region;
  Values values;  // region.rows x region.cols, dense
  std::int64_t saturated_count = 0, wrapped_count = 0;
  Excess excess = {};  // of values
};

/// Which form of the sums computes a product: the one that runs, or the plain loops it must equal.
enum class SumForm : std::uint8_t { kFast, kNormative };

PendingWrite compute(const Program& program, const HwConfig& hw, const Instruction& instruction,
                     const MachineState& state, SumForm form = SumForm::kFast);
/// Takes the values out of `write`: those of a whole buffer are not copied.
void commit(PendingWrite write, const Program& program, MachineState& state);

/// The golden model: executes the program in order, untimed.  Inputs must have been written.
void interpret(const Program& program, const HwConfig& hw, MachineState& state,
               SumForm form = SumForm::kFast);

}  // namespace tricycle
