// SPDX-License-Identifier: Apache-2.0
//
// arXiv 2606.06034: a truncated Neumann series under a diagonal mask, then a parallel residual
// correction.
//   T0 = I + Y0 exact on the first N sub-diagonals;  E = I - (I + A) T0;
//   T = T0 (I + E + .. + E^(S-1)), T0 on the left.
// Products: N - 1 for the start, 1 for E, then horner S - 1, doubling 2 log2 S - 1, powers S - 1.
// Roundings: one per stored matrix, that is every start step, E, every iterate, every power.
#include <fmt/format.h>

#include <bit>

#include "models/error.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

Mask band_mask(int min, int max) {
  Mask mask;
  mask.min_distance = min;
  mask.max_distance = max;
  return mask;
}

Matrix with_band(Matrix m, Band band) {
  m.band = band;
  return m;
}

/// Y <- -(A o M_1);  for s = 2..N:  Y <- (-(A_w + A_w Y)) o M_s, the last step under M_w. Placement
/// `after` and `none` multiply the unmasked A, and mask the sum once or never.
/// Returns Y with its band.
Matrix emit_start(Emitter& e, const NeumannMatrices& m, Extent block,
                  const AlgorithmParameters& p) {
  const int size = block.size();
  const bool masked = p.get(kMask) == MaskPlacement::kFirst;
  const int width = p.get(kMask) == MaskPlacement::kNone ? size - 1 : p.get(kMaskWidth);
  const Matrix source = with_band(e.input(), Band{1, size - 1});
  Matrix operand = source;
  if (masked) {
    operand = with_band(m.start_operand, Band{1, width});
    e.epilogue(operand, {source}, block, block, {.mask = band_mask(1, width)});
  }
  const auto kept = [&](int step) {
    if (step == p.get(kOrder)) return width;
    return masked ? std::min(step, width) : size - 1;
  };
  Matrix y = with_band(m.start, Band{1, kept(1)});
  e.epilogue(y, {operand}, block, block, {.negate = true, .mask = band_mask(1, kept(1))});
  for (int step = 2; step <= p.get(kOrder); ++step) {
    const Matrix next = with_band(m.start, Band{1, kept(step)});
    e.epilogue(next, {operand}, block, block,
               {.product = e.product(operand, y, block, block, block, next.band),
                .negate = true,
                .mask = band_mask(1, kept(step))});
    y = next;
  }
  return y;
}

/// Y <- Y0;  repeat S - 1 times:  Y <- (Y0 + E) + Y E.
void emit_horner(Emitter& e, const NeumannMatrices& m, const Matrix& y0, const Matrix& residual,
                 Extent block, int steps) {
  const Mask lower = band_mask(1, block.size());
  const bool widen =
      !info(e.stored_format()).is_float();  // the iterate of fixed point has other fraction bits
  if (widen || steps == 1) e.epilogue(m.iterate, {y0}, block, block, {.mask = lower});
  Matrix y = widen ? m.iterate : y0;
  for (int step = 1; step < steps; ++step) {
    e.epilogue(
        m.iterate, {y0, residual}, block, block,
        {.product = e.product(y, residual, block, block, block, m.iterate.band), .mask = lower});
    y = m.iterate;
  }
}

/// for k = 1, 2, 4 .. S/2:  Y <- (Y + E_k) + Y E_k;  E_2k <- E_k E_k.
void emit_doubling(Emitter& e, const NeumannMatrices& m, const Matrix& y0, const Matrix& residual,
                   Extent block, int steps) {
  const Mask lower = band_mask(1, block.size());
  e.epilogue(m.iterate, {y0}, block, block, {.mask = lower});
  Matrix power = residual;
  for (int k = 1; k < steps; k *= 2) {
    e.epilogue(m.iterate, {m.iterate, power}, block, block,
               {.product = e.product(m.iterate, power, block, block, block, m.iterate.band),
                .mask = lower});
    if (2 * k >= steps) break;
    e.epilogue(
        m.power, {}, block, block,
        {.product = e.product(power, power, block, block, block, m.power.band), .mask = lower});
    power = m.power;
  }
}

/// P = E + E^2 + .. + E^(S-1), each power and each partial sum stored;  Y <- (Y0 + P) + Y0 P.
void emit_powers(Emitter& e, const NeumannMatrices& m, const Matrix& y0, const Matrix& residual,
                 Extent block, int steps) {
  const Mask lower = band_mask(1, block.size());
  if (steps == 1) {
    e.epilogue(m.iterate, {y0}, block, block, {.mask = lower});
    return;
  }
  e.epilogue(m.sum, {residual}, block, block, {.mask = lower});
  Matrix power = residual;
  for (int s = 2; s < steps; ++s) {
    e.epilogue(
        m.power, {}, block, block,
        {.product = e.product(power, residual, block, block, block, m.power.band), .mask = lower});
    e.epilogue(m.sum, {m.sum, m.power}, block, block, {.mask = lower});
    power = m.power;
  }
  e.epilogue(m.iterate, {y0, m.sum}, block, block,
             {.product = e.product(y0, m.sum, block, block, block, m.iterate.band), .mask = lower});
}

/// N itself, and powers of two above it; a narrower mask would throw computed diagonals away.
std::vector<int> mask_width_candidates(int chunk, const ParameterValues& chosen) {
  const int order = chosen.get_or(kOrder, 1);
  std::vector<int> values{order};
  for (int w = 4; w < inverted_size(chunk, chosen); w *= 2)
    if (w > order) values.push_back(w);
  return values;
}

