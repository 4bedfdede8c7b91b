// SPDX-License-Identifier: Apache-2.0
//
// The configuration keys of a core with warps; a part of the table in models/config_fields.h.
#pragma once

#include "models/field.h"
#include "models/simt/simt_config.h"

namespace tricycle {

/// The keys that mean something for an operation.
template <typename Visitor>
void visit_fields(Visitor& v, WarpOperation& c, const WarpOpInfo& op) {
  const auto cycles = [&](std::string_view key, bool required, std::string_view meaning,
                          double& value) {
    v.number(Field{key, Quantity::kCycles, 0, 1e6, required, meaning}, value);
  };
  cycles("issue", false,
         "of its scheduler's issue; what is above one cycle in the gaps that other warps leave",
         c.issue);
  if (op.pipe != WarpPipe::kNone)
    cycles("interval", false, "its pipe in the scheduler takes no other", c.interval);
  if (op.unit != WarpUnit::kNone)
    cycles("unit", false, "the unit that all schedulers share takes no other", c.unit);
  cycles("latency", true,
         is_store(op.op) ? "until a sync or a barrier may count it done"
                         : "until an instruction that needs its result may be issued",
         c.latency);
  if (op.unit == WarpUnit::kGroupProduct)
    cycles("scratchpad", false, "the scratchpad's, for its operands", c.scratchpad);
}

template <typename Visitor>
void visit_fields(Visitor& v, SimtConfig& c) {
  const auto count = [&](std::string_view key, double least, double most, std::string_view meaning,
                         std::int64_t& value) {
    v.number(Field{key, Quantity::kCount, least, most, false, meaning}, value);
  };
  count("schedulers", 1, 64, "a warp belongs to one; each issues one instruction at a time",
        c.schedulers);
  count("lanes", 1, 1024, "lanes of a warp", c.lanes);
  count("max_warps", 1, 4096, "resident on a core", c.max_warps);
  count("max_blocks", 1, 4096, "resident on a core", c.max_blocks);
  v.number(Field{"registers", Quantity::kCount, 1, 1e9, true, "of 32 bits, of a core"},
           c.registers);
  count("register_unit", 1, 65536, "a warp has a multiple of them", c.register_unit);
  v.number(Field{"block_reserved", Quantity::kBytes, 0, 1e9, false,
                 "scratchpad that every block takes beside its own"},
           c.block_bytes);
  v.number(Field{"block_unit", Quantity::kBytes, 1, 1e6, false,
                 "a block's scratchpad is a multiple of it"},
           c.block_unit_bytes);
  v.number(Field{"barrier_per_warp", Quantity::kCycles, 0, 1e6, false,
                 "added to the latency of a barrier, a warp of the block"},
           c.barrier_per_warp);
  v.number(Field{"window", Quantity::kCount, 0, 1e6, false,
                 "a compiler moves an instruction ahead of so many, a register of the thread"},
           c.window);
  v.section("fetch", false, [&] {
    count("ahead", 1, 1e6, "instructions fetched before they are issued", c.fetch_ahead);
    constexpr std::array<std::string_view, kFetchedKib.size()> kKeys{"kib_16", "kib_32", "kib_64",
                                                                     "kib_128", "kib_256"};
    for (std::size_t i = 0; i < kKeys.size(); ++i)
      v.number(Field{kKeys[i], Quantity::kCycles, 0.01, 1e4, false,
                     "an instruction of straight code of this size"},
               c.fetch[i]);
  });
  v.section("operations", true, [&] {
    for (const WarpOpInfo& op : kWarpOps)
      v.section(op.name, true,
                [&] { visit_fields(v, c.operations[static_cast<std::size_t>(op.op)], op); });
  });
}

}  // namespace tricycle
