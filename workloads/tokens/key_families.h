// SPDX-License-Identifier: Apache-2.0
//
// Families of tokens with few parameters: how the keys of a chunk relate to each other, and how
// strong and how even beta and the gates are.  Points of a family are vectors of [0, 1], one number
// a parameter, so that an optimiser can walk in them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/tokens/input_rules.h"

namespace tricycle {

/// Width of all keys, as in the models that use these rules.
inline constexpr std::int64_t kStressKeyWidth = 128;

/// One parameter of a family.
struct FamilyParameter {
  std::string_view name;
  std::string_view meaning;
  double low = 0, high = 1;
  enum class Scale : std::uint8_t { kLinear, kLogarithmic, kWhole } scale = Scale::kLinear;

  /// The value at `unit` in [0, 1]: low at 0, high at 1.
  double at(double unit) const;
};

/// The random numbers of a family, drawn once: points differ in parameters alone.
struct FamilyNoise {
  std::int64_t chunk = 0;
  std::vector<double> common;  // a key's worth of normal numbers
  std::vector<double> normal;  // chunk x width of them
  // Uniform in [0, 1): one each token, or chunk x width of them where channels have their own.
  std::vector<double> beta, g;
};

/// One row.  `keys` makes chunk x width numbers, row-major, that are not yet normalised.
struct KeyFamily {
  std::string_view name;
  std::string_view summary;
  std::vector<FamilyParameter> parameters;  // of the keys
  bool even = false;                        // beta and g are the same for all tokens
  std::vector<double> (*keys)(std::span<const double> values, const FamilyNoise& noise);
};

const std::vector<KeyFamily>& key_families();
/// The row of a name.  Throws InputError with the closest name, or all names.
const KeyFamily& find_key_family(std::string_view name, std::string_view option = "--families");

/// A family's tokens under a rule, with the random numbers of a seed.
class FamilyInputs {
 public:
  FamilyInputs(const KeyFamily& family, const InputRule& rule, std::int64_t chunk,
               std::uint64_t seed);

  const KeyFamily& family() const { return family_; }
  /// Those of the keys, then those of beta and of the gates.
  const std::vector<FamilyParameter>& parameters() const { return parameters_; }
  /// The values at a point of [0, 1]^n.
  std::vector<double> values(std::span<const double> point) const;
  /// Admissible (reason_against()) at every point.
  ChunkTokens tokens(std::span<const double> point) const;

 private:
  const KeyFamily& family_;
  const InputRule& rule_;
  std::vector<FamilyParameter> parameters_;
  FamilyNoise noise_;
};

}  // namespace tricycle
