// SPDX-License-Identifier: Apache-2.0
//
// Whole inversions that kernels stored on a chip, beside the same kernels simulated.  A file has
// tensors A_c<C>_<F> [chunks, C, C], the codes read, and Y_<algorithm>_<implementation>_c<C>_<F>,
// the codes stored.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include "models/error.h"
#include "models/printable.h"
#include "models/semantics/execute.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "workloads/kernels/hopper.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

/// What a tensor's name says: "Y_neumann_masked_dense_shared_n3_s8_doubling_c64_fp16".
struct StoredName {
  std::string kernel;  // "neumann_masked/dense_shared_doubling"
  HopperKernelOptions options;
  std::string input;  // "A_c64_fp16"
  int chunk = 0;
  Format format = Format::kFp16;
};

/// Takes "_n3" and the like out of the text: the number, where the letter is followed by one.
std::optional<int> take_number(std::string& text, std::string_view mark) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const char* const digits = text.data() + at + mark.size();
    const char* const end = text.data() + text.size();
    int number = 0;
    const auto [stop, error] = std::from_chars(digits, end, number);
    if (error != std::errc() || (stop != end && *stop != '_')) continue;
    text.erase(at, static_cast<std::size_t>(stop - (text.data() + at)));
    return number;
  }
  return std::nullopt;
}

/// The kernel whose name the text is, with '/' between algorithm and implementation.
std::string kernel_of(const std::string& text) {
  for (const std::string_view name : hopper_kernel_names()) {
    std::string flat(name);
    flat[flat.find('/')] = '_';
    if (flat == text) return std::string(name);
  }
  return "";
}

StoredName parse_stored_name(const std::string& name, const std::string& place) {
  StoredName out;
  std::string rest = name.substr(2);  // without "Y_"
  const std::size_t format = rest.rfind('_');
  const auto parsed =
      format == std::string::npos ? std::nullopt : find_format(rest.substr(format + 1));
  if (parsed) rest.resize(format);
  const auto chunk = take_number(rest, "_c");
  out.options.order = take_number(rest, "_n").value_or(0);
  out.options.steps = take_number(rest, "_s").value_or(0);
  out.options.groups = take_number(rest, "_g").value_or(0);
  out.kernel = kernel_of(rest);
  const bool banded = out.kernel.starts_with("neumann_masked/");
  const bool grouped = out.kernel == "forward_substitution/rows";
  const bool fits = (banded || (out.options.order == 0 && out.options.steps == 0)) &&
                    (grouped || out.options.groups == 0);
  if (!parsed || !chunk || out.kernel.empty() || !fits)
    throw InputError(
        fmt::format("{}: expected Y_KERNEL_cCHUNK_FORMAT, where KERNEL is one of {} with _ for /",
                    place, fmt::join(hopper_kernel_names(), ", ")));
  out.chunk = *chunk;
  out.format = *parsed;
  out.input = fmt::format("A_c{}_{}", out.chunk, tricycle::name(out.format));
  return out;
}

/// The codes that the simulated kernel stores for all chunks.
std::vector<std::uint8_t> simulated_codes(const StoredName& what, const Tensor& a,
                                          const std::string& place, const HwConfig& hw) {
  const Program program =
      lower_hopper_kernel(what.kernel, what.options, what.chunk, what.format, hw);
  const std::vector<double> values = to_doubles(a, place);
  const std::size_t size =
      static_cast<std::size_t>(what.chunk) * static_cast<std::size_t>(what.chunk);
  const std::size_t items = values.size() / size;
  std::vector<std::vector<std::uint8_t>> codes(items);
  const ItemIo io{
      [&](std::int64_t item, MachineState& state) {
        write_input(program, program.inputs[0],
                    std::span(values).subspan(static_cast<std::size_t>(item) * size, size), state);
      },
      [&](std::int64_t item, const MachineState& state) {
        codes[static_cast<std::size_t>(item)] = read_bits(hw, program, program.output, state);
      }};
  simulate(program, hw, static_cast<std::int64_t>(items), &io);
  std::vector<std::uint8_t> all;
  for (const auto& chunk : codes) all.insert(all.end(), chunk.begin(), chunk.end());
  return all;
}

ValidationRow bits_row(const std::string& file, const std::string& name,
                       const std::map<std::string, Tensor>& tensors, const HwConfig& hw) {
  const std::string place = printable(fmt::format("{}: tensor {}", file, name));
  const StoredName what = parse_stored_name(name, place);
  const Tensor& y = tensors.at(name);
  const auto input = tensors.find(what.input);
  if (input == tensors.end())
    throw InputError(fmt::format("{}: its input {} is missing", place, what.input));
  const Tensor& a = input->second;
  if (a.shape.size() != 3 || a.elements() == 0 || a.shape != y.shape || a.shape[1] != what.chunk ||
      a.shape[2] != what.chunk || a.dtype != info(what.format).safetensors_dtype ||
      y.dtype != a.dtype)
    throw InputError(fmt::format("{}: expected {} [chunks, {}, {}], as its input {}", place,
                                 info(what.format).safetensors_dtype, what.chunk, what.chunk,
                                 what.input));
  const std::vector<std::uint8_t> codes = simulated_codes(what, a, place, hw);
  const std::int64_t bytes = element_bytes(y.dtype);
  std::int64_t equal = 0;
  for (std::int64_t i = 0; i < y.elements(); ++i)
    equal += little_endian(codes.data() + i * bytes, bytes) ==
             little_endian(y.bytes.data() + i * bytes, bytes);
  return {.what = fmt::format("{}, chunk {}, {}, {} chunks", name.substr(2, name.rfind("_c") - 2),
                              what.chunk, tricycle::name(what.format), y.shape[0]),
          .published = static_cast<double>(y.elements()),
          .ours = static_cast<double>(equal),
          .use = RowUse::kExact,
          .source = "NVIDIA H200, sm_90"};
}

}  // namespace

std::vector<ValidationRow> inversion_bits_rows(const std::vector<std::string>& files) {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/h200_sm.yaml"));
  std::vector<ValidationRow> rows;
  for (const std::string& file : files) {
    const std::map<std::string, Tensor> tensors = read_tensor_file(file);
    const std::size_t before = rows.size();
    for (const auto& [name, tensor] : tensors)
      if (name.starts_with("Y_"))
        rows.push_back(
            bits_row(std::filesystem::path(file).filename().string(), name, tensors, hw));
    if (rows.size() == before)
      throw InputError(fmt::format("{}: no inversion; expected tensors A_cC_F and Y_KERNEL_cC_F",
                                   printable(file)));
  }
  return rows;
}

}  // namespace tricycle
