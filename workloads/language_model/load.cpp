// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "models/error.h"
#include "models/json.h"
#include "models/printable.h"
#include "workloads/language_model/language_model.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

/// Throws InputError where `path` is no file: "PATH: expected WHAT, found no such file".
void check_file(const std::string& path, std::string_view what) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_regular_file(status)) return;
  throw InputError(fmt::format("{}: expected {}, {}", path, what,
                               !std::filesystem::exists(status)        ? "found no such file"
                               : std::filesystem::is_directory(status) ? "got a directory"
                                                                       : "got a special file"));
}

/// Reads config.json key by key.  Reports all of its faults at once.
class ConfigReader {
 public:
  explicit ConfigReader(std::string path) : path_(std::move(path)) {
    check_file(path_, "the config.json of a model");
    std::error_code error;
    if (std::filesystem::file_size(path_, error) > kLargestBytes)
      throw InputError(fmt::format("{}: expected at most {} B", path_, kLargestBytes));
    std::ifstream file(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    ForeignJson parsed = parse_foreign_json(text);
    document_ = std::move(parsed.document);
    if (!document_.is_object()) throw InputError(fmt::format("{}: expected a JSON object", path_));
    if (!parsed.duplicate.empty())
      faults_.push_back(
          fmt::format("{}: {}: stands there twice", path_, excerpt(parsed.duplicate)));
  }

  LanguageModelConfig read() {
    LanguageModelConfig c;
    size("vocab_size", c.vocab_size);
    size("hidden_size", c.hidden_size);
    size("intermediate_size", c.intermediate_size);
    size("num_hidden_layers", c.num_hidden_layers, 1024);
    size("linear_num_key_heads", c.linear_num_key_heads, 1024);
    size("linear_num_value_heads", c.linear_num_value_heads, 1024);
    size("linear_key_head_dim", c.linear_key_head_dim, 4096);
    size("linear_value_head_dim", c.linear_value_head_dim, 4096);
    size("linear_conv_kernel_dim", c.linear_conv_kernel_dim, 64);
    number("rms_norm_eps", c.rms_norm_eps, 1);
    const Json* tied = document_.find("tie_word_embeddings");
    if (tied != nullptr && !tied->is_boolean())
      fault("tie_word_embeddings", "true or false");
    else if (tied != nullptr)
      c.tie_word_embeddings = tied->truth();
    check(c);
    refuse_others();
    throw_if_any(std::move(faults_));
    return c;
  }

 private:
  void fault(std::string_view key, std::string_view expected) {
    faults_.push_back(fmt::format("{}: {}: expected {}, got {}", path_, key, expected, got(key)));
  }
  std::string got(std::string_view key) const {
    const Json* found = document_.find(key);
    if (found == nullptr) return "nothing";
    if (found->is_object()) return "an object";
    return found->is_array() ? "a list" : excerpt(found->dump());
  }
  void size(std::string_view key, std::int64_t& value, std::int64_t largest = 1 << 20) {
    const Json* found = document_.find(key);
    if (found == nullptr || !found->is_number_integer() || found->integer() < 1 ||
        found->integer() > largest)
      return fault(key, fmt::format("an integer in [1, {}]", largest));
    value = found->integer();
  }
  void number(std::string_view key, double& value, double largest) {
    const Json* found = document_.find(key);
    if (found == nullptr || !found->is_number() || !(found->real() > 0) || found->real() > largest)
      return fault(key, fmt::format("a number above 0, at most {}", largest));
    value = found->real();
  }
  /// What says that a model is more than Gated DeltaNet layers with an MLP each.
  void refuse_others() {
    for (const std::string_view key : {"num_experts", "num_local_experts", "n_routed_experts"}) {
      const Json* found = document_.find(key);
      if (found != nullptr && !found->is_null() && !(found->is_number() && found->real() == 0))
        fault(key, "no mixture of experts (none, or 0)");
    }
    const Json* interval = document_.find("full_attention_interval");
    if (interval != nullptr && !interval->is_null() && !document_.contains("layer_types"))
      fault("full_attention_interval", "layer_types that are linear_attention alone beside it");
  }
  void check(const LanguageModelConfig& c) {
    constexpr std::int64_t kBytes = 256;
    if (c.vocab_size != 0 && c.vocab_size != kBytes) fault("vocab_size", "256, a token a byte");
    if (c.linear_num_key_heads != 0 && c.linear_num_value_heads % c.linear_num_key_heads != 0)
      fault("linear_num_value_heads", "a multiple of linear_num_key_heads");
    const Json* activation = document_.find("hidden_act");
    if (activation != nullptr && !(*activation == "silu")) fault("hidden_act", "\"silu\"");
    const Json* types = document_.find("layer_types");
    if (types == nullptr) return;
    const auto is_linear = [](const Json& type) { return type == "linear_attention"; };
    if (!types->is_array() || !std::all_of(types->begin(), types->end(), is_linear))
      return fault("layer_types", "linear_attention alone");
    if (c.num_hidden_layers != 0 && types->size() != static_cast<std::size_t>(c.num_hidden_layers))
      faults_.push_back(fmt::format("{}: layer_types: expected {}, one a layer, got {}", path_,
                                    c.num_hidden_layers, types->size()));
  }

  static constexpr std::uintmax_t kLargestBytes = std::uintmax_t{16} << 20;
  std::string path_;
  Json document_;
  std::vector<std::string> faults_;
};

/// Reads tensors by Hugging Face name and checks shapes.  Reports all faults at once.
class WeightReader {
 public:
  WeightReader(std::string path, std::vector<std::string>& faults)
      : path_(std::move(path)), tensors_(read_safetensors(path_)), faults_(faults) {}

