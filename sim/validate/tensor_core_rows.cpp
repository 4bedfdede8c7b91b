// SPDX-License-Identifier: Apache-2.0
//
// Products that a real tensor core computed, beside ours.  A file has tensors `a`, `b`, `c` (none:
// zeros) and `d`, or several such sets named NAME.a and so on.  Their element types say which
// instruction it was: F32 operands are tf32; those of `c` and `d` are the accumulators' format.
// Variants of `d`:
//   d_mma_sync   8-bit floats by the compiler's fp16 instructions    computed_as: fp16
//   d_satfinite  int8, clipped once an instruction                   overflow: saturate
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>

#include "models/error.h"
#include "models/printable.h"
#include "sim/config/load_hw.h"
#include "sim/engine/product.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

/// Products of fewer rows than one wgmma has: Triton compiles them to mma.sync.
constexpr std::int64_t kWarpGroupRows = 64;

struct Variant {
  std::string_view suffix, key, value;
};
constexpr Variant kVariants[] = {
    {"", "", ""}, {"_mma_sync", "computed_as", "fp16"}, {"_satfinite", "overflow", "saturate"}};

Format operand_format(const Tensor& t, const std::string& place) {
  if (t.dtype == info(Format::kFp32).safetensors_dtype) return Format::kTf32;
  for (const FormatInfo& row : kFormats)
    if (row.safetensors_dtype == t.dtype) return row.id;
  throw InputError(
      fmt::format("{}: no format of operands has elements of type {}", place, t.dtype));
}

/// The tensors of a file, a set of them at a time.
class ProductSet {
 public:
  ProductSet(const std::string& file, const std::map<std::string, Tensor>& tensors,
             const std::string& prefix)
      : file_(std::filesystem::path(file).filename().string()),
        tensors_(tensors),
        prefix_(prefix) {}

  std::vector<ValidationRow> rows() const {
    std::vector<ValidationRow> out;
    for (const Variant& variant : kVariants)
      if (const Tensor* d = find(fmt::format("d{}", variant.suffix)))
        out.push_back(row(variant, *d));
    return out;
  }

 private:
  const Tensor* find(const std::string& name) const {
    const auto found = tensors_.find(prefix_ + name);
    return found == tensors_.end() ? nullptr : &found->second;
  }
  ProductOperand operand(const std::string& name) const {
    const Tensor* tensor = find(name);
    const std::string place = printable(fmt::format("{}: tensor {}{}", file_, prefix_, name));
    if (tensor == nullptr) throw InputError(place + ": missing; expected a, b, d and perhaps c");
    return {place, *tensor};
  }

  ValidationRow row(const Variant& variant, const Tensor& d) const {
    const ProductOperand a = operand("a"), b = operand("b");
    if (d.elements() == 0)
      throw InputError(fmt::format("{}: expected products, got an empty tensor", a.name));
    const Format format = operand_format(a.tensor, a.name);
    std::vector<std::string> settings;
    const auto set = [&](std::string_view key, std::string_view value) {
      settings.push_back(fmt::format("formats.{}.{}={}", name(format), key, value));
    };
    if (d.dtype == "F16") set("accumulator", "fp16");
    if (!variant.key.empty()) set(variant.key, variant.value);
    if (info(format).is_float() && info(format).bits == 8 && prefix_.starts_with("triton") &&
        a.tensor.shape.size() >= 2 && a.tensor.shape.end()[-2] < kWarpGroupRows)
      set("computed_as", "fp16_chain");
    const MatrixProduct product{load_hw_config(shipped("hwconfigs/h200_sm.yaml"), settings), format,
                                operand_format(b.tensor, b.name)};
    check_product_formats(product);
    const auto c = find("c") != nullptr ? std::optional(operand("c")) : std::nullopt;
    const ProductOperand expected{fmt::format("{}: tensor {}d{}", file_, prefix_, variant.suffix),
                                  d};
    const CodeDifferences differ =
        compare_codes({"the product", multiply(product, a, b, c).d}, expected);
    return {.what = fmt::format("{} {}d{}, {} [{}]", file_, prefix_, variant.suffix, d.dtype,
                                fmt::join(d.shape, " x ")),
            .published = static_cast<double>(differ.elements),
            .ours = static_cast<double>(differ.elements - differ.count),
            .use = RowUse::kExact,
            .source = "NVIDIA H200, sm_90"};
  }

  std::string file_;
  const std::map<std::string, Tensor>& tensors_;
  std::string prefix_;
};

}  // namespace

std::vector<ValidationRow> tensor_core_rows(const std::vector<std::string>& files) {
  std::vector<ValidationRow> rows;
  for (const std::string& file : files) {
    const std::map<std::string, Tensor> tensors = read_tensor_file(file);
    const std::size_t before = rows.size();
    for (const auto& [name, tensor] : tensors) {
      if (name != "a" && !name.ends_with(".a")) continue;
      const ProductSet set(file, tensors, name.substr(0, name.size() - 1));
      for (ValidationRow& row : set.rows()) rows.push_back(std::move(row));
    }
    if (rows.size() == before)
      throw InputError(fmt::format(
          "{}: no product; expected tensors a, b, d (or NAME.a, NAME.b, NAME.d) and perhaps c",
          printable(file)));
  }
  return rows;
}

}  // namespace tricycle
