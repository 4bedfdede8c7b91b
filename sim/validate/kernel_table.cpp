// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/kernel_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <utility>

#include "models/error.h"
#include "models/simt/warp_schedule.h"

namespace tricycle {

namespace {

int number_at(std::string_view text, std::size_t at) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value;
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Between two chunks of a block, beside the frame's instructions: the loop of the measurement.  Of
/// kernels without a body (`null`), one block resident less one chunk alone: 21 to 32 cycles.
constexpr double kRepeatCycles = 30;

/// Enough chunks that the first and the last do not matter, and no more.
int repetitions_for(const WarpProgram& program, int blocks) {
  constexpr std::int64_t kInstructions = 60'000;
  return static_cast<int>(
      std::clamp<std::int64_t>(kInstructions / (program.instructions() * blocks), 3, 12));
}

}  // namespace

int number_after(std::string_view parameters, char letter) {
  for (std::size_t at = 0; at + 1 < parameters.size(); ++at)
    if (parameters[at] == letter && (at == 0 || parameters[at - 1] == ' ') &&
        is_digit(parameters[at + 1]))
      return number_at(parameters, at + 1);
  return 0;
}

int number_before(std::string_view parameters, std::string_view word) {
  const std::size_t found = parameters.find(fmt::format(" {}", word));
  if (found == std::string_view::npos) return 0;
  std::size_t at = found;
  while (at > 0 && is_digit(parameters[at - 1])) --at;
  return number_at(parameters, at);
}

std::string kernel_title(const PublishedTable& table, std::size_t row) {
  const std::string& parameters = table.text(row, "parameters");
  return fmt::format("{} {}{}{}, chunk {}, {} warps, {}", table.text(row, "algorithm"),
                     table.text(row, "implementation"), parameters.empty() ? "" : " ", parameters,
                     table.text(row, "chunk"), table.text(row, "warps"), table.text(row, "format"));
}

WarpKernel warp_kernel_of(const std::string& name, std::string_view parameters, int chunk,
                          int warps) {
  const int order = number_after(parameters, 'n');
  return {.name = name,
          .chunk = chunk,
          .warps = warps,
          .order = order,
          .steps = number_after(parameters, 's'),
          .doubling = order != 0 && parameters.find("doubling") != std::string_view::npos,
          .rows = number_before(parameters, "rows"),
          .shares = number_before(parameters, "shares"),
          .columns = number_before(parameters, "columns")};
}

WarpKernel warp_kernel_of(const PublishedTable& table, std::size_t row) {
  return warp_kernel_of(table.text(row, "algorithm") + "/" + table.text(row, "implementation"),
                        table.text(row, "parameters"), table.integer(row, "chunk"),
                        table.integer(row, "warps"));
}

CompiledKernel compiled_kernel(const PublishedTable& table, std::size_t row, WarpKernel kernel) {
  const auto within = [&](std::string_view title, double least, double most) {
    const double value = table.number(row, title);
    if (!(value >= least && value <= most))
      table.refuse(row, title, fmt::format("a number in [{:.0f}, {:.0f}]", least, most));
    return value;
  };
  constexpr double kMostBytes = 1 << 30, kMostInstructions = 1e7;
  CompiledKernel compiled{.kernel = std::move(kernel)};
  compiled.registers = static_cast<int>(within("registers", 1, 1024));
  compiled.shared_bytes = static_cast<std::int64_t>(within("shared_bytes", 0, kMostBytes));
  compiled.code_bytes = within("code_bytes", 0, kMostBytes);
  if (constexpr std::string_view kTitle = "executed_instructions"; table.has(kTitle))
    compiled.instructions = static_cast<std::int64_t>(within(kTitle, 0, kMostInstructions));
  return compiled;
}

WarpProgram program_of(const CompiledKernel& kernel, const HwConfig& hw) {
  WarpProgram program = warp_kernel(kernel.kernel);
  program.registers = kernel.registers;
  program.shared_bytes = kernel.shared_bytes;
  program.code_bytes = kernel.code_bytes;
  return padded(scheduled(std::move(program), hw.simt), kernel.instructions);
}

WarpProgram program_of(const PublishedTable& table, std::size_t row, const HwConfig& hw) {
  try {
    return program_of(compiled_kernel(table, row, warp_kernel_of(table, row)), hw);
  } catch (const InputError& fault) {
    // Faults of the table have their place already.
    if (std::string_view(fault.what()).starts_with(table.text(row, "algorithm") + "/"))
      table.refuse(row, "implementation", fmt::format("a kernel ({})", fault.what()));
    throw;
  }
}

SteadyKernel steady_kernel(const WarpProgram& program, const HwConfig& hw) {
  SteadyKernel best{std::numeric_limits<double>::infinity(), 0, {}};
  const int most = resident_blocks(program, hw).blocks;
  if (most == 0) throw InputError("no block is resident: registers or scratchpad do not suffice");
  for (int blocks = 1; blocks <= most; blocks *= 2) {
    const int repetitions = repetitions_for(program, blocks);
    const WarpTimes times = simulate_warps(program, hw, blocks, repetitions, kRepeatCycles);
    const double cycles = times.cycles / repetitions / blocks;
    if (cycles < best.cycles) best = {cycles, blocks, times};
  }
  return best;
}

}  // namespace tricycle
