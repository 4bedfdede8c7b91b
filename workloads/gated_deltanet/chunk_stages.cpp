// SPDX-License-Identifier: Apache-2.0
//
// The stages whose chunks are independent: kkt, wy, o.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "models/error.h"
#include "workloads/gated_deltanet/channel_products.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/gated_deltanet/stages.h"

namespace tricycle {

namespace {

std::string of_head(const char* name, int head) { return name + std::to_string(head); }

/// G = cumsum(g) in place: log2 C additions of the row to itself, shifted (Hillis and Steele,
/// 1986).
void emit_scan(StageBuilder& b, const Region& row) {
  for (int shift = 1; shift < row.cols; shift *= 2) {
    const Region later = cols_of(row, shift, row.cols - shift);
    b.apply(VectorOp::kAdd, later, later, cols_of(row, 0, row.cols - shift));
  }
}

/// a * factors, rounded to dst; in mode.vector before.
void emit_scaled(StageBuilder& b, const Region& dst, const Region& a, const Region& factors) {
  b.apply(VectorOp::kMultiply, dst, a, factors);
}

Program lower_channel_kkt(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  StageBuilder b(hw, mode.factors, mode.vector);
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region gates = b.loaded(b.input("g0", mode.vector, s.chunk, s.key_width));
  const Region beta = b.loaded(b.input("beta0", mode.vector, s.chunk, 1));
  const Region products = b.scratch("products", mode.vector, s.chunk, s.chunk);
  const Region a = b.scratch("A", mode.a, s.chunk, s.chunk);
  emit_channel_scan(b, gates);
  emit_channel_products(b, s, mode, k, k, gates, products, 1);
  b.apply(VectorOp::kMultiply, products, products, beta);
  b.epilogue(a, {products}, std::nullopt, 1);
  b.store(b.output("G0", mode.vector, s.chunk, s.key_width), gates);
  b.store(b.output("A0", mode.a, s.chunk, s.chunk), a);
  return b.finish();
}

}  // namespace

Program lower_kkt(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  if (mode.gates_after && s.has_channel_gates())
    throw InputError(
        fmt::format("--mode {}: it applies the gates to the inverse, so they have to be one a "
                    "token; choose another mode",
                    mode.name));
  if (s.has_channel_gates()) return lower_channel_kkt(hw, s, mode);
  StageBuilder b(hw, mode.input, mode.vector);
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region products = b.product(k, k, {.transpose_b = true});
  const Region column = b.scratch("G.column", mode.vector, s.chunk, 1);
  const Region gamma = b.scratch("gamma", mode.vector, s.chunk, s.chunk);
  const Region a = b.scratch("A", mode.a, s.chunk, s.chunk);
  for (int head = 0; head < s.group; ++head) {
    const Region row = b.loaded(b.input(of_head("g", head), mode.vector, 1, s.chunk));
    const Region beta = b.loaded(b.input(of_head("beta", head), mode.vector, s.chunk, 1));
    emit_scan(b, row);
    b.apply(VectorOp::kCopy, column, row);
    if (mode.gates_after) {
      b.apply(VectorOp::kMultiply, gamma, products, beta);
    } else {
      emit_decay(b, gamma, column, row);
      b.apply(VectorOp::kMultiply, gamma, gamma, products);
      b.apply(VectorOp::kMultiply, gamma, gamma, beta);
    }
    b.epilogue(a, {gamma}, std::nullopt, 1);
    b.store(b.output(of_head("G", head), mode.vector, s.chunk, 1), column);
    b.store(b.output(of_head("A", head), mode.a, s.chunk, s.chunk), a);
  }
  return b.finish();
}

namespace {

/// dst <- (I + Y) (beta_i x_i): the operand scaled, or the columns of Y.
void emit_inverse_times(StageBuilder& b, const RoundingMode& mode, const Region& y,
                        const Region& factors, const Region& x, const Region& dst,
                        const std::string& name) {
  const Region linear =
      b.scratch(name + ".linear", mode.scale_inverse ? mode.vector : mode.scaled, x.rows, x.cols);
  emit_scaled(b, linear, x, factors);
  if (!mode.scale_inverse) {
    b.epilogue(dst, {linear}, b.product(y, linear));
    return;
  }
  const Region row = b.scratch(name + ".row", mode.vector, 1, y.cols);
  const Region scaled = b.scratch(name + ".Y", mode.inverse, y.rows, y.cols);
  b.apply(VectorOp::kCopy, row, factors);
  emit_scaled(b, scaled, y, row);
  b.epilogue(dst, {linear}, b.product(scaled, x));
}

}  // namespace

Program lower_wy(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  StageBuilder b(hw, mode.inverse, mode.vector);
  if (mode.scale_inverse && s.has_channel_gates())
    throw InputError(
        fmt::format("--mode {}: it scales columns of T by the gates, which have to be one a token; "
                    "choose another mode",
                    mode.name));
  const Region gates = b.loaded(b.input("G", mode.vector, s.chunk, s.gate_width()));
  const Region beta = b.loaded(b.input("beta", mode.vector, s.chunk, 1));
  const Region v = b.loaded(b.input("V", mode.input, s.chunk, s.value_width));
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region y = b.loaded(b.input("Y", mode.inverse, s.chunk, s.chunk));
  const Region decayed = b.scratch("beta.decayed", mode.vector, s.chunk, s.gate_width());
  if (mode.gates_after) emit_late_gates(b, decay_scratch(b, s.chunk), y, gates);
  b.apply(VectorOp::kExp, decayed, gates);
  b.apply(VectorOp::kMultiply, decayed, decayed, beta);
  const Region u = b.scratch("U.sp", mode.fresh, s.chunk, s.value_width),
               w = b.scratch("W.sp", mode.fresh, s.chunk, s.key_width);
  emit_inverse_times(b, mode, y, beta, v, u, "betaV");
  b.store(b.output("U", mode.fresh, s.chunk, s.value_width), u);
  emit_inverse_times(b, mode, y, decayed, k, w, "betaK");
  b.store(b.output("W", mode.fresh, s.chunk, s.key_width), w);
  return b.finish();
}

namespace {

/// X <- (I + A)^-1 B, block row by block row.
void emit_block_substitution(StageBuilder& b, const RoundingMode& mode, const Region& a,
                             const Region& inverses, const Region& right, const Region& x) {
  const std::int32_t size = inverses.cols;
  const Region rest = b.scratch("R", mode.scaled, size, x.cols);
  for (std::int32_t row = 0; row < x.rows; row += size) {
    Region r = rows_of(right, row, size);
    if (row > 0) {
      const Region left = cols_of(rows_of(a, row, size), 0, row);
      b.subtract(rest, r, b.product(left, rows_of(x, 0, row)));
      r = rest;
    }
    b.epilogue(rows_of(x, row, size), {r}, b.product(rows_of(inverses, row, size), r));
  }
}

}  // namespace

int solve_size(int chunk, DeltaForm form) {
  if (form != DeltaForm::kRightHandSides) return chunk;
  const int size = std::min(chunk, kSubstitutionBlock);
  if (chunk % size != 0)
    throw InputError(
        fmt::format("chunk: expected a multiple of {} for the form rhs, got {}", size, chunk));
  return size;
}

Program lower_right_hand_sides(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  if (mode.gates_after)
    throw InputError(
        fmt::format("--mode {}: form rhs reads A beside the inverses of its blocks, and both have "
                    "to have their gates; choose another form",
                    mode.name));
  StageBuilder b(hw, mode.inverse, mode.vector);
  const int size = solve_size(s.chunk, DeltaForm::kRightHandSides);
  const Region gates = b.loaded(b.input("G", mode.vector, s.chunk, s.gate_width()));
  const Region beta = b.loaded(b.input("beta", mode.vector, s.chunk, 1));
  const Region v = b.loaded(b.input("V", mode.input, s.chunk, s.value_width));
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region inverses = b.loaded(b.input("D", mode.inverse, s.chunk, size));
  Region a = b.loaded(b.input("A", mode.a, s.chunk, s.chunk));
  if (mode.a != mode.inverse) {
    const Region cast = b.scratch("A.cast", mode.inverse, s.chunk, s.chunk);
    b.apply(VectorOp::kCast, cast, a);
    a = cast;
  }
  const Region decayed = b.scratch("beta.decayed", mode.vector, s.chunk, s.gate_width());
  b.apply(VectorOp::kExp, decayed, gates);
  b.apply(VectorOp::kMultiply, decayed, decayed, beta);
  const int width = s.value_width + s.key_width;
  const Region right = b.scratch("B", mode.scaled, s.chunk, width),
               x = b.scratch("X", mode.fresh, s.chunk, width);
  emit_scaled(b, cols_of(right, 0, s.value_width), v, beta);
  emit_scaled(b, cols_of(right, s.value_width, s.key_width), k, decayed);
  emit_block_substitution(b, mode, a, inverses, right, x);
  b.store(b.output("U", mode.fresh, s.chunk, s.value_width), cols_of(x, 0, s.value_width));
  b.store(b.output("W", mode.fresh, s.chunk, s.key_width), cols_of(x, s.value_width, s.key_width));
  return b.finish();
}

namespace {

/// O of channel gates: Q K^T has them inside its sums, and e^G Q is elementwise.
Program lower_channel_output(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  StageBuilder b(hw, mode.scaled, mode.vector);
  const Region q = b.loaded(b.input("Q", mode.input, s.chunk, s.key_width));
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region gates = b.loaded(b.input("G0", mode.vector, s.chunk, s.key_width));
  const Region state = b.loaded(b.input("S0", mode.state, s.key_width, s.value_width));
  const Region fresh = b.loaded(b.input("F0", mode.fresh, s.chunk, s.value_width));
  const Region products = b.scratch("QK", mode.vector, s.chunk, s.chunk);
  const Region p = b.scratch("P", mode.scores, s.chunk, s.chunk);
  emit_channel_products(b, s, mode, q, k, gates, products, 0);
  b.epilogue(p, {products}, std::nullopt, 0);
  const Region decayed = b.scratch("Q.decayed", mode.scaled, s.chunk, s.key_width);
  b.apply(VectorOp::kExp, gates, gates);
  emit_scaled(b, decayed, q, gates);
  b.product(decayed, state);
  const Region out = b.scratch("O.sp", mode.output, s.chunk, s.value_width);
  b.epilogue(out, {}, b.product(p, fresh, {.accumulate = true}));
  b.store(b.output("O0", mode.output, s.chunk, s.value_width), out);
  return b.finish();
}

/// One value head of the output stage; `scores` holds Q K^T.
void emit_output(StageBuilder& b, const DeltaShape& s, const RoundingMode& mode, const Region& q,
                 const Region& scores, int head) {
  const Region column = b.loaded(b.input(of_head("G", head), mode.vector, s.chunk, 1));
  const Region state =
      b.loaded(b.input(of_head("S", head), mode.state, s.key_width, s.value_width));
  const Region fresh = b.loaded(b.input(of_head("F", head), mode.fresh, s.chunk, s.value_width));
  const auto scratch = [&](const char* name, Format format, int rows, int cols) {
    return b.scratch(of_head(name, head), format, rows, cols);
  };
  const Region row = scratch("G.row", mode.vector, 1, s.chunk);
  const Region gamma = scratch("gamma", mode.vector, s.chunk, s.chunk);
  const Region p = scratch("P", mode.scores, s.chunk, s.chunk);
  const Region decay = scratch("decay", mode.vector, s.chunk, 1);
  const Region out = scratch("O.sp", mode.output, s.chunk, s.value_width);
  b.apply(VectorOp::kCopy, row, column);
  emit_decay(b, gamma, column, row);
  b.apply(VectorOp::kMultiply, gamma, gamma, scores);
  b.epilogue(p, {gamma}, std::nullopt, 0);
  b.apply(VectorOp::kExp, decay, column);
  if (mode.gate_output) {
    const Region before = scratch("QS", mode.vector, s.chunk, s.value_width);
    b.apply(VectorOp::kMultiply, before, b.product(q, state), decay);
    b.epilogue(out, {before}, b.product(p, fresh));
  } else {
    const Region decayed = scratch("Q.decayed", mode.scaled, s.chunk, s.key_width);
    emit_scaled(b, decayed, q, decay);
    b.product(decayed, state);
    b.epilogue(out, {}, b.product(p, fresh, {.accumulate = true}));
  }
  b.store(b.output(of_head("O", head), mode.output, s.chunk, s.value_width), out);
}

}  // namespace

Program lower_output(const HwConfig& hw, const DeltaShape& s, const RoundingMode& mode) {
  if (s.has_channel_gates()) return lower_channel_output(hw, s, mode);
  StageBuilder b(hw, mode.input, mode.vector);
  const Region q = b.loaded(b.input("Q", mode.input, s.chunk, s.key_width));
  const Region k = b.loaded(b.input("K", mode.input, s.chunk, s.key_width));
  const Region scores = b.product(q, k, {.transpose_b = true});
  // The products that follow need accumulators of their own where heads share the scores.
  Region kept = scores;
  if (s.group > 1 && s.value_width == s.chunk) {
    kept = b.scratch("QK", mode.vector, s.chunk, s.chunk);
    b.epilogue(kept, {}, scores);
  }
  for (int head = 0; head < s.group; ++head) emit_output(b, s, mode, q, kept, head);
  return b.finish();
}

}  // namespace tricycle
