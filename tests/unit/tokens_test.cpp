// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <Eigen/Dense>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "models/error.h"
#include "sim/engine/run.h"
#include "workloads/algorithm.h"
#include "workloads/draw.h"
#include "workloads/inputs.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"
#include "workloads/spectral_norm.h"
#include "workloads/tokens/delta_rules.h"
#include "workloads/tokens/token_chunks.h"

namespace tricycle {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Problem tokens_problem(std::int64_t chunk, std::int64_t matrices, const TokenProblem& tokens) {
  Problem problem;
  problem.chunk = chunk;
  problem.input = InputKind::kTokens;
  problem.tokens = tokens;
  problem.matrices = matrices;
  problem.seed = 3;
  return problem;
}

Eigen::Map<const RowMajor> as_matrix(const ChunkMatrix& m) {
  return {m.a.data(), m.chunk, m.chunk};
}

ChunkTokens random_tokens(std::int64_t chunk, std::int64_t width, const DeltaRule& rule,
                          double gate) {
  Draw draw(7);
  ChunkTokens tokens{chunk, width};
  for (std::int64_t i = 0; i < chunk; ++i) {
    Eigen::VectorXd key(width);
    for (double& v : key) v = draw.normal();
    key.normalize();
    tokens.keys.insert(tokens.keys.end(), key.begin(), key.end());
    tokens.beta.push_back(draw.uniform());
    for (std::int64_t d = 0; d < (rule.has_channel_gates ? width : 1); ++d)
      tokens.g.push_back(-gate * draw.uniform());
    for (std::int64_t d = 0; d < width && rule.factors != ChannelFactors::kNone; ++d)
      tokens.factors.push_back(draw.uniform());
  }
  tokens.feedback = 0.75;
  if (!rule.reads_before_decay) tokens.feedback = 1;
  return tokens;
}

/// The vectors by which a token decays, reads and writes the state.
struct TokenVectors {
  Eigen::VectorXd decay, erase, write;
};

TokenVectors vectors_of(const DeltaRule& rule, const ChunkTokens& t, std::int64_t i) {
  const auto width = static_cast<Eigen::Index>(t.width);
  const Eigen::Map<const Eigen::VectorXd> key(t.keys.data() + i * t.width, width);
  TokenVectors v{Eigen::VectorXd(width), key, key};
  for (Eigen::Index d = 0; d < width; ++d)
    v.decay[d] =
        std::exp(t.g[static_cast<std::size_t>(rule.has_channel_gates ? i * width + d : i)]);
  if (rule.factors == ChannelFactors::kNone) return v;
  const Eigen::Map<const Eigen::VectorXd> factors(t.factors.data() + i * t.width, width);
  (rule.factors == ChannelFactors::kErase ? v.erase : v.write).array() *= factors.array();
  return v;
}

/// The state that the recurrence itself leaves, token by token, as delta_rules.h says.
RowMajor recurrent_state(const DeltaRule& rule, const ChunkTokens& t, const RowMajor& values) {
  RowMajor state = RowMajor::Zero(static_cast<Eigen::Index>(t.width), values.cols());
  for (std::int64_t i = 0; i < t.chunk; ++i) {
    const TokenVectors v = vectors_of(rule, t, i);
    const RowMajor decayed = v.decay.asDiagonal() * state;
    const Eigen::RowVectorXd read =
        t.feedback * v.erase.transpose() * (rule.reads_before_decay ? state : decayed);
    state = decayed + v.write * (t.beta[static_cast<std::size_t>(i)] * (values.row(i) - read));
  }
  return state;
}

/// The same by the chunk's inverse: U = (I + A)^-1 (beta V), written and decayed to the end.
RowMajor chunked_state(const DeltaRule& rule, const ChunkTokens& t, const RowMajor& values) {
  const auto chunk = static_cast<Eigen::Index>(t.chunk), width = static_cast<Eigen::Index>(t.width);
  const std::vector<double> a = delta_rule_matrix(rule, t);
  RowMajor m =
      Eigen::Map<const RowMajor>(a.data(), chunk, chunk) + RowMajor::Identity(chunk, chunk);
  RowMajor right = values;
  for (Eigen::Index i = 0; i < chunk; ++i) right.row(i) *= t.beta[static_cast<std::size_t>(i)];
  const RowMajor u = m.triangularView<Eigen::UnitLower>().solve(right);
  RowMajor state = RowMajor::Zero(width, values.cols());
  Eigen::VectorXd rest = Eigen::VectorXd::Ones(width);
  for (std::int64_t i = t.chunk; i-- > 0;) {
    const TokenVectors v = vectors_of(rule, t, i);
    state += v.write.cwiseProduct(rest) * u.row(i);
    rest.array() *= v.decay.array();
  }
  return state;
}

TEST(DeltaRules, the_inverse_of_a_chunk_gives_the_state_of_the_recurrence) {
  for (const DeltaRule& rule : delta_rules())
    for (const double gate : {0.0, 0.05, 3.0}) {
      const ChunkTokens tokens = random_tokens(32, 16, rule, gate);
      RowMajor values(32, 5);
      Draw draw(11);
      for (double& v : values.reshaped()) v = draw.normal();
      const RowMajor expected = recurrent_state(rule, tokens, values);
      EXPECT_LT((chunked_state(rule, tokens, values) - expected).norm() / expected.norm(), 1e-12)
          << rule.name << " " << gate;
    }
}

TEST(DeltaRules, channel_gates_that_are_all_alike_are_one_gate) {
  ChunkTokens scalar = random_tokens(24, 16, find_delta_rule("gdn"), 0.3);
  ChunkTokens channels = scalar;
  channels.g.clear();
  for (const double g : scalar.g) channels.g.insert(channels.g.end(), 16, g);
  const std::vector<double> a = delta_rule_matrix(find_delta_rule("gdn"), scalar);
  const std::vector<double> b = delta_rule_matrix(find_delta_rule("kda"), channels);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-14);
}

