// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/cost/cost.h"
#include "models/cost/unit_costs.h"

namespace tricycle {

namespace {

constexpr double kBitsPerByte = 8;
constexpr double kPjPerWattNs = 1e3;  // 1 W x 1 ns = 1e-9 J

/// The prices of one machine, scaled by cost.energy_scale.
class Prices {
 public:
  Prices(const HwConfig& hw, Format format)
      : hw_(hw), c_(hw.cost_model), t_(*c_.tables), format_(format) {}

  Spread logic(const NodeEnergy& energy) const {
    return logic_pj(t_, energy, c_.node_nm) * c_.energy_scale;
  }
  Spread multiply() const {
    return multiply_pj(t_, number_type(format_), c_.node_nm) * c_.energy_scale;
  }
  Spread add(bool wide) const {
    const NumberType n =
        wide ? sum_type(format_, accumulator_bytes(hw_.support(format_).accumulator))
             : number_type(format_);
    return add_pj(t_, n, c_.node_nm) * c_.energy_scale;
  }
  Spread multiply_add() const { return multiply() + add(true); }
  /// Energy of reads and writes of a memory whose macros have `macro_bytes` bytes.
  Spread memory(double macro_bytes, std::int64_t read, std::int64_t written) const {
    return (sram_read_pj_per_byte(t_, macro_bytes, c_.node_nm) * static_cast<double>(read) +
            sram_write_pj_per_byte(t_, macro_bytes, c_.node_nm) * static_cast<double>(written)) *
           c_.energy_scale;
  }
  Spread wire_per_byte(double mm) const {
    return wire_pj_per_bit_mm(t_, c_.node_nm) * (kBitsPerByte * mm * c_.energy_scale);
  }

