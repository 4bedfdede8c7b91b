// SPDX-License-Identifier: Apache-2.0
//
// The trained Gated DeltaNet model: its loss against the reference implementation (Hugging Face
// transformers 5.17 in binary32), and what approximate inverses do to it, against a float64
// re-computation in another language (workloads/data/gdn_lm/README.md).
#include "workloads/language_model/language_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "models/error.h"
#include "workloads/inversion/neumann.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

const std::string kModel = TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm";

const LanguageModel& model() {
  static const LanguageModel loaded = load_language_model(kModel);
  return loaded;
}

std::vector<std::uint8_t> text() {
  std::ifstream file(kModel + "/acts.txt", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double loss(std::int64_t bytes, std::int64_t chunk, const ChunkInverse& inverse) {
  return bits_per_byte(
      negative_log_likelihoods(model(), text(), bytes, {chunk, inverse}, /*threads=*/2));
}

TEST(LanguageModel, loss_of_every_byte_is_the_reference_implementations) {
  const auto tensors = read_safetensors(kModel + "/acts_nll.safetensors");
  const std::vector<double> reference = to_doubles(tensors.at("nll_nats"), "acts_nll");
  constexpr std::int64_t kBytes = 2048 + 100;  // a second window, and a short last chunk
  const auto nats = negative_log_likelihoods(model(), text(), kBytes, {64, exact_inverse()}, 2);
  double sum = 0, expected = 0;
  for (std::size_t t = 0; t < nats.size(); ++t) {
    // The reference computes in binary32: single bytes differ in the fourth digit, their mean less.
    EXPECT_NEAR(nats[t], reference[t], 2e-3) << "byte " << t;
    sum += nats[t];
    expected += reference[t];
  }
  EXPECT_NEAR(sum / kBytes, expected / kBytes, 1e-5);
}

TEST(LanguageModel, loss_does_not_depend_on_chunk_size_or_threads_with_an_exact_inverse) {
  const std::vector<std::uint8_t> bytes = text();
  const auto one = negative_log_likelihoods(model(), bytes, 2100, {64, exact_inverse()}, 1);
  EXPECT_EQ(one, negative_log_likelihoods(model(), bytes, 2100, {64, exact_inverse()}, 3));
  const auto other = negative_log_likelihoods(model(), bytes, 2100, {128, exact_inverse()}, 2);
  // A enters the inverse as binary32, 2^-24 relative.
  for (std::size_t t = 0; t < one.size(); ++t) EXPECT_NEAR(one[t], other[t], 1e-4);
}

struct PublishedLoss {
  std::string_view algorithm;
  std::optional<int> order, steps;
  std::int64_t chunk;
  Format format;
  double bits_per_byte;  // on 4,096 bytes, rounded to 5 digits
};
class InverseInside : public ::testing::TestWithParam<PublishedLoss> {};

TEST_P(InverseInside, the_loss_is_the_published_one_to_the_digits_shown) {
  const PublishedLoss& p = GetParam();
  AlgorithmOptions options;
  if (p.order) options.set(kOrder, *p.order);
  if (p.steps) options.set(kSteps, *p.steps);
  const ChunkInverse inverse = algorithm_inverse(find_algorithm(p.algorithm), options, p.format,
                                                 reference_machine(), static_cast<int>(p.chunk));
  EXPECT_NEAR(loss(4096, p.chunk, inverse), p.bits_per_byte, 0.5e-5);
}
INSTANTIATE_TEST_SUITE_P(
    Published, InverseInside,
    ::testing::Values(PublishedLoss{"forward_substitution", {}, {}, 64, Format::kInt8, 1.49531},
                      PublishedLoss{"neumann_masked", 3, 8, 64, Format::kFp16, 1.49476},
                      PublishedLoss{"neumann_masked", 3, 6, 64, Format::kInt16, 1.50427},
                      PublishedLoss{"neumann_masked", 3, 4, 64, Format::kInt8, 6.41831},
                      PublishedLoss{"neumann_masked", 4, 3, 32, Format::kFp64, 1.49443},
                      PublishedLoss{"masked_newton", 3, {}, 64, Format::kInt8, 1.49530},
                      PublishedLoss{"block_horner", {}, {}, 64, Format::kInt8, 1.49490},
                      PublishedLoss{"block_doubling", {}, {}, 64, Format::kInt8, 1.49492}),
    [](const auto& info) {
      return std::string(info.param.algorithm) + "_" + std::string(name(info.param.format)) + "_" +
             std::to_string(info.index);
    });

/// The definition against the form that inverts, on a head whose keys are correlated.
TEST(DeltaRule, chunk_by_chunk_is_token_by_token) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  constexpr std::int64_t kTokens = 75, kKeys = 16, kValues = 8;
  DeltaInputs in{
      RealMatrix(kTokens, kKeys), RealMatrix(kTokens, kKeys), RealMatrix(kTokens, kValues), {}, {}};
  for (std::int64_t t = 0; t < kTokens; ++t) {
    double length = 0;
    for (std::int64_t i = 0; i < kKeys; ++i) {
      in.k.at(t, i) = 1 + 0.5 * normal(random);
      length += in.k.at(t, i) * in.k.at(t, i);
      in.q.at(t, i) = normal(random);
    }
    for (double& v : in.k.row(t)) v /= std::sqrt(length);
    for (double& v : in.v.row(t)) v = normal(random);
    in.beta.push_back(1 / (1 + std::exp(-normal(random))));
    in.g.push_back(-std::abs(normal(random)) / 8);
  }
  const RealMatrix expected = delta_rule_recurrent(in);
  for (const std::int64_t chunk : {8, 16, 32, 64, 128}) {
    const RealMatrix o = delta_rule_chunked(in, {chunk, exact_inverse()});
    for (std::size_t i = 0; i < o.values.size(); ++i)
      EXPECT_NEAR(o.values[i], expected.values[i], 2e-6) << "chunk " << chunk;  // A is binary32
  }
}

class DamagedModel : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string complaint(const std::string& config) const {
    std::ofstream(folder_ / "config.json") << config;
    try {
      load_language_model(folder_.string());
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  }
  static std::string good_config() {
    std::ifstream file(kModel + "/config.json");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("tricycle_model_" + std::to_string(getpid()));
};

TEST_F(DamagedModel, says_every_key_that_is_wrong_and_every_tensor_that_does_not_fit) {
  EXPECT_NE(complaint("{").find("expected a JSON object"), std::string::npos);
  const std::string empty = complaint("{}");
  for (const char* key : {"vocab_size", "hidden_size", "rms_norm_eps", "linear_conv_kernel_dim"})
    EXPECT_NE(empty.find(key), std::string::npos) << key;
  EXPECT_NE(complaint(R"({"hidden_act": 3, "tie_word_embeddings": "x"})").find("tie_word"),
            std::string::npos);
  EXPECT_NE(complaint(good_config()).find("model.safetensors"), std::string::npos) << "no weights";
  std::filesystem::copy(kModel + "/model.safetensors", folder_ / "model.safetensors");
  EXPECT_EQ(complaint(good_config()), "");
  std::string other = good_config();
  other.replace(other.find("512"), 3, "640");
  EXPECT_NE(complaint(other).find("expected shape [640, 256], got [512, 256]"), std::string::npos);
}

TEST_F(DamagedModel, refuses_sizes_no_model_has_and_what_is_no_gated_deltanet) {
  std::filesystem::copy(kModel + "/model.safetensors", folder_ / "model.safetensors");
  const auto with = [&](const std::string& key, const std::string& value) {
    std::string config = good_config();
    const std::size_t at = config.find('"' + key + '"');
    if (at != std::string::npos) {
      const std::size_t begin = config.find(':', at) + 1;
      config.replace(begin, config.find_first_of(",\n", begin) - begin, value);
    } else {
      config.insert(config.find('{') + 1, '"' + key + "\": " + value + ",");
    }
    return complaint(config);
  };
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                          "linear_num_key_heads", "linear_num_value_heads", "linear_key_head_dim",
                          "linear_value_head_dim", "linear_conv_kernel_dim", "rms_norm_eps"})
    for (const std::string value : {"0", "-1", "1e308", "1e999", "18446744073709551615", "null",
                                    "true", "\"256\"", "[256]", "{}", deep.c_str()}) {
      const std::string text = with(key, value);
      EXPECT_NE(text, "") << key << " " << value.substr(0, 20);
      EXPECT_LT(text.size(), 1000U);
    }
  EXPECT_NE(with("linear_num_key_heads", "3").find("a multiple of linear_num_key_heads"),
            std::string::npos);
  EXPECT_NE(with("layer_types", "\"linear_attention\"").find("layer_types"), std::string::npos);
  EXPECT_NE(with("layer_types", "[\"linear_attention\"]").find("expected 6, one a layer, got 1"),
            std::string::npos);
  EXPECT_NE(with("num_experts", "8").find("no mixture of experts"), std::string::npos);
  EXPECT_NE(with("full_attention_interval", "4").find("full_attention_interval"),
            std::string::npos);
  EXPECT_EQ(with("num_experts", "0"), "");
  std::string twice = good_config();
  twice.insert(twice.find('{') + 1, "\"hidden_size\": 256,");
  EXPECT_NE(complaint(twice).find("hidden_size: stands there twice"), std::string::npos);
}

}  // namespace
}  // namespace tricycle
