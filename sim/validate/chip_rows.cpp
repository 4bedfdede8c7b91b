// SPDX-License-Identifier: Apache-2.0
//
// Ratios of times of the chunked gated delta rule between GPUs.  A multiprocessor has its share of
// the chip's memory and of its items, so one of them stands for all.
#include <map>
#include <tuple>

#include "sim/config/load_hw.h"
#include "sim/engine/layer.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

constexpr int kGdnChunk = 64;                          // flash-linear-attention's
constexpr std::int64_t kGdnChunks = 8192 / kGdnChunk;  // of a head

std::vector<std::string> settings_of(const std::string& text) {
  std::vector<std::string> all(1);
  for (const char c : text) {
    if (c == ';')
      all.emplace_back();
    else
      all.back() += c;
  }
  return all;
}

/// One side of a ratio: a chip, and how many heads it computes.
struct ChipCase {
  std::string machine, set;
  std::int64_t cores, heads;
  friend bool operator<(const ChipCase& a, const ChipCase& b) {
    return std::tie(a.machine, a.set, a.cores, a.heads) <
           std::tie(b.machine, b.set, b.cores, b.heads);
  }
};

/// Seconds of the five stages, each a kernel of its own, on the core with the most items.
double gdn_seconds(const ChipCase& c) {
  const HwConfig hw =
      load_hw_config(shipped("hwconfigs/" + c.machine + ".yaml"), settings_of(c.set));
  const RoundingMode& mode = find_rounding_mode("fla_bf16");
  const DeltaShape shape{kGdnChunk, 128, 128, 1};
  const auto share = [&](std::int64_t items) { return (items + c.cores - 1) / c.cores; };
  const std::int64_t chunks = share(c.heads * kGdnChunks), heads = share(c.heads);
  const Algorithm& solve = find_algorithm("blocked_substitution");
  const Program inversion =
      lower_fastest(solve, resolve_parameters(solve, kGdnChunk, {}), kGdnChunk, Format::kTf32, hw)
          .program;
  double cycles = cycles_of_items(lower_kkt(hw, shape, mode), hw, chunks);
  cycles += cycles_of_items(inversion, hw, chunks);
  cycles += cycles_of_items(lower_wy(hw, shape, mode), hw, chunks);
  cycles += cycles_of_items(
      lower_state(hw, shape, mode, DeltaForm::kUt, static_cast<int>(kGdnChunks)), hw, heads);
  cycles += cycles_of_items(lower_output(hw, shape, mode), hw, chunks);
  return cycles / (hw.clock_ghz * 1e9);
}

}  // namespace

std::vector<ValidationRow> gdn_chip_rows(const std::string& folder) {
  const PublishedTable table(folder + "/gdn_chip_ratios.csv");
  std::map<ChipCase, double> known;
  const auto seconds = [&](std::size_t row, const std::string& side) {
    const ChipCase c{table.text(row, "machine"), table.text(row, side + "set"),
                     table.integer(row, side + "cores"), table.integer(row, side + "heads")};
    if (!known.contains(c)) known[c] = gdn_seconds(c);
    return known[c];
  };
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back({table.text(i, "what"), table.number(i, "published"),
                   seconds(i, "") / seconds(i, "over_"), table.use(i), table.text(i, "source")});
  return out;
}

}  // namespace tricycle
