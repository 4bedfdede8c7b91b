// SPDX-License-Identifier: Apache-2.0
//
// Newton-Schulz iteration: `steps` times X <- X (2I - (I + A) X).
//   triangular       X = I - A. Step k makes 2^(k+1) diagonals exact, ceil(log2 C) steps make all
//                    (the last is refinement where C is a power of two). tpu-inference
//                    triangle_solver.py, newton_schulz_inverse_ref
//   scaled_identity  X = I / (2 C). Of the triangle it uses only ||I + A|| <= C. It takes about
//                    log2(2 C) steps to converge, then a few; default max(12, ceil(2 log2 C)).
//                    pto-kernels kernel_tri_inv_ns.cpp
// Products: 2 per step, each dependent on the one before, whole (Emitter::whole_product).
//
// X is stored with its diagonal, which scaled_identity does not keep at one.  The error of the
// diagonal is therefore part of Y = X - I.
//
// Roundings: two per step, W <- -((-2 I + X) + A X) and X <- X W, and Y at the end.  Where linear
// terms are products with the identity, the kernel's loop has no step of its own for Y:
//   W <- X (-(I + A));  X <- 2 X + W X, at the last step  Y <- (-I + 2 X) + W X
// The iterates have no bound: they contain everything that step k makes of the powers of the
// series.
#include "workloads/inversion/newton_schulz.h"

#include <algorithm>
#include <bit>

#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

constexpr int kMostSteps = 64;

/// ceil(log2 n)
int ceil_log2(int n) { return static_cast<int>(std::bit_width(static_cast<unsigned>(n - 1))); }

/// The start is chosen after the steps: it is the given one, or otherwise the usual one.
int usual_steps(int chunk, const ParameterValues& values) {
  return values.get(kStart) == NewtonStart::kTriangular ? ceil_log2(chunk)
                                                        : std::max(12, ceil_log2(chunk * chunk));
}

ParameterRange step_range(int, const ParameterValues&) { return {1, kMostSteps}; }

Parameter start_parameter() {
  return {.key = kStart.name,
          .symbol = "start",
          .values = "triangular | scaled_identity; default triangular",
          .meaning = "where newton_schulz begins: I - A, or I / (2 C)",
          .words = words_of(kNewtonStarts),
          .usual = first_word,
          .candidates =
              [](int, const ParameterValues&) {
                return std::vector<int>{0, 1};
              },
          .unsaid = is_first_word(kStart)};
}

/// X <- I - A, or I / (2 C).
void emit_start(Emitter& e, const Matrix& a, const Matrix& x, NewtonStart start) {
  switch (start) {
    case NewtonStart::kTriangular:
      e.epilogue(e.whole(x), {a}, e.all(), e.all(),
                 {.negate = true, .mask = Mask{.min_distance = 0}, .diagonal = -1});
      break;
    case NewtonStart::kScaledIdentity:
      e.epilogue(e.whole(x), {}, e.all(), e.all(), {.diagonal = 1.0 / (2 * e.chunk())});
      break;
  }
}

/// The kernel's loop.  Its last sum is rounded to Y, not to X.
void emit_kernel(Emitter& e, const AlgorithmParameters& p) {
  const Matrix a = e.whole_input();
  const Matrix minus = e.matrix("-T", Band{0, e.chunk()});
  const Matrix x = e.matrix("X", Band{0, e.chunk()}), w = e.matrix("W", Band{0, e.chunk()});
  e.epilogue(e.whole(minus), {a}, e.all(), e.all(),
             {.negate = true, .mask = Mask{.min_distance = 0}, .diagonal = 1});
  emit_start(e, a, x, p.get(kStart));
  const Matrix y = e.matrix("Y", Band{0, e.chunk()});
  for (int step = 1; step <= p.get(kSteps); ++step) {
    const bool last = step == p.get(kSteps);
    e.epilogue(e.whole(w), {}, e.all(), e.all(),
               {.product = e.whole_product(x, minus), .mask = Mask{.min_distance = 0}});
    e.epilogue(last ? y : e.whole(x), {x, x}, e.all(), e.all(),
               {.product = e.whole_product(w, x),
                .mask = Mask{.min_distance = 0},
                .diagonal = last ? -1.0 : 0.0});
  }
  e.store_output(y);
}

void emit_newton_schulz(Emitter& e, const AlgorithmParameters& p) {
  if (e.by_products()) {
    emit_kernel(e, p);
    return;
  }
  const Matrix a = e.whole_input();
  const Matrix x = e.matrix("X", Band{0, e.chunk()}), w = e.matrix("W", Band{0, e.chunk()});
  const Mask lower = Mask{.min_distance = 0};
  emit_start(e, a, x, p.get(kStart));
  for (int step = 0; step < p.get(kSteps); ++step) {
    e.epilogue(e.whole(w), {x}, e.all(), e.all(),
               {.product = e.whole_product(a, x), .negate = true, .mask = lower, .diagonal = -2});
    e.epilogue(e.whole(x), {}, e.all(), e.all(), {.product = e.whole_product(x, w), .mask = lower});
  }
  const Matrix y = e.matrix("Y", Band{0, e.chunk()});
  e.epilogue(y, {x}, e.all(), e.all(), {.mask = lower, .diagonal = -1});
  e.store_output(y);
}

}  // namespace

Algorithm newton_schulz() {
  return {.name = "newton_schulz",
          .summary = "Newton-Schulz iteration from I - A or I / (2 C), not masked",
          .source = "tpu-inference triangle_solver.py; pto-kernels kernel_tri_inv_ns.cpp",
          .parameters = {steps_parameter(usual_steps, step_range), start_parameter()},
          .lower = emit_newton_schulz,
          .floats_only = true};
}

}  // namespace tricycle
