// SPDX-License-Identifier: Apache-2.0
#include "workloads/matrix_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/isa/program.h"
#include "workloads/tiling.h"

namespace tricycle {

namespace {

std::string_view meaning_of(ParameterKey<KeptAs> key) {
  if (key.name == kInputAs.name) return "format in which A is loaded";
  if (key.name == kOperandsAs.name) return "format to which operands of products are rounded";
  if (key.name == kBlocksAs.name) return "format in which the diagonal blocks are inverted";
  if (key.name == kMergesAs.name) return "format in which blocks are merged";
  if (key.name == kMastersAs.name) return "format of the iterates that are kept beside operands";
  return "format in which Y is stored";
}

Format format_of(ParameterKey<KeptAs> key, KeptAs kept, Format run, const HwConfig& hw) {
  const std::string_view word = kKeptAs[static_cast<std::size_t>(kept)].first;
  const bool mixes = info(run).is_float() && run != Format::kFp64;
  if (kept == KeptAs::kRun || (kept == KeptAs::kSums && !mixes)) return hw.stored_format(run);
  if (!mixes)
    throw InputError(fmt::format(
        "algorithm.{}={}: a run of {} keeps all its matrices alike, formats are mixed among fp32 "
        "and narrower floats; choose one of these for the run, or leave algorithm.{} out",
        key.name, word, name(run), key.name));
  if (kept == KeptAs::kSums)
    return hw.support(run).accumulator == Accumulator::kFp16 ? Format::kFp16 : Format::kFp32;
  const Format format = *find_format(word);
  check_format(hw, format);
  return format;
}

}  // namespace

Parameter kept_as_parameter(ParameterKey<KeptAs> key) {
  return {.key = key.name,
          .symbol = key.name,
          .values =
              "run | sums | fp32 | tf32 | fp16 | bf16 | float8_e4m3fn | float8_e5m2; default "
              "run, the format of the run (masters of ns_blocks: sums)",
          .meaning = meaning_of(key),
          .words = words_of(kKeptAs),
          .usual = first_word,
          .candidates = [](int, const ParameterValues&) { return std::vector<int>{0}; },
          .unsaid = is_first_word(key)};
}

std::vector<Parameter> kept_as_parameters(std::initializer_list<ParameterKey<KeptAs>> keys,
                                          std::vector<Parameter> own) {
  for (const ParameterKey<KeptAs>& key : keys) own.push_back(kept_as_parameter(key));
  return own;
}

MatrixFormats matrix_formats(const ParameterValues& values, Format run, const HwConfig& hw) {
  const auto of = [&](ParameterKey<KeptAs> key) {
    return format_of(key, values.get(key), run, hw);
  };
  return {.input = of(kInputAs),
          .operands = of(kOperandsAs),
          .blocks = of(kBlocksAs),
          .merges = of(kMergesAs),
          .masters = of(kMastersAs),
          .result = of(kResultAs)};
}

std::vector<int> tile_edges(const HwConfig& hw, Format run, const MatrixFormats& formats,
                            int chunk) {
  const std::vector<int> of_run = tile_edges(hw, run, chunk);
  std::vector<int> of_all = of_run;
  for (const Format format : {formats.operands, formats.blocks, formats.merges}) {
    if (format == hw.stored_format(run)) continue;
    const std::vector<int> own = tile_edges(hw, format, chunk);
    std::erase_if(of_all,
                  [&](int edge) { return std::find(own.begin(), own.end(), edge) == own.end(); });
  }
  return of_all.empty() ? of_run : of_all;
}

}  // namespace tricycle
