// SPDX-License-Identifier: Apache-2.0
//
// Files of real gates and of a model's keys, as problems of tokens read them, and captured tensors
// whose gates are applied to the inverse.
#include "tests/fuzz/fuzz.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/late_gates.h"
#include "workloads/tokens/token_chunks.h"

using namespace tricycle;

void fuzz::read_tokens(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("tokens");
  file.write(data, size);
  Problem problem;
  problem.chunk = 4;
  problem.matrices = 2;
  problem.input = InputKind::kTokens;
  for (const GatesIn gates : {GatesIn::kMatrix, GatesIn::kFactors}) {
    problem.gates_in = gates;
    problem.tokens = {.gates_file = file.path()};
    fuzz::expect_read_or_refused([&] { token_chunks(problem); });
    problem.tokens = {.keys = "captured", .keys_file = file.path()};
    fuzz::expect_read_or_refused([&] { token_chunks(problem); });
    problem.tokens.gates_file = file.path();
    fuzz::expect_read_or_refused([&] { token_chunks(problem); });
    fuzz::expect_read_or_refused(
        [&] { captured_chunks(file.path(), 4, ChunkEntries::kBinary32, gates); });
  }
}
