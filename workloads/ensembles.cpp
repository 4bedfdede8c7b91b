// SPDX-License-Identifier: Apache-2.0
#include "workloads/ensembles.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "models/error.h"
#include "workloads/draw.h"
#include "workloads/gated_deltanet_inputs.h"

namespace tricycle {

namespace {

constexpr std::size_t kKeyWidth = 128;

using Key = std::array<double, kKeyWidth>;

Key normalised(Key key) {
  double squares = 0;
  for (double v : key) squares += v * v;
  for (double& v : key) v /= std::sqrt(squares);
  return key;
}

Key random_key(Draw& draw) {
  Key key;
  for (double& v : key) v = draw.normal();
  return normalised(key);
}

/// Keys and gates of one chunk.
struct Tokens {
  std::vector<Key> keys;
  std::vector<double> beta;
};

Tokens iid(Draw& draw, std::size_t chunk) {
  Tokens t;
  for (std::size_t i = 0; i < chunk; ++i) {
    t.keys.push_back(random_key(draw));
    t.beta.push_back(draw.uniform(0.05, 0.95));
  }
  return t;
}

Tokens correlated(Draw& draw, std::size_t chunk) {
  const Key common = random_key(draw);
  Tokens t = iid(draw, chunk);
  // Cosine between two keys is about 0.6.
  for (Key& key : t.keys) {
    for (std::size_t x = 0; x < kKeyWidth; ++x)
      key[x] = std::sqrt(0.4) * key[x] + std::sqrt(0.6) * common[x];
    key = normalised(key);
  }
  return t;
}

Tokens identical_keys(Draw& draw, std::size_t chunk) {
  return {std::vector<Key>(chunk, random_key(draw)), std::vector<double>(chunk, 0.25)};
}

Tokens loop4(Draw& draw, std::size_t chunk) {
  std::array<Key, 4> loop;
  for (Key& key : loop) key = random_key(draw);
  Tokens t;
  for (std::size_t i = 0; i < chunk; ++i) {
    t.keys.push_back(loop[i % 4]);
    t.beta.push_back(draw.uniform(0.8, 0.99));
  }
  return t;
}

Tokens all_ones(Draw&, std::size_t chunk) {
  Key unit{};
  unit[0] = 1;
  return {std::vector<Key>(chunk, unit), std::vector<double>(chunk, 1.0)};
}

struct Ensemble {
  std::string_view name;
  std::string_view summary;
  Tokens (*draw)(Draw&, std::size_t chunk);
};
constexpr std::array<Ensemble, 5> kEnsembles{{
    {"iid", "independent random keys, beta uniform in [0.05, 0.95)", iid},
    {"correlated", "keys that share a direction (cosine about 0.6), beta uniform in [0.05, 0.95)",
     correlated},
    {"identical_keys", "one key for all tokens, beta = 0.25: A is constant but for decay",
     identical_keys},
    {"loop4", "four tokens repeated, beta uniform in [0.8, 0.99)", loop4},
    {"all_ones", "one key, beta = 1: without decay every entry of A is 1", all_ones},
}};

const Ensemble& find_ensemble(std::string_view name) {
  for (const Ensemble& e : kEnsembles)
    if (e.name == name) return e;
  throw InputError(
      fmt::format("ensemble \"{}\": expected one of {}", name, fmt::join(ensemble_names(), ", ")));
}

/// Log-decay g of every token: A's entries d tokens apart shrink by about exp(-d x mean).
std::vector<double> decay(Draw& draw, std::string_view strength, std::size_t chunk) {
  double mean = 0;
  if (strength == "strong")
    mean = 0.5;
  else if (strength == "weak")
    mean = 0.01;
  else if (strength != "none")
    throw InputError(fmt::format("decay \"{}\": expected one of strong, weak, none", strength));
  std::vector<double> g(chunk);
  for (double& v : g) v = -2 * mean * draw.uniform();
  return g;
}

}  // namespace

std::vector<std::string_view> ensemble_names() {
  std::vector<std::string_view> names;
  for (const Ensemble& e : kEnsembles) names.push_back(e.name);
  return names;
}

std::string_view ensemble_summary(std::string_view name) { return find_ensemble(name).summary; }

std::vector<ChunkMatrix> synthetic_chunks(const Problem& problem) {
  const Ensemble& ensemble = find_ensemble(problem.ensemble);
  Draw draw(static_cast<std::uint64_t>(problem.seed));
  const auto chunk = static_cast<std::size_t>(problem.chunk);
  std::vector<ChunkMatrix> out;
  for (std::int64_t index = 0; index < problem.matrices; ++index) {
    const Tokens tokens = ensemble.draw(draw, chunk);
    std::vector<double> keys;
    for (const Key& key : tokens.keys) keys.insert(keys.end(), key.begin(), key.end());
    out.push_back({fmt::format("{}.{}", ensemble.name, index), problem.chunk,
                   chunk_matrix(keys, tokens.beta, decay(draw, problem.decay, chunk))});
  }
  return out;
}

}  // namespace tricycle
