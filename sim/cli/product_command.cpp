// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/json.h"
#include "models/printable.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/output_tensor.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/engine/product.h"
#include "sim/engine/run.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"
#include "workloads/digest.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

ProductOperand read_operand_file(std::string_view option, const std::string& text) {
  const std::string name = printable(fmt::format("{} {}", option, text));
  return {name, read_tensor(parse_tensor_name(text), name, NpyTypes::kCodesToo)};
}

struct ProductTask {
  MatrixProduct product;
  TensorName out;
  std::vector<std::string> machine_settings;
};

/// Collects all faults of the options and the machine.
ProductTask make_task(const ProductOptions& options) {
  Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  for (const std::string& text : set.algorithm)
    faults.push_back(fmt::format("--set algorithm.{}: a product has no algorithm", text));
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: a product has no problem", text));
  const auto format = attempt(faults, [&] { return parse_format("--format", options.format); });
  const auto format_b =
      options.format_b
          ? attempt(faults, [&] { return parse_format("--format-b", *options.format_b); })
          : format;
  if (format && options.accumulator)
    set.machine.push_back(
        fmt::format("formats.{}.accumulator={}", name(*format), *options.accumulator));
  const auto hw = attempt(faults, [&] { return load_hw_config(options.machine, set.machine); });
  std::vector<std::string> inputs{options.a, options.b};
  for (const auto& more : {options.c, options.expect})
    if (more) inputs.push_back(*more);
  const TensorName out = checked_output(options.out, "d", inputs, faults);
  throw_if_any(std::move(faults));
  const MatrixProduct product{*hw, *format, *format_b};
  check_product_formats(product);
  return {product, out, set.machine};
}

Json product_document(const ProductTask& task, const ProductResult& r,
                      const std::optional<CodeDifferences>& differ) {
  Sha256 sha;
  sha.update(r.d.bytes);
  const MatrixProduct& p = task.product;
  return {{"version", kVersion},
          {"machine", p.hw.name},
          {"machine_digest", digest(p.hw)},
          {"products", r.products},
          {"m", r.m},
          {"n", r.n},
          {"k", r.k},
          {"format", name(p.format)},
          {"format_b", name(p.format_b)},
          {"accumulation", accumulation_text(p.hw, p.format)},
          {"rounded_elements", r.rounded_elements},
          {"output", task.out.file},
          {"output_dtype", r.d.dtype},
          {"output_digest", sha.hex()},
          {"compared", differ ? Json(differ->elements) : Json()},
          {"differ", differ ? Json(differ->count) : Json()}};
}

void print_product(const ProductTask& task, const ProductResult& r, const Json& document,
                   const std::optional<CodeDifferences>& differ) {
  const MatrixProduct& p = task.product;
  fmt::print("{} of {} x {} x {} in {}{} on {}\n",
             r.products == 1 ? "a product" : fmt::format("{} products", r.products), r.m, r.n, r.k,
             name(p.format), p.format_b == p.format ? "" : fmt::format(" x {}", name(p.format_b)),
             p.hw.name);
  fmt::print("  sums       {}\n", document.at("accumulation").text());
  if (r.rounded_elements > 0)
    fmt::print("  rounded    {} elements of the operands are not in their format\n",
               r.rounded_elements);
  fmt::print("  result     {}: {} [{}], SHA-256 {}\n", printable(task.out.file), r.d.dtype,
             fmt::join(r.d.shape, ", "), document.at("output_digest").text());
  if (differ)
    fmt::print(
        "  expected   {} of {} codes differ{}\n", differ->count, differ->elements,
        differ->count == 0 ? "" : fmt::format(", the first at {}", fmt::join(differ->first, ", ")));
}

}  // namespace

int product_command(const ProductOptions& options) {
  const ProductTask task = make_task(options);
  const ProductOperand a = read_operand_file("--a", options.a),
                       b = read_operand_file("--b", options.b);
  const auto c = options.c ? std::optional(read_operand_file("--c", *options.c)) : std::nullopt;
  const auto expected =
      options.expect ? std::optional(read_operand_file("--expect", *options.expect)) : std::nullopt;
  const ProductResult r = multiply(task.product, a, b, c);
  const auto differ =
      expected ? std::optional(compare_codes({"the result", r.d}, *expected)) : std::nullopt;
  write_file(task.out.file, tensor_file_text(task.out.file, task.out.tensor, r.d));
  print_warnings(options.machine, task.machine_settings, task.product.hw);
  const Json document = product_document(task, r, differ);
  if (options.json)
    fmt::print("{}", json_text(document));
  else
    print_product(task, r, document, differ);
  return differ && differ->count > 0 ? 1 : 0;
}

}  // namespace tricycle
