// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/error.h"
#include "sim/cli/choice_tables.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/inversion_report.h"
#include "sim/cli/notice.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/host/output_file.h"
#include "workloads/npy.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

/// Everything that was asked for, checked, except the file.
struct InvertRequest {
  std::vector<const Algorithm*> algorithms;
  std::vector<Format> formats;
  AlgorithmOptions given;
  InversionMachine machine;
  std::optional<Format> as;
  std::int64_t fraction_bits = 0;

  bool is_one() const { return algorithms.size() == 1 && formats.size() == 1; }
};

std::string extension(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}

/// OUT itself for one result; of several "DIR/STEM.ALGORITHM.FORMAT.EXTENSION".
std::string output_of(const std::string& out, const InvertRequest& request,
                      const Algorithm& algorithm, Format format) {
  if (request.is_one()) return out;
  std::filesystem::path path(out);
  const std::string file = fmt::format("{}.{}.{}{}", path.stem().string(), algorithm.name,
                                       name(format), path.extension().string());
  return path.replace_filename(file).string();
}

void check_files(const InvertOptions& options, const InvertRequest& request,
                 std::vector<std::string>& faults) {
  std::vector<std::string> files;
  for (const Algorithm* algorithm : request.algorithms)
    for (const Format format : request.formats)
      files.push_back(output_of(options.output, request, *algorithm, format));
  if (options.errors) files.push_back(*options.errors);
  for (const std::string& file : files) {
    attempt(faults, [&] { return check_output_file(file), true; });
    std::error_code error;
    if (std::filesystem::equivalent(options.input, file, error))
      faults.push_back(
          fmt::format("{}: {} is IN, whose matrices it would replace; name another file", file,
                      &file == &files.back() && options.errors ? "the file of --errors" : "OUT"));
  }
  if (options.errors && std::filesystem::path(*options.errors).lexically_normal() ==
                            std::filesystem::path(options.output).lexically_normal())
    faults.push_back(fmt::format("--errors {}: it is OUT; name another file", *options.errors));
  if (extension(options.output) == ".npz")
    faults.push_back(
        fmt::format("{}: OUT is written as .npy (one array) or safetensors; name such "
                    "a file",
                    options.output));
}

/// Collects all faults of the options and the machine.
InvertRequest parse_request(const InvertOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: an inversion of a file has no problem", text));
  if (!options.machine)
    for (const std::string& text : set.machine)
      faults.push_back(fmt::format("--set {}: no machine to set it on; name one with --hw", text));
  InvertRequest r;
  r.algorithms = parse_list("--algorithm", options.algorithms, faults,
                            [](const std::string& text) { return &find_algorithm(text); });
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  r.formats = parse_list("--format", options.formats, faults,
                         [](const std::string& text) { return parse_format("--format", text); });
  const auto hw = attempt(faults, [&] {
    return options.machine ? load_hw_config(*options.machine, set.machine) : reference_machine();
  });
  if (hw && r.formats.size() == 1)
    attempt(faults, [&] { return check_format(*hw, r.formats.front()), true; });
  if (options.as)
    r.as = attempt(faults, [&] { return parse_choice("--as", *options.as, kRealTypes); });
  if (r.as == Format::kFp32 &&
      std::find(r.formats.begin(), r.formats.end(), Format::kFp64) != r.formats.end())
    faults.emplace_back("--as float32: it does not hold the results of fp64; take float64");
  if (options.fraction_bits)
    r.fraction_bits = attempt(faults, [&] {
                        return parse_count("--fraction-bits", *options.fraction_bits, 0,
                                           kMostFractionBitsOfCodes);
                      }).value_or(0);
  if (given && r.algorithms.size() > 1) check_taken(r.algorithms, *given, faults);
  check_files(options, r, faults);
  throw_if_any(std::move(faults));
  r.given = *given;
  r.machine = {*hw, !options.machine};
  return r;
}

/// What can run of what was asked for; of one algorithm and format its faults are the user's.
std::vector<Inversion> make_inversions(const InvertOptions& options, const InvertRequest& r,
                                       const MatrixFile& file, LeftOut& left_out) {
  std::vector<Inversion> out;
  for (const Algorithm* algorithm : r.algorithms)
    for (const Format format : r.formats) {
      const auto make = [&] {
        check_format(r.machine.hw, format);
        return make_inversion(
            r.machine, *algorithm,
            r.algorithms.size() > 1 ? taken_options(*algorithm, r.given) : r.given, format,
            options.input, file);
      };
      std::vector<std::string> messages;
      auto inversion = r.is_one() ? std::optional(make()) : attempt(messages, make);
      left_out.add(r.machine.reference ? "" : r.machine.hw.name, algorithm->name, format, messages);
      if (!inversion) continue;
      inversion->output = output_of(options.output, r, *algorithm, format);
      out.push_back(std::move(*inversion));
    }
  if (out.empty()) throw_if_any(left_out.lines());
  return out;
}

/// A file named .npy holds one array, of a type NumPy has; refused before the work.
void check_npy(const InvertOptions& options, const MatrixFile& file,
               const std::vector<Inversion>& inversions, std::optional<Format> as) {
  if (extension(options.output) != ".npy") return;
  std::vector<std::string> faults;
  if (file.tensors.size() > 1)
    faults.push_back(fmt::format(
        "{}: a .npy file holds one array, {} has {} (\"{}\", \"{}\"{}); name OUT .safetensors",
        options.output, options.input, file.tensors.size(), file.tensors[0].name,
        file.tensors[1].name, file.tensors.size() > 2 ? ", .." : ""));
  for (const Inversion& inversion : inversions)
    if (const Format stored = inversion.stored().format;
        !as && !npy_descr(info(stored).safetensors_dtype))
      faults.push_back(fmt::format(
          "{}: NumPy has no element type for {}; name OUT .safetensors, or add --as float32",
          inversion.output, name(stored)));
  throw_if_any(std::move(faults));
}

std::string inverses_text(const InversionReport& report, std::size_t i) {
  const Inversion& inversion = report.inversions[i];
  const auto& tensors = report.results[i].tensors;
  if (extension(inversion.output) == ".npy") return to_npy(tensors.begin()->second);
  return to_safetensors(tensors, inversion_metadata(*report.machine, inversion, report.as));
}

}  // namespace

int invert_command(const InvertOptions& options) {
  const InvertRequest request = parse_request(options);
  const MatrixFile file = read_matrices(options.input, request.fraction_bits);
  LeftOut left_out;
  InversionReport report{options.input, &request.machine, &file, request.as, {}, {}, {}};
  report.inversions = make_inversions(options, request, file, left_out);
  report.left_out = left_out.lines();
  check_npy(options, file, report.inversions, request.as);
  left_out.print();
  if (!file.note.empty()) print_notice(options.input + ": " + file.note);
  std::vector<UsedFormat> used;
  for (const Format format : request.formats) used.push_back({&request.machine.hw, format});
  print_range_notes(options.input, file.matrices, used);

  for (const Inversion& inversion : report.inversions)
    report.results.push_back(invert(request.machine, inversion, request.as, file));
  for (std::size_t i = 0; i < report.inversions.size(); ++i)
    write_file(report.inversions[i].output, inverses_text(report, i));
  if (options.errors) write_file(*options.errors, inversion_csv(report));
  fmt::print("{}", options.json ? inversion_json(report) : inversion_summary(report));
  return 0;
}

}  // namespace tricycle
