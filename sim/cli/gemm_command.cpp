// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/json.h"
#include "models/timing/timing.h"
#include "reports/invariants.h"
#include "sim/cli/commands.h"
#include "sim/cli/gemm_operands.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/output_tensor.h"
#include "sim/cli/settings.h"
#include "sim/cli/slow_run.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "sim/host/host_memory.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"
#include "sim/units/npu.h"
#include "sim/units/pe_array.h"
#include "workloads/digest.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

constexpr std::int64_t kLargestExtent = 1 << 20;

struct Product {
  HwConfig hw;
  Format format, weights;  // of A and C; of B
  int m, n, k;
  std::int64_t seed;
  Fidelity fidelity;
  TensorName out;                   // where C goes; no file: nowhere
  std::optional<GemmOperand> a, b;  // the user's own; none: random ones
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

/// The sizes that the options say, or the files of the operands.
struct GemmSizes {
  std::int64_t m = 1, n = 1, k = 1;
};

/// All faults of the options that say the sizes.
GemmSizes parse_sizes(const GemmOptions& options, std::vector<std::string>& faults) {
  GemmSizes sizes;
  const bool files = options.a || options.b;
  std::vector<std::string_view> missing;
  const auto take = [&](std::string_view option, const std::optional<std::string>& text,
                        std::int64_t& size) {
    if (!text)
      missing.push_back(option);
    else if (files)
      faults.push_back(fmt::format("{}: the sizes are those of --a and --b; leave it out", option));
    else
      size = attempt(faults, [&] {
               return parse_count(option, *text, 1, kLargestExtent);
             }).value_or(1);
  };
  take("--m", options.m, sizes.m);
  take("--n", options.n, sizes.n);
  take("--k", options.k, sizes.k);
  if (!files && !missing.empty())
    faults.push_back(fmt::format("gemm: {} missing: give --m, --n and --k, or --a and --b",
                                 fmt::join(missing, ", ")));
  if (files && !(options.a && options.b))
    faults.emplace_back("gemm: --a and --b belong together; give both, or neither");
  return sizes;
}

/// Reads the operands that have files.  Throws InputError.
void read_operands(const GemmOptions& options, Product& p) {
  if (!options.a || !options.b) return;
  std::vector<std::string> faults;
  p.a = attempt(faults, [&] { return read_gemm_operand("--a", *options.a, p.format, p.hw); });
  p.b = attempt(faults, [&] { return read_gemm_operand("--b", *options.b, p.weights, p.hw); });
  throw_if_any(std::move(faults));
  if (p.a->cols != p.b->rows)
    throw InputError(fmt::format("gemm: --a has {} columns and --b {} rows; expected as many",
                                 p.a->cols, p.b->rows));
  for (const std::int64_t extent : {p.a->rows, p.a->cols, p.b->cols})
    if (extent > kLargestExtent)
      throw InputError(fmt::format("gemm: expected matrices of at most {} rows and columns, got {}",
                                   kLargestExtent, extent));
  p.m = static_cast<int>(p.a->rows);
  p.k = static_cast<int>(p.a->cols);
  p.n = static_cast<int>(p.b->cols);
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
  const GemmSizes sizes = parse_sizes(options, faults);
  const auto seed = attempt(
      faults, [&] { return parse_count("--seed", options.seed, 0, std::int64_t{1} << 53); });
  TensorName out;
  if (options.out)
    out =
        checked_output(*options.out, "c", {options.a.value_or(""), options.b.value_or("")}, faults);
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
  Product p{*hw,
            *format,
            *weights,
            static_cast<int>(sizes.m),
            static_cast<int>(sizes.n),
            static_cast<int>(sizes.k),
            *seed,
            *fidelity,
            out,
            {},
            {}};
  read_operands(options, p);
  check_values_fit(p.m, p.n, p.k);
  return p;
}

struct Measured {
  SimulationResult simulation;
  Tensor output;  // C, codes of the format
};

Measured simulate_product(const Product& p, const Program& program) {
  const auto seed = static_cast<std::uint64_t>(p.seed);
  Measured measured;
  measured.output = {std::string(info(p.format).safetensors_dtype), {p.m, p.n}, {}};
  const auto load = [&](std::size_t input, const std::optional<GemmOperand>& own, int rows,
                        int cols, std::uint64_t stream, MachineState& state) {
    write_input(program, program.inputs[input],
                own ? own->values : random_gemm_operand(rows, cols, stream).values, state);
  };
  const ItemIo io{[&](std::int64_t, MachineState& state) {
                    load(0, p.a, p.m, p.k, 2 * seed, state);
                    load(1, p.b, p.k, p.n, 2 * seed + 1, state);
                  },
                  [&](std::int64_t, const MachineState& state) {
                    measured.output.bytes = read_bits(p.hw, program, program.output, state);
                  }};
  measured.simulation = simulate(program, p.hw, 1, &io, p.fidelity);
  return measured;
}

/// Checks that no total is less than a part of it.  Throws RunError.
void check_product(const ArrayTiming& array, const SimulationResult& r) {
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
  Sha256 sha;
  sha.update(measured.output.bytes);
  const double peak = hw.peak_macs_per_cycle(p.format);
  check_product(array, r);
  return {{"version", kVersion},
          {"machine", p.hw.name},
          {"machine_digest", digest(p.hw)},
          {"m", p.m},
          {"n", p.n},
          {"k", p.k},
          {"format", name(p.format)},
          {"weights", name(p.weights)},
          {"accumulation", accumulation_text(p.hw, p.format)},
          {"seed", p.a ? Json() : Json(p.seed)},
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
          {"output_digest", sha.hex()}};
}

}  // namespace

int gemm_command(const GemmOptions& options) {
  const Product p = make_product(options);
  std::optional<SlowRun> slow(std::in_place);
  const Program program = lower_fastest_gemm(p.hw, p.format, p.m, p.n, p.k, p.weights);
  const Measured measured = simulate_product(p, program);
  const Json document = to_document(p, program, measured);
  if (!p.out.file.empty())
    write_file(p.out.file, tensor_file_text(p.out.file, p.out.tensor, measured.output));
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
