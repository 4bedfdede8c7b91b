// SPDX-License-Identifier: Apache-2.0
//
// Every algorithm whose bits no golden file has, against plain loops over whole matrices written
// from its formulas: the interpreted program must store the same bits.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "models/semantics/execute.h"
#include "tests/bitexact/plain_arithmetic.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Keep;
using testing::Plain;
using Arithmetic = testing::PlainArithmetic;
using Parameters = AlgorithmParameters;

Keep distance(int min, int max = 1 << 20) {
  return [=](int i, int j) { return i - j >= min && i - j <= max; };
}
Keep block_distance(int b, int min, int max = 1 << 20) {
  return [=](int i, int j) { return i / b - j / b >= min && i / b - j / b <= max; };
}
Keep both(const Keep& x, const Keep& y) {
  return [=](int i, int j) { return x(i, j) && y(i, j); };
}
const Keep kLower = distance(1);

/// Where `keep` the old, elsewhere +0.
Plain kept(Plain m, const Keep& keep) {
  for (int i = 0; i < m.size; ++i)
    for (int j = 0; j < m.size; ++j)
      if (!keep(i, j)) m.at(i, j) = 0;
  return m;
}
void overwrite(Plain& m, const Plain& with, const Keep& where) {
  for (int i = 0; i < m.size; ++i)
    for (int j = 0; j < m.size; ++j)
      if (where(i, j)) m.at(i, j) = with.at(i, j);
}
int ceil_log2(int n) {
  int log = 0;
  while ((1 << log) < n) ++log;
  return log;
}

Plain masked_newton(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Plain band = kept(a, distance(1, p.order));
  Plain y = ar.store({&band}, {}, true, distance(1, 1));
  for (int s = 2; s <= p.order; ++s)
    y = ar.store({&band}, ar.product(band, y), true, distance(1, s));
  for (int w = p.order + 1; w < a.size; w *= 2) {
    const Plain e = ar.store({&y, &a}, ar.product(a, y), true, distance(w, 2 * w - 1));
    y = ar.store({&y, &e}, ar.product(y, e), false, distance(1, 2 * w - 1));
  }
  return y;
}

/// Lower-left blocks of pairs of b-blocks, b = first .. last / 2.
Plain merged(const Arithmetic& ar, const Plain& a, Plain y, int first, int last) {
  for (int b = first; b < std::min(last, a.size); b *= 2) {
    const Keep off = both(block_distance(2 * b, 0, 0), block_distance(b, 1, 1));
    const Plain m = ar.store({&a}, ar.product(kept(a, off), y), false, off);
    Plain corner = ar.store({&m}, ar.product(y, m), true, off);
    for (double& v : corner.values) v += 0.0;  // added to a zero: -0 becomes +0
    overwrite(y, corner, off);
  }
  return y;
}

Plain block_horner(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Plain yb = merged(ar, a, ar.zeros(a.size), 1, p.block);
  const Plain e = ar.store({&yb, &a}, ar.product(a, yb), true, block_distance(p.block, 1));
  Plain y = yb;
  for (int s = 1; s * p.block < a.size; ++s)
    y = ar.store({&yb, &e}, ar.product(y, e), false, both(block_distance(p.block, -s, s), kLower));
  return y;
}

Plain column_sweep(const Arithmetic& ar, const Plain& a, const Parameters&) {
  Plain x = ar.zeros(a.size);  // column j begins as the unit vector
  for (int j = 0; j < a.size; ++j)
    for (int k = j; k < a.size; ++k)
      for (int i = k + 1; i < a.size; ++i) {
        if (k == j) {
          x.at(i, j) = ar.round(0 - a.at(i, k), ar.fraction(), ar.fraction());
          continue;
        }
        const double known = -x.at(k, j);
        const double old = std::ldexp(x.at(i, j), ar.fraction());
        x.at(i, j) =
            ar.round(ar.multiply_add(a.at(i, k), known, old), 2 * ar.fraction(), ar.fraction());
      }
  return x;
}

