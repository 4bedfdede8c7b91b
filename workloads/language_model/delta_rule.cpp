// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/delta_rule.h"

#include <algorithm>
#include <cmath>

#include "workloads/gated_deltanet_inputs.h"

namespace tricycle {

namespace {

/// One chunk of a head, padded to its whole length.
struct Chunk {
  RealMatrix q, k, v;
  std::vector<double> beta, g, cumulative;  // cumulative: G, the sum of g up to each token
};

Chunk chunk_of(const DeltaInputs& in, std::int64_t first, std::int64_t size) {
  Chunk c{block(in.q, first, size, 0, in.q.cols),
          block(in.k, first, size, 0, in.k.cols),
          block(in.v, first, size, 0, in.v.cols),
          std::vector<double>(static_cast<std::size_t>(size), 0.0),
          std::vector<double>(static_cast<std::size_t>(size), 0.0),
          std::vector<double>(static_cast<std::size_t>(size), 0.0)};
  const std::int64_t count = std::min(size, in.q.rows - first);
  std::copy_n(in.beta.begin() + first, count, c.beta.begin());
  std::copy_n(in.g.begin() + first, count, c.g.begin());
  double sum = 0;
  for (std::size_t i = 0; i < c.g.size(); ++i) c.cumulative[i] = sum += c.g[i];
  return c;
}

RealMatrix scaled_rows(RealMatrix m, const std::vector<double>& factors) {
  for (std::int64_t i = 0; i < m.rows; ++i)
    for (double& value : m.row(i)) value *= factors[static_cast<std::size_t>(i)];
  return m;
}

/// (I + A)^-1 of a chunk.
RealMatrix inverse_of(const Chunk& c, const RealMatrix& keys_transposed,
                      const ChunkPipeline& pipeline) {
  const std::int64_t size = c.k.rows;
  RealMatrix t(size, size);
  const RealMatrix gram = pipeline.arithmetic.product(c.k, keys_transposed);
  t.values = pipeline.inverse(chunk_matrix_of_gram(gram.values, c.beta, c.g), size);
  for (std::int64_t i = 0; i < size; ++i) t.at(i, i) += 1;
  return t;
}

/// Q K^T o Gamma, diagonal included, upper triangle zero.
RealMatrix attention(const Chunk& c, const RealMatrix& keys_transposed,
                     const ChunkArithmetic& with) {
  RealMatrix p = with.product(c.q, keys_transposed);
  for (std::int64_t i = 0; i < p.rows; ++i)
    for (std::int64_t j = 0; j < p.cols; ++j)
      p.at(i, j) = j > i ? 0
                         : p.at(i, j) * std::exp(c.cumulative[static_cast<std::size_t>(i)] -
                                                 c.cumulative[static_cast<std::size_t>(j)]);
  return p;
}

/// Outputs of a chunk.  Advances the state S.
RealMatrix advance(const Chunk& c, const ChunkPipeline& pipeline, RealMatrix& state) {
  const ChunkArithmetic& with = pipeline.arithmetic;
  const RealMatrix keys_transposed = transposed(c.k);
  const RealMatrix t = inverse_of(c, keys_transposed, pipeline);
  std::vector<double> decay, beta_decay, rest;
  const double last = c.cumulative.back(), last_decay = std::exp(last);
  for (std::size_t i = 0; i < c.g.size(); ++i) {
    decay.push_back(std::exp(c.cumulative[i]));
    beta_decay.push_back(c.beta[i] * decay.back());
    rest.push_back(std::exp(last - c.cumulative[i]));
  }
  RealMatrix fresh = with.product(t, scaled_rows(c.v, c.beta));
  add(fresh, with.product(with.product(t, scaled_rows(c.k, beta_decay)), state), -1);
  with.keep(fresh);
  RealMatrix out = with.product(scaled_rows(c.q, decay), state);
  add(out, with.product(attention(c, keys_transposed, with), fresh));
  with.keep(out);
  for (double& value : state.values) value *= last_decay;
  add(state, with.product(keys_transposed, scaled_rows(std::move(fresh), rest)));
  with.keep(state);
  return out;
}

}  // namespace

ChunkArithmetic binary64_arithmetic() {
  return {product, [](RealMatrix&) {}};
}

RealMatrix delta_rule_chunked(const DeltaInputs& in, const ChunkPipeline& pipeline) {
  const std::int64_t chunk = pipeline.chunk;
  RealMatrix out(in.q.rows, in.v.cols), state(in.k.cols, in.v.cols);
  for (std::int64_t first = 0; first < in.q.rows; first += chunk) {
    const RealMatrix o = advance(chunk_of(in, first, chunk), pipeline, state);
    for (std::int64_t i = 0; i < std::min(chunk, in.q.rows - first); ++i)
      std::copy(o.row(i).begin(), o.row(i).end(), out.row(first + i).begin());
  }
  return out;
}

RealMatrix delta_rule_recurrent(const DeltaInputs& in) {
  const std::int64_t dk = in.k.cols, dv = in.v.cols, gates = in.gate_width();
  RealMatrix out(in.q.rows, dv), state(dk, dv);
  for (std::int64_t t = 0; t < in.q.rows; ++t) {
    const auto at = static_cast<std::size_t>(t);
    for (std::int64_t i = 0; i < dk; ++i) {
      const auto gate = static_cast<std::size_t>(gates == 1 ? t : t * gates + i);
      for (double& value : state.row(i)) value *= std::exp(in.g[gate]);
    }
    for (std::int64_t j = 0; j < dv; ++j) {
      double read = 0;
      for (std::int64_t i = 0; i < dk; ++i) read += state.at(i, j) * in.k.at(t, i);
      const double d = in.beta[at] * (in.v.at(t, j) - read);
      double o = 0;
      for (std::int64_t i = 0; i < dk; ++i) {
        state.at(i, j) += in.k.at(t, i) * d;
        o += state.at(i, j) * in.q.at(t, i);
      }
      out.at(t, j) = o;
    }
  }
  return out;
}

}  // namespace tricycle
