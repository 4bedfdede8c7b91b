// SPDX-License-Identifier: Apache-2.0
#include "workloads/ensembles.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "models/error.h"
#include "workloads/digest.h"

namespace tricycle {
namespace {

constexpr std::int64_t kChunk = 64;

std::vector<ChunkMatrix> drawn(std::string_view ensemble, std::string_view decay,
                               std::int64_t seed = 1, std::int64_t matrices = 4) {
  Problem problem;
  problem.chunk = kChunk;
  problem.ensemble = ensemble;
  problem.decay = decay;
  problem.matrices = matrices;
  problem.seed = seed;
  return synthetic_chunks(problem);
}

double entry(const ChunkMatrix& m, std::int64_t i, std::int64_t j) {
  return m.a[static_cast<std::size_t>(i * m.chunk + j)];
}

/// Mean of f(i, j, A[i,j]) below the diagonal, over all matrices.
template <typename F>
double mean_below(const std::vector<ChunkMatrix>& matrices, F&& f) {
  double sum = 0, count = 0;
  for (const ChunkMatrix& m : matrices)
    for (std::int64_t i = 0; i < m.chunk; ++i)
      for (std::int64_t j = 0; j < i; ++j, ++count) sum += f(i, j, entry(m, i, j));
  return sum / count;
}

/// Little-endian bits of all entries of all ensembles and decays.
std::string digest(std::int64_t seed) {
  Sha256 sha;
  for (std::string_view ensemble : ensemble_names())
    for (std::string_view decay : {"strong", "weak", "none"})
      for (const ChunkMatrix& m : drawn(ensemble, decay, seed))
        for (double v : m.a) {
          std::uint8_t bytes[8];
          for (int i = 0; i < 8; ++i)
            bytes[i] = static_cast<std::uint8_t>(std::bit_cast<std::uint64_t>(v) >> (8 * i));
          sha.update(bytes);
        }
  return sha.hex();
}

TEST(Ensembles, a_seed_gives_the_same_bits_on_every_machine_and_another_seed_gives_others) {
  EXPECT_EQ(digest(1), "a1b8fb38f9a712a72554fc91808208a436ea2dad5632214eccf198c5c9446bab");
  EXPECT_EQ(digest(1), digest(1));
  EXPECT_NE(digest(1), digest(2));
}

TEST(Ensembles, matrices_of_one_problem_differ_where_tokens_are_drawn) {
  for (std::string_view ensemble : {"iid", "correlated", "loop4"}) {
    const std::vector<ChunkMatrix> m = drawn(ensemble, "none");
    EXPECT_NE(m[0].a, m[1].a) << ensemble;
    EXPECT_NE(m[0].label, m[1].label) << ensemble;
  }
}

TEST(Ensembles, every_matrix_is_strictly_lower_bounded_by_one_and_rounded_to_binary32) {
  for (std::string_view ensemble : ensemble_names())
    for (std::string_view decay : {"strong", "weak", "none"})
      for (const ChunkMatrix& m : drawn(ensemble, decay)) {
        ASSERT_EQ(m.a.size(), static_cast<std::size_t>(kChunk * kChunk));
        bool any = false;
        for (std::int64_t i = 0; i < kChunk; ++i)
          for (std::int64_t j = 0; j < kChunk; ++j) {
            const double v = entry(m, i, j);
            if (j >= i) {
              ASSERT_EQ(std::bit_cast<std::uint64_t>(v), 0U);
            }
            ASSERT_LE(std::abs(v), 1) << m.label;
            ASSERT_EQ(v, static_cast<double>(static_cast<float>(v)));
            any = any || v != 0;
          }
        ASSERT_TRUE(any) << m.label;
      }
}

TEST(Ensembles, all_ones_without_decay_is_exactly_one_below_the_diagonal) {
  for (const ChunkMatrix& m : drawn("all_ones", "none"))
    for (std::int64_t i = 0; i < kChunk; ++i)
      for (std::int64_t j = 0; j < i; ++j) ASSERT_EQ(entry(m, i, j), 1);
}

TEST(Ensembles, identical_keys_without_decay_are_beta_everywhere_below_the_diagonal) {
  for (const ChunkMatrix& m : drawn("identical_keys", "none"))
    for (std::int64_t i = 0; i < kChunk; ++i)
      for (std::int64_t j = 0; j < i; ++j) ASSERT_NEAR(entry(m, i, j), 0.25, 1e-7);
}

TEST(Ensembles, correlated_keys_have_a_cosine_of_about_0_6_and_independent_ones_of_about_0) {
  // Without decay A[i,j] = beta_i cos(i,j); beta is uniform in [0.05, 0.95), 0.5 on average.
  const auto cosine = [](std::string_view ensemble) {
    return mean_below(drawn(ensemble, "none", 1, 32),
                      [](std::int64_t, std::int64_t, double v) { return v; }) /
           0.5;
  };
  EXPECT_NEAR(cosine("correlated"), 0.6, 0.04);
  EXPECT_NEAR(cosine("iid"), 0, 0.01);
  // Unit vectors of width 128: the cosine's standard deviation is 1 / sqrt(128) = 0.088, and
  // E[beta^2] = 0.25 + 0.9^2 / 12 = 0.3175.
  const double square = mean_below(drawn("iid", "none", 1, 32),
                                   [](std::int64_t, std::int64_t, double v) { return v * v; });
  EXPECT_NEAR(std::sqrt(square / 0.3175), 1 / std::sqrt(128.0), 0.006);
}

TEST(Ensembles, loop4_repeats_every_four_tokens_with_strong_beta) {
  for (const ChunkMatrix& m : drawn("loop4", "none"))
    for (std::int64_t i = 0; i < kChunk; ++i)
      for (std::int64_t j = 0; j < i; ++j) {
        if (j >= 4) {
          ASSERT_EQ(entry(m, i, j), entry(m, i, j - 4));
        }
        if ((i - j) % 4 == 0) {  // the same key: beta itself
          ASSERT_GT(entry(m, i, j), 0.8 - 1e-6);
          ASSERT_LT(entry(m, i, j), 0.99 + 1e-6);
        }
      }
}

TEST(Ensembles, decay_shrinks_distant_entries_strong_more_than_weak_more_than_none) {
  for (std::string_view ensemble : ensemble_names()) {
    const auto distant = [&](std::string_view decay) {
      return mean_below(drawn(ensemble, decay), [](std::int64_t i, std::int64_t j, double v) {
        return i - j >= 16 ? std::abs(v) : 0;
      });
    };
    EXPECT_LT(distant("strong"), 0.1 * distant("weak")) << ensemble;
    EXPECT_LT(distant("weak"), 0.95 * distant("none")) << ensemble;
  }
  // A's entries d tokens apart shrink by about exp(-d mean): all_ones shows the factor itself.
  double sum = 0;
  for (const ChunkMatrix& m : drawn("all_ones", "strong", 1, 64)) sum += std::log(entry(m, 20, 0));
  EXPECT_NEAR(sum / 64, -20 * 0.5, 0.4);
}

TEST(Ensembles, unknown_names_are_refused_with_the_valid_ones) {
  EXPECT_THROW(drawn("nothing", "weak"), InputError);
  EXPECT_THROW(drawn("iid", "some"), InputError);
}

}  // namespace
}  // namespace tricycle
