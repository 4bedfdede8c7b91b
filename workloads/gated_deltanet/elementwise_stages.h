// SPDX-License-Identifier: Apache-2.0
//
// What stands around products and delta rule in a layer: normalisations, convolution, activations,
// as programs over a block of rows.  Arithmetic in `vector`, storage in `storage`.
#pragma once

#include "models/isa/program.h"

namespace tricycle {

/// The two formats of elementwise stages, and the machine.
struct ElementwiseStage {
  const HwConfig& hw;
  Format storage, vector;
};

// All throw InputError where the machine lacks a format or an operation, or has too little memory.

/// RMSNorm of rows: x [rows x width], weight [1 x width] -> y.  With `residual`, x <- x + d is
/// stored before as sum.
Program lower_rms_norm(const ElementwiseStage& s, int rows, int width, bool residual);
/// Rows divided by their lengths: x -> y; q and k of every head, a head a row.
Program lower_l2_norm(const ElementwiseStage& s, int rows, int width);
/// Causal depthwise convolution over the rows and SiLU: x [rows + kernel - 1 x width], weights
/// [kernel x width] -> y [rows x width].
Program lower_convolution(const ElementwiseStage& s, int rows, int width, int kernel);
/// beta = sigmoid(b), g = -exp(A_log) softplus(a + dt_bias): a, b [rows x heads], dt_bias, A_log
/// [1 x heads] -> beta, g.  The logarithm of softplus is timed as an exp and has no right values.
Program lower_gates(const ElementwiseStage& s, int rows, int heads);
/// RMSNorm of every head's output times SiLU(z): x, z [rows x width], weight [1 x width] -> y.
Program lower_gated_norm(const ElementwiseStage& s, int rows, int width);
/// SiLU(gate) up: gate, up [rows x width] -> y.
Program lower_swiglu(const ElementwiseStage& s, int rows, int width);
/// The sum of `count` matrices, each times a weight a row: x0.., p0.. [rows x 1] -> y.
Program lower_weighted_sum(const ElementwiseStage& s, int rows, int width, int count);

/// The most rows, at most `most`, that leave room for `in_flight` items whose matrices have so many
/// bytes a row; at least 1.
int rows_that_fit(const HwConfig& hw, std::int64_t bytes_per_row, int most);

}  // namespace tricycle
