// SPDX-License-Identifier: Apache-2.0
//
// The configuration keys of the vector unit; a part of the table in models/config_fields.h.
#pragma once

#include "models/field.h"
#include "models/hw_config.h"

namespace tricycle {

template <typename Visitor>
void visit_fields(Visitor& v, VectorUnitConfig& c) {
  v.number(kUnitClock, c.clock_ghz);
  v.number(Field{"units", Quantity::kCount, 1, 64, false,
                 "vector units or threads, on independent work"},
           c.units);
  v.number(
      Field{"bytes_per_beat", Quantity::kBytes, 1, 65536, true, "width of one vector register"},
      c.bytes_per_beat);
  v.flag("pipelined", c.pipelined, "back-to-back operations of one instruction pay one startup");
  v.number(Field{"barrier", Quantity::kCycles, 0, 1e6, false,
                 "between operations of one instruction that depend on each other"},
           c.barrier_cycles);
  v.number(Field{"unaligned_tail", Quantity::kCycles, 0, 1e6, false,
                 "once an instruction with arithmetic on two sources whose rows do not fill their "
                 "registers"},
           c.unaligned_tail_cycles);
  v.number(Field{"row_startup", Quantity::kCycles, 0, 1e6, false,
                 "a row, where rows are not contiguous"},
           c.row_startup_cycles);
  v.number(Field{"scalar_operand", Quantity::kCycles, 0, 1e6, false,
                 "an operation that takes a scalar, to move it to the unit"},
           c.scalar_operand_cycles);
  v.number(Field{"result_latency", Quantity::kCycles, 0, 1e6, false,
                 "from the end of a vector instruction until another can use its result"},
           c.result_latency_cycles);
  v.section("operations", true, [&] {
    for (const VectorOpInfo& row : kVectorOps) {
      VectorOpCost& cost = c.operations[static_cast<std::size_t>(row.id)];
      const auto keys = [&] { visit_fields(v, cost); };
      if (row.required)
        v.section(row.name, true, keys);
      else
        v.optional_section(row.name, cost.present, keys);
    }
  });
}

template <typename Visitor>
void visit_fields(Visitor& v, VectorOpCost& c) {
  visit_rate(v, c, true);
  v.section("by_format", false, [&] {
    for (const FormatInfo& row : kFormats) {
      FormatRate& own = c.by_format[static_cast<std::size_t>(row.id)];
      // Keys that a format does not set take the values of the operation.
      if (!own.present) static_cast<VectorRate&>(own) = c;
      v.optional_section(row.name, own.present, [&] { visit_rate(v, own, false); });
    }
  });
}

/// The keys of a cost.  `whole`: of the operation, where cycles_per_beat is required; otherwise of
/// one of its formats.
template <typename Visitor>
void visit_rate(Visitor& v, VectorRate& c, bool whole) {
  v.number(Field{"startup", Quantity::kCycles, 0, 1e6, false, "head and tail of the pipeline"},
           c.startup_cycles);
  v.number(Field{"cycles_per_beat", Quantity::kCount, 0.01, 1e4, whole, "cycles a beat takes"},
           c.cycles_per_beat);
  if (!c.strided.present) c.strided = {false, c.startup_cycles, c.cycles_per_beat, 0};
  v.optional_section("strided", c.strided.present, [&] {
    v.number(Field{"startup", Quantity::kCycles, 0, 1e6, false, "where rows are not contiguous"},
             c.strided.startup_cycles);
    v.number(Field{"cycles_per_beat", Quantity::kCount, 0.01, 1e4, false,
                   "where rows are not contiguous"},
             c.strided.cycles_per_beat);
    v.number(Field{"row_startup", Quantity::kCycles, 0, 1e6, true,
                   "a row, instead of vector_unit.row_startup"},
             c.strided.row_startup_cycles);
  });
}

}  // namespace tricycle
