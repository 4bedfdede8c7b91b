// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/stage_builder.h"

#include <stdexcept>
#include <utility>

namespace tricycle {

StageBuilder::StageBuilder(const HwConfig& hw, Format format, Format vector)
    : builder_(hw, format), vector_(vector) {
  check_format(hw, format);
  check_format(hw, vector);
}

Region StageBuilder::input(const std::string& name, Format format, std::int32_t rows,
                           std::int32_t cols) {
  const Region r = builder_.add(name, Space::kDram, format, rows, cols);
  program().inputs.push_back(r.buffer);
  return r;
}

Region StageBuilder::output(const std::string& name, Format format, std::int32_t rows,
                            std::int32_t cols) {
  const Region r = builder_.add(name, Space::kDram, format, rows, cols);
  program().output = r.buffer;
  return r;
}

Region StageBuilder::scratch(const std::string& name, Format format, std::int32_t rows,
                             std::int32_t cols) {
  return builder_.add(name, Space::kScratchpad, format, rows, cols);
}

void StageBuilder::load(const Region& dst, const Region& from) { builder_.push(dst, Load{from}); }

Region StageBuilder::loaded(const Region& from) {
  const Buffer& source = program().buffer(from);
  const Region dst = scratch(source.name + ".sp", source.format, from.rows, from.cols);
  load(dst, from);
  return dst;
}

void StageBuilder::store(const Region& dst, const Region& from) { builder_.push(dst, Store{from}); }

Region StageBuilder::product(const Region& a, const Region& b, const Product& how) {
  Matmul op{.a = a,
            .b = b,
            .transpose_a = how.transpose_a,
            .transpose_b = how.transpose_b,
            .accumulate = how.accumulate};
  op.useful_macs = how.useful_macs >= 0 ? how.useful_macs : op.macs();
  const Format format = program().buffer(a).format;
  // One accumulator serves all products with the same shape and operand format.  The next product
  // waits until the sums have been read.
  std::optional<std::uint32_t> acc;
  for (const std::uint32_t candidate : accumulators_) {
    const Buffer& c = program().buffers[candidate];
    if (c.format == format && c.rows == op.m() && c.cols == op.n()) acc = candidate;
  }
  if (!acc) {
    acc = builder_
              .add("acc" + std::to_string(accumulators_.size()), Space::kAccumulator, format,
                   op.m(), op.n())
              .buffer;
    accumulators_.push_back(*acc);
  }
  const Region sums{*acc, 0, 0, op.m(), op.n()};
  builder_.push(sums, op);
  ++program().matmul_count;
  return sums;
}

void StageBuilder::apply(VectorOp op, const Region& dst, const Region& a, const Region& b) {
  builder_.push(dst, Elementwise{.operation = op, .a = a, .b = b});
}

void StageBuilder::apply(VectorOp op, const Region& dst, const Region& a) {
  builder_.push(dst, Elementwise{.operation = op, .a = a});
}

void StageBuilder::apply_scalar(VectorOp op, const Region& dst, const Region& a, double scalar) {
  builder_.push(dst, Elementwise{.operation = op, .a = a, .scalar = scalar});
}

void StageBuilder::subtract(const Region& dst, const Region& a, const Region& b) {
  builder_.push(dst, Elementwise{.operation = VectorOp::kAdd, .a = a, .b = b, .subtract = true});
}

void StageBuilder::at_most(const Region& dst, const Region& a, double scalar) {
  builder_.push(
      dst,
      Elementwise{.operation = VectorOp::kMaxScalar, .a = a, .scalar = scalar, .minimum = true});
}

void StageBuilder::epilogue(const Region& dst, const std::vector<Region>& terms,
                            std::optional<Region> sums,
                            std::optional<std::int32_t> least_distance) {
  Epilogue op{.terms = terms, .accumulator = sums};
  if (sums && !info(program().buffer(*sums).format).is_float())
    op.sum_fraction_bits = 2 * builder_.hw().stored_fraction_bits(program().buffer(*sums).format);
  if (least_distance) op.mask.min_distance = *least_distance;
  builder_.push(dst, std::move(op));
}

Program StageBuilder::finish() {
  for (const Buffer& b : program().buffers) check_format(builder_.hw(), b.format);
  for (const Instruction& in : program().instructions)
    if (const auto* op = in.as<Elementwise>()) check_operation(builder_.hw(), op->operation);
  return builder_.finish();
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

void emit_decay(StageBuilder& b, const Region& gamma, const Region& column, const Region& row) {
  b.subtract(gamma, column, row);
  b.at_most(gamma, gamma, 0);
  b.apply(VectorOp::kExp, gamma, gamma);
}

DecayScratch decay_scratch(StageBuilder& b, std::int32_t size) {
  return {b.scratch("G.row", b.vector(), 1, size), b.scratch("gamma", b.vector(), size, size)};
}

void emit_late_gates(StageBuilder& b, const DecayScratch& scratch, const Region& y,
                     const Region& sums) {
  b.apply(VectorOp::kCopy, scratch.row, sums);
  emit_decay(b, scratch.gamma, sums, scratch.row);
  b.apply(VectorOp::kMultiply, y, y, scratch.gamma);
}

}  // namespace tricycle