Parameter mask_width_parameter() {
  return {.key = kMaskWidth.name,
          .symbol = "w",
          .values = "integer in [1, block - 1]; default N",
          .meaning = "sub-diagonals of the start that the mask keeps",
          .usual = [](int, const ParameterValues& values) { return values.get(kOrder); },
          .range =
              [](int chunk, const ParameterValues& values) {
                return range_in_block(chunk, values, inverted_size(chunk, values) - 1);
              },
          .candidates = mask_width_candidates,
          .unsaid =
              [](const ParameterValues& values) {
                return values.get(kMaskWidth) == values.get(kOrder);
              }};
}

/// Tuning tries the first only: the other placements are ablations.
Parameter mask_parameter() {
  return {.key = kMask.name,
          .symbol = "mask",
          .values = "first | after | none; default first",
          .meaning =
              "where the start is masked: A before multiplying, the unmasked sum afterwards, "
              "nowhere",
          .words = words_of(kMaskPlacements),
          .usual = first_word,
          .candidates = [](int, const ParameterValues&) { return std::vector<int>{0}; },
          .unsaid = is_first_word(kMask)};
}

void check_evaluation(int, const ParameterValues& values) {
  const auto steps = static_cast<unsigned>(values.get(kSteps));
  if (values.get(kEvaluation) == Evaluation::kDoubling && !std::has_single_bit(steps))
    throw InputError(
        fmt::format("algorithm.steps: evaluation doubling takes a power of two, got {}; use {} or "
                    "evaluation=horner",
                    steps, std::bit_ceil(steps)));
}

Parameter evaluation_parameter() {
  return {.key = kEvaluation.name,
          .symbol = "evaluation",
          .values = "horner | doubling | powers; default horner",
          .meaning = "how the residual series is summed; doubling takes a power of two of steps",
          .words = words_of(kEvaluations),
          .usual = first_word,
          .check = check_evaluation,
          // One term is one term.
          .candidates =
              [](int, const ParameterValues& chosen) {
                return chosen.get(kSteps) == 1 ? std::vector<int>{0} : std::vector<int>{0, 1, 2};
              },
          .unsaid = is_first_word(kEvaluation)};
}

ParameterRange neumann_step_range(int chunk, const ParameterValues& values) {
  return range_in_block(chunk, values, inverted_size(chunk, values));
}

void emit_neumann_masked(Emitter& e, const AlgorithmParameters& p) {
  const NeumannMatrices m = make_neumann_matrices(e, p);
  emit_neumann_masked(e, m, e.all(), p);
  e.store_output(m.iterate);
}

}  // namespace

Matrix emit_neumann_start(Emitter& e, const Matrix& operand, const Matrix& y, int order) {
  NeumannMatrices m;
  m.start_operand = operand;
  m.start = y;
  return emit_start(e, m, e.all(), ParameterValues{}.set(kOrder, order).set(kMaskWidth, order));
}

NeumannMatrices make_neumann_matrices(Emitter& e, const AlgorithmParameters& p) {
  const Band lower{1, e.chunk()};
  const int headroom = e.iterate_fraction_bits();
  NeumannMatrices m;
  if (p.get(kMask) == MaskPlacement::kFirst) m.start_operand = e.matrix("Aw", lower);
  m.start = e.matrix("Y0", lower);
  m.residual = e.matrix("E", lower);
  m.iterate = e.matrix("X", lower, headroom);
  if (p.get(kEvaluation) != Evaluation::kHorner) m.power = e.matrix("Ek", lower, headroom);
  if (p.get(kEvaluation) == Evaluation::kPowers) m.sum = e.matrix("P", lower, headroom);
  return m;
}

void emit_neumann_masked(Emitter& e, const NeumannMatrices& m, Extent block,
                         const AlgorithmParameters& p) {
  const int size = block.size();
  const Matrix y0 = emit_start(e, m, block, p);
  const bool unmasked = p.get(kMask) == MaskPlacement::kNone;
  // E = I - (I + A) T0 vanishes on the sub-diagonals that T0 has exactly.
  const int first = unmasked ? 1 : std::min(p.get(kOrder), p.get(kMaskWidth)) + 1;
  const Matrix residual = with_band(m.residual, Band{first, size - 1});
  if (p.get(kSteps) > 1) {
    const Matrix a = with_band(e.input(), Band{1, size - 1});
    e.epilogue(residual, {y0, a}, block, block,
               {.product = e.product(a, y0, block, block, block, residual.band),
                .negate = true,
                .mask = band_mask(first, size)});
  }
  switch (p.get(kEvaluation)) {
    case Evaluation::kHorner: emit_horner(e, m, y0, residual, block, p.get(kSteps)); return;
    case Evaluation::kDoubling: emit_doubling(e, m, y0, residual, block, p.get(kSteps)); return;
    case Evaluation::kPowers: emit_powers(e, m, y0, residual, block, p.get(kSteps)); return;
  }
}

std::vector<Parameter> neumann_parameters() {
  Parameter steps = steps_parameter(published_steps, neumann_step_range);
  return {order_parameter(published_order, "blocks"), steps, mask_width_parameter(),
          mask_parameter(), evaluation_parameter()};
}

Algorithm neumann_masked() {
  return {.name = "neumann_masked",
          .summary =
              "truncated Neumann series under a diagonal mask, then a parallel residual correction",
          .source = "arXiv 2606.06034",
          .parameters = neumann_parameters(),
          .lower = emit_neumann_masked,
          .compared_by_default = true};
}

}  // namespace tricycle
