// SPDX-License-Identifier: Apache-2.0
//
// Huawei's own inversion kernels on Ascend: in the cycles of pto-isa's pipeline model, and as
// measured.
#include <fmt/format.h>

#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/engine/steady_state.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/cube_kernels.h"
#include "workloads/inversion/newton_schulz.h"

namespace tricycle {

namespace {

constexpr Format kFormat = Format::kFp16;

HwConfig pipeline_model() { return load_hw_config(shipped("hwconfigs/peers/pto_isa_a2a3.yaml")); }

/// The core the kernels were measured on, one matrix after the other as they go.
HwConfig device() {
  HwConfig hw = load_hw_config(shipped("hwconfigs/ascend_910b4_like.yaml"));
  hw.sequencer.in_flight = 1;
  return hw;
}

/// The words of the column `copies`: how the kernel adds and copies.
constexpr std::pair<std::string_view, LinearTerms> kCopies[] = {
    {"none", LinearTerms::kVector},
    {"identity", LinearTerms::kProducts},
    {"accumulator", LinearTerms::kKept}};

Program mixed_recursive(const HwConfig& hw, int chunk, LinearTerms terms) {
  const Algorithm& row = find_algorithm("mixed_recursive");
  return lower(row, resolve_parameters(row, chunk, {}), chunk, kFormat, hw,
               {.linear_terms = terms});
}

Program emitted(const HwConfig& hw, int chunk, void (*emit)(Emitter&)) {
  Emitter e(hw, kFormat, chunk, chunk);
  emit(e);
  return e.finish();
}

/// tri_inv_trick: one place for an operand on each side of the cube.
SimulationResult product_form_kernel(int chunk) {
  HwConfig hw = pipeline_model();
  hw.scratchpad_to_matrix.buffers = 1;
  return simulate(emitted(hw, chunk, emit_product_form_kernel), hw, 1, nullptr);
}

/// The published cycles are of one matrix and what a launch prepares.
SimulationResult with_preparation(const HwConfig& hw, int chunk, const Program& program) {
  SimulationResult r = simulate(program, hw, 1, nullptr);
  const SimulationResult before =
      simulate(emitted(hw, chunk, emit_kernel_preparation), hw, 1, nullptr);
  r.total_cycles += before.total_cycles;
  for (std::size_t u = 0; u < kUnitCount; ++u) r.units[u].busy += before.units[u].busy;
  return r;
}

/// tri_inv_rec_unroll
SimulationResult mixed_recursive_kernel(int chunk) {
  const HwConfig hw = pipeline_model();
  return with_preparation(hw, chunk, mixed_recursive(hw, chunk, LinearTerms::kProducts));
}

/// tri_inv_ns, with its two accumulators
SimulationResult newton_schulz_kernel(int chunk) {
  const HwConfig hw = pipeline_model();
  const Algorithm& row = find_algorithm("newton_schulz");
  const AlgorithmOptions options = AlgorithmOptions{}.set(kStart, NewtonStart::kScaledIdentity);
  return with_preparation(hw, chunk,
                          lower(row, resolve_parameters(row, chunk, options), chunk, kFormat, hw,
                                {.linear_terms = LinearTerms::kProducts, .accumulators = 2}));
}

SimulationResult kernel(const PublishedTable& table, std::size_t row) {
  const std::string& name = table.text(row, "kernel");
  const int chunk = table.integer(row, "chunk");
  if (name == "product_form") return product_form_kernel(chunk);
  if (name == "mixed_recursive") return mixed_recursive_kernel(chunk);
  if (name == "newton_schulz") return newton_schulz_kernel(chunk);
  table.refuse(row, "kernel", "product_form, mixed_recursive or newton_schulz");
}

LinearTerms copies_of(const PublishedTable& table, std::size_t row) {
  for (const auto& [name, terms] : kCopies)
    if (name == table.text(row, "copies")) return terms;
  table.refuse(row, "copies", "none, identity or accumulator");
}

double microseconds(const HwConfig& hw, int chunk, LinearTerms terms) {
  return steady_cycles_per_item(mixed_recursive(hw, chunk, terms), hw) / hw.clock_ghz / 1000;
}

double cube_busy(const SimulationResult& r) {
  return static_cast<double>(r.units[Unit::kMatrix].busy) / static_cast<double>(r.total_cycles);
}

/// Time of substitution in blocks of 16 and merges, in binary32, as many chunks at once as the
/// machine takes, over the kernel's.  Its sums go through the vector unit, as the published one's.
double over_substitution(int chunk) {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/ascend_910b4_like.yaml"));
  const Algorithm& row = find_algorithm("blocked_substitution");
  const double cycles = lower_fastest(row, resolve_parameters(row, chunk, {}), chunk, Format::kFp32,
                                      hw, {.linear_terms = LinearTerms::kVector})
                            .cycles_per_item;
  return cycles / hw.clock_ghz / 1000 / microseconds(device(), chunk, LinearTerms::kProducts);
}

double ratio(const PublishedTable& table, std::size_t row) {
  const std::string& figure = table.text(row, "figure");
  const int chunk = table.integer(row, "chunk");
  if (figure == "accumulator_saves") {
    const HwConfig hw = device();
    return 1 - microseconds(hw, chunk, LinearTerms::kKept) /
                   microseconds(hw, chunk, LinearTerms::kProducts);
  }
  if (figure == "cube_busy_product_form") return cube_busy(product_form_kernel(chunk));
  if (figure == "cube_busy_mixed_recursive") return cube_busy(mixed_recursive_kernel(chunk));
  if (figure == "over_substitution") return over_substitution(chunk);
  table.refuse(row, "figure", "a figure that is modelled");
}

}  // namespace

std::vector<ValidationRow> ascend_kernel_rows(const std::string& folder) {
  const PublishedTable table(folder + "/ascend_kernel_cycles.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back({fmt::format("{}, chunk {}", table.text(i, "kernel"), table.integer(i, "chunk")),
                   table.number(i, "published"), static_cast<double>(kernel(table, i).total_cycles),
                   table.use(i), table.text(i, "source")});
  return out;
}

std::vector<ValidationRow> ascend_device_rows(const std::string& folder) {
  const PublishedTable table(folder + "/ascend_kernel_us.csv");
  const HwConfig hw = device();
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back(
        {fmt::format("copies {}, chunk {}", table.text(i, "copies"), table.integer(i, "chunk")),
         table.number(i, "published"),
         microseconds(hw, table.integer(i, "chunk"), copies_of(table, i)), table.use(i),
         table.text(i, "source")});
  return out;
}

std::vector<ValidationRow> ascend_ratio_rows(const std::string& folder) {
  const PublishedTable table(folder + "/ascend_kernel_ratios.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back({fmt::format("{}, chunk {}", table.text(i, "figure"), table.integer(i, "chunk")),
                   table.number(i, "published"), ratio(table, i), table.use(i),
                   table.text(i, "source")});
  return out;
}

}  // namespace tricycle
