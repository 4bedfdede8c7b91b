// SPDX-License-Identifier: Apache-2.0
#include "sim/tables/measure.h"

#include <fmt/format.h>

#include "sim/config/load_problem.h"
#include "sim/host/shipped_files.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/reference_machine.h"

namespace tricycle {

PreparedProblem shipped_problem(std::string_view name) {
  return prepare(load_problem(shipped(fmt::format("workloads/problems/{}.yaml", name))));
}

AccuracySummary accuracy_of(const PreparedProblem& problem, const Algorithm& algorithm,
                            const AlgorithmOptions& options, Format format) {
  const ChunkInverse inverse = algorithm_inverse(algorithm, options, format, reference_machine(),
                                                 static_cast<int>(problem.problem.chunk));
  std::vector<Accuracy> chunks;
  for (std::size_t i = 0; i < problem.chunks.size(); ++i)
    chunks.push_back(
        problem.oracles[i].compare(inverse(problem.chunks[i].a, problem.problem.chunk)));
  return summarize(chunks);
}

std::string mean_and_worst(const AccuracySummary& accuracy) {
  if (accuracy.nan_count + accuracy.inf_count > 0)
    return fmt::format("{} NaN, {} Inf", accuracy.nan_count, accuracy.inf_count);
  return fmt::format("{:.1f} / {:.1f}", accuracy.snr_db_mean, accuracy.snr_db_worst);
}

AlgorithmOptions neumann_options(int order, int steps, MaskPlacement mask) {
  AlgorithmOptions options;
  return options.set(kOrder, order).set(kSteps, steps).set(kMask, mask);
}

}  // namespace tricycle
