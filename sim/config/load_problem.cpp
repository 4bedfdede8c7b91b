// SPDX-License-Identifier: Apache-2.0
#include "sim/config/load_problem.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "models/error.h"
#include "sim/config/field_reader.h"
#include "sim/config/layers.h"
#include "workloads/ensembles.h"
#include "workloads/problem_fields.h"

namespace tricycle {

namespace {

/// All matrices of a run are held in memory, in double.
void check_size(const Problem& problem, FieldReader& reader) {
  constexpr std::int64_t kLargestBytes = std::int64_t{1} << 32;
  const Place* place = reader.place_of("input.synthetic.matrices");
  if (!place || !reader.place_of("chunk")) return;
  const std::int64_t most = kLargestBytes / (problem.chunk * problem.chunk * 8);
  if (problem.matrices > most)
    reader.fault(*place, "input.synthetic.matrices",
                 fmt::format("expected at most {} matrices of {} x {} (4 GiB), got {}", most,
                             problem.chunk, problem.chunk, problem.matrices));
}

/// Checks what a single key does not show.
void check_layer(const Problem& problem, FieldReader& reader) {
  if (problem.kind != ProblemKind::kLayer) return;
  const LayerProblem& l = problem.layer;
  const auto fault = [&](const std::string& key, std::string what) {
    reader.fault(reader.section_place(reader.place_of(key) ? key : "layer"), key, std::move(what));
  };
  if (reader.place_of("layer.key_heads") && reader.place_of("layer.value_heads") &&
      l.value_heads % l.key_heads != 0)
    fault("layer.value_heads",
          fmt::format("expected a multiple of key_heads, {}, got {}", l.key_heads, l.value_heads));
  if ((l.intermediate == 0) == (l.experts == 0))
    fault("layer.intermediate", "expected either intermediate, of an MLP, or experts");
  if (l.experts == 0 && (l.top_k != 0 || l.expert_width != 0 || l.shared_expert_width != 0))
    fault("layer.experts", "missing, expected it with top_k, expert_width and shared_expert_width");
  if (l.experts > 0 && (l.top_k < 1 || l.top_k > l.experts || l.expert_width < 1))
    fault("layer.experts",
          fmt::format("expected top_k in [1, {}] and an expert_width with experts", l.experts));
}

}  // namespace

Problem read_problem(const YamlNode& root, std::vector<Fault>& faults) {
  Problem problem;
  const std::vector<std::string_view> ensembles = ensemble_names();
  FieldReader reader(root, faults);
  visit_fields(reader, ProblemFields{problem, ensembles});
  reader.finish();
  check_size(problem, reader);
  check_layer(problem, reader);
  return problem;
}

Problem load_problem(const std::string& path, const std::vector<std::string>& overrides) {
  std::vector<Fault> faults;
  const YamlNode root = load_layers(path, overrides, "problem.", faults);
  const auto has = [&](std::string_view key) { return root.find(key) != nullptr; };
  // One line instead of one for every key.
  if (has("systolic_array") && !has("chunk"))
    throw InputError(path + ": expected a problem, got a machine; the problem comes behind it");
  if (names_grid(root))
    throw InputError(path + ": expected a problem, got a grid; `tricycle sweep` takes it");
  if (has("machine") && has("problem"))
    throw InputError(path +
                     ": expected a problem, got a resolved run; `tricycle run` takes it alone");
  Problem problem = read_problem(root, faults);
  throw_if_any(std::move(faults));
  return problem;
}

Problem load_inversions(const std::string& path, const std::vector<std::string>& overrides) {
  Problem problem = load_problem(path, overrides);
  if (problem.kind == ProblemKind::kLayer)
    throw InputError(
        path +
        ": expected matrices to invert (input:), got a layer; use `tricycle layer HW PROBLEM`");
  return problem;
}

Problem load_layer(const std::string& path, const std::vector<std::string>& overrides) {
  Problem problem = load_problem(path, overrides);
  if (problem.kind != ProblemKind::kLayer)
    throw InputError(path +
                     ": expected a layer (layer:), got matrices to invert; use `tricycle run HW "
                     "PROBLEM`");
  return problem;
}

}  // namespace tricycle
