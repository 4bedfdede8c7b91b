// SPDX-License-Identifier: Apache-2.0
#include "sim/config/program_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "models/closest_name.h"
#include "models/error.h"
#include "models/printable.h"
#include "sim/host/host_memory.h"
#include "workloads/digest.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

/// "--input A=a.npy:x", for messages.
std::string option_text(const InputFile& in) {
  return printable(fmt::format("--input {}={}{}{}", in.buffer, in.file,
                               in.tensor.empty() ? "" : ":", in.tensor));
}

std::string quoted_names(const std::vector<std::string_view>& names) {
  return printable(fmt::format("{}", fmt::join(names, ", ")));
}

std::vector<std::string_view> input_names(const Program& program) {
  std::vector<std::string_view> names;
  for (const std::uint32_t input : program.inputs) names.push_back(program.buffers[input].name);
  return names;
}

/// Faults of the names: no input of the program, given twice, without a file.
std::vector<std::string> name_faults(const Program& program, const std::vector<InputFile>& files) {
  std::vector<std::string> faults;
  const std::vector<std::string_view> names = input_names(program);
  const auto of_name = [&](std::string_view name) {
    return std::ranges::count(files, name, &InputFile::buffer);
  };
  for (const InputFile& in : files)
    if (std::ranges::find(names, in.buffer) == names.end()) {
      const std::string_view meant = closest_name(in.buffer, names);
      faults.push_back(fmt::format(
          "{}: no input of the program{}", option_text(in),
          meant.empty() ? "; expected one of " + quoted_names(names)
                        : fmt::format(" (did you mean \"{}\"?)", printable(std::string(meant)))));
    }
  std::vector<std::string_view> missing;
  for (const std::string_view name : names) {
    if (of_name(name) == 0) missing.push_back(name);
    if (of_name(name) > 1)
      faults.push_back(fmt::format("--input {}: given twice; give each input one file",
                                   printable(std::string(name))));
  }
  if (!missing.empty())
    faults.push_back(fmt::format("program: input{} {} without a file; give --input {}=FILE.npy{}",
                                 missing.size() > 1 ? "s" : "", quoted_names(missing),
                                 printable(std::string(missing.front())),
                                 missing.size() > 1 ? " and so on" : ""));
  return faults;
}

/// The number of matrices that the tensor holds.  Throws InputError unless they have the buffer's
/// shape.
std::int64_t count_matrices(const InputFile& in, const Tensor& tensor, const Buffer& b) {
  const std::size_t rank = tensor.shape.size();
  if (rank < 2 || tensor.shape[rank - 2] != b.rows || tensor.shape[rank - 1] != b.cols ||
      tensor.elements() == 0)
    throw InputError(fmt::format("{}: expected [{}, {}] or [.., {}, {}] as buffer {}, got [{}]",
                                 option_text(in), b.rows, b.cols, b.rows, b.cols, printable(b.name),
                                 fmt::join(tensor.shape, ", ")));
  return tensor.elements() / (std::int64_t{b.rows} * b.cols);
}

ProgramInputs::Matrices matrices_of(const InputFile& in, const Buffer& b, std::int64_t& count) {
  Tensor tensor = read_tensor({in.file, in.tensor}, option_text(in), NpyTypes::kReal);
  count = count_matrices(in, tensor, b);
  const bool fixed = !info(b.format).is_float();
  if (fixed && tensor.is_integer() && !tensor.fraction_bits) tensor.fraction_bits = b.fraction_bits;
  ProgramInputs::Matrices out{to_doubles(tensor, option_text(in)), false};
  const auto bad =
      std::ranges::find_if(out.values, [](double value) { return !std::isfinite(value); });
  if (fixed && bad != out.values.end())
    throw InputError(fmt::format(
        "{}: element {} is {}; buffer {} is in {}, which holds finite "
        "numbers only",
        option_text(in), bad - out.values.begin(), *bad, printable(b.name), name(b.format)));
  return out;
}

/// SHA-256 of the values that the items get; the names of the files do not count.
std::string digest_of(const Program& program, const ProgramInputs& data) {
  Sha256 sha;
  const auto add = [&](const void* bytes, std::size_t size) {
    sha.update({static_cast<const std::uint8_t*>(bytes), size});
  };
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const Buffer& b = program.buffers[program.inputs[i]];
    const std::vector<double>& values = data.inputs[i].values;
    const std::string head = fmt::format("{} {} {} {}\n", b.name, b.rows, b.cols, values.size());
    add(head.data(), head.size());
    add(values.data(), values.size() * sizeof(double));
  }
  return sha.hex();
}

}  // namespace

InputFile parse_input(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals + 1 == text.size())
    throw InputError(fmt::format("--input {}: expected NAME=FILE or NAME=FILE:TENSOR",
                                 printable(std::string(text))));
  const TensorName named = parse_tensor_name(text.substr(equals + 1));
  return {std::string(text.substr(0, equals)), named.file, named.tensor};
}

ProgramInputs read_program_inputs(const Program& program, const std::vector<InputFile>& files,
                                  std::optional<std::int64_t> items) {
  throw_if_any(name_faults(program, files));
  ProgramInputs data;
  std::vector<std::string> faults;
  std::vector<std::int64_t> counts(program.inputs.size(), 1);
  std::vector<const InputFile*> ordered;
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const Buffer& b = program.buffers[program.inputs[i]];
    ordered.push_back(&*std::ranges::find(files, b.name, &InputFile::buffer));
    auto matrices = attempt(faults, [&] { return matrices_of(*ordered[i], b, counts[i]); });
    data.inputs.push_back(matrices ? std::move(*matrices) : ProgramInputs::Matrices{});
  }
  throw_if_any(faults);
  data.items = items.value_or(*std::ranges::max_element(counts));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 1 && counts[i] != data.items)
      faults.push_back(fmt::format("{}: expected 1 matrix or {} as {}, got {}",
                                   option_text(*ordered[i]), data.items,
                                   items ? "--items says" : "another input has", counts[i]));
    data.inputs[i].shared = counts[i] == 1;
  }
  throw_if_any(std::move(faults));
  if (data.items > kMostProgramItems)
    throw InputError(
        fmt::format("program: expected at most {} items, got {}", kMostProgramItems, data.items));
  data.digest = digest_of(program, data);
  return data;
}

}  // namespace tricycle