TEST(Tokens, norms_are_those_of_a_singular_value_decomposition) {
  for (const ChunkMatrix& m :
       token_chunks(tokens_problem(48, 3, {.beta_spread = 2, .gate_low = -1})))
    EXPECT_NEAR(spectral_norm(m.a, 48), as_matrix(m).jacobiSvd().singularValues()[0], 1e-6);
  EXPECT_EQ(spectral_norm(std::vector<double>(16, 0.0), 4), 0);
}

TEST(Tokens, collinear_keys_take_the_norm_that_is_asked_for) {
  const TokenProblem tokens{.keys = "collinear", .norm = 12, .beta = 0.85, .gate_low = -0.002};
  for (const ChunkMatrix& m : token_chunks(tokens_problem(32, 4, tokens)))
    EXPECT_NEAR(as_matrix(m).jacobiSvd().singularValues()[0], 12, 1e-4);
  EXPECT_THROW(token_chunks(tokens_problem(32, 1, {.keys = "collinear", .norm = 30})), InputError);
}

TEST(Tokens, entries_of_bounded_rules_stay_below_beta) {
  // Transitions are contractions, so entries of T stay below beta (1 here), and those of A too.
  for (const char* rule : {"gdn", "kda", "comba"})
    for (const TokenProblem& kind :
         {TokenProblem{.beta = 0.9, .beta_spread = 2, .gate_low = -0.1},
          TokenProblem{.keys = "collinear", .spread = 0.1, .beta = 1},
          TokenProblem{.correlation = 0.9, .vocabulary = 4, .activation = "silu", .shift = 1}}) {
      TokenProblem tokens = kind;
      tokens.rule = rule;
      for (const ChunkMatrix& m : token_chunks(tokens_problem(32, 2, tokens))) {
        const RowMajor a = as_matrix(m);
        EXPECT_LE(a.cwiseAbs().maxCoeff(), 1 + 1e-6);
        EXPECT_EQ(a.triangularView<Eigen::Upper>().toDenseMatrix().norm(), 0);
        const RowMajor t = (a + RowMajor::Identity(32, 32))
                               .triangularView<Eigen::UnitLower>()
                               .solve(RowMajor::Identity(32, 32));
        EXPECT_LE(t.cwiseAbs().maxCoeff(), 1 + 1e-6);
      }
    }
}

TEST(DeltaRules, those_without_a_proof_go_beyond_one) {
  // By hand: two tokens of two channels each.  What is written is not what is erased.
  const DeltaRule& rule = find_delta_rule("preconditioned");
  EXPECT_FALSE(rule.is_bounded);
  const std::vector<double> a = delta_rule_matrix(rule, {.chunk = 2,
                                                         .width = 2,
                                                         .keys = {1, 0, 1, 0},
                                                         .beta = {1, 1},
                                                         .g = {0, 0},
                                                         .factors = {1.5, 1, 1.5, 1}});
  EXPECT_EQ(a, (std::vector<double>{0, 0, 1.5, 0}));
}

