// SPDX-License-Identifier: Apache-2.0
#include "workloads/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "models/error.h"
#include "workloads/digest.h"
#include "workloads/ensembles.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/safetensors.h"
#include "workloads/tensor_file.h"
#include "workloads/tokens/token_chunks.h"

namespace tricycle {

namespace {

constexpr std::size_t kMostNamed = 4;  // of the tensors that are skipped

/// Whether the last two extents are of a square matrix of at least 2 x 2, and there is one.
bool holds_matrices(const Tensor& tensor) {
  const std::size_t rank = tensor.shape.size();
  return rank >= 2 && tensor.shape[rank - 1] == tensor.shape[rank - 2] &&
         tensor.shape[rank - 1] >= 2 && tensor.elements() > 0;
}

/// "name[i,j]" of the matrix with this `index` in row-major order; the name alone for a 2-D tensor.
std::string label(const std::string& name, const std::vector<std::int64_t>& shape,
                  std::int64_t index) {
  std::vector<std::int64_t> at(shape.size() - 2);
  for (std::size_t axis = at.size(); axis-- > 0; index /= shape[axis])
    at[axis] = index % shape[axis];
  return at.empty() ? name : fmt::format("{}[{}]", name, fmt::join(at, ","));
}

/// Refuses matrices that cannot be inverted.
void check(const std::string& path, const ChunkMatrix& m) {
  const std::string place = fmt::format("{}: tensor \"{}\"", path, m.label);
  for (std::int64_t i = 0; i < m.chunk; ++i)
    for (std::int64_t j = 0; j < m.chunk; ++j) {
      const double v = m.a[static_cast<std::size_t>(i * m.chunk + j)];
      if (!std::isfinite(v))
        throw InputError(
            fmt::format("{}: entry [{}, {}] is {}; every entry must be finite", place, i, j, v));
      if (j >= i && v != 0)
        throw InputError(
            fmt::format("{}: entry [{}, {}] is {}; expected a strictly lower triangular matrix "
                        "(zero on and above the diagonal){}",
                        place, i, j, v, i == j && v == 1 ? "; subtract the identity" : ""));
    }
}

/// The matrices of a tensor.  Throws at the first unsuitable one.
std::vector<ChunkMatrix> checked_matrices(const std::string& path, const std::string& name,
                                          const Tensor& tensor) {
  const std::vector<double> values =
      to_doubles(tensor, fmt::format("{}: tensor \"{}\"", path, name));
  const std::int64_t chunk = tensor.shape.back(), size = chunk * chunk;
  std::vector<ChunkMatrix> out;
  for (std::int64_t index = 0; index * size < tensor.elements(); ++index) {
    const auto begin = values.begin() + index * size;
    out.push_back({label(name, tensor.shape, index), chunk, {begin, begin + size}});
    check(path, out.back());
  }
  return out;
}

/// Throws InputError where the file's header says otherwise.
void set_fraction_bits(const std::string& path, const std::string& name, std::int64_t fraction_bits,
                       Tensor& tensor) {
  if (tensor.fraction_bits.value_or(static_cast<int>(fraction_bits)) != fraction_bits)
    throw InputError(fmt::format(
        "{}: tensor \"{}\" has {} fraction bits as its header says, not {}; leave them out", path,
        name, *tensor.fraction_bits, fraction_bits));
  tensor.fraction_bits = static_cast<int>(fraction_bits);
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

MatrixFile read_matrices(const std::string& path, std::int64_t fraction_bits) {
  MatrixFile out;
  std::vector<std::string> faults, others, whole_numbers;
  bool integers = false;
  for (auto& entry : read_tensor_file(path)) {
    const std::string& name = entry.first;
    Tensor& tensor = entry.second;
    if (!holds_matrices(tensor)) {
      others.push_back(fmt::format("\"{}\" [{}]", name, fmt::join(tensor.shape, ", ")));
      continue;
    }
    integers = integers || tensor.is_integer();
    if (tensor.is_integer() && fraction_bits > 0)
      attempt(faults, [&] { return set_fraction_bits(path, name, fraction_bits, tensor), true; });
    if (tensor.is_integer() && !tensor.fraction_bits)
      whole_numbers.push_back(fmt::format("\"{}\"", name));
    const auto matrices = attempt(faults, [&] { return checked_matrices(path, name, tensor); });
    if (!matrices) continue;
    out.tensors.push_back({name, tensor.shape, out.matrices.size(), matrices->size()});
    out.matrices.insert(out.matrices.end(), matrices->begin(), matrices->end());
  }
  if (fraction_bits > 0 && !integers)
    faults.push_back(
        fmt::format("{}: no matrix of integers, so no fraction bits; leave them out", path));
  throw_if_any(std::move(faults));
  if (out.matrices.empty())
    throw InputError(fmt::format("{}: expected at least one tensor [.., C, C] with C >= 2, got {}",
                                 path, others.empty() ? "none" : named(others)));
  if (!others.empty()) out.note = "skipped what is no [.., C, C]: " + named(others);
  if (!whole_numbers.empty())
    out.note += fmt::format(
        "{}read integers as whole numbers, their header has no {}: {}; --fraction-bits "
        "N, or input.matrices.fraction_bits of a problem, says where the "
        "point stands",
        out.note.empty() ? "" : "; ", kFractionBits, named(whole_numbers));
  return out;
}

std::string input_digest(const std::vector<ChunkMatrix>& chunks) {
  const bool binary32 = std::all_of(chunks.begin(), chunks.end(), [](const ChunkMatrix& chunk) {
    return std::all_of(chunk.a.begin(), chunk.a.end(),
                       [](double v) { return static_cast<double>(static_cast<float>(v)) == v; });
  });
  Sha256 sha;
  for (const ChunkMatrix& chunk : chunks) {
    std::vector<std::uint8_t> bytes;  // little-endian
    for (const double value : chunk.a) {
      const std::uint64_t bits = binary32 ? std::bit_cast<std::uint32_t>(static_cast<float>(value))
                                          : std::bit_cast<std::uint64_t>(value);
      for (int shift = 0; shift < (binary32 ? 32 : 64); shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(bits >> shift));
    }
    sha.update(bytes);
    if (!chunk.gates.any()) continue;
    const std::string gates = fmt::format("gates {} {}", static_cast<int>(chunk.gates.in),
                                          fmt::join(chunk.gates.sums, " "));
    sha.update(std::vector<std::uint8_t>(gates.begin(), gates.end()));
  }
  return sha.hex();
}

Inputs make_inputs(const Problem& problem) {
  switch (problem.input) {
    case InputKind::kCaptured: {
      CapturedChunks captured =
          captured_chunks(problem.file, problem.chunk, ChunkEntries::kBinary32, problem.gates_in);
      return {std::move(captured.chunks), std::move(captured.note)};
    }
    case InputKind::kSynthetic: return {synthetic_chunks(problem), ""};
    case InputKind::kTokens: return {token_chunks(problem), ""};
    case InputKind::kMatrices: break;
  }
  MatrixFile file = read_matrices(problem.file, problem.fraction_bits);
  for (const ChunkMatrix& m : file.matrices)
    if (m.chunk != problem.chunk)
      throw InputError(fmt::format(
          "{}: tensor \"{}\": expected {} x {} as the problem's chunk says, got {} x {}",
          problem.file, m.label, problem.chunk, problem.chunk, m.chunk, m.chunk));
  return {std::move(file.matrices), std::move(file.note)};
}

}  // namespace tricycle
