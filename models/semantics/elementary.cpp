// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/elementary.h"

#include <cmath>

namespace tricycle {

namespace {

/// What one element of the result is made of.
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
T evaluate(const Instruction& in, const Operands<T>& x) {
  switch (in.operation) {
    case VectorOp::kAdd: return in.subtract ? x.a - x.b : x.a + x.b;
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
    case VectorOp::kMax: return in.minimum ? lesser(x.a, x.b) : greater(x.a, x.b);
    case VectorOp::kMaxScalar: return in.minimum ? lesser(x.a, x.scalar) : greater(x.a, x.scalar);
    case VectorOp::kExp: return rounded<T>(std::exp(static_cast<double>(x.a)));
    case VectorOp::kReciprocal: return T{1} / x.a;
    case VectorOp::kDivide: return x.a / x.b;
    case VectorOp::kRsqrt: return rounded<T>(1.0 / std::sqrt(static_cast<double>(x.a)));
  }
  return T{0};
}

template <typename T>
Elements<T> reduced(const Instruction& in, MatrixRef<const T> a) {
  Elements<T> out(static_cast<std::size_t>(a.rows));
  for (std::int64_t i = 0; i < a.rows; ++i) {
    T value = a.row(i)[0];
    for (std::int64_t j = 1; j < a.cols; ++j)
      value = in.operation == VectorOp::kRowSum ? value + a.row(i)[j] : greater(value, a.row(i)[j]);
    out[static_cast<std::size_t>(i)] = value;
  }
  return out;
}

/// The element that stands at (i, j) of the result.
template <typename T>
T at(MatrixRef<const T> m, std::int64_t i, std::int64_t j) {
  return m.row(m.rows == 1 ? 0 : i)[m.cols == 1 ? 0 : j];
}

}  // namespace

template <typename T>
Elements<T> elementary_values(const Instruction& in, MatrixRef<const T> a, MatrixRef<const T> b) {
  const VectorOpInfo& op = info(in.operation);
  if (op.folds_by) return reduced(in, a);
  Elements<T> out(static_cast<std::size_t>(in.dst.elements()));
  const bool turns = a.rows * a.cols == in.dst.elements() && a.rows != in.dst.rows;
  const bool masked = in.operation == VectorOp::kSelect;
  Operands<T> x{T{0}, T{0}, static_cast<T>(in.scalar), true};
  std::size_t index = 0;
  for (std::int32_t i = 0; i < in.dst.rows; ++i)
    for (std::int32_t j = 0; j < in.dst.cols; ++j) {
      x.a = turns ? at(a, j, i) : at(a, i, j);
      if (op.sources > 1) x.b = at(b, i, j);
      if (masked) x.kept = in.mask.keeps(in.dst.row + i, in.dst.col + j);
      out[index++] = evaluate(in, x);
    }
  return out;
}

template Elements<float> elementary_values(const Instruction&, MatrixRef<const float>,
                                           MatrixRef<const float>);
template Elements<double> elementary_values(const Instruction&, MatrixRef<const double>,
                                            MatrixRef<const double>);

}  // namespace tricycle
