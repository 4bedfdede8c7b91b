// SPDX-License-Identifier: Apache-2.0
//
// Products chosen by the data of the chunk.  nu(M) = min(||M||_F, sqrt(||M||_1 ||M||_inf)) is no
// less than ||M||_2, and cheap.  With the residual E = I - (I + A) X of an approximation X, the
// next one, X (I + E), leaves E^2.  So an item may stop as soon as nu(E) <= tol, and may finish
// with one more product as soon as nu(E)^2 <= tol (||T - X||_F / ||T||_F <= nu(E), in exact
// arithmetic):
//
//   nu(A)^2 <= tol            Y = -A                                        no product
//   ||A||_inf <= 1            Y = -A, E = A;  E <- E E;  Y <- (Y + E) + Y E   product form
//   otherwise                 masked_newton(N), each step with its whole residual
//
// ||A||_inf <= 1 keeps every power of A within 1, so the product form cannot overflow there.  (So
// does ||A||_F <= 1, which guard=frobenius asks, having measured it already.)
// Powers of a residual lose the bound where they are rounded to 16 bits; a residual that each step
// forms anew does not.  That is why the third case is Newton's iteration, and not the series of its
// first residual.
//
// Products: 0 to 2 log2(C) - 2, by item.  Roundings: every E, every Y.  Norms are binary32.
#include "workloads/inversion/auto.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

constexpr int kUsualTolerance = 10, kFinest = 40;

Parameter tolerance_parameter() {
  return {.key = kTolerance.name,
          .symbol = "tol",
          .values = "t in [1, 40]: 2^-t; default 10",
          .meaning = "the relative error of T that auto may leave: 2^-t",
          .usual = [](int, const ParameterValues&) { return kUsualTolerance; },
          .range =
              [](int, const ParameterValues&) {
                return ParameterRange{1, kFinest};
              },
          .candidates =
              [](int, const ParameterValues&) {
                return std::vector<int>{7, kUsualTolerance, 12};
              }};
}

Parameter guard_parameter() {
  return {
      .key = kGuard.name,
      .symbol = "guard",
      .values = "bound | frobenius; default bound",
      .meaning = "the norm that auto measures: nu, or ||E||_F alone (fewer passes, later exits)",
      .words = words_of(kGuards),
      .usual = first_word,
      .candidates =
          [](int, const ParameterValues&) {
            return std::vector<int>{0, 1};
          },
      .unsaid = is_first_word(kGuard)};
}

int usual_start(int chunk, const ParameterValues&) { return std::min(3, chunk - 1); }

/// What the three cases share.
struct Guarded {
  Matrix a, y;
  double tol, root;  // the tolerance and its square root
  NormKind guard;
  std::vector<Emitter::OpenExit> done{};
};

/// Items whose E is small enough are done.
void finish_if(Emitter& e, Guarded& g, const Region& norm, double limit) {
  g.done.push_back(e.exit_if(norm, ExitWhen::kAtMost, limit));
}

void emit_product_form(Emitter& e, Guarded& g) {
  const Matrix power = e.matrix("P", Band{});
  Matrix of = g.a;
  e.epilogue(g.y, {g.a}, e.all(), e.all(), {.negate = true, .mask = Mask{.min_distance = 1}});
  for (int exact = 2; exact < e.chunk(); exact *= 2) {  // Y has the powers below it
    const Matrix next{power.buffer, Band{exact, e.chunk()}};
    e.epilogue(next, {}, e.all(), e.all(),
               {.product = e.product(of, of, e.all(), e.all(), e.all(), next.band)});
    of = next;
    const Region norm = e.norm(g.guard, of);
    finish_if(e, g, norm, g.tol);
    e.epilogue(g.y, {g.y, of}, e.all(), e.all(),
               {.product = e.product(g.y, of, e.all(), e.all(), e.all(), of.band)});
    if (2 * exact < e.chunk()) finish_if(e, g, norm, g.root);
  }
}

void emit_newton(Emitter& e, Guarded& g, int order) {
  const Matrix residual = e.matrix("R", Band{}), masked = e.matrix("E", Band{});
  // An item that stops early has nothing beyond its last sub-diagonal.
  e.epilogue({g.y.buffer, Band{order + 1, e.chunk()}}, {}, e.all(), e.all(), {});
  Matrix y = emit_neumann_start(e, e.matrix("Aw", Band{1, order}), g.y, order);
  for (int w = order + 1; w < e.chunk(); w *= 2) {
    const int last = std::min(2 * w, e.chunk()) - 1;
    const Matrix all{residual.buffer, Band{w, e.chunk()}}, wrong{masked.buffer, Band{w, last}};
    const Matrix next{y.buffer, Band{1, last}};
    const auto correct = [&](const Matrix& dst, const Matrix& by, const Mask& kept) {
      e.epilogue(dst, {y, by}, e.all(), e.all(),
                 {.product = e.product(y, by, e.all(), e.all(), e.all(), by.band), .mask = kept});
    };
    e.epilogue(all, {y, g.a}, e.all(), e.all(),
               {.product = e.product(g.a, y, e.all(), e.all(), e.all(), all.band),
                .negate = true,
                .mask = Mask{.min_distance = w}});
    const Region norm = e.norm(g.guard, all);
    finish_if(e, g, norm, g.tol);
    if (last == e.chunk() - 1) {
      correct(next, all, Mask{.min_distance = 1});
      break;
    }
    const Emitter::OpenExit goes_on = e.exit_if(norm, ExitWhen::kAbove, g.root);
    correct(g.y, all, Mask{.min_distance = 1});
    g.done.push_back(e.exit_always());
    e.land(goes_on);
    e.epilogue(wrong, {all}, e.all(), e.all(),
               {.mask = Mask{.min_distance = w, .max_distance = last}});
    correct(next, wrong, Mask{.min_distance = 1, .max_distance = last});
    y = next;
  }
}

void emit_auto(Emitter& e, const AlgorithmParameters& p) {
  const double tol = std::ldexp(1.0, -p.get(kTolerance));
  const bool by_bound = p.get(kGuard) == AutoGuard::kBound;
  Guarded g{e.input(), e.matrix("Y", Band{1, e.chunk()}), tol, std::sqrt(tol),
            by_bound ? NormKind::kBound : NormKind::kFrobenius};
  const Region norm = e.norm(g.guard, g.a);
  const Emitter::OpenExit not_small = e.exit_if(norm, ExitWhen::kAbove, g.root);
  e.epilogue(g.y, {g.a}, e.all(), e.all(), {.negate = true, .mask = Mask{.min_distance = 1}});
  g.done.push_back(e.exit_always());
  e.land(not_small);
  const Emitter::OpenExit large =
      e.exit_if(by_bound ? e.norm(NormKind::kRows, g.a) : norm, ExitWhen::kAbove, 1);
  emit_product_form(e, g);
  g.done.push_back(e.exit_always());
  e.land(large);
  emit_newton(e, g, p.get(kOrder));
  for (const Emitter::OpenExit& exit : g.done) e.land(exit);
  e.store_output(g.y);
}

}  // namespace

Algorithm auto_products() {
  return {.name = "auto",
          .summary = "stops where the norm of its residual allows, item by item",
          .source = "masked_newton, with norms of its residual (Golub and Van Loan, 2.3)",
          .parameters = {order_parameter(usual_start, "chunks"), tolerance_parameter(),
                         guard_parameter()},
          .lower = emit_auto,
          .floats_only = true};
}

}  // namespace tricycle
