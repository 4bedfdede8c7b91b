// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/stage_builder.h"

#include <stdexcept>
#include <utility>

namespace tricycle {

StageBuilder::StageBuilder(const HwConfig& hw, Format format, Format vector)
    : hw_(hw), vector_(vector) {
  check_format(hw, format);
  check_format(hw, vector);
  program_.format = format;
}

Region StageBuilder::add(const std::string& name, Space space, Format format, std::int32_t rows,
                         std::int32_t cols) {
  Buffer b;
  b.name = name;
  b.space = space;
  b.format = format;
  b.rows = rows;
  b.cols = cols;
  if (!info(format).is_float()) b.fraction_bits = info(format).default_fraction_bits();
  // As Emitter: each aligned to a beat of the widest memories.
  b.offset_bytes = (program_.footprint_bytes(space, hw_) + 63) / 64 * 64;
  program_.buffers.push_back(b);
  return {static_cast<std::uint32_t>(program_.buffers.size() - 1), 0, 0, rows, cols};
}

Region StageBuilder::input(const std::string& name, Format format, std::int32_t rows,
                           std::int32_t cols) {
  const Region r = add(name, Space::kDram, format, rows, cols);
  program_.inputs.push_back(r.buffer);
  return r;
}

Region StageBuilder::output(const std::string& name, Format format, std::int32_t rows,
                            std::int32_t cols) {
  const Region r = add(name, Space::kDram, format, rows, cols);
  program_.output = r.buffer;
  return r;
}

Region StageBuilder::scratch(const std::string& name, Format format, std::int32_t rows,
                             std::int32_t cols) {
  return add(name, Space::kScratchpad, format, rows, cols);
}

Instruction& StageBuilder::push(Opcode opcode, const Region& dst, const Region& a) {
  Instruction in;
  in.opcode = opcode;
  in.dst = dst;
  in.a = a;
  program_.instructions.push_back(std::move(in));
  return program_.instructions.back();
}

void StageBuilder::load(const Region& dst, const Region& from) { push(Opcode::kLoad, dst, from); }

Region StageBuilder::loaded(const Region& from) {
  const std::string name = program_.buffer(from).name + ".sp";
  const Region dst = scratch(name, program_.buffer(from).format, from.rows, from.cols);
  load(dst, from);
  return dst;
}

void StageBuilder::store(const Region& dst, const Region& from) { push(Opcode::kStore, dst, from); }

Region StageBuilder::product(const Region& a, const Region& b, const Product& how) {
  Instruction in;
  in.opcode = Opcode::kMatmul;
  in.a = a;
  in.b = b;
  in.transpose_a = how.transpose_a;
  in.transpose_b = how.transpose_b;
  in.accumulate = how.accumulate;
  const Format format = program_.buffer(a).format;
  // One accumulator for all products of a shape and a format of operands: the next one waits until
  // the sums have been read.
  std::optional<std::uint32_t> acc;
  for (const std::uint32_t candidate : accumulators_) {
    const Buffer& c = program_.buffers[candidate];
    if (c.format == format && c.rows == in.m() && c.cols == in.n()) acc = candidate;
  }
  if (!acc) {
    acc = add("acc" + std::to_string(accumulators_.size()), Space::kAccumulator, format, in.m(),
              in.n())
              .buffer;
    accumulators_.push_back(*acc);
  }
  in.dst = {*acc, 0, 0, in.m(), in.n()};
  in.useful_macs = how.useful_macs >= 0 ? how.useful_macs : in.macs();
  program_.instructions.push_back(in);
  ++program_.matmul_count;
  return in.dst;
}

void StageBuilder::apply(VectorOp op, const Region& dst, const Region& a, const Region& b) {
  Instruction& in = push(Opcode::kElementary, dst, a);
  in.operation = op;
  in.b = b;
}

void StageBuilder::apply(VectorOp op, const Region& dst, const Region& a) {
  push(Opcode::kElementary, dst, a).operation = op;
}

void StageBuilder::apply_scalar(VectorOp op, const Region& dst, const Region& a, double scalar) {
  Instruction& in = push(Opcode::kElementary, dst, a);
  in.operation = op;
  in.scalar = scalar;
}

void StageBuilder::subtract(const Region& dst, const Region& a, const Region& b) {
  apply(VectorOp::kAdd, dst, a, b);
  program_.instructions.back().subtract = true;
}

void StageBuilder::at_most(const Region& dst, const Region& a, double scalar) {
  apply_scalar(VectorOp::kMaxScalar, dst, a, scalar);
  program_.instructions.back().minimum = true;
}

void StageBuilder::combine(const Region& dst, const std::vector<Region>& terms,
                           std::optional<Region> sums, std::optional<std::int32_t> least_distance) {
  Instruction in;
  in.opcode = Opcode::kCombine;
  in.dst = dst;
  in.terms = terms;
  in.accumulator = sums;
  if (sums)
    in.accumulator_fraction_bits = 2 * info(program_.buffer(*sums).format).default_fraction_bits();
  if (least_distance) in.mask.min_distance = *least_distance;
  program_.instructions.push_back(std::move(in));
}

Program StageBuilder::finish() {
  for (const Buffer& b : program_.buffers) check_format(hw_, b.format);
  for (const Instruction& in : program_.instructions)
    if (in.opcode == Opcode::kElementary) check_operation(hw_, in.operation);
  derive_tokens(program_);
  validate(program_, hw_);
  return std::move(program_);
}

Region rows_of(const Region& r, std::int32_t row, std::int32_t rows) {
  return {r.buffer, r.row + row, r.col, rows, r.cols};
}
Region cols_of(const Region& r, std::int32_t col, std::int32_t cols) {
  return {r.buffer, r.row, r.col + col, r.rows, cols};
}

std::uint32_t buffer_named(const Program& program, std::string_view name) {
  for (std::size_t i = 0; i < program.buffers.size(); ++i)
    if (program.buffers[i].name == name) return static_cast<std::uint32_t>(i);
  throw std::invalid_argument("no buffer " + std::string(name));
}

}  // namespace tricycle