/// y_i <- -(l_i + sum_j a_ij y_j) over the rows of the block above row i.
void substitute_row(const Arithmetic& ar, const Plain& a, const Plain& linear, Plain& y, int begin,
                    int i) {
  for (int c = 0; c < i; ++c) {
    const double l = std::ldexp(linear.at(i, c), ar.fraction());
    double sum = ar.is_float() ? 0 : l;
    for (int j = begin; j < i; ++j) sum = ar.multiply_add(a.at(i, j), y.at(j, c), sum);
    y.at(i, c) =
        ar.round(-(ar.is_float() ? ar.add(l, sum) : sum), 2 * ar.fraction(), ar.fraction());
  }
}

Plain blocked_substitution(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  const Plain inside = kept(a, block_distance(p.block, 0, 0));
  for (int i = 0; i < a.size; ++i) substitute_row(ar, inside, inside, y, i - i % p.block, i);
  // In front of the block there is nothing yet: -(0 + 0).
  y = kept(y, block_distance(p.block, 0, 0));
  return merged(ar, a, y, p.block, a.size);
}

Plain block_elimination(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += p.block) {
    const Plain sum = ar.product(kept(a, [&](int, int j) { return j < begin; }), y);
    const Plain m = ar.store({&a}, sum, false, block_distance(p.block, 1));
    Plain linear = a;
    overwrite(linear, m, block_distance(p.block, 1));
    for (int i = begin; i < std::min(begin + p.block, a.size); ++i)
      substitute_row(ar, a, linear, y, begin, i);
  }
  return y;
}

Plain product_form(const Arithmetic& ar, Plain p, int squarings) {
  Plain y = ar.store({&p}, {}, true, kLower);
  for (int s = 0; s < squarings; ++s) {
    p = ar.store({}, ar.product(p, p), false, kLower);
    y = ar.store({&y, &p}, ar.product(y, p), false, kLower);
  }
  return y;
}

Plain neumann_product(const Arithmetic& ar, const Plain& a, const Parameters& parameters) {
  const int steps = ceil_log2(a.size);
  if (parameters.loop == ProductLoop::kPlain) return product_form(ar, a, steps - 1);
  Plain p = ar.store({&a}, {}, true, kLower), y = ar.zeros(a.size), identity = ar.zeros(a.size);
  for (int i = 0; i < a.size; ++i) identity.at(i, i) = 1;
  for (int s = 0; s < steps; ++s) {
    if (parameters.loop == ProductLoop::kTileOps) {
      y = ar.store({&y, &p}, ar.product(p, y), false, kLower);
    } else {
      const Plain copied = ar.product(y, identity);
      y = ar.store({&p}, ar.product(y, p, &copied), false, kLower);
    }
    p = ar.store({}, ar.product(p, p), false, kLower);
  }
  return y;
}

Plain neumann_truncated(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const int fraction = ar.is_float() ? 0 : ar.iterate_fraction();
  Plain y = ar.store({&a}, {}, true, kLower, fraction);
  for (int s = 2; s <= p.order; ++s) y = ar.store({&a}, ar.product(a, y), true, kLower, fraction);
  return y;
}

Plain newton_schulz(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Keep lower = distance(0);
  Plain x = ar.zeros(a.size), two = ar.zeros(a.size);
  for (int i = 0; i < a.size; ++i) {
    x.at(i, i) = p.start == NewtonStart::kTriangular ? 1 : 1.0 / (2 * a.size);
    two.at(i, i) = -2;
  }
  if (p.start == NewtonStart::kTriangular)
    overwrite(x, ar.store({&a}, {}, true, kLower), kLower);
  else
    x = ar.load(a.size, x.values);
  for (int s = 0; s < p.steps; ++s) {
    const Plain w = ar.store({&two, &x}, ar.product(a, x), true, lower);
    x = ar.store({}, ar.product(x, w), false, lower);
  }
  for (int i = 0; i < a.size; ++i) x.at(i, i) = ar.round(ar.add(x.at(i, i), -1), 0, 0);
  return x;
}

