// SPDX-License-Identifier: Apache-2.0
//
// Energy and area of a machine: pure functions of what a program does (Activity), of the machine,
// and of its cost tables.  Time enters only through leakage and through cycles without work.
// docs/cost.md derives every formula.  Precondition everywhere: hw.cost_model.present.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/cost/activity.h"
#include "models/cost/spread.h"
#include "models/hw_config.h"

namespace tricycle {

/// Parts of the energy.
enum class EnergyPart : std::uint8_t {
  kMatrix,       // multiply-accumulates and the registers of the PEs
  kVector,       // operations of the vector units and their register files
  kSolve,        // cells and registers of the solve units
  kAccumulator,  // accumulator memory
  kScratchpad,   // SRAM macros of the scratchpad
  kWires,        // from memory to units, and topology.*
  kDma,          // DMA engines
  kControl,      // fetch, decode, issue
  kDram,         // devices and interface
  kIdle,         // clocks of PEs and lanes without work
  kLeakage
};
inline constexpr int kEnergyPartCount = 11;
inline constexpr std::array<std::string_view, kEnergyPartCount> kEnergyPartNames{
    "matrix", "vector",  "solve", "accumulator", "scratchpad", "wires",
    "dma",    "control", "dram",  "idle",        "leakage"};

/// Parts of the area, of all cores together.  It excludes the DRAM and its interface.
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

/// One figure per part.  The total is their sum.
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

/// Area of one PE with its registers, placed and routed, um2.  Its multipliers and adders serve the
/// formats that take one pass: the widest float and the widest fixed point, `depth` of each.  A
/// format of several passes uses them several times.
Spread pe_um2(const HwConfig& hw);
/// Area of one 32-bit lane of a vector unit, with its registers and its share of special functions,
/// um2.
Spread lane_um2(const HwConfig& hw);
/// Area of one solve unit with all its cells, um2: as wide as the formats in which matrices are
/// stored.
Spread solve_unit_um2(const HwConfig& hw);
AreaByPart area_mm2(const HwConfig& hw);

/// Bytes of one SRAM macro: a bank of the scratchpad; the accumulators of one column of PEs.
double scratchpad_macro_bytes(const HwConfig& hw);
double accumulator_macro_bytes(const HwConfig& hw);

/// Energy of a multiply-accumulate in a format, pJ, without PE registers.
Spread mac_pj(const HwConfig& hw, Format format);
/// Energy of a multiply-add in a lane of the vector unit, pJ, with operands and result in its
/// registers.
Spread lane_pj(const HwConfig& hw, Format format);

/// Energy in pJ of `items` items that take `cycles` cycles of the machine's clock.  What the items
/// do counts items times.  What passes with time counts cycles times (kIdle also falls with what
/// they do).
EnergyByPart energy_pj(const HwConfig& hw, Format format, const Activity& item, double items,
                       double cycles);

/// Energy and area of one run.
struct RunCost {
  EnergyByPart run;    // energy of all chunks in all cycles of the run, including the launch
  EnergyByPart chunk;  // energy of one chunk in steady state
  AreaByPart area;
  double run_ns = 0, chunk_ns = 0;
  double operations_per_chunk = 0;  // two per multiply-accumulate, of any unit
  std::string tables_digest;        // SHA-256 of the resolved text of the cost tables
};

}  // namespace tricycle
