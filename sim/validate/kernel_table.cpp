// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/kernel_table.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

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

WarpKernel kernel_of(const PublishedTable& table, std::size_t row) {
  const std::string& parameters = table.text(row, "parameters");
  const int order = number_after(parameters, 'n');
  return {.name = table.text(row, "algorithm") + "/" + table.text(row, "implementation"),
          .chunk = table.integer(row, "chunk"),
          .warps = table.integer(row, "warps"),
          .order = order,
          .steps = number_after(parameters, 's'),
          .doubling = order != 0 && parameters.find("doubling") != std::string::npos,
          .rows = number_before(parameters, "rows"),
          .shares = number_before(parameters, "shares"),
          .columns = number_before(parameters, "columns")};
}

WarpProgram program_of(const PublishedTable& table, std::size_t row, const HwConfig& hw) {
  WarpProgram program;
  try {
    program = warp_kernel(kernel_of(table, row));
  } catch (const InputError& fault) {
    table.refuse(row, "implementation", fmt::format("a kernel ({})", fault.what()));
  }
  program.registers = table.integer(row, "registers");
  program.shared_bytes = table.integer(row, "shared_bytes");
  program.code_bytes = table.number(row, "code_bytes");
  const std::int64_t instructions =
      table.has("executed_instructions") ? table.integer(row, "executed_instructions") : 0;
  return padded(scheduled(std::move(program), hw.simt), instructions);
}

}  // namespace tricycle
