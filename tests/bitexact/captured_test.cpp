// SPDX-License-Identifier: Apache-2.0
//
// The captured chunks of the trained model: inputs against golden inputs, accuracy against
// published figures.
#include <gtest/gtest.h>

#include "sim/engine/run.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inversion/neumann.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

const std::string kCaptured =
    TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm/captured_acts.safetensors";

PreparedProblem captured(std::int64_t chunk) {
  Problem problem;
  problem.name = "captured";
  problem.chunk = chunk;
  problem.input = InputKind::kCaptured;
  problem.file = kCaptured;
  return prepare(problem);
}

AccuracySummary accuracy_in(Format format, std::int64_t chunk, int order, int steps) {
  AlgorithmOptions options;
  options.set(kOrder, order);
  options.set(kSteps, steps);
  return run(reference_machine(), captured(chunk), find_algorithm("neumann_masked"), options,
             format)
      .accuracy;
}

TEST(Captured, ninety_six_chunks_of_64_come_from_six_layers_and_two_heads) {
  EXPECT_EQ(captured_chunks(kCaptured, 64).chunks.size(), 96U);
  EXPECT_EQ(captured_chunks(kCaptured, 32).chunks.size(), 192U);
}

TEST(Captured, the_chunk_matrix_is_the_golden_one_bit_for_bit) {
  const auto golden =
      read_safetensors(TRICYCLE_SOURCE_DIR "/tests/golden/inversion_subset.safetensors");
  int compared = 0;
  for (std::int64_t chunk : {16, 32, 64, 128})
    for (const ChunkMatrix& m : captured_chunks(kCaptured, chunk).chunks) {
      const auto found = golden.find("c" + std::to_string(chunk) + ".gdn_lm." + m.label + "|A");
      if (found == golden.end()) continue;
      EXPECT_EQ(to_doubles(found->second, m.label), m.a) << m.label;
      ++compared;
    }
  EXPECT_EQ(compared, 4);
}

struct Published {
  std::int64_t chunk;
  int order, steps;
  double mean_db, worst_db;
};
void PrintTo(const Published& p, std::ostream* out) {
  *out << p.chunk << " " << p.order << " " << p.steps;
}

class PublishedAccuracy : public ::testing::TestWithParam<Published> {};
TEST_P(PublishedAccuracy, of_the_masked_neumann_method_in_fp64_is_met_within_a_tenth_of_a_decibel) {
  const Published& p = GetParam();
  const AccuracySummary a = accuracy_in(Format::kFp64, p.chunk, p.order, p.steps);
  EXPECT_NEAR(a.snr_db_mean, p.mean_db, 0.1);
  EXPECT_NEAR(a.snr_db_worst, p.worst_db, 0.1);
}
INSTANTIATE_TEST_SUITE_P(
    Settings, PublishedAccuracy,
    ::testing::Values(Published{64, 3, 8, 174.96, 31.41}, Published{64, 3, 4, 83.74, 8.61},
                      Published{64, 3, 12, 231.72, 111.69}, Published{64, 3, 1, 23.40, 10.24},
                      Published{32, 4, 2, 56.04, 16.59}, Published{32, 4, 3, 87.47, 22.26}));

TEST(Captured, the_mask_rescues_the_worst_case_of_a_hard_ensemble_in_fp16) {
  Problem problem;
  problem.name = "hard";
  problem.chunk = 64;
  problem.input = InputKind::kSynthetic;
  problem.ensemble = "correlated";
  problem.decay = "weak";
  problem.matrices = 16;
  problem.seed = 1;
  const PreparedProblem prepared = prepare(problem);
  const auto worst = [&](MaskPlacement mask) {
    AlgorithmOptions options;
    options.set(kMask, mask);
    return run(reference_machine(), prepared, find_algorithm("neumann_masked"), options,
               Format::kFp16)
        .accuracy.snr_db_worst;
  };
  EXPECT_GT(worst(MaskPlacement::kFirst), 25);
  EXPECT_LT(worst(MaskPlacement::kNone), 0);
}

}  // namespace
}  // namespace tricycle
