// SPDX-License-Identifier: Apache-2.0
//
// The choices of a lowering that are tried by simulation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "models/field.h"
#include "models/hw_config.h"

namespace tricycle {

/// Where the linear terms L of dst <- round(L + a b) are added.
///   vector    dst <- round(L + acc) by the vector unit, after the product
///   start     acc <- L by the vector unit, then the product is added to it
///             (topology.vector_to_accumulator)
///   products  acc <- I L, then acc <- acc + a b on the matrix unit.  Every copy and negation is a
///             product with +-I as well, and topology.accumulator_to_scratchpad rounds the sums.
///             No vector unit takes part
///   kept      as products; where L is the old dst, its sums are still in the accumulators, and the
///             product is added to them.  dst is then not rounded between the two
/// The bits of floats differ between these: a sum is rounded in another order, or is not rounded
/// to storage before it is used as a term.
enum class LinearTerms : std::uint8_t { kVector, kStart, kProducts, kKept };
template <>
struct EnumNames<LinearTerms> {
  static constexpr std::pair<std::string_view, LinearTerms> kValues[] = {
      {"vector", LinearTerms::kVector},
      {"start", LinearTerms::kStart},
      {"products", LinearTerms::kProducts},
      {"kept", LinearTerms::kKept}};
};
inline std::string_view name(LinearTerms terms) { return enum_name(terms); }

/// Those that a machine can run in a format.  The first is the usual one, which lower() takes where
/// the cut says nothing: start where the machine has it, else vector.
std::vector<LinearTerms> linear_terms_on(const HwConfig& hw, Format format);

/// Throws InputError, with the reason, where the machine cannot add them so.
void check_linear_terms(const HwConfig& hw, Format format, LinearTerms terms);

/// How a lowering cuts its matrices and uses the machine.  An unset member is estimated to be the
/// fastest; linear_terms is the usual one.  Bits depend on linear_terms alone.
struct Cut {
  std::optional<int> tile = std::nullopt;         // edge of the blocks in which zeros are skipped
  std::optional<int> merge_group = std::nullopt;  // emitter.h
  std::optional<LinearTerms> linear_terms = std::nullopt;
  // C x C accumulators that products take in turn, 1 or 2, where linear_terms is products.  With 2
  // the next sum begins while the last is read out.
  std::optional<int> accumulators = std::nullopt;
  bool is_fixed() const { return tile || merge_group || linear_terms; }
};

}  // namespace tricycle
