// SPDX-License-Identifier: Apache-2.0
//
// The library's interface: the figures of the command, the bits of golden files, several threads.
#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "models/numerics/convert.h"
#include "sim/api/tricycle.h"
#include "workloads/inputs.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

TEST(Api, inverts_to_the_golden_bits) {
  const auto tensors =
      read_safetensors(TRICYCLE_SOURCE_DIR "/tests/golden/inversion_subset.safetensors");
  int compared = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::size_t first = name.find('|');
    const std::string behind = name.substr(first);
    if (behind != "|forward_substitution|fp32" && behind != "|block_doubling|fp32") continue;
    const Tensor& a = tensors.at(name.substr(0, first) + "|A");
    const std::string algorithm = behind.substr(1, behind.rfind('|') - 1);
    const auto y = api::invert(api::Machine::reference(), to_doubles(a, name),
                               static_cast<int>(a.shape[0]), {algorithm, {}, "fp32"});
    EXPECT_EQ(y, to_doubles(tensor, name)) << name;
    ++compared;
  }
  EXPECT_GE(compared, 6);
}

TEST(Api, inverts_many_matrices_one_by_one) {
  const std::vector<double> two{0, 0, 0.5, 0, 0, 0, -2, 0};
  EXPECT_EQ(api::invert(api::Machine::reference(), two, 2, {"forward_substitution", {}, "fp16"}),
            (std::vector<double>{0, 0, -0.5, 0, 0, 0, 2, 0}));
}

TEST(Api, refuses_with_the_words_of_the_command) {
  const api::Machine machine = api::Machine::load("edge_16x16");
  const auto message = [](auto what) -> std::string {
    try {
      what();
    } catch (const api::InputError& error) {
      return error.what();
    }
    return "nothing thrown";
  };
  EXPECT_NE(message([] {
              api::Machine::load("edge_16x16", {"systolic_array.rows=0"});
            }).find("systolic_array.rows=0: expected integer in [1, 1024]"),
            std::string::npos);
  EXPECT_NE(message([] { api::Problem::load("no_such_problem"); }).find("no_such_problem"),
            std::string::npos);
  EXPECT_NE(message([&] {
              api::invert(machine, std::vector<double>(5), 2);
            }).find("whole matrices of 2 x 2 = 4 values, got 5"),
            std::string::npos);
  EXPECT_NE(
      message([&] { api::invert(machine, {}, 2, {.format = "fp15"}); }).find("expected one of"),
      std::string::npos);
  EXPECT_NE(message([&] {
              api::invert(machine, {}, 2, {.algorithm = "block_dubling"});
            }).find("block_doubling"),
            std::string::npos);
}

TEST(Api, refuses_matrices_that_are_no_such) {
  const api::Machine machine = api::Machine::load("edge_16x16");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(api::invert(machine, std::vector<double>{0, 1, 0.5, 0}, 2), api::InputError);
  EXPECT_THROW(api::invert(machine, std::vector<double>{0, 0, nan, 0}, 2, {.format = "int8"}),
               api::InputError);
  EXPECT_TRUE(std::isnan(api::invert(machine, std::vector<double>{0, 0, nan, 0}, 2)[2]));
}

TEST(Api, bits_do_not_depend_on_the_rounding_mode_of_the_caller) {
  const api::Machine machine = api::Machine::reference();
  std::vector<double> a(16 * 16);
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = i / 16 > i % 16 ? 1.0 / static_cast<double>(3 + i % 13) : 0;
  const api::Options options{.algorithm = "block_doubling", .format = "fp32"};
  const auto expected = api::invert(machine, a, 16, options);
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  const auto found = api::invert(machine, a, 16, options);
  const int mode = std::fegetround();
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(mode, FE_UPWARD) << "the caller's mode is as it was";
}

TEST(Api, a_result_has_every_column_and_none_that_is_not_there) {
  const api::Machine machine = api::Machine::load("edge_16x16");
  const api::Problem problem = api::Problem::load("iid_c16", {"input.synthetic.matrices=4"});
  EXPECT_EQ(problem.matrices(), 4U);
  EXPECT_EQ(problem.chunk(), 16);
  const api::Result result = api::run(machine, problem, {.algorithm = "block_doubling"});
  EXPECT_GT(result.number("cycles_per_chunk").value(), 0);
  EXPECT_EQ(result.number("speedup"), std::nullopt);
  EXPECT_EQ(result.text("algorithm"), "block_doubling");
  EXPECT_NE(result.json().find("\"cycles_per_chunk\""), std::string::npos);
  EXPECT_THROW(result.number("algorithm"), api::InputError);
  EXPECT_THROW(result.text("cycles"), api::InputError);
}

TEST(Api, threads_get_the_figures_of_one) {
  const api::Machine machine = api::Machine::load("edge_16x16");
  const api::Problem problem = api::Problem::load("iid_c16", {"input.synthetic.matrices=8"});
  const auto everything = [&] {
    std::string all;
    for (const char* format : {"fp16", "int8"}) {
      const api::Options options{.algorithm = "neumann_masked", .format = format};
      all += api::run(machine, problem, options).json();
      std::vector<double> a(16 * 16);
      for (std::size_t i = 0; i < a.size(); ++i)
        a[i] = i / 16 > i % 16 ? 0.01 * static_cast<double>(i % 7) : 0;
      for (const double y : api::invert(machine, a, 16, options)) all += std::to_string(y);
    }
    return all;
  };
  const std::string alone = everything();
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (std::string& mine : found)
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i) mine = everything();
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& mine : found) EXPECT_EQ(mine, alone);
}

}  // namespace
}  // namespace tricycle
