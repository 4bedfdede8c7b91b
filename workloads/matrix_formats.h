// SPDX-License-Identifier: Apache-2.0
//
// Mixed arithmetic inside one inversion: the matrices of an algorithm by what they are for, each
// kept in a format of its own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "models/hw_config.h"
#include "workloads/parameter.h"

namespace tricycle {

/// How a matrix is kept: in the format of the run, as wide as the sums of its products (fp32, or
/// fp16 where the machine adds so; a run that cannot mix formats keeps its own), or in a float
/// format of its own.
enum class KeptAs : std::uint8_t {
  kRun,
  kSums,
  kFp32,
  kTf32,
  kFp16,
  kBf16,
  kFloat8E4m3fn,
  kFloat8E5m2
};
inline constexpr std::pair<std::string_view, KeptAs> kKeptAs[] = {
    {"run", KeptAs::kRun},
    {"sums", KeptAs::kSums},
    {"fp32", KeptAs::kFp32},
    {"tf32", KeptAs::kTf32},
    {"fp16", KeptAs::kFp16},
    {"bf16", KeptAs::kBf16},
    {"float8_e4m3fn", KeptAs::kFloat8E4m3fn},
    {"float8_e5m2", KeptAs::kFloat8E5m2}};

inline constexpr ParameterKey<KeptAs> kInputAs{"input"};        // A, as it is loaded
inline constexpr ParameterKey<KeptAs> kOperandsAs{"operands"};  // what products multiply
inline constexpr ParameterKey<KeptAs> kBlocksAs{"blocks"};      // inverses of the diagonal blocks
inline constexpr ParameterKey<KeptAs> kMergesAs{"merges"};      // what merges multiply and store
inline constexpr ParameterKey<KeptAs> kMastersAs{"masters"};    // iterates kept beside operands
inline constexpr ParameterKey<KeptAs> kResultAs{"result"};      // Y, as it is stored

/// The row of one of these parameters.  Its default is the format of the run.
Parameter kept_as_parameter(ParameterKey<KeptAs> key);
/// An algorithm's own parameters, and after them those of its matrices.
std::vector<Parameter> kept_as_parameters(std::initializer_list<ParameterKey<KeptAs>> keys,
                                          std::vector<Parameter> own = {});

/// The formats in force.  Where nothing is said, all are the format in which the machine stores a
/// run of this format.
struct MatrixFormats {
  Format input, operands, blocks, merges, masters, result;
};

/// The formats that the parameters ask for, in a run of format `run`.  Throws InputError where the
/// machine lacks one, and where a run of fixed point or of fp64 is to hold other formats: values
/// would have to change their kind on the way.
MatrixFormats matrix_formats(const ParameterValues& values, Format run, const HwConfig& hw);

/// The edges of tile_edges() for the run that suit the formats of blocks and products as well.
/// Those of the run where none does; a product of the other format is then refused.
std::vector<int> tile_edges(const HwConfig& hw, Format run, const MatrixFormats& formats,
                            int chunk);

}  // namespace tricycle
