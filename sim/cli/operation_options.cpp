// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/subcommand.h"

namespace tricycle {

void add_gemm(CLI::App& app, GemmOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "gemm", "one matrix product C[m x n] = A[m x k] B[k x n]", o,
                             gemm_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file")->required();
  sub->add_option("--m", o.m, "rows of A");
  sub->add_option("--n", o.n, "columns of B");
  sub->add_option("--k", o.k, "columns of A");
  sub->add_option("--a", o.a, "FILE[:TENSOR]: your own A, in place of --m, --n, --k");
  sub->add_option("--b", o.b, "FILE[:TENSOR]: your own B");
  sub->add_option("--out", o.out, "FILE: C, rounded to the format, .npy or safetensors");
  sub->add_option("--format", o.format, "format of the operands")->required();
  sub->add_option("--fidelity", o.fidelity, kFidelityHelp)->capture_default_str();
  sub->add_option("--seed", o.seed, "of the operands")->capture_default_str();
  sub->add_option("--weights", o.weights, "format of B, if not that of A: fixed point");
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

void add_product(CLI::App& app, ProductOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "product",
                             "the bits of D = A B + C, matrices of files, as the matrix unit adds",
                             o, product_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file")->required();
  const std::string file = "FILE[:TENSOR], .npy or safetensors: ";
  sub->add_option("--a", o.a, file + "A, [.., M, K]")->required();
  sub->add_option("--b", o.b, file + "B, [.., K, N]")->required();
  sub->add_option("--c", o.c, file + "C, [.., M, N], of the accumulators' type; default: zeros");
  sub->add_option("--format", o.format, "format of A")->required();
  sub->add_option("--format-b", o.format_b, "format of B, if not that of A");
  sub->add_option("--accumulator", o.accumulator,
                  "in place of the machine's formats.F.accumulator");
  sub->add_option("--out", o.out, file + "D")->required();
  sub->add_option("--expect", o.expect,
                  file + "codes to compare D with; status 1 where some differ");
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

void add_vector(CLI::App& app, VectorOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "vector", "one operation of the vector unit on a rows x cols matrix", o,
                 vector_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file")->required();
  sub->add_option("--op", o.op, "key of vector_unit.operations")->required();
  sub->add_option("--rows", o.rows, "rows of the matrix")->required();
  sub->add_option("--cols", o.cols, "columns of the matrix")->required();
  sub->add_option("--format", o.format, "format of the elements")->required();
  add_flag(sub, "--contiguous", o.contiguous, "rows stand one behind the other (default)");
  add_flag(sub, "--strided", o.strided, "rows are apart");
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

}  // namespace tricycle