 private:
  const HwConfig& hw_;
  const CostConfig& c_;
  const CostTables& t_;
  Format format_;
};

Spread vector_pj(const Prices& prices, const CostTables& t, const VectorWork& work) {
  const Spread multiply = prices.multiply(), add = prices.add(false), wide_add = prices.add(true);
  Spread sum = prices.logic(t.register_file_pj_per_bit) *
               (static_cast<double>(work.register_bytes) * kBitsPerByte);
  for (std::size_t op = 0; op < kVectorOpCount; ++op) {
    const VectorWorkCost& cost = t.vector_operations[op];
    sum += (cost.multiplies * multiply + cost.adds * add) * static_cast<double>(work.elements[op]);
    sum += (cost.multiplies * multiply + cost.adds * wide_add) *
           static_cast<double>(work.wide_elements[op]);
  }
  return sum;
}

/// Bytes that move from one memory or unit to another.
std::int64_t moved_bytes(const Activity& a) {
  std::int64_t bytes = a.scratchpad_read_bytes + a.scratchpad_written_bytes;
  for (const std::int64_t path : a.path_bytes) bytes += path;
  return bytes;
}

std::int64_t elements_of(const VectorWork& work) {
  std::int64_t sum = 0;
  for (std::size_t op = 0; op < kVectorOpCount; ++op)
    sum += work.elements[op] + work.wide_elements[op];
  return sum;
}

/// Energy of the work of an item, without what depends on its time.
EnergyByPart dynamic_pj(const HwConfig& hw, Format format, const Activity& a) {
  const Prices prices(hw, format);
  const CostTables& t = *hw.cost_model.tables;
  EnergyByPart e;
  e[EnergyPart::kMatrix] =
      mac_pj(hw, format) * static_cast<double>(a.macs) +
      prices.logic(t.register_pj_per_bit) * static_cast<double>(a.pe_register_bits);
  e[EnergyPart::kVector] = vector_pj(Prices(hw, hw.stored_format(format)), t, a.vector);
  const Prices stored(hw, hw.stored_format(format));
  e[EnergyPart::kSolve] =
      stored.multiply_add() * static_cast<double>(a.solve_macs) +
      stored.add(true) * static_cast<double>(a.solve_results) +
      stored.logic(t.register_pj_per_bit) * static_cast<double>(a.solve_register_bits);
  e[EnergyPart::kAccumulator] = prices.memory(accumulator_macro_bytes(hw), a.accumulator_read_bytes,
                                              a.accumulator_written_bytes);
  e[EnergyPart::kScratchpad] = prices.memory(scratchpad_macro_bytes(hw), a.scratchpad_read_bytes,
                                             a.scratchpad_written_bytes);
  // Half the edge of a core, on average.
  const double core_mm2 = area_mm2(hw).total().nominal / static_cast<double>(hw.cores);
  e[EnergyPart::kWires] =
      prices.wire_per_byte(std::sqrt(core_mm2) / 2) * static_cast<double>(moved_bytes(a));
  e[EnergyPart::kDma] = prices.logic(t.dma_pj_per_byte) * static_cast<double>(a.dram_bytes());
  e[EnergyPart::kControl] =
      prices.logic(t.instruction_pj) * static_cast<double>(a.instructions + a.vector.beats);
  e[EnergyPart::kDram] = t.dram_pj_per_bit[static_cast<std::size_t>(hw.cost_model.dram_type)] *
                         (kBitsPerByte * static_cast<double>(a.dram_bytes()));
  return e;
}

/// The format by which solve-unit cells without work are priced: the run's format, or, where they
/// are too narrow for it, the widest format that they take.
Format format_in_cells(const HwConfig& hw, Format run) {
  if (info(run).stored_bits <= hw.solve_unit.bits) return run;
  Format widest = run;
  int bits = 0;
  for (const FormatInfo& row : kFormats) {
    const FormatInfo& stored = info(hw.stored_format(row.id));
    if (!hw.support(row.id).present || stored.stored_bits > hw.solve_unit.bits ||
        stored.stored_bits <= bits)
      continue;
    widest = stored.id;
    bits = stored.stored_bits;
  }
  return widest;
}

/// Energy of the cycles in which PEs, lanes and cells have nothing to do.
Spread idle_pj(const HwConfig& hw, Format format, const Activity& a, double items, double cycles) {
  const CostTables& t = *hw.cost_model.tables;
  const auto cores = static_cast<double>(hw.cores);
  const double macs = cores * hw.peak_macs_per_cycle(format) * cycles;
  const VectorUnitConfig& v = hw.vector_unit;
  const Format in_lanes = hw.stored_format(format);
  const double lanes = cores * static_cast<double>(v.units * v.bytes_per_beat) /
                       (static_cast<double>(info(in_lanes).stored_bits) / 8) *
                       (hw.clock_of_unit(v.clock_ghz) / hw.clock_ghz) * cycles;
  const double idle_macs = std::max(0.0, macs - items * static_cast<double>(a.macs));
  const double idle_lanes =
      std::max(0.0, lanes - items * static_cast<double>(elements_of(a.vector)));
  const SolveUnitConfig& s = hw.solve_unit;
  const std::int64_t triangle = s.present ? s.rows * (s.rows - 1) / 2 : 0;
  const double cells = cores * static_cast<double>(s.units * triangle) *
                       (hw.clock_of_unit(s.clock_ghz) / hw.clock_ghz) * cycles;
  const double idle_cells = std::max(0.0, cells - items * static_cast<double>(a.solve_macs));
  return (mac_pj(hw, format) * idle_macs + lane_pj(hw, in_lanes) * idle_lanes +
          mac_pj(hw, format_in_cells(hw, in_lanes)) * idle_cells) *
         (hw.cost_model.clock_gating ? t.idle_gated : t.idle_ungated);
}

Spread leakage_w(const HwConfig& hw) {
  const CostTables& t = *hw.cost_model.tables;
  const AreaByPart area = area_mm2(hw);
  const Spread memory = area[AreaPart::kAccumulator] + area[AreaPart::kScratchpad];
  const Spread logic = area[AreaPart::kMatrix] + area[AreaPart::kVector] + area[AreaPart::kSolve] +
                       area[AreaPart::kControl];
  return (logic * t.logic_leakage_w_per_mm2 + memory * t.sram_leakage_w_per_mm2) *
         hw.cost_model.energy_scale;
}

}  // namespace

Spread mac_pj(const HwConfig& hw, Format format) { return Prices(hw, format).multiply_add(); }

Spread lane_pj(const HwConfig& hw, Format format) {
  const Prices prices(hw, format);
  // Two operands, and a sum that is read and written.
  const double bits = 2.0 * info(format).bits +
                      2 * kBitsPerByte * accumulator_bytes(hw.support(format).accumulator);
  return prices.multiply_add() +
         prices.logic(hw.cost_model.tables->register_file_pj_per_bit) * bits;
}

EnergyByPart energy_pj(const HwConfig& hw, Format format, const Activity& item, double items,
                       double cycles) {
  EnergyByPart e = dynamic_pj(hw, format, item);
  for (Spread& part : e.parts) part = part * items;
  e[EnergyPart::kIdle] = idle_pj(hw, format, item, items, cycles);
  e[EnergyPart::kLeakage] = leakage_w(hw) * (cycles / hw.clock_ghz * kPjPerWattNs);
  return e;
}

}  // namespace tricycle
