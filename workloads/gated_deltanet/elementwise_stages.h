// SPDX-License-Identifier: Apache-2.0
//
// The elementwise work around the products and the delta rule of a layer: normalisations,
// convolution, activations.  Each is a program over a block of rows.  Arithmetic is in `vector`,
// storage in `storage`.
#pragma once

#include "models/isa/program.h"

namespace tricycle {

/// The machine, and the two formats of elementwise stages.
struct ElementwiseStage {
  const HwConfig& hw;
  Format storage, vector;
};

// All functions throw InputError where the machine lacks a format or an operation, or has too
// little memory.

/// RMSNorm of rows: x [rows x width], weight [1 x width] -> y.  With `residual`, x <- x + d comes
/// first and is stored as sum.
Program lower_rms_norm(const ElementwiseStage& s, int rows, int width, bool residual);
/// Divides rows by their lengths: x -> y.  For q and k of every head, with one head per row.
Program lower_l2_norm(const ElementwiseStage& s, int rows, int width);
/// Causal depthwise convolution over the rows, then SiLU: x [rows + kernel - 1 x width], weights
/// [kernel x width] -> y [rows x width].
Program lower_convolution(const ElementwiseStage& s, int rows, int width, int kernel);
/// Gates beta = sigmoid(b) and g = -exp(A_log) softplus(a + dt_bias): a, b [rows x heads], dt_bias,
/// A_log [1 x heads] -> beta, g.  The logarithm of softplus is timed as an exp; its values are not
/// right.
Program lower_gates(const ElementwiseStage& s, int rows, int heads);
/// Gates of channels: f, dt_bias, A_log (of a channel's head) [1 x width]: g = bound sigmoid(
/// e^{A_log} (f + dt_bias)), or with bound 0 g = -e^{A_log} softplus(f + dt_bias), timed as above.
/// f [rows x width] -> g.
Program lower_channel_gates(const ElementwiseStage& s, int rows, int width, double bound);
/// beta = sigmoid(b): b [rows x heads] -> beta.
Program lower_beta(const ElementwiseStage& s, int rows, int heads);
/// RMSNorm of every head's output, times SiLU(z): x, z [rows x width], weight [1 x width] -> y.
Program lower_gated_norm(const ElementwiseStage& s, int rows, int width);
/// SwiGLU, SiLU(gate) up: gate, up [rows x width] -> y.
Program lower_swiglu(const ElementwiseStage& s, int rows, int width);
/// The sum of `count` matrices, each multiplied by one weight per row: x0.., p0.. [rows x 1] -> y.
Program lower_weighted_sum(const ElementwiseStage& s, int rows, int width, int count);

/// The largest number of rows, up to `most`, that leaves room for `in_flight` items whose matrices
/// take `bytes_per_row` bytes per row.  At least 1.
int rows_that_fit(const HwConfig& hw, std::int64_t bytes_per_row, int most);

}  // namespace tricycle
