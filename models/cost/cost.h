// SPDX-License-Identifier: Apache-2.0
//
// Energy and area of a machine: pure functions of what a program does (Activity), of the machine,
// and of its cost tables; time enters through leakage and through cycles without work alone.
// docs/cost.md derives every formula.  Everywhere: hw.cost_model.present.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/cost/activity.h"
#include "models/cost/spread.h"
#include "models/hw_config.h"

namespace tricycle {

/// Where energy goes.
enum class EnergyPart : std::uint8_t {
  kMatrix,       // multiply-accumulates and the registers of the PEs
  kVector,       // operations of the vector units and their register files
  kSolve,        // cells and registers of the solve units
  kAccumulator,  // accumulator memory
  kScratchpad,   // its macros
  kWires,        // from memory to units, and topology.*
  kDma,          // engines
  kControl,      // fetch, decode, issue
  kDram,         // devices and interface
  kIdle,         // clocks of PEs and lanes without work
  kLeakage
};
inline constexpr int kEnergyPartCount = 11;
inline constexpr std::array<std::string_view, kEnergyPartCount> kEnergyPartNames{
    "matrix", "vector",  "solve", "accumulator", "scratchpad", "wires",
    "dma",    "control", "dram",  "idle",        "leakage"};

/// Where area goes, all cores together.  DRAM and its interface are off it.
enum class AreaPart : std::uint8_t {
  kMatrix,
  kVector,
  kSolve,
  kAccumulator,
  kScratchpad,
  kControl
};
inline constexpr int kAreaPartCount = 6;
inline constexpr std::array<std::string_view, kAreaPartCount> kAreaPartNames{
    "matrix", "vector", "solve", "accumulator", "scratchpad", "control"};

/// A figure by part; the total is their sum.
template <typename Part, std::size_t kCount>
struct ByPart {
  std::array<Spread, kCount> parts{};

  Spread& operator[](Part part) { return parts[static_cast<std::size_t>(part)]; }
  const Spread& operator[](Part part) const { return parts[static_cast<std::size_t>(part)]; }
  Spread total() const {
    Spread sum;
    for (const Spread& part : parts) sum += part;
    return sum;
  }
};
using EnergyByPart = ByPart<EnergyPart, kEnergyPartCount>;
using AreaByPart = ByPart<AreaPart, kAreaPartCount>;

/// One PE with its registers, placed and routed, um2.  Its multipliers and adders are those of the
/// formats that take one pass: the widest float and the widest fixed point, `depth` of each; a
/// format of several passes goes through them again.
Spread pe_um2(const HwConfig& hw);
/// One 32-bit lane of a vector unit with its registers and its share of special functions, um2.
Spread lane_um2(const HwConfig& hw);
/// One solve unit with all its cells, um2: as wide as the formats that matrices are stored in.
Spread solve_unit_um2(const HwConfig& hw);
AreaByPart area_mm2(const HwConfig& hw);

/// Bytes of one macro: a bank of the scratchpad; the accumulators of a column of PEs.
double scratchpad_macro_bytes(const HwConfig& hw);
double accumulator_macro_bytes(const HwConfig& hw);

/// A multiply-accumulate of a format, PE registers aside.
Spread mac_pj(const HwConfig& hw, Format format);
/// A multiply-add of a lane of the vector unit, operands and result in its registers.
Spread lane_pj(const HwConfig& hw, Format format);

/// pJ of `items` items that take `cycles` cycles of the machine's clock: what they do, items times;
/// what passes, cycles times (kIdle also falls with what they do).
EnergyByPart energy_pj(const HwConfig& hw, Format format, const Activity& item, double items,
                       double cycles);

/// What one run costs.
struct RunCost {
  EnergyByPart run;    // all chunks in all cycles of the run, launch included
  EnergyByPart chunk;  // one in steady state
  AreaByPart area;
  double run_ns = 0, chunk_ns = 0;
  double operations_per_chunk = 0;  // two a multiply-accumulate, of whatever unit
  std::string tables_digest;        // SHA-256 of the resolved text of the cost tables
};

}  // namespace tricycle
