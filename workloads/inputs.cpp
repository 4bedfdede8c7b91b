// SPDX-License-Identifier: Apache-2.0
#include "workloads/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/error.h"
#include "workloads/ensembles.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/tensor_file.h"

namespace tricycle {

namespace {

constexpr std::size_t kMostNamed = 4;  // of the tensors that are skipped

/// Whether the last two extents are of a square matrix of at least 2 x 2, and there is one.
bool holds_matrices(const Tensor& tensor) {
  const std::size_t rank = tensor.shape.size();
  return rank >= 2 && tensor.shape[rank - 1] == tensor.shape[rank - 2] &&
         tensor.shape[rank - 1] >= 2 && tensor.elements() > 0;
}

/// "name[i,j]" of the matrix that is `index` in row-major order; the name alone of a 2-D tensor.
std::string label(const std::string& name, const std::vector<std::int64_t>& shape,
                  std::int64_t index) {
  std::vector<std::int64_t> at(shape.size() - 2);
  for (std::size_t axis = at.size(); axis-- > 0; index /= shape[axis])
    at[axis] = index % shape[axis];
  return at.empty() ? name : fmt::format("{}[{}]", name, fmt::join(at, ","));
}

/// Refuses what cannot be inverted, and rounds: A enters in binary32.
void check_and_round(const std::string& path, ChunkMatrix& m) {
  const std::string place = fmt::format("{}: tensor \"{}\"", path, m.label);
  for (std::int64_t i = 0; i < m.chunk; ++i)
    for (std::int64_t j = 0; j < m.chunk; ++j) {
      const double v = m.a[static_cast<std::size_t>(i * m.chunk + j)];
      if (!std::isfinite(static_cast<float>(v)))
        throw InputError(fmt::format(
            "{}: entry [{}, {}] is {}; every entry must be finite in binary32", place, i, j, v));
      if (j >= i && v != 0)
        throw InputError(
            fmt::format("{}: entry [{}, {}] is {}; expected a strictly lower triangular matrix "
                        "(zero on and above the diagonal)",
                        place, i, j, v));
    }
  for (double& v : m.a) v = static_cast<double>(static_cast<float>(v));
}

/// The matrices of a tensor; throws at the first that is unsuitable.
std::vector<ChunkMatrix> checked_matrices(const std::string& path, const std::string& name,
                                          const Tensor& tensor) {
  const std::vector<double> values =
      to_doubles(tensor, fmt::format("{}: tensor \"{}\"", path, name));
  const std::int64_t chunk = tensor.shape.back(), size = chunk * chunk;
  std::vector<ChunkMatrix> out;
  for (std::int64_t index = 0; index * size < tensor.elements(); ++index) {
    const auto begin = values.begin() + index * size;
    out.push_back({label(name, tensor.shape, index), chunk, {begin, begin + size}});
    check_and_round(path, out.back());
  }
  return out;
}

/// "a [4], b [2, 3] and 7 more".
std::string named(const std::vector<std::string>& tensors) {
  const std::size_t shown = std::min(tensors.size(), kMostNamed);
  std::string text = fmt::format(
      "{}", fmt::join(tensors.begin(), tensors.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < tensors.size()) text += fmt::format(" and {} more", tensors.size() - shown);
  return text;
}

}  // namespace

MatrixFile read_matrices(const std::string& path) {
  MatrixFile out;
  std::vector<std::string> faults, others;
  for (const auto& entry : read_tensor_file(path)) {
    const std::string& name = entry.first;
    const Tensor& tensor = entry.second;
    if (!holds_matrices(tensor)) {
      others.push_back(fmt::format("\"{}\" [{}]", name, fmt::join(tensor.shape, ", ")));
      continue;
    }
    const auto matrices = attempt(faults, [&] { return checked_matrices(path, name, tensor); });
    if (!matrices) continue;
    out.tensors.push_back({name, tensor.shape, out.matrices.size(), matrices->size()});
    out.matrices.insert(out.matrices.end(), matrices->begin(), matrices->end());
  }
  throw_if_any(std::move(faults));
  if (out.matrices.empty())
    throw InputError(fmt::format("{}: expected at least one tensor [.., C, C] with C >= 2, got {}",
                                 path, others.empty() ? "none" : named(others)));
  if (!others.empty())
    out.skipped = fmt::format("{}: skipped what is no [.., C, C]: {}", path, named(others));
  return out;
}

Inputs make_inputs(const Problem& problem) {
  switch (problem.input) {
    case InputKind::kCaptured: return {captured_chunks(problem.file, problem.chunk), ""};
    case InputKind::kSynthetic: return {synthetic_chunks(problem), ""};
    case InputKind::kMatrices: break;
  }
  MatrixFile file = read_matrices(problem.file);
  for (const ChunkMatrix& m : file.matrices)
    if (m.chunk != problem.chunk)
      throw InputError(fmt::format(
          "{}: tensor \"{}\": expected {} x {} as the problem's chunk says, got {} x {}",
          problem.file, m.label, problem.chunk, problem.chunk, m.chunk, m.chunk));
  return {std::move(file.matrices), std::move(file.skipped)};
}

}  // namespace tricycle
