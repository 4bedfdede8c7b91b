// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "models/error.h"
#include "models/timing/timing.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/load_hw.h"
#include "sim/units/npu.h"
#include "sim/version.h"
#include "workloads/digest.h"
#include "workloads/gemm.h"

namespace tricycle {

namespace {

int checked_size(std::string_view option, std::int64_t value) {
  constexpr std::int64_t kLargest = 16384;
  if (value < 1 || value > kLargest)
    throw InputError(
        fmt::format("{}: expected integer in [1, {}], got {}", option, kLargest, value));
  return static_cast<int>(value);
}

/// Uniform multiples of 2^-7 in [-1, 1): exact in every format.
std::vector<double> random_operand(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<double> values(count);
  for (double& v : values)
    v = static_cast<double>(static_cast<std::int64_t>(engine() >> 56) - 128) / 128;
  return values;
}

}  // namespace

int gemm_command(const GemmOptions& options) {
  check_fidelity(options.fidelity);
  const int m = checked_size("--m", options.m), n = checked_size("--n", options.n),
            k = checked_size("--k", options.k);
  const Settings set = split_settings(options.set);
  if (!set.algorithm.empty() || !set.problem.empty())
    throw InputError("--set: a gemm has neither algorithm nor problem keys");
  const HwConfig hw = load_hw_config(options.machine, set.machine);
  const Format format = parse_format(options.format);
  const Program program = lower_gemm(hw, format, m, n, k);

  std::string digest;
  const ItemIo io{
      [&](std::int64_t, MachineState& state) {
        const auto seed = static_cast<std::uint64_t>(options.seed);
        write_input(
            program, program.inputs[0],
            random_operand(static_cast<std::size_t>(m) * static_cast<std::size_t>(k), 2 * seed),
            state);
        write_input(
            program, program.inputs[1],
            random_operand(static_cast<std::size_t>(k) * static_cast<std::size_t>(n), 2 * seed + 1),
            state);
      },
      [&](std::int64_t, const MachineState& state) {
        Sha256 sha;
        sha.update(read_bits(program, program.output, state));
        digest = sha.hex();
      }};
  const SimulationResult r = simulate(program, hw, 1, &io);
  const ArrayTiming array = array_timing(hw, format, m, n, k);
  const double macs = static_cast<double>(m) * n * k;
  const UnitCycles& matrix = r.units[static_cast<std::size_t>(Unit::kMatrix)];
  const nlohmann::ordered_json document{
      {"version", kVersion},
      {"machine", hw.name},
      {"m", m},
      {"n", n},
      {"k", k},
      {"format", name(format)},
      {"seed", options.seed},
      {"fidelity", options.fidelity},
      {"array_cycles", array.occupancy_cycles},
      {"array_latency_cycles", array.latency_cycles},
      {"passes", array.passes},
      {"total_cycles", r.total_cycles},
      {"matrix_busy_cycles", matrix.busy},
      {"macs", r.macs},
      {"array_mac_utilization",
       macs / (static_cast<double>(array.occupancy_cycles) * hw.peak_macs_per_cycle(format))},
      {"array_mapped", array.mapped},
      {"mac_utilization",
       macs / (static_cast<double>(r.total_cycles) * hw.peak_macs_per_cycle(format))},
      {"dram_bytes", r.dram_bytes},
      {"instructions", program.instructions.size()},
      {"output_digest", digest}};
  if (options.json) {
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  fmt::print("{} x {} x {} in {} on {}\n", m, n, k, name(format), hw.name);
  fmt::print("  array alone: {} cycles ({} passes, latency {}), {:.1f} % of peak\n",
             array.occupancy_cycles, array.passes, array.latency_cycles,
             100 * document["array_mac_utilization"].get<double>());
  fmt::print("  with memory: {} cycles, {:.1f} % of peak, {} B from and to DRAM\n  digest {}\n",
             r.total_cycles, 100 * document["mac_utilization"].get<double>(), r.dram_bytes, digest);
  return 0;
}

}  // namespace tricycle
