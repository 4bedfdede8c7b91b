// SPDX-License-Identifier: Apache-2.0
//
// The matrices of a file inverted by algorithms in formats: what `tricycle invert` makes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "workloads/algorithm.h"
#include "workloads/inputs.h"
#include "workloads/oracle.h"
#include "workloads/tensor.h"

namespace tricycle {

/// Whose arithmetic is used.
struct InversionMachine {
  HwConfig hw;
  bool reference = false;  // no machine was named
};

/// One algorithm in one format, lowered for every size of matrix in the file.
struct Inversion {
  const Algorithm* algorithm = nullptr;
  AlgorithmOptions options;
  Format format = Format::kFp32;
  std::map<std::int64_t, Program> programs;  // by chunk size; none is empty
  std::string output;                        // file

  /// What results are stored in: the same for all sizes.
  const Buffer& stored() const;
};

/// One matrix: its figures and counts (a summary of one chunk).
struct InvertedMatrix {
  Accuracy accuracy;
  std::int64_t saturated_count = 0, wrapped_count = 0, inputs_rounded = 0;
};

/// Y of all matrices of a file, under the names and in the shapes of A.
struct InversionResult {
  std::map<std::string, Tensor> tensors;
  std::vector<InvertedMatrix> matrices;  // as in the file

  AccuracySummary summary() const;
};

/// Lowers for every size in the file; faults name the first tensor of a size.  Throws InputError.
Inversion make_inversion(const InversionMachine& machine, const Algorithm& algorithm,
                         const AlgorithmOptions& options, Format format, const std::string& path,
                         const MatrixFile& file);

/// `as`: the element type of the tensors instead of the format's own, kFp32 or kFp64: the real
/// numbers, which it must hold.
InversionResult invert(const InversionMachine& machine, const Inversion& inversion,
                       std::optional<Format> as, const MatrixFile& file);

/// What made a file, for its header.
std::map<std::string, std::string> inversion_metadata(const InversionMachine& machine,
                                                      const Inversion& inversion,
                                                      std::optional<Format> as);

}  // namespace tricycle
