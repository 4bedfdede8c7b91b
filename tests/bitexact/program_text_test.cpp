// SPDX-License-Identifier: Apache-2.0
//
// Programs as text, both ways: what is printed is read back as the same program, and what is no
// program is refused with its place.
#include "models/isa/program_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "tests/random_machine.h"
#include "workloads/algorithm.h"
#include "workloads/gated_deltanet/layer.h"
#include "workloads/gated_deltanet/rounding_mode.h"
#include "workloads/gemm.h"
#include "workloads/reference_machine.h"
#include "workloads/vector_operation.h"

namespace tricycle {
namespace {

std::vector<HwConfig> shipped_machines() {
  std::vector<HwConfig> all;
  for (const auto& entry : std::filesystem::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs"))
    if (entry.path().extension() == ".yaml") all.push_back(load_hw_config(entry.path().string()));
  return all;
}

/// The program of its text.
void expect_read_back(const Program& p, const HwConfig& hw) {
  const std::string text = to_text(p, hw);
  const Program read = parse_program(text, "p.txt", hw);
  EXPECT_EQ(read, p) << text << "\n.. read back:\n" << to_text(read, hw);
}

/// Programs of every algorithm that the machine and the format allow, in two cuts.
int expect_all_read_back(const HwConfig& hw, int chunk) {
  int programs = 0;
  for (const Algorithm& algorithm : algorithms())
    for (const FormatInfo& format : kFormats)
      for (const int tile : {8, 16}) {
        std::vector<std::string> refused;
        const auto p = attempt(refused, [&] {
          const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, {});
          return lower(algorithm, parameters, chunk, format.id, hw, {.tile = tile});
        });
        if (!p) continue;
        expect_read_back(*p, hw);
        ++programs;
      }
  return programs;
}

TEST(ProgramText, of_every_algorithm_format_and_machine_is_read_back) {
  int programs = 0;
  for (const HwConfig& hw : shipped_machines()) programs += expect_all_read_back(hw, 24);
  EXPECT_GT(programs, 1000);
}

TEST(ProgramText, of_measured_scales_is_read_back) {
  for (const Scaling scaling : {Scaling::kPerRowColumn, Scaling::kPerTensor, Scaling::kPerBlock})
    for (const ScaleRounding rounding : {ScaleRounding::kExact, ScaleRounding::kPowerOfTwo}) {
      HwConfig hw = reference_machine();
      for (const Format format : {Format::kInt16, Format::kInt8}) {
        FormatSupport& f = hw.formats[static_cast<std::size_t>(format)];
        f.scaling = scaling;
        f.scale_block = 8;
        f.scale_rounding = rounding;
      }
      EXPECT_GT(expect_all_read_back(hw, 20), 10);
    }
}

TEST(ProgramText, of_kernels_that_copy_by_products_is_read_back) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/peers/pto_isa_a2a3.yaml");
  for (const char* name : {"mixed_recursive", "newton_schulz"}) {
    const Algorithm& algorithm = find_algorithm(name);
    const AlgorithmParameters parameters = resolve_parameters(algorithm, 64, {});
    for (const LinearTerms terms : {LinearTerms::kProducts, LinearTerms::kKept})
      expect_read_back(lower(algorithm, parameters, 64, Format::kFp16, hw, {.linear_terms = terms}),
                       hw);
  }
}

TEST(ProgramText, of_the_stages_of_a_layer_is_read_back) {
  const HwConfig hw = reference_machine();
  const Problem problem =
      load_problem(TRICYCLE_SOURCE_DIR "/workloads/problems/qwen3_next_80b_a3b.yaml");
  int programs = 0;
  for (const RoundingMode& mode : rounding_modes())
    for (const DeltaForm form : {DeltaForm::kUt, DeltaForm::kDelta, DeltaForm::kRightHandSides}) {
      std::vector<std::string> refused;
      const auto stages = attempt(
          refused, [&] { return layer_stages(hw, problem, {.mode = &mode, .form = form}); });
      if (!stages) continue;
      for (const LayerStage& stage : *stages)
        // Projections are products of their own, and long.
        if (const auto n = stage.program.instructions.size(); n > 0 && n < 500) {
          expect_read_back(stage.program, hw);
          ++programs;
        }
    }
  EXPECT_GT(programs, 20);
}

TEST(ProgramText, of_products_and_operations_is_read_back) {
  const HwConfig hw = reference_machine();
  for (const Format format : {Format::kFp16, Format::kInt8})
    for (const GemmGrain grain : {GemmGrain::kPanel, GemmGrain::kStrip})
      expect_read_back(lower_gemm(hw, format, 40, 50, 30, grain), hw);
  expect_read_back(
      lower_gemm(hw, Format::kFp16, 20, 20, 20, GemmGrain::kPanel, {.format = Format::kInt8}), hw);
  expect_read_back(lower_gemm(hw, Format::kInt8, 20, 20, 20, GemmGrain::kPanel, {.packed_bits = 4}),
                   hw);
  for (const VectorOpInfo& op : kVectorOps)
    if (hw.has(op.id))
      expect_read_back(lower_vector_operation(hw, {op.id, Format::kFp32, 8, 64, true}), hw);
}

constexpr std::string_view kHead =
    "program fp16\n"
    "buffer A.dram dram 8 x 8 fp16\n"
    "buffer Y.dram dram 8 x 8 fp16\n"
    "buffer A scratchpad 8 x 8 fp16\n"
    "buffer acc accumulator 8 x 8 fp16\n"
    "buffer Y scratchpad 8 x 8 fp16\n"
    "input A.dram\n"
    "output Y.dram\n";

std::string fault_of(const std::string& lines) {
  const HwConfig hw = reference_machine();
  try {
    parse_program(std::string(kHead) + lines, "p.txt", hw);
  } catch (const InputError& error) {
    return error.what();
  } catch (const RunError& error) {
    return error.what();
  }
  return "";
}

TEST(ProgramText, may_be_written_by_hand) {
  // Places, numbers, units and tokens are left out.
  EXPECT_EQ(fault_of("# Y = -A\n"
                     "load A[0:8, 0:8] <- A.dram[0:8,0:8]   # comment\n"
                     "epilogue Y[0:8,0:8] <- -(A[0:8,0:8]) keep d>=1\r\n"
                     "\n"
                     "store Y.dram[0:8,0:8] <- Y[0:8,0:8]\n"),
            "");
}

TEST(ProgramText, that_is_none_is_refused_with_its_place) {
  struct Case {
    std::string line, fault;
  };
  const Case cases[] = {
      {"lod A[0:8, 0:8] <- A.dram[0:8, 0:8]",
       "p.txt:9:1: expected program, buffer, input, output or an instruction: load, store, matmul"},
      {"load A[0:8, 0:9] <- A.dram[0:8, 0:8]", "p.txt:9:6: expected a region inside A, which is 8"},
      {"load B[0:8, 0:8] <- A.dram[0:8, 0:8]", "p.txt:9:6: expected a buffer that a line above"},
      {"load A[0:8, 0:8] = A.dram[0:8, 0:8]", "p.txt:9:18: expected \"<-\", got \"= A.dram"},
      {"load A[0:8, 0:8] <- A.dram[0:8, 0:8] 5", "p.txt:9:38: expected the end of the line"},
      {"load A[8:0, 0:8] <- A.dram[0:8, 0:8]", "p.txt:9:10: expected a whole number from 8"},
      {"dma matmul acc[0:8, 0:8] <- A[0:8, 0:8] . A[0:8, 0:8]",
       "p.txt:9:5: expected an instruction of unit dma (matmul runs on matrix)"},
      {"epilogue Y[0:8, 0:8] <- A[0:8, 0:8] keep", "p.txt:9:41: expected \"d>=\""},
      {"epilogue Y[0:8, 0:8] <- acc[0:8, 0:8] + A[0:8, 0:8]",
       "p.txt:9:41: expected the accumulator as the last addend"},
      {"elementwise Y[0:8, 0:8] <- divde A[0:8, 0:8]", "p.txt:9:28: expected an operation"},
      {"buffer A dram 8 x 8 fp16", "p.txt:9:8: expected a name that no buffer has yet"},
      {"buffer B dram 8 x 8 fp17", "p.txt:9:21: expected a format: one of fp64"},
      {"buffer B attic 8 x 8 fp16", "p.txt:9:10: expected a memory: one of dram"},
      {"output Y.dram", "p.txt:9:8: expected one output"},
      {"input acc", "p.txt:9:7: expected a buffer in dram"},
      {"load A[0:8, 0:0] <- A.dram[0:8, 0:0]", "p.txt:9:6: expected a region of at least one"},
      {"epilogue Y.dram[0:8, 0:8] <- 0 sum from +0", "p.txt:9: epilogue: expected a result in the"},
      {"buffer B dram 16384 x 16384 fp16", "p.txt:9:8: expected at most 268435456 elements"},
      {"buffer I scratchpad 8 x 8 int8\nload A[0:8, 0:8] <- A.dram[0:8, 0:8]\n"
       "matmul acc[0:8, 0:8] <- A[0:8, 0:8] . A[0:8, 0:8]\nepilogue I[0:8, 0:8] <- acc[0:8, 0:8]",
       "p.txt:12: epilogue: expected sums and result that are all"},
      {"", "p.txt: expected a program, got no instruction"},
      {"matmul acc[0:8, 0:8] <- A[0:8, 0:8] . A[0:8, 0:8]",
       "p.txt:9: matmul: expected every operand to have been written"},
  };
  for (const Case& c : cases) {
    const std::string fault = fault_of(c.line + "\n");
    EXPECT_NE(fault.find(c.fault), std::string::npos) << c.line << "\n" << fault;
  }
}

}  // namespace
}  // namespace tricycle
