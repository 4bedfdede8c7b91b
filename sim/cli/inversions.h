// SPDX-License-Identifier: Apache-2.0
//
// Inverts the matrices of a file with algorithms and formats, for `tricycle invert`.
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

/// The machine whose arithmetic is used.
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
  std::string output;                        // name of the output file

  /// The buffer of the results, whose storage is the same for all sizes.
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
  std::vector<InvertedMatrix> matrices;  // in the order of the file

  AccuracySummary summary() const;
};

/// Lowers the algorithm for every size in the file.  Faults name the first tensor of a size.
/// Throws InputError.
Inversion make_inversion(const InversionMachine& machine, const Algorithm& algorithm,
                         const AlgorithmOptions& options, Format format, const std::string& path,
                         const MatrixFile& file);

/// Inverts all matrices of the file.  `as`: the element type of the results, kFp32 or kFp64,
/// instead of the format's own.  It must be able to hold the real numbers.
InversionResult invert(const InversionMachine& machine, const Inversion& inversion,
                       std::optional<Format> as, const MatrixFile& file);

/// Metadata for the header of the output file: what made it.
std::map<std::string, std::string> inversion_metadata(const InversionMachine& machine,
                                                      const Inversion& inversion,
                                                      std::optional<Format> as);

}  // namespace tricycle
