// SPDX-License-Identifier: Apache-2.0
//
// A byte-level language model that has Gated DeltaNet layers only.  Its layers are defined as in
// Hugging Face's Qwen3.5 code (Qwen3_5ForCausalLM with layer_types all linear_attention).  It is
// computed in double precision.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workloads/language_model/delta_rule.h"
#include "workloads/language_model/real_matrix.h"

namespace tricycle {

/// The content of config.json, under its names.
struct LanguageModelConfig {
  std::int64_t vocab_size = 0, hidden_size = 0, intermediate_size = 0, num_hidden_layers = 0;
  std::int64_t linear_num_key_heads = 0, linear_num_value_heads = 0;
  std::int64_t linear_key_head_dim = 0, linear_value_head_dim = 0, linear_conv_kernel_dim = 0;
  double rms_norm_eps = 0;
  bool tie_word_embeddings = true;

  std::int64_t key_dim() const { return linear_num_key_heads * linear_key_head_dim; }
  std::int64_t value_dim() const { return linear_num_value_heads * linear_value_head_dim; }
  std::int64_t conv_dim() const { return 2 * key_dim() + value_dim(); }
};

/// The weights of one layer.  Projections are [in x out], the transpose of how files store them.
struct LanguageModelLayer {
  std::vector<double> input_norm, post_norm, gated_norm, a_log, dt_bias;
  RealMatrix conv;  // [conv_dim x kernel]
  RealMatrix qkv, z, b, a, out, gate, up, down;
};

struct LanguageModel {
  LanguageModelConfig config;
  RealMatrix embedding;  // [vocabulary x hidden]
  RealMatrix head;       // [hidden x vocabulary]
  std::vector<double> final_norm;
  std::vector<LanguageModelLayer> layers;
};

/// Reads DIR/config.json and DIR/model.safetensors (Hugging Face names, any dtype that
/// safetensors.h reads).  Throws InputError: what is missing, has another shape, or is not
/// supported.
LanguageModel load_language_model(const std::string& directory);

/// Reads the bytes of a file, at least two.  Throws InputError.
std::vector<std::uint8_t> read_bytes(const std::string& path);

/// Logits [tokens x vocabulary] of a window that starts from a zero state.
RealMatrix logits(const LanguageModel& model, std::span<const std::uint8_t> bytes,
                  const ChunkPipeline& pipeline);

/// Negative log-likelihood, in nats, of bytes 1 .. count of the text, each given the bytes before
/// it in its window of `kWindow` bytes.  Windows run on `threads` threads; the figures do not
/// depend on their number.
inline constexpr std::int64_t kWindow = 2048;
std::vector<double> negative_log_likelihoods(const LanguageModel& model,
                                             std::span<const std::uint8_t> text, std::int64_t count,
                                             const ChunkPipeline& pipeline, int threads);

/// The mean of `nats`, converted to bits.
double bits_per_byte(std::span<const double> nats);

}  // namespace tricycle
