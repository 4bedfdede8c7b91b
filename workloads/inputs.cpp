// SPDX-License-Identifier: Apache-2.0
#include "workloads/inputs.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "models/error.h"
#include "workloads/ensembles.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

ChunkMatrix checked_matrix(const std::string& path, const std::string& name, const Tensor& tensor) {
  const std::string place = fmt::format("{}: tensor \"{}\"", path, name);
  const std::int64_t size = tensor.shape[0];
  if (tensor.shape[1] != size || size < 2)
    throw InputError(fmt::format("{}: expected a square matrix of at least 2 x 2, got {} x {}",
                                 place, size, tensor.shape[1]));
  ChunkMatrix m{name, size, to_doubles(tensor, place)};
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < size; ++j) {
      const double v = m.a[static_cast<std::size_t>(i * size + j)];
      if (!std::isfinite(static_cast<float>(v)))
        throw InputError(fmt::format(
            "{}: entry [{}, {}] is {}; every entry must be finite in binary32", place, i, j, v));
      if (j >= i && v != 0)
        throw InputError(
            fmt::format("{}: entry [{}, {}] is {}; expected a strictly lower triangular matrix "
                        "(zero on and above the diagonal)",
                        place, i, j, v));
    }
  for (double& v : m.a)
    v = static_cast<double>(static_cast<float>(v));  // A enters rounded to binary32
  return m;
}

}  // namespace

std::vector<ChunkMatrix> read_matrices(const std::string& path) {
  std::vector<ChunkMatrix> out;
  std::vector<std::string> faults;
  for (const auto& entry : read_safetensors(path)) {
    const std::string& name = entry.first;
    const Tensor& tensor = entry.second;
    if (tensor.shape.size() != 2) continue;
    if (auto matrix = attempt(faults, [&] { return checked_matrix(path, name, tensor); }))
      out.push_back(std::move(*matrix));
  }
  throw_if_any(std::move(faults));
  if (out.empty()) throw InputError(path + ": expected at least one 2-D tensor");
  return out;
}

std::vector<ChunkMatrix> make_inputs(const Problem& problem) {
  switch (problem.input) {
    case InputKind::kCaptured: return captured_chunks(problem.file, problem.chunk);
    case InputKind::kSynthetic: return synthetic_chunks(problem);
    case InputKind::kMatrices: break;
  }
  std::vector<ChunkMatrix> out = read_matrices(problem.file);
  for (const ChunkMatrix& m : out)
    if (m.chunk != problem.chunk)
      throw InputError(fmt::format(
          "{}: tensor \"{}\": expected {} x {} as the problem's chunk says, got {} x {}",
          problem.file, m.label, problem.chunk, problem.chunk, m.chunk, m.chunk));
  return out;
}

}  // namespace tricycle
