// SPDX-License-Identifier: Apache-2.0
//
// How accurate the algorithms are in every format: orders of magnitude that independent
// implementations found, on mild and on hard ensembles.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/semantics/execute.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/inversion/neumann.h"
#include "workloads/oracle.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

struct Ensemble {
  const char *name, *decay;
};

AccuracySummary accuracy(std::string_view algorithm, Format format,
                         const std::vector<Ensemble>& ensembles, std::int64_t chunk = 64,
                         const AlgorithmOptions& options = {}) {
  static const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm(algorithm);
  const int size = static_cast<int>(chunk);
  const Program p = lower(row, resolve_parameters(row, size, options), size, format, hw);
  std::vector<Accuracy> chunks;
  for (const Ensemble& e : ensembles) {
    Problem problem;
    problem.chunk = chunk;
    problem.ensemble = e.name;
    problem.decay = e.decay;
    problem.matrices = 6;
    problem.seed = 1;
    for (const ChunkMatrix& m : synthetic_chunks(problem)) {
      MachineState state = make_state(p);
      write_input(p, p.inputs[0], m.a, state);
      interpret(p, hw, state);
      chunks.push_back(Oracle(m).compare(read_real(p, p.output, state)));
    }
  }
  return summarize(chunks);
}

const std::vector<Ensemble> kTypical{{"iid", "strong"},      {"iid", "weak"},
                                     {"iid", "none"},        {"correlated", "strong"},
                                     {"correlated", "weak"}, {"correlated", "none"}};
const std::vector<Ensemble> kHard{
    {"identical_keys", "none"}, {"loop4", "none"}, {"all_ones", "none"}};

/// Equal to within a factor of three: ensembles differ, arithmetic does not.
void expect_order_of_magnitude(double found, double expected) {
  EXPECT_LT(found, 3 * expected);
  EXPECT_GT(found, expected / 3);
}

/// Relative Frobenius error of T at C = 64.
struct ErrorRow {
  Format format;
  double typical_mean, typical_max, hard_max;
};
void PrintTo(const ErrorRow& row, std::ostream* out) { *out << name(row.format); }

class ExactAlgorithmError : public ::testing::TestWithParam<ErrorRow> {};
TEST_P(ExactAlgorithmError, is_that_of_the_storage_format_on_mild_and_hard_ensembles) {
  const ErrorRow& row = GetParam();
  for (std::string_view algorithm : {"forward_substitution", "block_doubling", "masked_newton",
                                     "block_horner", "blocked_substitution", "block_elimination"}) {
    const AccuracySummary typical = accuracy(algorithm, row.format, kTypical);
    expect_order_of_magnitude(typical.rel_error_mean, row.typical_mean);
    expect_order_of_magnitude(typical.rel_error_max, row.typical_max);
    expect_order_of_magnitude(accuracy(algorithm, row.format, kHard).rel_error_max, row.hard_max);
  }
}
INSTANTIATE_TEST_SUITE_P(Formats, ExactAlgorithmError,
                         ::testing::Values(ErrorRow{Format::kFp16, 3e-4, 1e-3, 2e-4},
                                           ErrorRow{Format::kBf16, 3e-3, 8e-3, 2e-3},
                                           ErrorRow{Format::kInt16, 5e-5, 7e-5, 7e-5},
                                           ErrorRow{Format::kInt8, 1e-2, 2e-2, 2e-2}),
                         [](const auto& param) { return std::string(name(param.param.format)); });

TEST(MaskedNeumannError, is_that_of_the_storage_format_on_independent_keys) {
  const std::vector<Ensemble> iid{{"iid", "strong"}, {"iid", "weak"}, {"iid", "none"}};
  for (Format format : {Format::kFp16, Format::kBf16, Format::kInt8}) {
    const double exact = accuracy("forward_substitution", format, iid).rel_error_mean;
    expect_order_of_magnitude(accuracy("neumann_masked", format, iid).rel_error_mean, exact);
  }
  // int16: 2 bits of the iterate are headroom, the step is four times as large.
  EXPECT_LT(accuracy("neumann_masked", Format::kInt16, iid).rel_error_mean,
            6 * accuracy("forward_substitution", Format::kInt16, iid).rel_error_mean);
}

