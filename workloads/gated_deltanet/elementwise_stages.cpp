// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/elementwise_stages.h"

#include <algorithm>
#include <string>

#include "workloads/gated_deltanet/stage_builder.h"

namespace tricycle {

namespace {

constexpr double kEpsilon = 1e-6;  // Qwen3.5: rms_norm_eps, and of the lengths of q and k

StageBuilder builder(const ElementwiseStage& s) { return {s.hw, s.storage, s.vector}; }

/// out <- 1 / sqrt(factor sum x^2 + epsilon) of every row.
Region emit_inverse_length(StageBuilder& b, const Region& x, double factor) {
  const Region squares = b.scratch("squares", b.vector(), x.rows, x.cols);
  const Region out = b.scratch("inverse_length", b.vector(), x.rows, 1);
  b.apply(VectorOp::kMultiply, squares, x, x);
  b.apply(VectorOp::kRowSum, out, squares);
  b.apply_scalar(VectorOp::kMultiplyScalar, out, out, factor);
  b.apply_scalar(VectorOp::kAddScalar, out, out, kEpsilon);
  b.apply(VectorOp::kRsqrt, out, out);
  return out;
}

/// dst <- x / (1 + e^-x); dst is not x.
void emit_silu(StageBuilder& b, const Region& dst, const Region& x) {
  const Region e = b.scratch("e^-x", b.vector(), x.rows, x.cols);
  b.apply_scalar(VectorOp::kMultiplyScalar, e, x, -1);
  b.apply(VectorOp::kExp, e, e);
  b.apply_scalar(VectorOp::kAddScalar, e, e, 1);
  b.apply(VectorOp::kDivide, dst, x, e);
}

/// dst <- log(1 + e^x); an exponential takes the time of the logarithm, and its place.
void emit_softplus(StageBuilder& b, const Region& dst, const Region& x) {
  b.apply(VectorOp::kExp, dst, x);
  b.apply_scalar(VectorOp::kAddScalar, dst, dst, 1);
  b.apply(VectorOp::kExp, dst, dst);
}

}  // namespace

int rows_that_fit(const HwConfig& hw, std::int64_t bytes_per_row, int most) {
  const std::int64_t share = hw.scratchpad.size_bytes / hw.sequencer.in_flight;
  return static_cast<int>(std::clamp<std::int64_t>(share / bytes_per_row, 1, most));
}

Program lower_rms_norm(const ElementwiseStage& s, int rows, int width, bool residual) {
  StageBuilder b = builder(s);
  const Region x = b.loaded(b.input("x", s.storage, rows, width));
  const Region weight = b.loaded(b.input("weight", s.vector, 1, width));
  if (residual) {
    const Region d = b.loaded(b.input("d", s.storage, rows, width));
    b.apply(VectorOp::kAdd, x, x, d);
    b.store(b.output("sum", s.storage, rows, width), x);
  }
  const Region inverse = emit_inverse_length(b, x, 1.0 / width);
  const Region scaled = b.scratch("scaled", s.vector, rows, width);
  const Region y = b.scratch("y.sp", s.storage, rows, width);
  b.apply(VectorOp::kMultiply, scaled, x, inverse);
  b.apply(VectorOp::kMultiply, y, scaled, weight);
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

Program lower_l2_norm(const ElementwiseStage& s, int rows, int width) {
  StageBuilder b = builder(s);
  const Region x = b.loaded(b.input("x", s.storage, rows, width));
  const Region y = b.scratch("y.sp", s.storage, rows, width);
  b.apply(VectorOp::kMultiply, y, x, emit_inverse_length(b, x, 1));
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

Program lower_convolution(const ElementwiseStage& s, int rows, int width, int kernel) {
  StageBuilder b = builder(s);
  const Region x = b.loaded(b.input("x", s.storage, rows + kernel - 1, width));
  const Region weights = b.loaded(b.input("weights", s.vector, kernel, width));
  const Region sum = b.scratch("sum", s.vector, rows, width),
               tap = b.scratch("tap", s.vector, rows, width),
               y = b.scratch("y.sp", s.storage, rows, width);
  for (int t = 0; t < kernel; ++t) {
    const Region target = t == 0 ? sum : tap;
    b.apply(VectorOp::kMultiply, target, rows_of(x, t, rows), rows_of(weights, t, 1));
    if (t > 0) b.apply(VectorOp::kAdd, sum, sum, tap);
  }
  emit_silu(b, y, sum);
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

Program lower_gates(const ElementwiseStage& s, int rows, int heads) {
  StageBuilder b = builder(s);
  const auto scratch = [&](const char* name) { return b.scratch(name, s.vector, rows, heads); };
  const Region a = b.loaded(b.input("a", s.storage, rows, heads)),
               raw = b.loaded(b.input("b", s.storage, rows, heads)),
               bias = b.loaded(b.input("dt_bias", s.vector, 1, heads)),
               a_log = b.loaded(b.input("A_log", s.vector, 1, heads));
  const Region one = scratch("one"), beta = scratch("beta.sp"), x = scratch("x"),
               g = scratch("g.sp");
  b.apply_scalar(VectorOp::kMultiplyScalar, one, raw, -1);
  b.apply(VectorOp::kExp, one, one);
  b.apply_scalar(VectorOp::kAddScalar, beta, one, 1);
  b.apply_scalar(VectorOp::kMultiplyScalar, one, one, 0);
  b.apply_scalar(VectorOp::kAddScalar, one, one, 1);
  b.apply(VectorOp::kDivide, beta, one, beta);
  b.apply(VectorOp::kAdd, x, a, bias);
  emit_softplus(b, g, x);
  b.apply(VectorOp::kExp, a_log, a_log);
  b.apply_scalar(VectorOp::kMultiplyScalar, a_log, a_log, -1);
  b.apply(VectorOp::kMultiply, g, g, a_log);
  b.store(b.output("beta", s.vector, rows, heads), beta);
  b.store(b.output("g", s.vector, rows, heads), g);
  return b.finish();
}

namespace {

/// dst <- 1 / (1 + e^-x); dst is not x, which is overwritten.
void emit_sigmoid(StageBuilder& b, const Region& dst, const Region& x) {
  b.apply_scalar(VectorOp::kMultiplyScalar, x, x, -1);
  b.apply(VectorOp::kExp, x, x);
  b.apply_scalar(VectorOp::kAddScalar, dst, x, 1);
  b.apply_scalar(VectorOp::kMultiplyScalar, x, x, 0);
  b.apply_scalar(VectorOp::kAddScalar, x, x, 1);
  b.apply(VectorOp::kDivide, dst, x, dst);
}

}  // namespace

Program lower_channel_gates(const ElementwiseStage& s, int rows, int width, double bound) {
  StageBuilder b = builder(s);
  const Region f = b.loaded(b.input("f", s.storage, rows, width)),
               bias = b.loaded(b.input("dt_bias", s.vector, 1, width)),
               a_log = b.loaded(b.input("A_log", s.vector, 1, width));
  const Region x = b.scratch("x", s.vector, rows, width),
               g = b.scratch("g.sp", s.vector, rows, width);
  b.apply(VectorOp::kExp, a_log, a_log);
  b.apply(VectorOp::kAdd, x, f, bias);
  if (bound == 0) {
    emit_softplus(b, g, x);
    b.apply_scalar(VectorOp::kMultiplyScalar, a_log, a_log, -1);
    b.apply(VectorOp::kMultiply, g, g, a_log);
  } else {
    b.apply(VectorOp::kMultiply, x, x, a_log);
    emit_sigmoid(b, g, x);
    b.apply_scalar(VectorOp::kMultiplyScalar, g, g, bound);
  }
  b.store(b.output("g", s.vector, rows, width), g);
  return b.finish();
}

Program lower_beta(const ElementwiseStage& s, int rows, int heads) {
  StageBuilder b = builder(s);
  const Region raw = b.loaded(b.input("b", s.storage, rows, heads));
  const Region x = b.scratch("x", s.vector, rows, heads),
               beta = b.scratch("beta.sp", s.vector, rows, heads);
  b.apply(s.storage == s.vector ? VectorOp::kCopy : VectorOp::kCast, x, raw);
  emit_sigmoid(b, beta, x);
  b.store(b.output("beta", s.vector, rows, heads), beta);
  return b.finish();
}

Program lower_gated_norm(const ElementwiseStage& s, int rows, int width) {
  StageBuilder b = builder(s);
  const Region x = b.loaded(b.input("x", s.storage, rows, width)),
               z = b.loaded(b.input("z", s.storage, rows, width)),
               weight = b.loaded(b.input("weight", s.vector, 1, width));
  const Region inverse = emit_inverse_length(b, x, 1.0 / width);
  const Region scaled = b.scratch("scaled", s.vector, rows, width),
               gate = b.scratch("gate", s.vector, rows, width),
               y = b.scratch("y.sp", s.storage, rows, width);
  b.apply(VectorOp::kMultiply, scaled, x, inverse);
  b.apply(VectorOp::kMultiply, scaled, scaled, weight);
  emit_silu(b, gate, z);
  b.apply(VectorOp::kMultiply, y, scaled, gate);
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

Program lower_swiglu(const ElementwiseStage& s, int rows, int width) {
  StageBuilder b = builder(s);
  const Region gate = b.loaded(b.input("gate", s.storage, rows, width)),
               up = b.loaded(b.input("up", s.storage, rows, width));
  const Region open = b.scratch("open", s.vector, rows, width),
               y = b.scratch("y.sp", s.storage, rows, width);
  emit_silu(b, open, gate);
  b.apply(VectorOp::kMultiply, y, open, up);
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

Program lower_weighted_sum(const ElementwiseStage& s, int rows, int width, int count) {
  StageBuilder b = builder(s);
  const Region sum = b.scratch("sum", s.vector, rows, width),
               scaled = b.scratch("scaled", s.vector, rows, width),
               y = b.scratch("y.sp", s.storage, rows, width);
  const Region x = b.scratch("x", s.storage, rows, width);
  for (int i = 0; i < count; ++i) {
    b.load(x, b.input("x" + std::to_string(i), s.storage, rows, width));
    const Region p = b.loaded(b.input("p" + std::to_string(i), s.vector, rows, 1));
    b.apply(VectorOp::kMultiply, i == 0 ? sum : scaled, x, p);
    if (i > 0) b.apply(VectorOp::kAdd, sum, sum, scaled);
  }
  b.apply(s.storage == s.vector ? VectorOp::kCopy : VectorOp::kCast, y, sum);
  b.store(b.output("y", s.storage, rows, width), y);
  return b.finish();
}

}  // namespace tricycle
