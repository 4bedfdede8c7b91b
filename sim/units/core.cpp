// SPDX-License-Identifier: Apache-2.0
#include "sim/units/core.h"

#include <fmt/format.h>

#include <algorithm>

namespace tricycle {

namespace {

bool has_products(const Program& program) {
  return std::any_of(program.instructions.begin(), program.instructions.end(),
                     [](const Instruction& in) { return in.as<Matmul>() != nullptr; });
}

/// SystemC asks for names of their own.
std::string module_name(std::int32_t core, std::string_view part) {
  return core == 0 ? std::string(part) : fmt::format("core{}_{}", core, part);
}

std::vector<std::unique_ptr<UnitServer>> make_servers(std::int32_t core, const CoreParts& parts) {
  std::vector<std::unique_ptr<UnitServer>> servers;
  for (std::size_t u = 0; u < kUnitCount; ++u)
    for (std::int64_t s = 0; s < kUnits[u].servers(parts.hw); ++s)
      servers.push_back(std::make_unique<UnitServer>(
          module_name(core, fmt::format("{}{}", kUnits[u].name, s)).c_str(),
          ServerId{static_cast<Unit>(u), static_cast<std::int32_t>(s), core}, parts));
  return servers;
}

}  // namespace

Core::Core(std::int32_t index, std::size_t slots, const MachineParts& m)
    : scoreboard_(m.program, m.hw, m.items, slots, m.progress),
      scratchpad_(m.hw, m.program, slots),
      operand_path_(m.program, m.hw, m.timings),
      values_(m.program, m.hw, m.io, slots),
      pe_(m.fidelity == Fidelity::kPe && has_products(m.program)
              ? make_pe_unit(module_name(index, "pe_array"), m.program, m.hw, scoreboard_, values_)
              : nullptr),
      servers_(make_servers(index, {m.program, m.hw, m.timings, scoreboard_, scratchpad_, paths_,
                                    operand_path_, m.dram, values_, pe_.get(), m.observer})),
      sequencer_(scoreboard_, servers_) {}

void Core::complete_due(std::int64_t now) {
  for (const auto& server : servers_)
    if (server->done_at() <= now) server->complete();
}

std::int64_t Core::next_completion() const {
  std::int64_t next = UnitServer::kNever;
  for (const auto& server : servers_) next = std::min(next, server->done_at());
  return next;
}

void Core::account_until(std::int64_t total_cycles, ByUnit<UnitCycles>& units) const {
  for (const auto& server : servers_) {
    UnitCycles& unit = units[server->unit()];
    const UnitCycles cycles = server->account_until(total_cycles);
    ++unit.servers;
    unit.busy += cycles.busy;
    unit.idle += cycles.idle;
    for (std::size_t c = 0; c < kStallCauseCount; ++c) unit.stalled[c] += cycles.stalled[c];
  }
}

}  // namespace tricycle