TEST(MaskedNeumannError, is_a_tenth_in_every_format_where_keys_are_alike) {
  const std::vector<Ensemble> alike{{"identical_keys", "none"}, {"correlated", "none"}};
  for (Format format :
       {Format::kFp64, Format::kFp32, Format::kFp16, Format::kBf16, Format::kInt16, Format::kInt8})
    expect_order_of_magnitude(accuracy("neumann_masked", format, alike).rel_error_max, 1e-1);
}

TEST(MaskedNeumannError, is_30_dB_on_identical_keys_of_beta_one_quarter) {
  for (Format format : {Format::kFp64, Format::kFp32, Format::kFp16, Format::kBf16, Format::kInt16})
    EXPECT_NEAR(accuracy("neumann_masked", format, {{"identical_keys", "none"}}).snr_db_worst, 30,
                1)
        << name(format);
}

TEST(MaskedNeumannError, diverges_on_loops_of_four_tokens_where_exact_algorithms_do_not) {
  const std::vector<Ensemble> loops{{"loop4", "none"}};
  for (const FormatInfo& format : kFormats) {
    if (format.mantissa_bits < 7) continue;  // 35 dB are beyond what they store
    // Noise above the signal, in the best chunk as well: a mean below 0 dB.
    EXPECT_LT(accuracy("neumann_masked", format.id, loops).snr_db_mean, 0) << format.name;
    for (std::string_view exact : {"forward_substitution", "block_doubling"})
      EXPECT_GT(accuracy(exact, format.id, loops).snr_db_worst, 35) << exact << " " << format.name;
  }
}

TEST(MaskedNeumannError, needs_the_mask_in_fp16_on_every_hard_ensemble) {
  // Where the series itself converges; loops of four tokens diverge with and without it.
  for (const Ensemble& e : {Ensemble{"correlated", "weak"}, Ensemble{"correlated", "none"},
                            Ensemble{"all_ones", "none"}, Ensemble{"all_ones", "strong"}}) {
    const auto worst = [&](MaskPlacement mask) {
      AlgorithmOptions options;
      options.set(kMask, mask);
      return accuracy("neumann_masked", Format::kFp16, {e}, 64, options);
    };
    EXPECT_GT(worst(MaskPlacement::kFirst).snr_db_worst, 20) << e.name;
    EXPECT_GT(worst(MaskPlacement::kAfter).snr_db_worst, 20) << e.name;
    const AccuracySummary unmasked = worst(MaskPlacement::kNone);
    EXPECT_TRUE(unmasked.nan_count > 0 || unmasked.snr_db_worst < 0) << e.name;
  }
}

/// Random keys, fp32: mean error of others' column sweeps and block recursions.
struct PublishedError {
  std::int64_t chunk;
  double substitution, recursion;
};
void PrintTo(const PublishedError& p, std::ostream* out) { *out << p.chunk; }

class PublishedRandomKeys : public ::testing::TestWithParam<PublishedError> {};
TEST_P(PublishedRandomKeys, in_fp32_are_inverted_as_accurately_as_by_others) {
  const PublishedError& p = GetParam();
  const std::vector<Ensemble> keys{{"iid", "none"}};
  // Ours, of width 128, are nearly orthogonal, hence milder: the published errors are a bound.
  EXPECT_LT(accuracy("forward_substitution", Format::kFp32, keys, p.chunk).rel_error_mean,
            p.substitution);
  EXPECT_LT(accuracy("block_doubling", Format::kFp32, keys, p.chunk).rel_error_mean, p.recursion);
}
INSTANTIATE_TEST_SUITE_P(Chunks, PublishedRandomKeys,
                         ::testing::Values(PublishedError{16, 2.7e-8, 2.5e-8},
                                           PublishedError{32, 5.4e-8, 5.5e-8},
                                           PublishedError{64, 9.7e-8, 8.7e-8},
                                           PublishedError{128, 2.3e-7, 1.8e-7}));

}  // namespace
}  // namespace tricycle
