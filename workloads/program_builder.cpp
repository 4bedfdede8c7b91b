// SPDX-License-Identifier: Apache-2.0
#include "workloads/program_builder.h"

#include <utility>

#include "models/isa/fits.h"

namespace tricycle {

Region ProgramBuilder::add(Buffer buffer) {
  buffer.offset_bytes = next_place(program_, buffer.space, hw_);
  program_.buffers.push_back(std::move(buffer));
  const Buffer& added = program_.buffers.back();
  return {static_cast<std::uint32_t>(program_.buffers.size() - 1), 0, 0, added.rows, added.cols};
}

Region ProgramBuilder::add(const std::string& name, Space space, Format format, std::int32_t rows,
                           std::int32_t cols) {
  Buffer b{.name = name, .space = space, .format = format, .rows = rows, .cols = cols};
  if (!info(format).is_float()) b.fraction_bits = hw_.stored_fraction_bits(format);
  return add(std::move(b));
}

Program ProgramBuilder::finish() {
  check_fits(program_, hw_);  // before what takes long where there are many instructions
  derive_tokens(program_);
  validate(program_, hw_);
  return std::move(program_);
}

}  // namespace tricycle
