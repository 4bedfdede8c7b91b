// SPDX-License-Identifier: Apache-2.0
//
// What gates of every channel (KDA) cost in the stage kkt, beside the stage with one gate a token.
#include <fmt/format.h>

#include "sim/config/load_hw.h"
#include "sim/engine/layer.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

std::vector<ValidationRow> channel_gate_rows(const std::string& folder) {
  constexpr std::int64_t kItems = 4096;  // many rounds: the steady state
  constexpr int kHeadWidth = 128;
  const PublishedTable table(folder + "/kda_kkt_ratios.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    const RoundingMode& mode = find_rounding_mode(table.text(i, "mode"));
    const ChannelGateVariant& variant = find_channel_gates(table.text(i, "kkt"));
    DeltaShape shape{table.integer(i, "chunk"), kHeadWidth, kHeadWidth, 1};
    const double scalar = cycles_of_items(lower_kkt(hw, shape, mode), hw, kItems);
    shape.channel_gates = variant.id;
    out.push_back({fmt::format("{} on {}, chunk {}", variant.name, hw.name, shape.chunk),
                   table.number(i, "published"),
                   cycles_of_items(lower_kkt(hw, shape, mode), hw, kItems) / scalar, table.use(i),
                   table.text(i, "source")});
  }
  return out;
}

}  // namespace tricycle
