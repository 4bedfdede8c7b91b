// SPDX-License-Identifier: Apache-2.0
//
// `tricycle stress` finds the inputs that break what breaks, and none that breaks what holds; the
// same ones every time, on every number of threads, interrupted or not.
#include "sim/stress/stress.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "models/error.h"
#include "sim/engine/run.h"
#include "sim/stress/minimise.h"
#include "sim/stress/proven_bound.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Stress : public ::testing::Test {
 protected:
  Stress()
      : folder_(fs::temp_directory_path() /
                fmt::format("tricycle_stress_{}_{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~Stress() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  StressRequest request(const std::vector<std::string>& algorithms, Format format,
                        std::int64_t chunk, std::int64_t evaluations) const {
    StressRequest out;
    for (const std::string& algorithm : algorithms)
      out.cases.emplace_back(hw_, find_algorithm(algorithm), AlgorithmOptions{}, format, chunk,
                             std::nullopt);
    out.rule = &find_input_rule("gdn");
    for (const KeyFamily& family : key_families()) out.families.push_back(&family);
    out.evaluations = evaluations;
    out.threshold = 0.1;
    return out;
  }

  static std::string bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const HwConfig hw_ = reference_machine();
  fs::path folder_;
};

/// Everything that a result says.
std::string text_of(const std::vector<StressResult>& results) {
  std::string text;
  const auto add = [&](const std::optional<StressInput>& input) {
    if (!input) return;
    const FoundInput& f = input->found;
    text += fmt::format(" {} {} {} {} {} {} {}", f.trial.error, f.trial.norm, f.family->name,
                        f.refined, fmt::join(f.point, ","), fmt::join(f.tokens.beta, ","),
                        fmt::join(f.tokens.g, ","));
  };
  for (const StressResult& r : results) {
    text += fmt::format("{} {}", r.tried, r.random_error);
    add(r.worst);
    add(r.breaks);
    for (const auto& [index, bin] : r.curve.bins())
      text +=
          fmt::format(" {}:{},{},{},{}", index, bin.inputs, bin.broken, bin.not_finite, bin.worst);
    text += "\n";
  }
  return text;
}

TEST_F(Stress, breaks_the_product_form_in_fp16_within_a_small_budget) {
  const std::vector<StressResult> found =
      stress(request({"neumann_product"}, Format::kFp16, 64, 400));
  ASSERT_TRUE(found[0].worst);
  EXPECT_FALSE(found[0].worst->inverted.accuracy.finite);
  EXPECT_GT(
      found[0].worst->inverted.accuracy.nan_count + found[0].worst->inverted.accuracy.inf_count, 0);
  ASSERT_TRUE(found[0].breaks);
  EXPECT_GT(found[0].breaks->found.trial.error, 0.1);
  EXPECT_LT(found[0].breaks->found.trial.norm, 4);
  EXPECT_LT(found[0].random_error, 1e-2);  // random keys tell nothing of it
}

TEST_F(Stress, breaks_truncated_series_and_none_of_the_exact_methods) {
  const std::vector<StressResult> found =
      stress(request({"neumann_masked", "neumann_truncated", "forward_substitution",
                      "block_doubling", "masked_newton"},
                     Format::kFp16, 32, 300));
  EXPECT_GT(found[0].ratio(), 30);
  EXPECT_GT(found[1].worst->found.trial.error, 1);
  for (std::size_t i = 2; i < found.size(); ++i) {
    EXPECT_FALSE(found[i].breaks);
    EXPECT_LT(found[i].ratio(), 20);
    EXPECT_GT(found[i].ratio(), 1);
  }
}

TEST_F(Stress, every_input_is_admissible_and_has_the_error_of_a_simulation) {
  const StressRequest r = request({"neumann_truncated"}, Format::kBf16, 16, 300);
  const std::vector<StressResult> found = stress(r);
  for (const auto& input : {found[0].worst, found[0].breaks}) {
    ASSERT_TRUE(input);
    EXPECT_EQ(reason_against(*r.rule, input->found.tokens), "");
    // The simulation of units, through a problem of its own.
    PreparedProblem problem;
    problem.problem.chunk = 16;
    problem.chunks.push_back({"found", 16, input_matrix(*r.rule, input->found.tokens)});
    problem.oracles.emplace_back(problem.chunks[0]);
    const RunResult run =
        tricycle::run(hw_, problem, find_algorithm("neumann_truncated"), {}, Format::kBf16);
    EXPECT_EQ(run.accuracy.y_rel_error_max, input->found.trial.error);
    EXPECT_EQ(run.accuracy.y_correlation_worst, input->inverted.accuracy.y_correlation);
  }
}

TEST_F(Stress, results_do_not_depend_on_threads_or_interruptions) {
  StressRequest r = request({"neumann_masked", "block_doubling"}, Format::kFp16, 16, 200);
  const std::string whole = text_of(stress(r));
  r.threads = 2;
  EXPECT_EQ(text_of(stress(r)), whole);
  r.state = path("state");
  EXPECT_EQ(text_of(stress(r)), whole);
  const std::string all = bytes(*r.state);
  EXPECT_EQ(text_of(stress(r)), whole);
  EXPECT_EQ(bytes(*r.state).size(), all.size());  // nothing was tried again
  // Killed after any byte: the rest is made again, and ends the same.
  for (const double part : {0.0, 0.001, 0.3, 0.77}) {
    fs::resize_file(*r.state, static_cast<std::uintmax_t>(part * static_cast<double>(all.size())));
    EXPECT_EQ(text_of(stress(r)), whole) << part;
    EXPECT_EQ(bytes(*r.state).size(), all.size()) << part;
  }
  r.seed = 2;
  EXPECT_NE(text_of(stress(r)), whole);
}

