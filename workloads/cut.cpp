// SPDX-License-Identifier: Apache-2.0
#include "workloads/cut.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"
#include "models/numerics/mac.h"

namespace tricycle {

namespace {

/// Why the machine cannot add linear terms so; empty where it can.
std::string reason_against(const HwConfig& hw, Format format, LinearTerms terms) {
  if (terms == LinearTerms::kVector) return "";
  const bool starts = terms == LinearTerms::kStart;
  if (starts && !hw.vector_to_accumulator.present)
    return "it needs topology.vector_to_accumulator, which lets the vector unit write the "
           "accumulators";
  if (!starts && !hw.accumulator_to_scratchpad.present)
    return "it needs topology.accumulator_to_scratchpad, which reads sums out without the vector "
           "unit";
  if (!info(format).is_float())
    return fmt::format("in {} the identity has no code of the scale of the sums", name(format));
  if (hw.stored_format(format) != format)
    return fmt::format("formats.{}.scaling: sums of codes have to be scaled by the vector unit",
                       name(format));
  // A step of zero products that rounds the terms would show which of those steps a cut leaves out.
  if (starts && !zero_steps_keep(hw.mac_spec(format), Kept::kTerms))
    return fmt::format("steps of zeros round the sums of {}, so bits would depend on the tiles",
                       name(format));
  return "";
}

}  // namespace

std::vector<LinearTerms> linear_terms_on(const HwConfig& hw, Format format) {
  std::vector<LinearTerms> all;
  for (const LinearTerms terms :
       {LinearTerms::kStart, LinearTerms::kVector, LinearTerms::kProducts, LinearTerms::kKept})
    if (reason_against(hw, format, terms).empty()) all.push_back(terms);
  return all;
}

void check_linear_terms(const HwConfig& hw, Format format, LinearTerms terms) {
  const std::string reason = reason_against(hw, format, terms);
  if (reason.empty()) return;
  std::vector<std::string_view> words;
  for (const LinearTerms there : linear_terms_on(hw, format)) words.push_back(name(there));
  throw InputError(fmt::format("{}: linear terms \"{}\" in {}: {}; choose {}", hw.name, name(terms),
                               name(format), reason, fmt::join(words, " or ")));
}

}  // namespace tricycle
