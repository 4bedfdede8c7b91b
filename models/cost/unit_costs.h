// SPDX-License-Identifier: Apache-2.0
//
// The cost of one operation, byte, bit or square millimetre on a machine's process node: pure
// functions of the tables.  Energies are straight lines in log-log between what is published at 45
// nm (Horowitz, ISSCC 2014) and 7 nm (Jouppi et al., ISCA 2021, table 2).  Below 7 nm they follow
// the savings per generation that foundries publish. docs/cost.md derives every formula.
#pragma once

#include <cstdint>
#include <span>

#include "models/cost/cost_tables.h"
#include "models/numerics/format.h"

namespace tricycle {

/// A number format as its arithmetic units see it.
struct NumberType {
  bool is_float = true;
  int bits = 32;
  int significand_bits = 24;  // as PublishedNumber
};
NumberType number_type(Format format);
/// The type of sums of products of `operand`s, `bytes` wide: IEEE floats where the operands are
/// floats.
NumberType sum_type(Format operand, int bytes);

/// Interpolates y at x > 0 on straight lines in log-log between points of ascending x.  Beyond the
/// ends the outermost lines continue.  One point alone is a constant.
struct LogPoint {
  double x = 0, y = 0;
};
double log_interpolated(std::span<const LogPoint> points, double x);

/// Energy of a multiplication or an addition, pJ.  Formats without published cost are scaled from
/// the one with the nearest significand: multiplications by the square of the significands,
/// additions by the significand.
Spread multiply_pj(const CostTables& t, const NumberType& n, double node_nm);
Spread add_pj(const CostTables& t, const NumberType& n, double node_nm);
/// Area of the cells of the same units, um2.
Spread multiply_um2(const CostTables& t, const NumberType& n, double node_nm);
Spread add_um2(const CostTables& t, const NumberType& n, double node_nm);

/// An energy of logic at a node, pJ.
Spread logic_pj(const CostTables& t, const NodeEnergy& energy, double node_nm);
/// Energy of wires at a node.  Their capacitance per mm hardly shrinks, so below 7 nm it stays the
/// same.
Spread wire_pj_per_bit_mm(const CostTables& t, double node_nm);
/// Area of logic relative to that at 45 nm.
Spread logic_area_factor(const CostTables& t, double node_nm);

/// Energy of reading or writing one byte of an SRAM macro of `macro_bytes` bytes, pJ.
Spread sram_read_pj_per_byte(const CostTables& t, double macro_bytes, double node_nm);
Spread sram_write_pj_per_byte(const CostTables& t, double macro_bytes, double node_nm);
/// Area of one byte of such a macro, um2, including periphery.  Macros under 4 KiB count as one of
/// 4 KiB.
Spread sram_um2_per_byte(const CostTables& t, double macro_bytes, double node_nm);

}  // namespace tricycle
