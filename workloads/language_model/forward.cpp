// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "workloads/in_parallel.h"
#include "workloads/language_model/language_model.h"

namespace tricycle {

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double silu(double x) { return x * sigmoid(x); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double sum_of_squares(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return sum;
}

/// Rows over their root mean square, times 1 + weight.
RealMatrix normalised(RealMatrix x, const std::vector<double>& weight, double eps) {
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const auto row = x.row(i);
    const double scale = 1 / std::sqrt(sum_of_squares(row) / static_cast<double>(x.cols) + eps);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] *= scale * (1 + weight[j]);
  }
  return x;
}

/// Causal convolution with one filter per channel, then SiLU.
RealMatrix convolved(const RealMatrix& x, const RealMatrix& filter) {
  const RealMatrix taps = transposed(filter);  // a row a tap: channels side by side
  RealMatrix out(x.rows, x.cols);
  for (std::int64_t t = 0; t < x.rows; ++t) {
    double* sums = out.row(t).data();
    for (std::int64_t tap = 0; tap < taps.rows; ++tap) {
      const std::int64_t from = t - (taps.rows - 1) + tap;
      if (from < 0) continue;
      const double *weight = taps.row(tap).data(), *value = x.row(from).data();
      for (std::int64_t c = 0; c < x.cols; ++c) sums[c] += weight[c] * value[c];
    }
    for (double& sum : out.row(t)) sum = silu(sum);
  }
  return out;
}

/// Divides rows by their length.
RealMatrix l2_normalised(RealMatrix x, double factor) {
  constexpr double kEps = 1e-6;  // of the published code
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const double scale = factor / std::sqrt(sum_of_squares(x.row(i)) + kEps);
    for (double& v : x.row(i)) v *= scale;
  }
  return x;
}

/// The inputs of the delta rule of a value head.
DeltaInputs head_inputs(const LanguageModelConfig& c, const LanguageModelLayer& layer,
                        const RealMatrix& qkv, const RealMatrix& a, const RealMatrix& b,
                        std::int64_t head) {
  const std::int64_t key_head = head / (c.linear_num_value_heads / c.linear_num_key_heads);
  const std::int64_t dk = c.linear_key_head_dim, dv = c.linear_value_head_dim;
  DeltaInputs in{l2_normalised(block(qkv, 0, qkv.rows, key_head * dk, dk),
                               1 / std::sqrt(static_cast<double>(dk))),
                 l2_normalised(block(qkv, 0, qkv.rows, c.key_dim() + key_head * dk, dk), 1),
                 block(qkv, 0, qkv.rows, 2 * c.key_dim() + head * dv, dv),
                 {},
                 {}};
  const auto h = static_cast<std::size_t>(head);
  for (std::int64_t t = 0; t < qkv.rows; ++t) {
    in.beta.push_back(sigmoid(b.at(t, head)));
    in.g.push_back(-std::exp(layer.a_log[h]) * softplus(a.at(t, head) + layer.dt_bias[h]));
  }
  return in;
}

/// Writes a head's outputs, normalised and gated by SiLU(z), into its columns.
void gate_head(const LanguageModelConfig& c, const LanguageModelLayer& layer, const RealMatrix& o,
               const RealMatrix& z, std::int64_t head, RealMatrix& gated) {
  const std::int64_t dv = c.linear_value_head_dim;
  for (std::int64_t t = 0; t < o.rows; ++t) {
    const double scale =
        1 / std::sqrt(sum_of_squares(o.row(t)) / static_cast<double>(dv) + c.rms_norm_eps);
    for (std::int64_t j = 0; j < dv; ++j)
      gated.at(t, head * dv + j) = o.at(t, j) * scale *
                                   layer.gated_norm[static_cast<std::size_t>(j)] *
                                   silu(z.at(t, head * dv + j));
  }
}

RealMatrix token_mixer(const LanguageModelConfig& c, const LanguageModelLayer& layer,
                       const RealMatrix& x, const ChunkPipeline& pipeline) {
  const RealMatrix qkv = convolved(product(x, layer.qkv), layer.conv);
  const RealMatrix z = product(x, layer.z), a = product(x, layer.a), b = product(x, layer.b);
  RealMatrix gated(x.rows, c.value_dim());
  for (std::int64_t head = 0; head < c.linear_num_value_heads; ++head)
    gate_head(c, layer, delta_rule_chunked(head_inputs(c, layer, qkv, a, b, head), pipeline), z,
              head, gated);
  return product(gated, layer.out);
}

RealMatrix channel_mixer(const LanguageModelLayer& layer, const RealMatrix& x) {
  RealMatrix hidden = product(x, layer.gate);
  const RealMatrix up = product(x, layer.up);
  for (std::size_t i = 0; i < hidden.values.size(); ++i)
    hidden.values[i] = silu(hidden.values[i]) * up.values[i];
  return product(hidden, layer.down);
}

/// -log softmax(row)[target].
double loss(std::span<const double> row, std::uint8_t target) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (const double v : row) sum += std::exp(v - largest);
  return largest + std::log(sum) - row[target];
}

}  // namespace

RealMatrix logits(const LanguageModel& model, std::span<const std::uint8_t> bytes,
                  const ChunkPipeline& pipeline) {
  const LanguageModelConfig& c = model.config;
  RealMatrix x(static_cast<std::int64_t>(bytes.size()), c.hidden_size);
  for (std::int64_t t = 0; t < x.rows; ++t) {
    const auto from = model.embedding.row(bytes[static_cast<std::size_t>(t)]);
    std::copy(from.begin(), from.end(), x.row(t).begin());
  }
  for (const LanguageModelLayer& layer : model.layers) {
    add(x, token_mixer(c, layer, normalised(x, layer.input_norm, c.rms_norm_eps), pipeline));
    add(x, channel_mixer(layer, normalised(x, layer.post_norm, c.rms_norm_eps)));
  }
  return product(normalised(std::move(x), model.final_norm, c.rms_norm_eps), model.head);
}

std::vector<double> negative_log_likelihoods(const LanguageModel& model,
                                             std::span<const std::uint8_t> text, std::int64_t count,
                                             const ChunkPipeline& pipeline, int threads) {
  std::vector<double> nats(static_cast<std::size_t>(count));
  constexpr auto kWidth = static_cast<std::size_t>(kWindow);
  in_parallel((nats.size() + kWidth - 1) / kWidth, threads, [&](std::size_t window) {
    const std::size_t begin = window * kWidth, size = std::min(kWidth, nats.size() - begin);
    const RealMatrix out = logits(model, text.subspan(begin, size), pipeline);
    for (std::size_t t = 0; t < size; ++t)
      nats[begin + t] = loss(out.row(static_cast<std::int64_t>(t)), text[begin + t + 1]);
  });
  return nats;
}

double bits_per_byte(std::span<const double> nats) {
  double sum = 0;
  for (const double v : nats) sum += v;
  return sum / static_cast<double>(nats.size()) / std::log(2.0);
}

}  // namespace tricycle
