// SPDX-License-Identifier: Apache-2.0
#include "models/cost/unit_costs.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

namespace {

/// Evaluates each of the three figures of a spread on its own curve: curve(&Spread::low) etc.
/// Curves that are extrapolated far beyond what is published may cross.  There the nominal figure
/// is the limit.
template <typename Curve>
Spread each(Curve curve) {
  const double nominal = curve(&Spread::nominal);
  return {std::min(curve(&Spread::low), nominal), nominal, std::max(curve(&Spread::high), nominal)};
}

/// The published points of a table, one per row.
template <typename Points, typename Values>
Spread at_point(const Points& points, const Values& values, double Points::value_type::*x_of,
                double x) {
  return each([&](double Spread::*end) {
    std::array<LogPoint, std::tuple_size_v<Points>> curve;
    for (std::size_t i = 0; i < curve.size(); ++i) curve[i] = {points[i].*x_of, values[i].*end};
    return log_interpolated(curve, std::clamp(x, curve.front().x, curve.back().x));
  });
}

/// Factor of energies below 7 nm relative to those at 7 nm; 1 at 7 nm itself.
template <typename Values>
Spread below_7nm(const Values& values, double node_nm) {
  return each([&](double Spread::*end) {
    std::array<LogPoint, kNodesBelow7.size() + 1> curve;
    for (std::size_t i = 0; i < kNodesBelow7.size(); ++i)
      curve[i] = {kNodesBelow7[i].node_nm, values[i].*end};
    curve.back() = {kNewNode, 1};
    return log_interpolated(curve, node_nm);
  });
}

/// An energy at a node between 45 and 7 nm.
Spread between(const NodeEnergy& e, double node_nm) {
  return each([&](double Spread::*end) {
    const std::array<LogPoint, 2> curve{{{kNewNode, e.at_7nm.*end}, {kOldNode, e.at_45nm.*end}}};
    return log_interpolated(curve, node_nm);
  });
}

/// The published format of the same kind with the nearest significand, by ratio.  Of two equally
/// near formats, the shorter.
std::size_t nearest(const NumberType& n) {
  const auto distance = [&](std::size_t i) {
    return std::abs(
        std::log2(static_cast<double>(n.significand_bits) / kPublishedNumbers[i].significand_bits));
  };
  std::size_t best = kPublishedNumbers.size();
  for (std::size_t i = 0; i < kPublishedNumbers.size(); ++i)
    if (kPublishedNumbers[i].is_float == n.is_float &&
        (best == kPublishedNumbers.size() || distance(i) < distance(best)))
      best = i;
  return best;
}

/// The significand relative to that of the published format at `row`.
double ratio(const NumberType& n, std::size_t row) {
  return static_cast<double>(n.significand_bits) / kPublishedNumbers[row].significand_bits;
}

}  // namespace

NumberType number_type(Format format) {
  const FormatInfo& f = info(format);
  return {f.is_float(), f.bits, f.is_float() ? f.mantissa_bits + 1 : f.bits};
}

NumberType sum_type(Format operand, int bytes) {
  const int bits = 8 * bytes;
  if (!info(operand).is_float()) return {false, bits, bits};
  // IEEE 754: binary16, binary32, binary64.
  return {true, bits, bits <= 16 ? 11 : bits <= 32 ? 24 : 53};
}

double log_interpolated(std::span<const LogPoint> points, double x) {
  for (const LogPoint& p : points)
    if (p.x == x || points.size() == 1) return p.y;  // to the bit what is published
  std::size_t i = 1;
  while (i + 1 < points.size() && points[i].x < x) ++i;
  const LogPoint a = points[i - 1], b = points[i];
  if (a.y <= 0 || b.y <= 0) return std::max(0.0, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x));
  return a.y * std::pow(x / a.x, std::log(b.y / a.y) / std::log(b.x / a.x));
}

Spread logic_pj(const CostTables& t, const NodeEnergy& energy, double node_nm) {
  if (node_nm >= kNewNode) return between(energy, node_nm);
  return energy.at_7nm * below_7nm(t.logic_energy_below_7nm, node_nm);
}

Spread wire_pj_per_bit_mm(const CostTables& t, double node_nm) {
  return between(t.wire_pj_per_bit_mm, std::max(node_nm, kNewNode));
}

Spread multiply_pj(const CostTables& t, const NumberType& n, double node_nm) {
  const std::size_t row = nearest(n);
  return logic_pj(t, t.multiply[row].energy_pj, node_nm) * (ratio(n, row) * ratio(n, row));
}

Spread add_pj(const CostTables& t, const NumberType& n, double node_nm) {
  const std::size_t row = nearest(n);
  return logic_pj(t, t.add[row].energy_pj, node_nm) * ratio(n, row);
}

Spread logic_area_factor(const CostTables& t, double node_nm) {
  return at_point(kAreaNodes, t.logic_area, &NodePoint::node_nm, node_nm);
}

Spread multiply_um2(const CostTables& t, const NumberType& n, double node_nm) {
  const std::size_t row = nearest(n);
  return t.multiply[row].area_45nm_um2 * logic_area_factor(t, node_nm) *
         (ratio(n, row) * ratio(n, row));
}

Spread add_um2(const CostTables& t, const NumberType& n, double node_nm) {
  const std::size_t row = nearest(n);
  return t.add[row].area_45nm_um2 * logic_area_factor(t, node_nm) * ratio(n, row);
}

Spread sram_read_pj_per_byte(const CostTables& t, double macro_bytes, double node_nm) {
  std::array<Spread, kSramSizes.size()> at_node;
  for (std::size_t i = 0; i < at_node.size(); ++i)
    at_node[i] = between(t.sram_read_pj_per_byte[i], std::max(node_nm, kNewNode));
  Spread pj = each([&](double Spread::*end) {
    std::array<LogPoint, kSramSizes.size()> curve;
    for (std::size_t i = 0; i < curve.size(); ++i)
      curve[i] = {kSramSizes[i].bytes, at_node[i].*end};
    return log_interpolated(curve, macro_bytes);
  });
  return node_nm >= kNewNode ? pj : pj * below_7nm(t.sram_energy_below_7nm, node_nm);
}

Spread sram_write_pj_per_byte(const CostTables& t, double macro_bytes, double node_nm) {
  return sram_read_pj_per_byte(t, macro_bytes, node_nm) * t.sram_write;
}

Spread sram_um2_per_byte(const CostTables& t, double macro_bytes, double node_nm) {
  constexpr double kBits = 8;
  return at_point(kBitcellNodes, t.bitcell_um2, &NodePoint::node_nm, node_nm) *
         at_point(kOverheadSizes, t.sram_overhead, &SizePoint::bytes, macro_bytes) * kBits;
}

}  // namespace tricycle