TEST(Tokens, only_the_first_row_of_a_token_has_a_gate) {
  // Householder products: rows 2 i and 2 i + 1 share their decay, so one key gives pairs of
  // columns.
  const TokenProblem tokens{
      .keys = "collinear", .beta = 1, .gate_low = -0.5, .gate_high = -0.5, .householders = 2};
  const ChunkMatrix m = token_chunks(tokens_problem(8, 1, tokens)).front();
  for (std::size_t i = 1; i < 8; ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_NEAR(m.a[i * 8 + j], std::exp(-0.5 * static_cast<double>(i / 2 - j / 2)), 1e-6);
}

TEST(Tokens, a_vocabulary_repeats_its_keys) {
  // Two keys: an entry is 1, or the product of the two.
  for (const ChunkMatrix& m : token_chunks(tokens_problem(16, 2, {.vocabulary = 2, .beta = 1}))) {
    std::set<float> values;
    for (std::int64_t i = 0; i < 16; ++i)
      for (std::int64_t j = 0; j < i; ++j)
        values.insert(
            std::round(1e5F * static_cast<float>(m.a[static_cast<std::size_t>(16 * i + j)])));
    EXPECT_EQ(values.size(), 2U);
    EXPECT_TRUE(values.contains(1e5F));
  }
}

TEST(Tokens, a_seed_gives_the_same_bits_on_every_machine_and_another_seed_gives_others) {
  Problem problem = tokens_problem(
      16, 2, {.keys = "collinear", .spread = 0.5, .beta_spread = 1, .gate_low = -0.1});
  const std::string digest = input_digest(token_chunks(problem));
  EXPECT_EQ(digest, "0949a0f5a7263c21b74bfac20f525e375ffa7a69f5f137db478f5bcdddd323b5");
  problem.seed = 4;
  EXPECT_NE(input_digest(token_chunks(problem)), digest);
}

TEST(Tokens, beta_up_to_two_saturates_without_an_integer_bit_and_holds_with_one) {
  Problem problem = tokens_problem(32, 4, {.keys = "collinear", .beta = 1.9, .beta_limit = 2});
  problem.name = "beta2";
  const PreparedProblem prepared = prepare(problem);
  HwConfig hw = reference_machine();
  const auto with = [&](std::int64_t integer_bits) {
    hw.formats[static_cast<std::size_t>(Format::kInt16)].integer_bits = integer_bits;
    const Program program =
        lower(find_algorithm("forward_substitution"), {}, 32, Format::kInt16, hw);
    return run_values(hw, prepared, program).accuracy;
  };
  EXPECT_GT(with(0).saturated_count, 0);
  EXPECT_GT(with(0).y_rel_error_max, 0.1);
  EXPECT_EQ(with(1).saturated_count, 0);
  EXPECT_LT(with(1).y_rel_error_max, 1e-3);
}

TEST(Tokens, files_whose_tensors_do_not_belong_together_are_refused) {
  const std::string path = ::testing::TempDir() + "/tricycle_tokens_" + std::to_string(::getpid());
  const auto refuses = [&](const std::map<std::string, Tensor>& tensors, TokenProblem tokens) {
    std::ofstream(path, std::ios::binary) << to_safetensors(tensors);
    (tokens.keys == "captured" ? tokens.keys_file : tokens.gates_file) = path;
    EXPECT_THROW(token_chunks(tokens_problem(8, 1, tokens)), InputError);
  };
  const auto zeros = [](std::vector<std::int64_t> shape) {
    Tensor t{"F32", std::move(shape), {}};
    t.bytes.resize(static_cast<std::size_t>(4 * t.elements()));
    return t;
  };
  refuses({{"beta", zeros({0, 2})}, {"g", zeros({16, 2})}}, {});
  refuses({{"beta", zeros({2, 16})}, {"g", zeros({16, 2})}}, {});
  refuses({{"g", zeros({16, 2})}}, {});
  refuses({{"layer0.k", zeros({16, 1, 4})}, {"layer1.k", zeros({16, 1, 64})}},
          {.keys = "captured"});
  refuses({{"layer0.k", zeros({0, 1, 4})}}, {.keys = "captured"});
  Tensor nan = zeros({16, 1, 4});
  std::fill(nan.bytes.begin(), nan.bytes.end(), std::uint8_t{0xff});
  refuses({{"layer0.k", nan}}, {.keys = "captured"});
  std::filesystem::remove(path);
}

#ifdef TRICYCLE_SOURCE_DIR
TEST(Tokens, real_gates_are_taken_head_by_head) {
  TokenProblem tokens;
  tokens.gates_file = TRICYCLE_SOURCE_DIR "/workloads/data/gates/qwen3-next-80b-a3b.safetensors";
  tokens.keys = "captured";
  tokens.keys_file = TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm/captured_acts.safetensors";
  const std::vector<ChunkMatrix> chunks = token_chunks(tokens_problem(64, 64, tokens));
  EXPECT_EQ(chunks.front().label, "head0.t0");
  EXPECT_EQ(chunks.back().label, "head7.t7168");
  // Two of its eight heads forget everything at once (spec: mean log gate -126 and -166).
  int dead = 0;
  for (const ChunkMatrix& m : chunks) dead += as_matrix(m).norm() == 0;
  EXPECT_EQ(dead, 16);
  EXPECT_THROW(token_chunks(tokens_problem(64, 2000, tokens)), InputError);
}
#endif

}  // namespace
}  // namespace tricycle
