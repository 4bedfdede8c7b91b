// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle tune` says about a winner and a loser; figures made up, so that every sentence can
// be checked by hand.
#include "sim/cli/tune_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tricycle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A run whose array needs `matrix` cycles a chunk and is bound by that.
RunResult bound_by_matrix(std::int64_t matrix) {
  RunResult r;
  r.steady.lower_bounds[Resource::kMatrix] = static_cast<double>(matrix);
  return r;
}

TunedPoint point(const char* algorithm, int chunk, double cycles, double db) {
  TunedPoint p;
  p.algorithm = &find_algorithm(algorithm);
  p.chunk = chunk;
  p.cycles_per_chunk = p.cost_per_chunk = cycles;
  p.quality_db = db;
  p.meets = true;
  return p;
}

struct Details {
  HwConfig hw;
  TuneReport report;

  Details(const TunedPoint& winner, const TunedPoint& runner_up, std::int64_t winner_matrix,
          std::int64_t runner_up_matrix) {
    TunedFormat t;
    t.hw = &hw;
    t.winner = winner;
    t.runner_up = runner_up;
    for (const TunedPoint& p : {winner, runner_up}) {
      TunedAlgorithm a;
      a.algorithm = p.algorithm;
      a.chunk = p.chunk;
      t.algorithms.push_back(a);
    }
    report.goal.tolerance = 1;
    report.outcomes = {t};
    report.runs = {{bound_by_matrix(winner_matrix), bound_by_matrix(runner_up_matrix)}};
  }
  std::string text() const { return tune_details(report, 0); }
};

TEST(TuneReport, the_loser_is_compared_by_the_chunk_where_there_is_one_size) {
  const Details d(point("block_doubling", 64, 300, 70), point("masked_newton", 64, 400, 70), 256,
                  320);
  EXPECT_THAT(d.text(), HasSubstr("bound by matrix: at least 320 cycles a chunk of it, where the "
                                  "winner needs 256\n"));
  EXPECT_THAT(d.text(), Not(HasSubstr("a token")));
}

TEST(TuneReport, the_loser_is_compared_by_the_token_where_sizes_differ) {
  // 256 / 64 = 4 a token, although 254 < 256; 254 / 32 = 7.94.
  const Details d(point("block_doubling", 64, 300, 70), point("masked_newton", 32, 290, 70), 256,
                  254);
  EXPECT_THAT(d.text(), HasSubstr("at least 7.94 cycles a token of it, where the winner needs "
                                  "4.00\n"));
  EXPECT_THAT(d.text(), HasSubstr("290.0 cycles and - nJ a chunk of 32, 9.06 cycles a token"));
}

TEST(TuneReport, a_tie_is_called_one_with_what_decided) {
  const Details by_accuracy(point("block_doubling", 64, 300, 72.5),
                            point("masked_newton", 64, 300, 71), 256, 256);
  EXPECT_THAT(by_accuracy.text(), HasSubstr("it lost: a tie in cost; the winner is more accurate, "
                                            "72.5 dB against 71.0\n"));
  const Details by_order(point("block_doubling", 64, 300, 71), point("masked_newton", 64, 300, 71),
                         256, 256);
  EXPECT_THAT(by_order.text(), HasSubstr("a tie in cost and accuracy; the winner was searched "
                                         "first\n"));
}

TEST(TuneReport, equal_needs_of_what_binds_the_loser_are_no_reason) {
  const Details d(point("block_doubling", 64, 300, 70), point("masked_newton", 64, 310, 70), 256,
                  256);
  EXPECT_THAT(d.text(), HasSubstr("at least 256 cycles a chunk of it, as many as the winner, but "
                                  "310 in all against 300\n"));
}

TEST(TuneReport, left_out_settings_are_counted_in_words_and_name_their_chunk) {
  Details d(point("block_doubling", 64, 300, 70), point("masked_newton", 32, 290, 70), 256, 254);
  d.report.outcomes[0].algorithms[0].counts = {1, 1, 1, 1};
  d.report.outcomes[0].algorithms[0].fault = "block_doubling: fp16: too large";
  EXPECT_THAT(d.text(), HasSubstr("\n1 setting: 1 computed"));
  EXPECT_THAT(d.text(), HasSubstr("left out: 1 setting of block_doubling, chunk 64: too large\n"));
}

TEST(TuneReport, a_loss_that_rounds_to_zero_has_no_sign) {
  TunedPoint winner = point("block_doubling", 64, 300, 70);
  winner.extra_bits = -1e-9;
  TunedPoint loser = point("masked_newton", 64, 400, 70);
  loser.extra_bits = -0.00125;
  const Details d(winner, loser, 256, 320);
  EXPECT_THAT(d.text(), HasSubstr("; 0.00000 bits per byte"));
  EXPECT_THAT(d.text(), HasSubstr("; -0.00125 bits per byte"));
}

}  // namespace
}  // namespace tricycle
