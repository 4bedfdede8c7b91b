// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/minimise.h"

#include <nlopt.h>

#include <exception>
#include <memory>

namespace tricycle {

namespace {

struct MinimiserCall {
  const PointCost& cost;
  std::int64_t left;
  nlopt_opt options;
  std::exception_ptr failure;
};

/// NLopt is C: nothing may be thrown through it.
double point_cost(unsigned count, const double* point, double* /*gradient*/, void* data) {
  auto& call = *static_cast<MinimiserCall*>(data);
  constexpr double kNone = 1e30;
  try {
    if (call.left-- > 0)
      if (const auto cost = call.cost(std::vector<double>(point, point + count))) return *cost;
  } catch (...) {
    call.failure = std::current_exception();
  }
  nlopt_force_stop(call.options);
  return kNone;
}

}  // namespace

void minimise(Minimiser how, const std::vector<double>& start, std::int64_t evaluations,
              const PointCost& cost) {
  constexpr double kFirstStep = 0.2, kLastStep = 1e-4;
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> options(
      nlopt_create(how == Minimiser::kGlobal ? NLOPT_GN_DIRECT_L : NLOPT_LN_SBPLX,
                   static_cast<unsigned>(start.size())),
      nlopt_destroy);
  MinimiserCall call{cost, evaluations, options.get(), nullptr};
  nlopt_set_min_objective(options.get(), point_cost, &call);
  nlopt_set_lower_bounds1(options.get(), 0);
  nlopt_set_upper_bounds1(options.get(), 1);
  nlopt_set_initial_step1(options.get(), kFirstStep);
  nlopt_set_xtol_abs1(options.get(), kLastStep);
  std::vector<double> point = start;
  double least = 0;
  // Its result is a status: that rounding stopped it, or the budget, is as good as any.
  nlopt_optimize(options.get(), point.data(), &least);
  if (call.failure) std::rethrow_exception(call.failure);
}

}  // namespace tricycle
