// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "workloads/tensor.h"

namespace tricycle {

/// One batched matrix product D = A B + C in the arithmetic of a machine's matrix unit: values
/// alone, without cycles and without a limit but the host's memory.
struct MatrixProduct {
  HwConfig hw;
  Format format;    // of A; its keys are the arithmetic of the sums
  Format format_b;  // of B

  /// The format of C and D.  Floats only.
  Format sums() const;
  /// The element type of D in a tensor file: "F32", "F16", "F64", "I32" or "I64".
  std::string_view sums_dtype() const;
};

/// Throws InputError where the machine lacks the format, or elements of the two formats do not
/// enter one product: both are floats of at most 11 significant bits, or the same, or B's are
/// integers that A's format holds exactly.
void check_product_formats(const MatrixProduct& product);

/// A tensor and its name in messages ("--a a.npy:x").
struct ProductOperand {
  std::string name;
  Tensor tensor;
};

struct ProductResult {
  Tensor d;                   // [.., M, N]
  std::int64_t products = 0;  // matrices in D
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t rounded_elements = 0;  // of A, B and C that their format does not hold
};

/// A is [.., M, K], B is [.., K, N], C is [.., M, N].  Leading extents are repeated where they are
/// 1 or missing, as numpy.matmul does.
///
/// Floats: elements of any float type, rounded to the format (formats.F.operand_bits: or cut), or
/// its raw codes as unsigned integers of as many bits.  Integers: codes.  C and D: elements of the
/// accumulators' format.  A NaN in D has the code that formats.F.nan says.
///
/// Throws InputError for shapes that do not fit, element types that are none of these, codes beyond
/// the format, and products that exceed this host's memory.
ProductResult multiply(const MatrixProduct& product, const ProductOperand& a,
                       const ProductOperand& b, const std::optional<ProductOperand>& c);

/// Positions at which the codes of two tensors of one type and shape differ.
struct CodeDifferences {
  std::int64_t count = 0, elements = 0;
  std::vector<std::int64_t> first{};  // at most kMostShown
  static constexpr std::size_t kMostShown = 4;
};

/// Throws InputError where type or shape differ.  fp64: NaN equals NaN, since chips keep payloads.
CodeDifferences compare_codes(const ProductOperand& got, const ProductOperand& expected);

}  // namespace tricycle
