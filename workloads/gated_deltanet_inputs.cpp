// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "models/error.h"
#include "models/numerics/mac.h"
#include "workloads/late_gates.h"
#include "workloads/safetensors.h"
#include "workloads/tokens/delta_rules.h"

namespace tricycle {

namespace {

/// The tensors of one layer as doubles.
struct Layer {
  std::int64_t tokens, key_heads, value_heads, width;
  std::vector<double> k, beta, g;
  bool has_channel_gates = false;  // g [tokens, value heads, width]: Kimi Delta Attention
};

Layer read_layer(const std::string& path, const std::map<std::string, Tensor>& tensors,
                 const std::string& prefix) {
  const auto get = [&](const std::string& name, std::size_t rank,
                       std::size_t other_rank = 0) -> const Tensor& {
    const auto found = tensors.find(prefix + name);
    if (found == tensors.end())
      throw InputError(fmt::format("{}: expected tensor \"{}{}\" beside the others of its layer",
                                   path, prefix, name));
    const std::size_t got = found->second.shape.size();
    if (got != rank && got != other_rank)
      throw InputError(fmt::format("{}: tensor \"{}{}\": expected {}{} dimensions, got {}", path,
                                   prefix, name, rank,
                                   other_rank > 0 ? fmt::format(" or {}", other_rank) : "", got));
    return found->second;
  };
  const Tensor &k = get("k", 3), &beta = get("beta", 2), &g = get("g", 2, 3);
  Layer layer{k.shape[0],          k.shape[1],          beta.shape[1],
              k.shape[2],          to_doubles(k, path), to_doubles(beta, path),
              to_doubles(g, path), g.shape.size() == 3};
  std::vector<std::int64_t> gate_shape = beta.shape;
  if (layer.has_channel_gates) gate_shape.push_back(layer.width);
  // Without tokens nothing is stored, so the number of heads could be anything.
  const bool consistent = beta.shape[0] == layer.tokens && g.shape == gate_shape &&
                          layer.tokens > 0 && layer.width > 0 && layer.key_heads > 0 &&
                          layer.value_heads % layer.key_heads == 0;
  if (!consistent)
    throw InputError(fmt::format("{}: shapes of {}k, {}beta, {}g do not belong together", path,
                                 prefix, prefix, prefix));
  return layer;
}

/// The content of a file of captured tensors.
struct Names {
  std::set<std::int64_t> layers;    // with beta or g: of Gated DeltaNet
  std::vector<std::string> others;  // layers that have neither, tensors of no layer
};

/// L of "layerL.PART".  None for other names, and where L is not in its printed form.
std::optional<std::int64_t> layer_of(const std::string& name) {
  constexpr std::string_view kLayer = "layer";
  if (!name.starts_with(kLayer)) return std::nullopt;
  const char* const end = name.data() + name.size();
  std::int64_t index = -1;
  const auto [rest, error] = std::from_chars(name.data() + kLayer.size(), end, index);
  const std::string_view part(rest, static_cast<std::size_t>(end - rest));
  if (error != std::errc() || index < 0 || !part.starts_with('.') ||
      name != fmt::format("layer{}{}", index, part))
    return std::nullopt;
  return index;
}

/// A depends on k, beta and g alone: the other tensors of such a layer are no input.
Names sort_names(const std::map<std::string, Tensor>& tensors) {
  Names names;
  std::set<std::int64_t> all;
  for (const auto& entry : tensors) {
    const std::string& name = entry.first;
    const auto layer = layer_of(name);
    if (!layer) {
      names.others.push_back(fmt::format("\"{}\"", name));
      continue;
    }
    all.insert(*layer);
    if (name == fmt::format("layer{}.beta", *layer) || name == fmt::format("layer{}.g", *layer))
      names.layers.insert(*layer);
  }
  for (const std::int64_t layer : all)
    if (!names.layers.contains(layer)) names.others.push_back(fmt::format("layer{}", layer));
  return names;
}

/// "a, b, c and 7 more".
std::string some_of(const std::vector<std::string>& items) {
  constexpr std::size_t kMost = 4;
  const auto shown = static_cast<std::ptrdiff_t>(std::min(items.size(), kMost));
  std::string text = fmt::format("{}", fmt::join(items.begin(), items.begin() + shown, ", "));
  if (items.size() > kMost) text += fmt::format(" and {} more", items.size() - kMost);
  return text;
}

std::string note_of(std::int64_t chunk, const std::vector<std::string>& rests,
                    const std::vector<std::string>& others) {
  std::vector<std::string> parts;
  if (!rests.empty())
    parts.push_back(
        fmt::format("left out behind the last whole chunk of {}: {}", chunk, some_of(rests)));
  if (!others.empty())
    parts.push_back("left out, being no layer with k, beta and g: " + some_of(others));
  return fmt::format("{}", fmt::join(parts, "; "));
}

ChunkMatrix one_chunk(const Layer& layer, std::int64_t head, std::int64_t first, std::int64_t chunk,
                      ChunkEntries entries, GatesIn gates_in) {
  const std::int64_t key_head = head / (layer.value_heads / layer.key_heads);
  const std::int64_t gates = layer.has_channel_gates ? layer.width : 1;
  std::vector<double> keys, beta, g;
  for (std::int64_t t = first; t < first + chunk; ++t) {
    const auto row = layer.k.begin() + (t * layer.key_heads + key_head) * layer.width;
    keys.insert(keys.end(), row, row + layer.width);
    beta.push_back(layer.beta[static_cast<std::size_t>(t * layer.value_heads + head)]);
    const auto gate = layer.g.begin() + (t * layer.value_heads + head) * gates;
    g.insert(g.end(), gate, gate + gates);
  }
  if (layer.has_channel_gates) {
    std::vector<double> a = delta_rule_matrix(
        find_delta_rule("kda"),
        {.chunk = chunk, .width = layer.width, .keys = keys, .beta = beta, .g = g});
    if (entries == ChunkEntries::kBinary32)
      for (double& entry : a) entry = static_cast<double>(static_cast<float>(entry));
    return {"", chunk, std::move(a)};
  }
  if (gates_in == GatesIn::kMatrix) return {"", chunk, chunk_matrix(keys, beta, g, entries)};
  const std::vector<double> none(g.size(), 0.0);
  return {"", chunk, chunk_matrix(keys, beta, none, entries), late_gates(gates_in, g)};
}

void refuse_non_finite(const std::string& path, const ChunkMatrix& m) {
  for (double v : m.a)
    if (!std::isfinite(v))
      throw InputError(fmt::format(
          "{}: {}: an entry of A is {}; keys, beta and g must be finite and g at most 0", path,
          m.label, v));
}

}  // namespace

std::vector<double> chunk_matrix_of_gram(std::span<const double> gram, std::span<const double> beta,
                                         std::span<const double> g, ChunkEntries entries) {
  const std::size_t chunk = beta.size();
  std::vector<double> cumulative(chunk);
  double sum = 0;
  for (std::size_t i = 0; i < chunk; ++i) cumulative[i] = sum += g[i];
  std::vector<double> a(chunk * chunk, 0.0);
  for (std::size_t i = 0; i < chunk; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      double& entry = a[i * chunk + j];
      entry = beta[i] * gram[i * chunk + j] * std::exp(cumulative[i] - cumulative[j]);
      if (entries == ChunkEntries::kBinary32)
        entry = static_cast<double>(static_cast<float>(entry));
    }
  return a;
}

std::vector<double> chunk_matrix(std::span<const double> keys, std::span<const double> beta,
                                 std::span<const double> g, ChunkEntries entries) {
  const auto chunk = static_cast<std::int64_t>(beta.size());
  const std::int64_t width = static_cast<std::int64_t>(keys.size()) / chunk;
  std::vector<double> turned(keys.size()), gram(beta.size() * beta.size(), 0.0);
  for (std::int64_t i = 0; i < chunk; ++i)
    for (std::int64_t x = 0; x < width; ++x)
      turned[static_cast<std::size_t>(x * chunk + i)] =
          keys[static_cast<std::size_t>(i * width + x)];
  const MacSpec binary64{.operands = Format::kFp64, .accumulator = Accumulator::kFp64};
  multiply_accumulate(binary64, MatrixRef<const double>{keys.data(), chunk, width, width},
                      MatrixRef<const double>{turned.data(), width, chunk, chunk},
                      MatrixRef<double>{gram.data(), chunk, chunk, chunk});
  return chunk_matrix_of_gram(gram, beta, g, entries);
}

CapturedChunks captured_chunks(const std::string& path, std::int64_t chunk, ChunkEntries entries,
                               GatesIn gates_in) {
  const std::map<std::string, Tensor> tensors = read_safetensors(path);
  const Names names = sort_names(tensors);
  if (!names.layers.contains(0))
    throw InputError(
        names.layers.empty()
            ? fmt::format("{}: expected tensors \"layer0.k\", \"layer0.beta\", \"layer0.g\", ..",
                          path)
            : fmt::format("{}: expected \"layer0.k\", .. beside layers {}: is the first missing? "
                          "Layers have the model's numbers, from 0 on",
                          path, fmt::join(names.layers, ", ")));
  CapturedChunks out;
  std::vector<std::string> rests;
  std::int64_t most = 0;
  for (const std::int64_t index : names.layers) {
    const Layer layer = read_layer(path, tensors, fmt::format("layer{}.", index));
    if (layer.has_channel_gates && gates_in != GatesIn::kMatrix)
      throw InputError(fmt::format(
          "{}: layer{}.g: expected one gate a token, since gates are applied to the inverse "
          "(gates_in), got one a channel",
          path, index));
    most = std::max(most, layer.tokens);
    if (const std::int64_t rest = layer.tokens % chunk; rest > 0)
      rests.push_back(fmt::format("{} of {} tokens of layer{}", rest, layer.tokens, index));
    for (std::int64_t head = 0; head < layer.value_heads; ++head)
      for (std::int64_t first = 0; first + chunk <= layer.tokens; first += chunk) {
        out.chunks.push_back(one_chunk(layer, head, first, chunk, entries, gates_in));
        out.chunks.back().label = fmt::format("layer{}.head{}.t{}", index, head, first);
        refuse_non_finite(path, out.chunks.back());
      }
  }
  if (out.chunks.empty())
    throw InputError(fmt::format("{}: expected layers of at least {} tokens, a chunk, got {}", path,
                                 chunk, most));
  out.note = note_of(chunk, rests, names.others);
  return out;
}

}  // namespace tricycle
