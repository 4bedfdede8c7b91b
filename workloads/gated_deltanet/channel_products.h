// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/gated_deltanet/stages.h"

namespace tricycle {

/// Emits dst [C x C] <- sum_d x_id k_jd exp(G_id - G_jd) by the variant of shape.channel_gates, in
/// mode.vector; factors of matrix products are rounded to mode.factors.  `gates`: G [C x dk].
/// Entries with i - j < least_distance (0 or 1) are not computed; whoever reads dst masks them.
/// Throws InputError as the other stages.
void emit_channel_products(StageBuilder& b, const DeltaShape& shape, const RoundingMode& mode,
                           const Region& x, const Region& k, const Region& gates, const Region& dst,
                           int least_distance);

/// G <- cumsum(g) over the tokens, in place: log2 C additions of the matrix to itself, shifted.
void emit_channel_scan(StageBuilder& b, const Region& gates);

}  // namespace tricycle