Plain diagonal_split(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Keep inside = block_distance(p.block, 0, 0), below = block_distance(p.block, 1);
  const Plain d = kept(a, inside), n = kept(a, below);
  const Plain yd = product_form(ar, d, ceil_log2(p.block) - 1);
  if (p.block >= a.size) return yd;
  const Plain b = ar.store({&n}, ar.product(yd, n), false, below);
  const Plain z = kept(product_form(ar, b, ceil_log2((a.size - 1) / p.block + 1) - 1), below);
  return ar.store({&z, &yd}, ar.product(z, yd), false, kLower);
}

const std::map<std::string_view, Plain (*)(const Arithmetic&, const Plain&, const Parameters&)>
    kPlainLoops{
        {"masked_newton", masked_newton},         {"block_horner", block_horner},
        {"column_sweep", column_sweep},           {"blocked_substitution", blocked_substitution},
        {"block_elimination", block_elimination}, {"neumann_product", neumann_product},
        {"neumann_truncated", neumann_truncated}, {"newton_schulz", newton_schulz},
        {"diagonal_split", diagonal_split}};

std::vector<double> chunk_of(std::string_view ensemble, int size) {
  Problem problem;
  problem.chunk = size;
  problem.ensemble = ensemble;
  problem.matrices = 1;
  return synthetic_chunks(problem).front().a;
}

/// The settings of an algorithm that take paths of their own.
std::vector<AlgorithmOptions> settings_of(std::string_view algorithm) {
  std::vector<AlgorithmOptions> all(1);
  const auto another = [&] { return all.emplace_back(), &all.back(); };
  if (algorithm == "neumann_product")
    for (const auto& [name, loop] : kProductLoops) another()->loop = loop;
  if (algorithm == "newton_schulz") another()->start = NewtonStart::kScaledIdentity;
  if (algorithm == "masked_newton" || algorithm == "neumann_truncated") another()->order = 5;
  if (algorithm == "block_horner" || algorithm == "blocked_substitution" ||
      algorithm == "block_elimination" || algorithm == "diagonal_split")
    another()->block = 4;
  return all;
}

class PlainInversions : public ::testing::TestWithParam<int> {};

TEST_P(PlainInversions, store_the_bits_of_the_interpreted_program_in_every_format_and_cut) {
  const HwConfig hw = reference_machine();
  const int size = GetParam();
  // all_ones: powers overflow fp16 from 32 on, so NaN and Inf must be the same ones.
  for (std::string_view ensemble : {"correlated", "all_ones"}) {
    const std::vector<double> values = chunk_of(ensemble, size);
    for (const auto& [name, plain] : kPlainLoops)
      for (const AlgorithmOptions& options : settings_of(name))
        for (const FormatInfo& format : kFormats) {
          const Algorithm& row = find_algorithm(name);
          if (!row.takes(format.id)) continue;
          const Parameters parameters = resolve_parameters(row, size, options);
          const Arithmetic ar(format.id);
          const std::vector<std::uint8_t> expected =
              ar.bits(plain(ar, ar.load(size, values), parameters));
          for (int edge : tile_edges(hw, format.id, size)) {
            const Program p = lower(row, parameters, size, format.id, hw, {.tile = edge});
            MachineState state = make_state(p);
            write_input(p, p.inputs[0], values, state);
            interpret(p, hw, state);
            ASSERT_EQ(read_bits(p, p.output, state), expected)
                << name << " " << to_text(row, parameters) << " " << format.name << " " << ensemble
                << " cut into " << edge;
          }
        }
  }
}
INSTANTIATE_TEST_SUITE_P(Chunks, PlainInversions, ::testing::Values(8, 13, 16, 31, 64));

}  // namespace
}  // namespace tricycle
