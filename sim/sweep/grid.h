// SPDX-License-Identifier: Apache-2.0
//
// A grid of a design-space sweep as its YAML file states it (workloads/grids/*.yaml):
//
//   name: arrays
//   machine: ../../hwconfigs/edge_16x16.yaml
//   problem: ../problems/gdn_lm_c64.yaml
//   axes:
//     - systolic_array.rows: [8, 16, 32]                 # keys of one axis move together,
//       systolic_array.cols: [8, 16, 32]                 # axes are crossed
//     - scratchpad.size: {from: 64 KiB, to: 1 MiB, powers_of: 2}
//     - problem.chunk: [16, 32, 64]
//     - algorithm: [neumann_masked, block_doubling]
//   derived:
//     topology.accumulator_to_vector.bytes_per_cycle: 4 * systolic_array.cols
//   constraints:
//     - scratchpad.size / systolic_array.rows >= 8 KiB
//     - area_mm2.total <= 20                             # a figure of the report
//   sampling: {random: {points: 1000, seed: 1}}
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/field_tree.h"
#include "sim/config/yaml_document.h"
#include "sim/sweep/constraint.h"

namespace tricycle {

/// What a key of an axis sets.
enum class AxisTarget : std::uint8_t {
  kMachine,     // `machine`: the file
  kProblem,     // `problem`: the file
  kMachineKey,  // `systolic_array.rows`
  kProblemKey,  // `problem.chunk`
  kAlgorithm,   // `algorithm`
  kParameter,   // `algorithm.order`
  kFormat,      // `format`
};

struct AxisValue {
  std::string text;        // as `tricycle run` takes it; for files the path
  std::string label;       // as the store shows it; for files as the grid writes it
  KeyValue value;          // as constraints use it
  bool is_number = false;  // whether the label is one
};

/// The axis value for a number of a key, in the key's unit.
AxisValue axis_number(const Field& field, std::int64_t value);
AxisValue axis_number(const Field& field, double value);

struct AxisKey {
  std::string name;
  AxisTarget target = AxisTarget::kMachineKey;
  std::vector<AxisValue> values;
};

/// Keys that move together; all have the same number of values.
struct Axis {
  std::vector<AxisKey> keys;
  std::size_t size() const { return keys.front().values.size(); }
};

/// A key whose value is an expression in other keys.
struct DerivedKey {
  std::string name;
  AxisTarget target = AxisTarget::kMachineKey;  // or kProblemKey
  const FieldNode* node = nullptr;              // what is known of the key; never null
  std::string text;                             // the expression, as the grid writes it
  Expression expression;
};

enum class Sampling : std::uint8_t { kFull, kRandom, kLatinHypercube, kPareto };

/// A figure that a guided search minimizes, or maximizes.
struct Objective {
  std::string column;
  bool maximize = false;
};

struct Grid {
  std::string path, text;
  std::string name, description;
  std::string machine, problem;  // paths; empty where an axis names the files
  std::vector<Axis> axes;
  std::vector<DerivedKey> derived;      // each needs only earlier ones
  std::vector<Constraint> constraints;  // on keys; a combination that breaks one is no point
  /// Also on report columns; a point that breaks one fails
  std::vector<Constraint> result_constraints;
  Sampling sampling = Sampling::kFull;
  std::uint64_t points = 0, seed = 0;  // of the sampling; kPareto: at most so many points
  std::uint64_t start = 0;             // kPareto: number of points in the first round
  std::vector<Objective> objectives;   // for kPareto

  /// Names of the keys of all axes, in order, followed by those of the derived keys.
  std::vector<std::string> axis_names() const;
  /// Paths of all machines and problems.
  std::vector<std::string> files(AxisTarget target) const;
};

/// Defaults where no axis sets the key, as in `tricycle run`.
inline constexpr const char* kDefaultAlgorithm = "neumann_masked";
inline constexpr const char* kDefaultFormat = "fp16";
/// Readers such as JSON and pandas hold the numbers of points in binary64.
inline constexpr double kMostGridPoints = 9007199254740992;
/// Without sampling, every point is looked at.
inline constexpr double kMostFullPoints = 1e8;
inline constexpr std::uint64_t kMostSampledPoints = 10'000'000;
/// Limit on the values of all axes together.
inline constexpr std::size_t kMostAxisValues = 1'000'000;
inline constexpr std::size_t kMostConstraints = 1'000;
/// A guided search holds the figures of all its points in memory.
inline constexpr std::uint64_t kMostSearchedPoints = 1'000'000;

/// Reads a grid, strictly, and the machines and problems that it names.  Throws InputError with all
/// faults, each with its place.
Grid load_grid(const std::string& path);

/// The value of a derived key at a point.  PointSpecs sets it in the machine or the problem.
/// Throws InputError where the key cannot have it: not an integer, out of range, NaN.
AxisValue derived_value(const DerivedKey& key, double value);

/// The kind of a report column, for constraints; nullopt: no such column.
std::optional<KeyKind> column_kind(std::string_view column);

/// Reads what stands under `sampling:` into that part of the grid.
void read_sampling(const YamlNode& root, Grid& grid, std::vector<Fault>& faults);

/// All keys that an axis may have: those of the trees of machine and problem, and the others.
class AxisKeys {
 public:
  /// The keys, which are the same for every grid.
  static const AxisKeys& all();
  /// The node of a key; nullptr where it is not a key with values of its own.
  const FieldNode* machine(std::string_view key) const;
  const FieldNode* problem(std::string_view key) const;  // key with "problem."
  std::optional<AxisTarget> target(std::string_view key) const;
  std::optional<KeyKind> kind(std::string_view key) const;
  std::vector<std::string_view> names() const;
  std::string suggest(std::string_view key) const;

 private:
  AxisKeys();
  std::map<std::string, FieldNode, std::less<>> machine_, problem_;
  std::vector<std::string> parameters_;
};

/// Reads what stands under `derived:` into that part of the grid.  Call it after the axes are read.
void read_derived(const YamlNode& root, const AxisKeys& keys, Grid& grid,
                  std::vector<Fault>& faults);

/// `describe grid`: the keys of a grid as text for people, and as a JSON Schema for editors.
std::string describe_grid();
/// The same as a JSON document; docs/output.md documents its keys.
std::string grid_keys_json();
std::string grid_json_schema();

}  // namespace tricycle
