// SPDX-License-Identifier: Apache-2.0
//
// The steps of the masked Neumann method that several algorithms share.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/parameter.h"

namespace tricycle {

/// Where the start of the masked Neumann method applies its mask: to A before the product, to the
/// unmasked sum after it, or nowhere (ablation).
enum class MaskPlacement : std::uint8_t { kFirst, kAfter, kNone };
inline constexpr std::pair<std::string_view, MaskPlacement> kMaskPlacements[] = {
    {"first", MaskPlacement::kFirst},
    {"after", MaskPlacement::kAfter},
    {"none", MaskPlacement::kNone}};

/// How the residual series sum_{s<S} E^s is evaluated.
enum class Evaluation : std::uint8_t { kHorner, kDoubling, kPowers };
inline constexpr std::pair<std::string_view, Evaluation> kEvaluations[] = {
    {"horner", Evaluation::kHorner},
    {"doubling", Evaluation::kDoubling},
    {"powers", Evaluation::kPowers}};

inline constexpr ParameterKey<int> kOrder{"order"};           // N, terms of the truncated series
inline constexpr ParameterKey<int> kSteps{"steps"};           // S, terms of the residual series
inline constexpr ParameterKey<int> kMaskWidth{"mask_width"};  // w, sub-diagonals the start keeps
inline constexpr ParameterKey<MaskPlacement> kMask{"mask"};
inline constexpr ParameterKey<Evaluation> kEvaluation{"evaluation"};

/// The matrices of one masked Neumann inversion.  All blocks on the diagonal use the same ones.
struct NeumannMatrices {
  Matrix start_operand;  // A o M_w
  Matrix start;          // T0 - I
  Matrix residual;       // E
  Matrix iterate;        // Y; fixed point: with headroom
  Matrix power, sum;     // evaluation doubling / powers only
};
NeumannMatrices make_neumann_matrices(Emitter& e, const AlgorithmParameters& p);

/// The band-exact start of masked_newton:
///   Y <- -(A o M_1);  for s = 2..N:  Y <- (-(A_N + A_N Y)) o M_s  with A_N = A o M_N
/// It takes N - 1 products.  Returns Y, which has the band [1, N].
Matrix emit_neumann_start(Emitter& e, const Matrix& operand, const Matrix& y, int order);

/// neumann_masked(N, S) on the diagonal block `block` of the input.  The result is in m.iterate.
void emit_neumann_masked(Emitter& e, const NeumannMatrices& m, Extent block,
                         const AlgorithmParameters& p);

/// The parameters N, S, w, mask and evaluation, with their published settings as defaults. w and
/// the ranges follow the block, where the algorithm has one.
std::vector<Parameter> neumann_parameters();

/// The parameter N, in [1, size - 1], where size is that of what the series inverts.  `what` names
/// it in messages: "blocks".
Parameter order_parameter(Parameter::Rule<int> usual, std::string_view what);
Parameter steps_parameter(Parameter::Rule<int> usual, Parameter::Rule<ParameterRange> range);

/// The published setting of the masked Neumann method (arXiv 2606.06034): (N, S) = (3, 4) up to C =
/// 16, (4, 3) up to 32, (3, 8) up to 64.  Beyond, S = C / 8 keeps the proportion.  C is the edge of
/// what is inverted.
int published_order(int chunk, const ParameterValues& values);
int published_steps(int chunk, const ParameterValues& values);

/// The edge of what the series inverts: a block, or the chunk.
int inverted_size(int chunk, const ParameterValues& values);

/// The range [1, high]; in messages, for blocks of the inverted edge.
ParameterRange range_in_block(int chunk, const ParameterValues& values, int high);

}  // namespace tricycle
