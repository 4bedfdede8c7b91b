// SPDX-License-Identifier: Apache-2.0
#include "sim/config/load_hw.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "models/config_fields.h"
#include "models/error.h"
#include "sim/config/field_reader.h"
#include "sim/config/layers.h"
#include "sim/config/load_costs.h"

namespace tricycle {

namespace {

/// What a format's sums may be kept in: fixed point in integers, fp64 in fp64, other floats in
/// fp32, or in fp16 what that holds.
std::span<const std::string_view> valid_accumulators(const FormatInfo& format) {
  static constexpr std::string_view kIntegers[] = {"int32", "int48", "int64"};
  static constexpr std::string_view kSingle[] = {"fp32"};
  static constexpr std::string_view kSingleOrHalf[] = {"fp32", "fp16"};
  static constexpr std::string_view kDouble[] = {"fp64"};
  if (!format.is_float()) return kIntegers;
  if (format.id == Format::kFp64) return kDouble;
  return is_within_fp16(format.id) ? std::span<const std::string_view>(kSingleOrHalf) : kSingle;
}

/// A value of formats.F.<key> other than the only one that means anything for F is a fault.
void expect_only(FieldReader& reader, const FormatInfo& format, std::string_view key,
                 std::string_view given, std::string_view valid, std::string_view why) {
  const std::string dotted = fmt::format("formats.{}.{}", format.name, key);
  const Place* place = reader.place_of(dotted);
  if (place && given != valid)
    reader.fault(*place, dotted,
                 fmt::format("expected {} for {} operands ({}), got \"{}\"", valid, format.name,
                             why, given));
}

/// Checks the keys that belong to one order of sums, and only to that one.
void check_order(const FormatInfo& format, const FormatSupport& support, FieldReader& reader) {
  const bool aligned = support.order == SumOrder::kAligned;
  if (!format.is_float() && support.order == SumOrder::kTree)
    expect_only(reader, format, "order", enum_name(support.order), "sequential, tile or aligned",
                "their sums are exact");
  if (format.id == Format::kFp64 && aligned)
    expect_only(reader, format, "order", "aligned", "sequential, tile or tree",
                "their products are not exact");
  if (!sums_in_steps(support.order))
    expect_only(reader, format, "fan_in", std::to_string(support.fan_in), "0",
                "only the orders tree and aligned have steps");
  if (!aligned) {
    constexpr std::string_view kWhy = "only the order aligned has another";
    expect_only(reader, format, "sum_rounding", enum_name(support.sum_rounding), "nearest_even",
                kWhy);
    expect_only(reader, format, "fraction_bits", std::to_string(support.fraction_bits),
                std::to_string(FormatSupport{}.fraction_bits), kWhy);
    if (support.has_step)
      reader.fault(reader.section_place(fmt::format("formats.{}.step", format.name)),
                   fmt::format("formats.{}.step", format.name),
                   "expected none: only the order aligned has such steps; set order: aligned");
  }
  const bool in_turn = sums_in_steps(support.order) && support.multiply_add == MultiplyAdd::kFused;
  if (in_turn && !products_are_exact(format.id))
    expect_only(reader, format, "multiply_add", "fused", "separate",
                fmt::format("products enter the order {} on their own", enum_name(support.order)));
  if (support.sum_rounding == Rounding::kHalfUp || support.sum_rounding == Rounding::kStochastic)
    expect_only(reader, format, "sum_rounding", enum_name(support.sum_rounding),
                "nearest_even or toward_zero", "a step's sum is rounded in no other way");
}

/// A key of formats.F.step that contradicts the others of its format.
void check_step(const HwConfig& hw, const FormatInfo& format, FieldReader& reader) {
  const FormatSupport& support = hw.support(format.id);
  if (!support.has_step || support.order != SumOrder::kAligned) return;
  const StepRule& step = support.step;
  const auto expect = [&](std::string_view key, auto given, auto valid, std::string_view why) {
    expect_only(reader, format, fmt::format("step.{}", key), fmt::format("{}", given),
                fmt::format("{}", valid), why);
  };
  if (step.groups == 1 && step.run != 1) expect("run", step.run, 1, "one group has all products");
  const std::int64_t fan_in = support.fan_in != 0 ? support.fan_in : hw.depth(format.id);
  if (step.groups * step.run > fan_in)
    reader.fault(reader.section_place(fmt::format("formats.{}.step", format.name)),
                 fmt::format("formats.{}.step", format.name),
                 fmt::format("expected groups x run of at most fan_in, {}, got {} x {}", fan_in,
                             step.groups, step.run));
  if (support.computed_as == ComputedAs::kOwn &&
      !zero_steps_keep(hw.mac_spec(format.id), Kept::kSums))
    reader.fault(
        reader.section_place(fmt::format("formats.{}.step", format.name)),
        fmt::format("formats.{}.step.zeros", format.name),
        "expected skip: with fewer fraction_bits than a sum has, or a least_exponent above "
        "it, a step of zeros would change a sum, and bits would depend on the cut");
}

/// Operands that become fp16 need the steps of that format, and steps of their own length.
void check_emulation(const HwConfig& hw, const FormatInfo& format, FieldReader& reader) {
  if (hw.support(format.id).computed_as == ComputedAs::kOwn) return;
  const FormatSupport& half = hw.support(Format::kFp16);
  if (!half.present || half.order != SumOrder::kAligned)
    expect_only(reader, format, "computed_as", enum_name(hw.support(format.id).computed_as), "own",
                "the others need formats.fp16 with order: aligned");
  if (hw.support(format.id).order != SumOrder::kAligned)
    expect_only(reader, format, "computed_as", enum_name(hw.support(format.id).computed_as), "own",
                "the others need order: aligned, whose fan_in is the length of an instruction");
}

/// How results are rounded must mean something for what their sums are kept in.
void check_storage(const FormatInfo& format, const FormatSupport& support, FieldReader& reader) {
  if (format.is_float() && support.rounding == Rounding::kHalfUp)
    expect_only(reader, format, "rounding", "half_up", "nearest_even, toward_zero or stochastic",
                "half_up is of fixed point");
  if (format.id != Format::kFp16 || support.accumulator != Accumulator::kFp16) return;
  constexpr std::string_view kWhy = "sums in fp16 are rounded already";
  expect_only(reader, format, "rounding", enum_name(support.rounding), "nearest_even", kWhy);
  expect_only(reader, format, "overflow", enum_name(support.float_overflow), "to_infinity", kWhy);
}

/// Checks the keys that belong to measured scales, and only to those.
void check_scales(const FormatInfo& format, const FormatSupport& support, FieldReader& reader) {
  if (format.is_float()) return;
  if (support.scaling != Scaling::kPerBlock)
    expect_only(reader, format, "scale_block", std::to_string(support.scale_block),
                std::to_string(FormatSupport{}.scale_block),
                "only the scaling per_block has blocks");
  if (!support.is_dynamic()) {
    expect_only(reader, format, "scale_rounding", enum_name(support.scale_rounding), "exact",
                "the scaling static has no others");
  } else {
    expect_only(reader, format, "rounding", enum_name(support.rounding), "half_up",
                "where scales are measured codes are rounded to nearest even, results to fp32");
    expect_only(reader, format, "integer_bits", std::to_string(support.integer_bits), "0",
                "where scales are measured matrices are fp32");
  }
}

void check_arithmetic(const FormatInfo& format, const FormatSupport& support, FieldReader& reader) {
  if (!format.is_float() || products_are_exact(format.id))
    expect_only(reader, format, "multiply_add", enum_name(support.multiply_add), "separate",
                "their products are exact: fused is the same");
  check_order(format, support, reader);
  check_storage(format, support, reader);
  check_scales(format, support, reader);
  const std::string key = fmt::format("formats.{}.accumulator", format.name);
  const Place* place = reader.place_of(key);
  if (!place) return;
  const std::string_view given = enum_name(support.accumulator);
  bool fits = false;
  for (std::string_view valid : valid_accumulators(format)) fits = fits || valid == given;
  if (!fits)
    reader.fault(*place, key,
                 fmt::format("expected {} for {} operands, got \"{}\"",
                             one_of(valid_accumulators(format)), format.name, given));
}

void check_formats(const HwConfig& hw, FieldReader& reader) {
  bool any = false;
  for (const FormatInfo& row : kFormats) {
    const FormatSupport& support = hw.support(row.id);
    if (!support.present) continue;
    any = true;
    check_arithmetic(row, support, reader);
    check_emulation(hw, row, reader);
    check_step(hw, row, reader);
  }
  if (!any && reader.place_of("formats"))
    reader.fault(reader.section_place("formats"), "formats",
                 "expected at least one format with a map of keys");
}

void check_scratchpad(const HwConfig& hw, FieldReader& reader) {
  const ScratchpadConfig& pad = hw.scratchpad;
  const Place* interleave = reader.place_of("scratchpad.interleave");
  if (interleave && reader.place_of("scratchpad.width") && pad.interleave_bytes < pad.width_bytes)
    reader.fault(*interleave, "scratchpad.interleave",
                 fmt::format("expected at least scratchpad.width ({} B), got {} B", pad.width_bytes,
                             pad.interleave_bytes));
}

void check_solve_unit(const HwConfig& hw, FieldReader& reader) {
  if (!hw.solve_unit.present) return;
  int narrowest = 0;
  for (const FormatInfo& row : kFormats)
    if (const int bits = info(hw.stored_format(row.id)).stored_bits;
        hw.support(row.id).present && (narrowest == 0 || bits < narrowest))
      narrowest = bits;
  if (hw.solve_unit.bits < narrowest)
    reader.fault(reader.section_place("solve_unit"), "solve_unit.bits",
                 fmt::format("no format of the machine is stored in {} bits; expected at least {}",
                             hw.solve_unit.bits, narrowest));
}

void check_unit_clocks(const HwConfig& hw, FieldReader& reader) {
  constexpr double kSlowestGhz = 0.001;  // as of the machine
  const auto check = [&](const std::string& key, double ghz) {
    const Place* place = reader.place_of(key);
    if (place && ghz > 0 && ghz < kSlowestGhz)
      reader.fault(*place, key,
                   fmt::format("expected 0 or at least {} GHz, got {} GHz", kSlowestGhz, ghz));
  };
  check("systolic_array.clock", hw.systolic_array.clock_ghz);
  check("vector_unit.clock", hw.vector_unit.clock_ghz);
  check("dma.clock", hw.dma.clock_ghz);
  check("solve_unit.clock", hw.solve_unit.clock_ghz);
}

/// Checks the operations: every substitution scales a row and adds it to another; a reduction folds
/// rows first.
void check_operations(const HwConfig& hw, FieldReader& reader) {
  const std::string key = "vector_unit.operations";
  const auto stated = [&](VectorOp op) { return hw.cost(op).present; };
  if (reader.place_of(key) && !stated(VectorOp::kMultiplyScalar) && !stated(VectorOp::kMultiplyAdd))
    reader.fault(reader.section_place(key), key + ".multiply_scalar",
                 "missing, expected it or multiply_add: substitution scales rows");
  if (stated(VectorOp::kRowMax) && !stated(VectorOp::kMax))
    reader.fault(reader.section_place(key + ".row_max"), key + ".max",
                 "missing, expected it beside row_max, which folds rows by it");
}

/// One line, instead of one for every key that a machine has and a problem does not.
void refuse_other_kind(const YamlNode& root, const std::string& path) {
  const auto has = [&](std::string_view key) { return root.find(key) != nullptr; };
  if (has("systolic_array") || has("clock")) return;
  if (names_grid(root))
    throw InputError(path + ": expected a machine, got a grid; `tricycle sweep` takes it");
  if (has("machine") && has("problem"))
    throw InputError(path +
                     ": expected a machine, got a resolved run; `tricycle run` takes it alone");
  if (has("chunk") && has("input"))
    throw InputError(path + ": expected a machine, got a problem; a machine comes first");
  if (has("multiply") || has("dram_pj_per_bit"))
    throw InputError(path +
                     ": expected a machine, got cost tables; a machine's cost.tables names "
                     "them");
}

}  // namespace

HwConfig read_hw_config(const YamlNode& root, std::vector<Fault>& faults,
                        const CostTablesSource& tables) {
  HwConfig hw;
  FieldReader reader(root, faults);
  visit_fields(reader, hw);
  reader.finish();
  check_formats(hw, reader);
  check_operations(hw, reader);
  check_scratchpad(hw, reader);
  check_solve_unit(hw, reader);
  check_unit_clocks(hw, reader);
  if (hw.cost_model.present) hw.cost_model.tables = tables(cost_tables_path(hw.cost_model), faults);
  return hw;
}

HwConfig load_hw_config(const std::string& path, const std::vector<std::string>& overrides) {
  std::vector<Fault> faults;
  const YamlNode root = load_layers(path, overrides, "", faults);
  refuse_other_kind(root, path);
  HwConfig hw = read_hw_config(root, faults);
  throw_if_any(std::move(faults));
  return hw;
}

}  // namespace tricycle
