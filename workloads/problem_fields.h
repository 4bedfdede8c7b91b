// SPDX-License-Identifier: Apache-2.0
//
// The table of a problem's keys; as models/config_fields.h.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "models/config_fields.h"
#include "workloads/problem.h"

namespace tricycle {

inline constexpr std::array<std::string_view, 3> kDecayNames{"strong", "weak", "none"};

/// A problem and the ensembles it may name.
struct ProblemFields {
  Problem& problem;
  std::span<const std::string_view> ensembles;
};

/// Calls, beyond those of HwConfig:  v.path(key, string&, required, meaning), v.word(key, string&,
/// required, valid names, meaning), and v.alternative(key, enum&, enumerator, callable) for maps of
/// which a section has exactly one.
template <typename Visitor>
void visit_fields(Visitor& v, ProblemFields c) {
  Problem& p = c.problem;
  v.text("name", p.name, true, "short name, as in reports");
  v.text("description", p.description, false, "one sentence: what the problem stands for");
  v.number(
      Field{"chunk", Quantity::kCount, 8, 256, true, "tokens of a chunk, C: the order of every A"},
      p.chunk);
  v.section("input", true, [&] {
    v.alternative("captured", p.input, InputKind::kCaptured, [&] {
      v.path("file", p.file, true,
             "safetensors with k, beta, g captured from a model, relative to this file");
    });
    v.alternative("synthetic", p.input, InputKind::kSynthetic, [&] {
      v.word("ensemble", p.ensemble, true, c.ensembles, "how the matrices are drawn");
      v.word("decay", p.decay, false, kDecayNames, "forgetting between tokens");
      v.number(Field{"matrices", Quantity::kCount, 1, 1e6, true, "how many"}, p.matrices);
      v.number(Field{"seed", Quantity::kCount, 0, 9007199254740991, false, "of the random numbers"},
               p.seed);
    });
    v.alternative("matrices", p.input, InputKind::kMatrices, [&] {
      v.path("file", p.file, true,
             "safetensors whose every 2-D tensor is an A, relative to this file");
    });
  });
}

}  // namespace tricycle
