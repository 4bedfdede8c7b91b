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
#include "workloads/tokens/delta_rules.h"

namespace tricycle {

namespace {

/// All matrices of a run are held in memory, in double.
void check_size(const Problem& problem, FieldReader& reader) {
  constexpr std::int64_t kLargestBytes = std::int64_t{1} << 32;
  const std::string key = fmt::format("input.{}.matrices",
                                      problem.input == InputKind::kTokens ? "tokens" : "synthetic");
  const Place* place = reader.place_of(key);
  if (!place || !reader.place_of("chunk")) return;
  const std::int64_t most = kLargestBytes / (problem.chunk * problem.chunk * 8);
  if (problem.matrices > most)
    reader.fault(*place, key,
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
  if (!l.is_kda() && (l.gate_bound != 0 || l.gate_rank != 0 || l.output_gate_rank != 0))
    fault("layer.rule", "expected kda with gate_bound, gate_rank or output_gate_rank");
  if (l.is_kda() && l.key_heads != l.value_heads)
    fault("layer.key_heads", fmt::format("expected as many as value_heads, {}, in kda, got {}",
                                         l.value_heads, l.key_heads));
  if (l.experts > 0 && (l.top_k < 1 || l.top_k > l.experts || l.expert_width < 1))
    fault("layer.experts",
          fmt::format("expected top_k in [1, {}] and an expert_width with experts", l.experts));
}

/// Keys of tokens that would say nothing beside the others, and what is missing to them.  A dump
/// states every key, so those with their usual values are no fault.
void check_tokens(const Problem& problem, FieldReader& reader) {
  if (problem.kind != ProblemKind::kInversions || problem.input != InputKind::kTokens) return;
  const TokenProblem& t = problem.tokens;
  const TokenProblem usual;
  const auto fault = [&](std::string_view key, std::string what) {
    const std::string dotted = fmt::format("input.tokens.{}", key);
    reader.fault(reader.section_place(dotted), dotted, std::move(what));
  };
  const auto only_with = [&](std::string_view condition, bool applies, std::string_view key,
                             const auto& value, const auto& without) {
    if (!applies && value != without)
      fault(key, fmt::format("expected only with {}; leave it out", condition));
  };
  const bool captured = t.keys == "captured", collinear = t.keys == "collinear";
  only_with("collinear keys", collinear, "spread", t.spread, usual.spread);
  only_with("collinear keys", collinear, "norm", t.norm, usual.norm);
  only_with("spread 0: a norm sets the spread", t.norm == 0 || t.spread == 0, "norm", t.norm,
            usual.norm);
  only_with("captured keys", captured, "keys_file", t.keys_file, usual.keys_file);
  only_with("drawn keys", !captured, "correlation", t.correlation, usual.correlation);
  only_with("drawn keys", !captured, "vocabulary", t.vocabulary, usual.vocabulary);
  only_with("drawn keys", !captured, "activation", t.activation, usual.activation);
  only_with("drawn keys", !captured, "shift", t.shift, usual.shift);
  const bool drawn = t.gates_file.empty();
  only_with("drawn gates", drawn, "beta", t.beta, usual.beta);
  only_with("drawn gates", drawn, "beta_spread", t.beta_spread, usual.beta_spread);
  only_with("drawn gates", drawn, "beta_limit", t.beta_limit, usual.beta_limit);
  only_with("drawn gates", drawn, "gate_low", t.gate_low, usual.gate_low);
  only_with("drawn gates", drawn, "gate_high", t.gate_high, usual.gate_high);
  if (captured && t.keys_file.empty())
    fault("keys_file", "missing, expected the file of captured keys");
  if (t.beta > t.beta_limit)
    fault("beta", fmt::format("expected at most beta_limit, {}, got {}", t.beta_limit, t.beta));
  only_with("beta below beta_limit, which has no logit", t.beta < t.beta_limit, "beta_spread",
            t.beta_spread, usual.beta_spread);
  if (t.gate_low > t.gate_high)
    fault("gate_high",
          fmt::format("expected at least gate_low ({} unless it is stated), {}, got {}",
                      usual.gate_low, t.gate_low, t.gate_high));
  only_with("drawn gates", drawn, "householders", t.householders, usual.householders);
  only_with("the rule comba", t.rule == "comba", "feedback", t.feedback, usual.feedback);
  const DeltaRule& rule = find_delta_rule(t.rule);
  if (problem.gates_in != GatesIn::kMatrix &&
      (rule.has_channel_gates || rule.reads_before_decay || rule.factors != ChannelFactors::kNone))
    fault("gates_in",
          fmt::format("expected matrix: only the gates of gdn can be applied to the inverse, not "
                      "those of {}",
                      t.rule));
  if (!drawn && (rule.has_channel_gates || rule.factors != ChannelFactors::kNone))
    fault("gates_file",
          fmt::format("expected a rule with one gate and beta a token; {} has one a channel",
                      t.rule));
}

}  // namespace

Problem read_problem(const YamlNode& root, std::vector<Fault>& faults) {
  Problem problem;
  const std::vector<std::string_view> ensembles = ensemble_names(), rules = delta_rule_names();
  FieldReader reader(root, faults);
  visit_fields(reader, ProblemFields{problem, ensembles, rules});
  reader.finish();
  check_size(problem, reader);
  check_tokens(problem, reader);
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
