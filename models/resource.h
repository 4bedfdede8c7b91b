// SPDX-License-Identifier: Apache-2.0
//
// The resources of a machine that a run uses.  Each of them can be what bounds the run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "models/isa/unit.h"

namespace tricycle {

/// A resource.  Order: units that every machine has, what they share, optional units, what those
/// share.  Where several resources bound a run equally, the first of them is named.
enum class Resource : std::uint8_t {
  kMatrix,           // the array
  kVector,           // vector units
  kDma,              // DMA queues
  kDram,             // the DRAM's channel: bandwidth
  kScratchpad,       // the scratchpad's busiest bank
  kAccumulatorPath,  // topology.accumulator_to_vector
  kMatrixPath,       // topology.vector_to_matrix
  kReadOut,          // the first optional unit; the others follow
  kOperandPath = kReadOut + kUnitCount - kAlwaysThere,  // topology.scratchpad_to_matrix
  kDependency,  // an item's instructions in sequence / items in flight
};
inline constexpr std::size_t kResourceCount = static_cast<std::size_t>(Resource::kDependency) + 1;

constexpr Resource resource_of(Unit unit) {
  const auto u = static_cast<std::size_t>(unit);
  const auto others = static_cast<std::size_t>(Resource::kReadOut) - kAlwaysThere;
  return static_cast<Resource>(u < kAlwaysThere ? u : u + others);
}

struct ResourceInfo {
  std::string_view name;
  std::optional<Unit> unit;  // the unit it is, or the unit whose instructions use it; none: any
  std::string_view bound_meaning;
};
inline constexpr std::array<ResourceInfo, kResourceCount> kResources = [] {
  std::array<ResourceInfo, kResourceCount> all{};
  const auto row = [&](Resource r) -> ResourceInfo& { return all[static_cast<std::size_t>(r)]; };
  for (std::size_t u = 0; u < kUnitCount; ++u)
    row(resource_of(static_cast<Unit>(u))) = {kUnits[u].name, static_cast<Unit>(u),
                                              kUnits[u].bound_meaning};
  row(Resource::kDram) = {"dram", Unit::kDma,
                          "cycles its bytes take the DRAM's channel at its bandwidth"};
  row(Resource::kScratchpad) = {"scratchpad", std::nullopt,
                                "cycles the scratchpad's busiest bank serves its accesses / cores"};
  row(Resource::kAccumulatorPath) = {
      "accumulator_to_vector", Unit::kVector,
      "cycles its sums occupy topology.accumulator_to_vector / cores"};
  row(Resource::kMatrixPath) = {
      "vector_to_matrix", Unit::kVector,
      "cycles operands it makes occupy topology.vector_to_matrix / cores"};
  row(Resource::kOperandPath) = {"scratchpad_to_matrix", Unit::kMatrix,
                                 "cycles operands that cannot be in place any more occupy "
                                 "topology.scratchpad_to_matrix / cores"};
  row(Resource::kDependency) = {"dependency", std::nullopt,
                                "cycles its instructions take one behind the other, alone and "
                                "never held up by memory / in_flight"};
  return all;
}();

/// Lower bounds on the cycles per item when many items follow each other.  Each bound counts one
/// resource alone.  0 where the machine does not have the resource.
struct ResourceCycles : std::array<double, kResourceCount> {
  using std::array<double, kResourceCount>::operator[];
  double& operator[](Resource r) { return (*this)[static_cast<std::size_t>(r)]; }
  double operator[](Resource r) const { return (*this)[static_cast<std::size_t>(r)]; }
};

}  // namespace tricycle