TEST_F(Stress, refuses_files_that_hold_no_trials) {
  StressRequest r = request({"block_doubling"}, Format::kFp16, 16, 20);
  const auto message = [&](const std::string& text) -> std::string {
    r.state = path("state");
    std::ofstream(*r.state, std::ios::binary) << text;
    try {
      stress(r);
    } catch (const InputError& error) {
      EXPECT_EQ(bytes(*r.state), text);  // as it was
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message("name: iid\n"), HasSubstr("first line"));
  EXPECT_THAT(message("name: iid"), HasSubstr("expected a file of trials"));
  EXPECT_THAT(message("tricycle stress trials, build 0\n"), HasSubstr("of this build"));
  stress([&] {
    fs::remove(path("state"));
    return r;
  }());
  const std::string good = bytes(path("state"));
  EXPECT_THAT(message(good + "0123 4567\n"), HasSubstr("expected three numbers"));
  EXPECT_EQ(message(good), "accepted");
  const TrialStore used(path("used"));
  r.state = path("used");
  EXPECT_THROW(stress(r), InputError);
}

// The bound is a theorem: every input of every family keeps it, and it is of some use.
TEST_F(Stress, no_error_of_row_by_row_substitution_exceeds_what_is_proven) {
  const InputRule& rule = find_input_rule("gdn_beta2");
  for (const Format format : {Format::kFp16, Format::kBf16, Format::kFp32, Format::kFp64}) {
    const StressCase of(hw_, find_algorithm("forward_substitution"), AlgorithmOptions{}, format, 32,
                        std::nullopt);
    for (const KeyFamily& family : key_families()) {
      const FamilyInputs inputs(family, rule, 32, 1);
      for (const double v : {0.1, 0.45, 0.7, 0.95}) {
        const ChunkMatrix a{
            "", 32,
            input_matrix(rule, inputs.tokens(std::vector<double>(inputs.parameters().size(), v)))};
        const Inverted result = of.invert(a);
        const auto bound = proven_bound(of, a, result);
        ASSERT_TRUE(bound) << name(format) << " " << family.name;
        EXPECT_LE(result.accuracy.y_rel_error, *bound) << name(format) << " " << family.name;
        // The oracle itself is in binary64.
        EXPECT_TRUE(format == Format::kFp64 || result.accuracy.y_rel_error > *bound / 5000);
      }
    }
  }
}

TEST_F(Stress, nothing_is_proven_where_the_theorem_does_not_hold) {
  const InputRule& rule = find_input_rule("gdn");
  const FamilyInputs inputs(find_key_family("equal"), rule, 16, 1);
  const ChunkMatrix a{"", 16, input_matrix(rule, inputs.tokens(std::vector<double>{0.5, 0.5}))};
  const auto bound_of = [&](const HwConfig& hw, std::string_view algorithm, Format format) {
    const StressCase of(hw, find_algorithm(algorithm), AlgorithmOptions{}, format, 16,
                        std::nullopt);
    return proven_bound(of, a, of.invert(a));
  };
  EXPECT_TRUE(bound_of(hw_, "forward_substitution", Format::kFp16));
  EXPECT_FALSE(bound_of(hw_, "neumann_masked", Format::kFp16));
  EXPECT_FALSE(bound_of(hw_, "forward_substitution", Format::kInt8));
  HwConfig truncating = hw_;
  truncating.formats[static_cast<std::size_t>(Format::kFp16)].rounding = Rounding::kTowardZero;
  EXPECT_FALSE(bound_of(truncating, "forward_substitution", Format::kFp16));
}

// A minimum that is known: of a bowl and of the same with a wall.
TEST(Minimise, keeps_to_the_cube_and_the_budget) {
  for (const Minimiser how : {Minimiser::kGlobal, Minimiser::kLocal}) {
    std::int64_t calls = 0;
    double best = 1e9;
    minimise(how, {0.9, 0.9, 0.9}, 300, [&](const std::vector<double>& p) {
      ++calls;
      double cost = 0;
      for (const double v : p) {
        EXPECT_GE(v, 0);
        EXPECT_LE(v, 1);
        cost += (v - 0.3) * (v - 0.3);
      }
      best = std::min(best, cost);
      return std::optional(cost);
    });
    EXPECT_LE(calls, 300);
    EXPECT_LT(best, 1e-3);
  }
  EXPECT_THROW(minimise(Minimiser::kLocal, {0.5}, 10,
                        [](const auto&) -> std::optional<double> { throw RunError("x"); }),
               RunError);
}

TEST(NormCurve, has_two_intervals_a_factor_of_two) {
  NormCurve curve(0.1);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const Trial trial :
       {Trial{0.01, 1}, Trial{0.2, 1.3}, Trial{kInfinity, 1.5}, Trial{3, 2}, Trial{0.5, 0.75}})
    curve.add(trial);
  ASSERT_EQ(curve.bins().size(), 4U);
  EXPECT_DOUBLE_EQ(NormCurve::edge(-1), std::sqrt(0.5));
  EXPECT_EQ(curve.bins().at(-1).inputs, 1);
  const NormBin& first = curve.bins().at(0);
  EXPECT_EQ(first.inputs, 2);
  EXPECT_EQ(first.broken, 1);
  EXPECT_EQ(first.worst, 0.2);
  EXPECT_EQ(curve.bins().at(1).not_finite, 1);
  EXPECT_EQ(curve.bins().at(1).broken, 1);
  EXPECT_EQ(curve.bins().at(1).worst, 0);
  NormCurve sum(0.1);
  sum.add(curve);
  sum.add(curve);
  EXPECT_EQ(sum.inputs(), 10);
}

}  // namespace
}  // namespace tricycle
