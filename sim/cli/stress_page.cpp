// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "reports/curve_page.h"
#include "sim/cli/stress_report.h"

namespace tricycle {

std::string stress_page(const StressReport& report) {
  const StressRequest& q = *report.request;
  CurvePage page{
      .title = fmt::format("Worst error of Y against the norm of A: {}", report.hw->name),
      .text = fmt::format(
          "The largest error |Y' - Y| / |Y|, against the triangular solve in double, that was "
          "found "
          "among inputs of the rule {} in each interval of ||A||_2. Chunks of {} tokens, seed {}.",
          q.rule->name, q.cases.front().chunk(), q.seed),
      .threshold = q.threshold,
      .curves = {}};
  for (const StressResult& r : report.results) {
    ErrorCurve curve{stress_label(r), {}};
    for (const auto& [index, bin] : r.curve.bins())
      curve.points.push_back({NormCurve::edge(index), NormCurve::edge(index + 1),
                              bin.inputs > bin.not_finite ? std::optional(bin.worst) : std::nullopt,
                              bin.not_finite});
    page.curves.push_back(std::move(curve));
  }
  return to_html(page);
}

}  // namespace tricycle
