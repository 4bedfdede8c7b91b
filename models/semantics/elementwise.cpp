// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/elementwise.h"

#include <cmath>

#include "models/error.h"
#include "models/semantics/compute.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// The inputs of one element of the result.
template <typename T>
struct Operands {
  T a, b;
  T scalar;
  bool kept;  // by the mask
};

template <typename T>
T greater(T a, T b) {
  return b > a ? b : a;
}
template <typename T>
T lesser(T a, T b) {
  return b < a ? b : a;
}

template <typename T>
T rounded(double value) {
  return static_cast<T>(value);
}

/// Reductions begin with the operand itself and are not evaluated here.
template <typename T>
T evaluate(const Elementwise& op, const Operands<T>& x) {
  switch (op.operation) {
    case VectorOp::kAdd: return op.subtract ? x.a - x.b : x.a + x.b;
    case VectorOp::kAddScalar: return x.a + x.scalar;
    case VectorOp::kMultiply: return x.a * x.b;
    case VectorOp::kMultiplyScalar: return x.a * x.scalar;
    case VectorOp::kMultiplyAdd: {
      const T product = x.scalar * x.a;
      return product + x.b;
    }
    case VectorOp::kSelect: return x.kept ? x.a : x.b;
    case VectorOp::kCast:
    case VectorOp::kCopy:
    case VectorOp::kRowSum:
    case VectorOp::kRowMax: return x.a;
    case VectorOp::kMax: return op.minimum ? lesser(x.a, x.b) : greater(x.a, x.b);
    case VectorOp::kMaxScalar: return op.minimum ? lesser(x.a, x.scalar) : greater(x.a, x.scalar);
    case VectorOp::kExp: return rounded<T>(std::exp(static_cast<double>(x.a)));
    case VectorOp::kReciprocal: return T{1} / x.a;
    case VectorOp::kDivide: return x.a / x.b;
    case VectorOp::kRsqrt: return rounded<T>(1.0 / std::sqrt(static_cast<double>(x.a)));
  }
  return T{0};
}

template <typename T>
Elements<T> reduced(const Elementwise& op, MatrixRef<const T> a) {
  Elements<T> out(static_cast<std::size_t>(a.rows));
  for (std::int64_t i = 0; i < a.rows; ++i) {
    T value = a.row(i)[0];
    for (std::int64_t j = 1; j < a.cols; ++j)
      value = op.operation == VectorOp::kRowSum ? value + a.row(i)[j] : greater(value, a.row(i)[j]);
    out[static_cast<std::size_t>(i)] = value;
  }
  return out;
}

/// The inputs of the element at (i, j) of the result.
template <typename T>
T at(MatrixRef<const T> m, std::int64_t i, std::int64_t j) {
  return m.row(m.rows == 1 ? 0 : i)[m.cols == 1 ? 0 : j];
}

}  // namespace

template <typename T>
Elements<T> elementwise_values(const Elementwise& op, const Region& dst, MatrixRef<const T> a,
                               MatrixRef<const T> b) {
  const VectorOpInfo& row = info(op.operation);
  if (row.folds_by) return reduced(op, a);
  Elements<T> out(static_cast<std::size_t>(dst.elements()));
  const bool turns = a.rows * a.cols == dst.elements() && a.rows != dst.rows;
  const bool masked = op.operation == VectorOp::kSelect;
  Operands<T> x{T{0}, T{0}, static_cast<T>(op.scalar), true};
  std::size_t index = 0;
  for (std::int32_t i = 0; i < dst.rows; ++i)
    for (std::int32_t j = 0; j < dst.cols; ++j) {
      x.a = turns ? at(a, j, i) : at(a, i, j);
      if (row.sources > 1) x.b = at(b, i, j);
      if (masked) x.kept = op.mask.keeps(dst.row + i, dst.col + j);
      out[index++] = evaluate(op, x);
    }
  return out;
}

template Elements<float> elementwise_values(const Elementwise&, const Region&,
                                            MatrixRef<const float>, MatrixRef<const float>);
template Elements<double> elementwise_values(const Elementwise&, const Region&,
                                             MatrixRef<const double>, MatrixRef<const double>);

template <typename T>
PendingWrite compute(const Elementwise& op, const ValueInputs& in) {
  if constexpr (std::is_same_v<T, std::int16_t>) {
    throw InternalError("elementary operations have no values in fixed point");
  } else {
    const bool two = info(op.operation).sources > 1;
    Elements<T> values =
        elementwise_values(op, in.dst, view<T>(in.program, in.state, op.a),
                           two ? view<T>(in.program, in.state, op.b) : MatrixRef<const T>{});
    store(in.hw.storage_rule(in.program.buffer(in.dst).format), in.dst, values);
    return {in.dst, std::move(values), 0};
  }
}

TRICYCLE_COMPUTE(Elementwise);

}  // namespace tricycle