  std::vector<double> vector(const std::string& name, std::int64_t size) {
    return values(name, {size});
  }
  /// Stored [out x in].
  RealMatrix matrix(const std::string& name, std::int64_t out, std::int64_t in) {
    return shaped(values(name, {out, in}), out, in);
  }
  RealMatrix projection(const std::string& name, std::int64_t out, std::int64_t in) {
    const RealMatrix stored = matrix(name, out, in);
    return stored.values.empty() ? stored : transposed(stored);
  }
  RealMatrix filters(const std::string& name, std::int64_t channels, std::int64_t taps) {
    return shaped(values(name, {channels, 1, taps}), channels, taps);
  }

 private:
  static RealMatrix shaped(std::vector<double> values, std::int64_t rows, std::int64_t cols) {
    RealMatrix m;
    m.rows = rows;
    m.cols = cols;
    m.values = std::move(values);
    return m;
  }
  std::vector<double> values(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
      faults_.push_back(fmt::format("{}: expected tensor \"{}\"", path_, name));
      return {};
    }
    if (found->second.shape != shape) {
      faults_.push_back(fmt::format("{}: tensor \"{}\": expected shape [{}], got [{}]", path_, name,
                                    fmt::join(shape, ", "), fmt::join(found->second.shape, ", ")));
      return {};
    }
    std::vector<double> values = to_doubles(found->second, path_);
    const auto bad = std::find_if_not(values.begin(), values.end(),
                                      [](double value) { return std::isfinite(value); });
    if (bad != values.end())
      faults_.push_back(fmt::format("{}: tensor \"{}\": expected finite numbers, entry {} is {}",
                                    path_, name, bad - values.begin(), *bad));
    return values;
  }

  std::string path_;
  std::map<std::string, Tensor> tensors_;
  std::vector<std::string>& faults_;
};

LanguageModelLayer read_layer(WeightReader& weights, const LanguageModelConfig& c,
                              const std::string& layer) {
  const std::string mixer = layer + "linear_attn.", mlp = layer + "mlp.";
  const std::int64_t heads = c.linear_num_value_heads, hidden = c.hidden_size,
                     inner = c.intermediate_size;
  return {weights.vector(layer + "input_layernorm.weight", hidden),
          weights.vector(layer + "post_attention_layernorm.weight", hidden),
          weights.vector(mixer + "norm.weight", c.linear_value_head_dim),
          weights.vector(mixer + "A_log", heads),
          weights.vector(mixer + "dt_bias", heads),
          weights.filters(mixer + "conv1d.weight", c.conv_dim(), c.linear_conv_kernel_dim),
          weights.projection(mixer + "in_proj_qkv.weight", c.conv_dim(), hidden),
          weights.projection(mixer + "in_proj_z.weight", c.value_dim(), hidden),
          weights.projection(mixer + "in_proj_b.weight", heads, hidden),
          weights.projection(mixer + "in_proj_a.weight", heads, hidden),
          weights.projection(mixer + "out_proj.weight", hidden, c.value_dim()),
          weights.projection(mlp + "gate_proj.weight", inner, hidden),
          weights.projection(mlp + "up_proj.weight", inner, hidden),
          weights.projection(mlp + "down_proj.weight", hidden, inner)};
}

}  // namespace

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  check_file(path, "a file of text");
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() < 2)
    throw InputError(fmt::format("{}: expected at least 2 bytes, got {}", path, text.size()));
  return text;
}

LanguageModel load_language_model(const std::string& directory) {
  LanguageModel model;
  model.config = ConfigReader(directory + "/config.json").read();
  const LanguageModelConfig& c = model.config;
  std::vector<std::string> faults;
  WeightReader weights(directory + "/model.safetensors", faults);
  model.embedding = weights.matrix("model.embed_tokens.weight", c.vocab_size, c.hidden_size);
  model.head =
      weights.projection(c.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight",
                         c.vocab_size, c.hidden_size);
  model.final_norm = weights.vector("model.norm.weight", c.hidden_size);
  for (std::int64_t i = 0; i < c.num_hidden_layers && faults.empty(); ++i)
    model.layers.push_back(read_layer(weights, c, fmt::format("model.layers.{}.", i)));
  throw_if_any(std::move(faults));
  return model;
}

}  // namespace tricycle
