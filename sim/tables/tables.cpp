// SPDX-License-Identifier: Apache-2.0
#include "sim/tables/tables.h"

#include <fmt/format.h>

#include <vector>

#include "models/error.h"

namespace tricycle {

namespace {

constexpr TableInfo kTables[] = {
    {"algorithms", "Every algorithm at its published setting",
     "Chunks of 64 in fp16. `products`: matrix products, as a lowering that cuts nothing groups "
     "them; `depth`: longest chain "
     "of dependent products, or of rows of a substitution; `SNR`: of Y in dB, worst chunk, over "
     "the 96 chunks of `gdn_lm_c64` (real) and over `correlated_c64`, `identical_keys_c64`, "
     "`hard_loop4_c64` and `all_ones_c64` (hard), in the arithmetic of docs/numerics.md; `cycles` "
     "a chunk in steady state.",
     algorithm_rows},
    {"ablation", "What each part of the paper's method is for",
     "SNR of T in dB, mean / worst, in the arithmetic of docs/numerics.md, over the 96 chunks of "
     "64 "
     "of `gdn_lm_c64` and over 16 chunks of correlated keys. Published: arXiv 2606.06034 on chunks "
     "of its own model, in formats as said. Truncation destroys the worst case and the correction "
     "mends it on chunks of this model; on correlated keys, as in the paper, only the mask does.",
     ablation_rows},
    {"loss", "Loss of a language model over N and S",
     "Bits per byte of `workloads/data/gdn_lm` on 4,096 bytes, chunks of 64, the inverse by "
     "`neumann_masked` in fp16 and everything else in fp64. Published: perplexity of Qwen3.5-4B "
     "in arXiv 2606.06034.",
     loss_rows},
    {"chunk_sizes", "Chunk sizes",
     "The paper's setting for each chunk size: SNR of T in dB, mean / worst, over the chunks of "
     "`gdn_lm`; and the latency of one int16 chunk by forward substitution over that of the "
     "method, on `hexagon_v79_like` (two of its constants are fitted to the published figures of "
     "64 and 128: docs/validation.md).",
     chunk_size_rows},
    {"layer_shares", "Share of the inversion in a layer",
     "Percent of the cycles of a Gated DeltaNet layer (W4A16, prefill of 2048 tokens, on "
     "`hexagon_v79_like`) that the int16 inversion takes with forward substitution (before) and "
     "with the paper's method (after), and the layer's cycles that saves. The paper names neither "
     "model nor tokens; that the inversion runs one chunk at a time was chosen after both ways had "
     "been seen (docs/layer.md).",
     layer_rows},
    {"solve_unit", "Hardware for forward substitution",
     "The 96 chunks of 64 of `gdn_lm_c64` in fp16: forward substitution and exact block methods on "
     "the vector unit and the array, the paper's method (`neumann_masked`), and a triangular array "
     "that no machine has (`solve_unit`, docs/timing.md) of 16, 32 and 64 rows for formats of 16 "
     "bits, whose cells and boundaries take four cycles each. Energy of a chunk in steady state: "
     "nominal, and between the ends of what is published; area of the whole machine, and what the "
     "unit adds.",
     solve_rows},
    {"baselines", "What the paper's method is faster than",
     "Chunks of 64, cycles a chunk. Naive: `forward_substitution`, row by row, as the baseline of "
     "arXiv 2606.06034; best: of that, `column_sweep`, `blocked_substitution` and "
     "`block_elimination` with any block, the one with the fewest cycles in steady state. Paper's: "
     "`neumann_masked` at its published setting; its columns say how many times the cycles of the "
     "paper's method that substitution takes (below 1: substitution is faster). Alone: one chunk, "
     "as the paper's speed-ups are modelled; steady: many.",
     baseline_rows},
    {"measured_baselines", "The same on an NVIDIA H200, measured",
     "Cycles of one chunk alone in fp16, the shortest of the kernels of that kind in "
     "`workloads/data/silicon/h200_kernels.csv`; the paper's method at its published settings (N = "
     "4, S = 3 at 32; N = 3, S = 8 at 64, by Horner's rule). Published for the paper's own NPU: "
     "5.2 and 4.2 times.",
     measured_baseline_rows},
    {"safety", "Which inverse is safe",
     "Algorithms x formats x rules, chunks of 64, each algorithm at its published setting. Errors "
     "are of Y = (I + A)^-1 - I, |Y' - Y| / |Y| of the worst chunk against the triangular solve in "
     "double on the same A, in the arithmetic of docs/numerics.md: on five sets of tokens "
     "(docs/inputs.md), and on the worst of 160 inputs of a rule that a search tried "
     "(docs/stress.md). Bold, and not survived: an entry that is not finite, or an error above a "
     "tenth of Y. `beta <= 1` needs the sets and the rules gdn and kda, `beta <= 2` gdn_beta2 as "
     "well. Cycles: a chunk in steady state; -: the machine lacks the format or a unit.",
     safety_rows},
    {"adaptive", "Products chosen by the data: what they save, and what the guard costs",
     "`auto` at a tolerance of 2^-10 on chunks of 64 in fp16 (docs/algorithms.md). First its "
     "products, mean a chunk (at most 10): where each chunk stops by itself; where 4 chunks of a "
     "head, or of 4 heads, go on until the last of them may stop; where a head does what its worst "
     "chunk needs. `violations`: chunks of the second half of a head that need more than all of "
     "its first half, which a choice made beforehand would get wrong. `worst error`: of T, "
     "against substitution in double. Then cycles and energy of a chunk in steady state on every "
     "machine of one core that has fp16; `frobenius`: the guard is that norm alone.",
     adaptive_rows},
};

}  // namespace

std::span<const TableInfo> tables() { return kTables; }

const TableInfo& find_table(std::string_view name) {
  std::vector<std::string_view> names;
  for (const TableInfo& table : kTables) {
    if (table.name == name) return table;
    names.push_back(table.name);
  }
  throw InputError(fmt::format("tables {}: expected one of {}", name, fmt::join(names, ", ")));
}

std::string table_page(const TableInfo& table) {
  return fmt::format("# {}\n\n{}\n\n{}\nMade by `tricycle tables {}`.\n", table.title,
                     table.meaning, table.rows(), table.name);
}

}  // namespace tricycle
