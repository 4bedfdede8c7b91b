// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/json.h"
#include "models/timing/timing.h"
#include "reports/invariants.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/settings.h"
#include "sim/cli/slow_run.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "sim/host/host_memory.h"
#include "sim/host/version.h"
#include "sim/units/npu.h"
#include "sim/units/pe_array.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

constexpr std::int64_t kLargestExtent = 1 << 20;

struct Product {
  HwConfig hw;
  Format format, weights;  // of A and C; of B
  int m, n, k;
  std::int64_t seed;
  Fidelity fidelity;
};

/// Throws InputError where this host cannot hold the values of the product.  They are drawn in
/// binary64, then kept in the memories of the machine; the stored bits of the result come on top.
void check_values_fit(std::int64_t m, std::int64_t n, std::int64_t k) {
  constexpr double kDrawn = 8, kKept = 8;
  const auto elements = [](std::int64_t a, std::int64_t b) {
    return static_cast<double>(a) * static_cast<double>(b);
  };
  check_host_memory(fmt::format("gemm: the values of {} x {} x {}", m, n, k),
                    (elements(m, k) + elements(k, n)) * kKept +
                        std::max(elements(m, k), elements(k, n)) * kDrawn +
                        elements(m, n) * 2 * kKept,
                    "choose smaller --m, --n or --k");
}

/// Collects all faults of the options and the machine.
Product make_product(const GemmOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  const auto fidelity = attempt(faults, [&] { return parse_fidelity(options.fidelity); });
  for (const std::string& text : set.algorithm)
    faults.push_back(fmt::format("--set algorithm.{}: a gemm has no algorithm", text));
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: a gemm has no problem", text));
  const auto count = [&](std::string_view option, const std::string& text, std::int64_t minimum,
                         std::int64_t maximum) {
    return attempt(faults, [&] { return parse_count(option, text, minimum, maximum); })
        .value_or(minimum);
  };
  const std::int64_t m = count("--m", options.m, 1, kLargestExtent),
                     n = count("--n", options.n, 1, kLargestExtent),
                     k = count("--k", options.k, 1, kLargestExtent),
                     seed = count("--seed", options.seed, 0, std::int64_t{1} << 53);
  const auto format = attempt(faults, [&] { return parse_format("--format", options.format); });
  const auto weights =
      options.weights ? attempt(faults, [&] { return parse_format("--weights", *options.weights); })
                      : format;
  if (format && weights && !multiply_together(*format, *weights))
    faults.push_back(
        fmt::format("--weights {}: expected {} or fixed point of at most {} bits beside {}",
                    name(*weights), name(*format), info(*format).mantissa_bits + 1, name(*format)));
  const auto hw = attempt(faults, [&] { return load_hw_config(options.machine, set.machine); });
  throw_if_any(std::move(faults));
  check_values_fit(m, n, k);
  return {*hw,  *format,  *weights, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k),
          seed, *fidelity};
}

/// Uniform multiples of 2^-7 in [-1, 1): exact in every format of at least 8 significant bits.
std::vector<double> random_operand(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<double> values(count);
  for (double& v : values)
    v = static_cast<double>(static_cast<std::int64_t>(engine() >> 56) - 128) / 128;
  return values;
}

struct Measured {
  SimulationResult simulation;
  std::string output_digest;
};

Measured simulate_product(const Product& p, const Program& program) {
  const auto seed = static_cast<std::uint64_t>(p.seed);
  const auto m = static_cast<std::size_t>(p.m), n = static_cast<std::size_t>(p.n),
             k = static_cast<std::size_t>(p.k);
  Measured measured;
  const ItemIo io{[&](std::int64_t, MachineState& state) {
                    write_input(program, program.inputs[0], random_operand(m * k, 2 * seed), state);
                    write_input(program, program.inputs[1], random_operand(k * n, 2 * seed + 1),
                                state);
                  },
                  [&](std::int64_t, const MachineState& state) {
                    Sha256 sha;
                    sha.update(read_bits(p.hw, program, program.output, state));
                    measured.output_digest = sha.hex();
                  }};
  measured.simulation = simulate(program, p.hw, 1, &io, p.fidelity);
  return measured;
}

/// Checks that no total is less than a part of it.  Throws RunError.
void check_product(const Product& p, const Program& program, const ArrayTiming& array,
                   const SimulationResult& r) {
  check_figures(p.hw, r, item_bounds(program, p.hw).cycles, cycles_at_peak(p.hw, program));
  check_part("array_cycles", static_cast<double>(array.occupancy_cycles),
             static_cast<double>(r.units[Unit::kMatrix].busy));
  check_part("array_mapped", array.mapped, 1);
}

Json to_document(const Product& p, const Program& program, const Measured& measured) {
  const SimulationResult& r = measured.simulation;
  const HwConfig hw = for_weights(p.hw, p.format, info(p.weights).bits);
  const ArrayTiming array = p.fidelity == Fidelity::kPe
                                ? clock_array(hw, p.format, p.m, p.n, p.k)
                                : in_machine_cycles(hw, array_timing(hw, p.format, p.m, p.n, p.k));
  const double macs = static_cast<double>(p.m) * p.n * p.k;
  const double peak = hw.peak_macs_per_cycle(p.format);
  check_product(p, program, array, r);
  return {{"version", kVersion},
          {"machine", p.hw.name},
          {"machine_digest", digest(p.hw)},
          {"m", p.m},
          {"n", p.n},
          {"k", p.k},
          {"format", name(p.format)},
          {"weights", name(p.weights)},
          {"accumulation", accumulation_text(p.hw, p.format)},
          {"seed", p.seed},
          {"fidelity", enum_name(p.fidelity)},
          {"array_cycles", array.occupancy_cycles},
          {"array_latency_cycles", array.latency_cycles},
          {"passes", array.passes},
          {"total_cycles", r.total_cycles},
          {"matrix_busy_cycles", r.units[Unit::kMatrix].busy},
          {"macs", r.macs},
          {"array_mac_utilization", macs / (static_cast<double>(array.occupancy_cycles) * peak)},
          {"array_mapped", array.mapped},
          {"mac_utilization", macs / (static_cast<double>(r.total_cycles) * peak)},
          {"dram_bytes", r.dram_bytes},
          {"instructions", program.instructions.size()},
          {"output_digest", measured.output_digest}};
}

}  // namespace

int gemm_command(const GemmOptions& options) {
  const Product p = make_product(options);
  std::optional<SlowRun> slow(std::in_place);
  const Program program = lower_fastest_gemm(p.hw, p.format, p.m, p.n, p.k, p.weights);
  const Json document = to_document(p, program, simulate_product(p, program));
  slow.reset();
  print_warnings(options.machine, split_settings(options.set).machine, p.hw);
  if (options.json) {
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  const auto integer = [&](const char* key) { return document[key].integer(); };
  const auto share = [&](const char* key) { return 100 * document[key].real(); };
  fmt::print("{} x {} x {} in {}{} on {}\n", p.m, p.n, p.k, name(p.format),
             p.weights == p.format ? "" : fmt::format(" with weights in {}", name(p.weights)),
             p.hw.name);
  fmt::print("  array alone  {} cycles, {:.1f} % of peak; {} passes, latency {} cycles\n",
             integer("array_cycles"), share("array_mac_utilization"), integer("passes"),
             integer("array_latency_cycles"));
  fmt::print("  with memory  {} cycles, {:.1f} % of peak; {} B from and to DRAM\n",
             integer("total_cycles"), share("mac_utilization"), integer("dram_bytes"));
  fmt::print("  digest       {}\n", document["output_digest"].text());
  return 0;
}

}  // namespace tricycle
