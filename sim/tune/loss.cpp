// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/loss.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "models/error.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/language_model/language_model.h"

namespace tricycle {

namespace {

class Meter {
 public:
  explicit Meter(const LossText& what)
      : model_(load_language_model(what.model)),
        text_(read_bytes(what.text)),
        bytes_(what.bytes),
        threads_(what.threads) {
    const auto most = static_cast<std::int64_t>(text_.size()) - 1;
    if (bytes_ > most)
      throw InputError(fmt::format("--bytes: expected integer in [1, {}], got {}", most, bytes_));
  }

  double extra_bits(const TunedPoint& point, const HwConfig& hw, Format format) {
    const AlgorithmParameters p = resolve_parameters(*point.algorithm, point.chunk, point.options);
    const std::string setting = value_text({hw, *point.algorithm, p, format, point.linear_terms});
    return bits(setting, point.chunk,
                [&] {
                  return algorithm_inverse(*point.algorithm, point.options, format, hw, point.chunk,
                                           {.linear_terms = point.linear_terms});
                }) -
           bits("exact", point.chunk, exact_inverse);
  }

 private:
  template <typename MakeInverse>
  double bits(const std::string& setting, int chunk, MakeInverse make) {
    const auto [known, added] = known_.try_emplace(fmt::format("{} {}", chunk, setting));
    if (added)
      known->second =
          bits_per_byte(negative_log_likelihoods(model_, text_, bytes_, {chunk, make()}, threads_));
    return known->second;
  }

  LanguageModel model_;
  std::vector<std::uint8_t> text_;
  std::int64_t bytes_;
  int threads_;
  std::map<std::string, double> known_;
};

}  // namespace

LossMeter make_loss_meter(const LossText& what) {
  const auto meter = std::make_shared<Meter>(what);
  return [meter](const TunedPoint& point, const HwConfig& hw, Format format) {
    return meter->extra_bits(point, hw, format);
  };
}

}  // namespace tricycle
