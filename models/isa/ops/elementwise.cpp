// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/elementwise.h"

#include <algorithm>

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const Elementwise& op) {
  const VectorOpInfo& row = info(op.operation);
  const auto spreads = [&](const Region& r) {
    return (r.rows == dst.rows || r.rows == 1) && (r.cols == dst.cols || r.cols == 1);
  };
  // A copy may turn a row into a column: the same bytes.
  const bool turns = op.operation == VectorOp::kCopy && op.a.elements() == dst.elements() &&
                     std::min(op.a.rows, op.a.cols) == 1 && std::min(dst.rows, dst.cols) == 1;
  const bool fits = row.folds_by ? dst.rows == op.a.rows && dst.cols == 1
                                 : turns || (spreads(op.a) && (row.sources < 2 || spreads(op.b)));
  if (!fits)
    return "operands of the shape of the result, of one row or one column, or a column of the "
           "rows' reductions";
  if (!is_in(p, dst, Space::kScratchpad)) return "a result in the scratchpad";
  if (is_in(p, op.a, Space::kDram) || (row.sources > 1 && is_in(p, op.b, Space::kDram)))
    return "operands in the scratchpad or in accumulators";
  const bool alike =
      held(p, op.a) == held(p, dst) && (row.sources < 2 || held(p, op.b) == held(p, dst));
  return alike ? "" : "operands and result that are all fp64, all narrower floats or all integers";
}

namespace {

/// Other names of operations: the same unit does them at the same cost.
struct OtherName {
  std::string_view name;
  VectorOp operation;
  bool subtract, minimum;
};
constexpr OtherName kOtherNames[] = {{"subtract", VectorOp::kAdd, true, false},
                                     {"minimum", VectorOp::kMax, false, true},
                                     {"minimum_scalar", VectorOp::kMaxScalar, false, true}};

std::string_view name_of(const Elementwise& op) {
  for (const OtherName& other : kOtherNames)
    if (other.operation == op.operation && other.subtract == op.subtract &&
        other.minimum == op.minimum)
      return other.name;
  return info(op.operation).name;
}

void read_name(TextReader& text, Elementwise& op) {
  const std::size_t at = text.position();
  const std::string_view name = text.word();
  for (const OtherName& other : kOtherNames)
    if (other.name == name) {
      op.operation = other.operation;
      op.subtract = other.subtract;
      op.minimum = other.minimum;
      return;
    }
  for (const VectorOpInfo& row : kVectorOps)
    if (row.name == name) {
      op.operation = row.id;
      return;
    }
  text.fail_at(
      at,
      "an operation that `tricycle describe hw` lists under vector_unit.operations, subtract, "
      "minimum or minimum_scalar");
}

}  // namespace

/// "subtract A[..] B[..]", "add_scalar A[..] 1e-06".
std::string operands_text(const Program& p, const Elementwise& op) {
  const VectorOpInfo& row = info(op.operation);
  std::string text = fmt::format("{} {}", name_of(op), region_text(p, op.a));
  if (row.sources > 1) text += fmt::format(" {}", region_text(p, op.b));
  if (row.scalar) text += fmt::format(" {}", op.scalar);
  return text + mask_text(op.mask);
}

void read_operands(TextReader& text, const Region&, Elementwise& op) {
  read_name(text, op);
  const VectorOpInfo& row = info(op.operation);
  op.a = text.region();
  if (row.sources > 1) op.b = text.region();
  if (row.scalar) op.scalar = text.number();
  op.mask = text.mask();
}

}  // namespace tricycle
