// SPDX-License-Identifier: Apache-2.0
//
// A grid's YAML file over base.yaml and problem.yaml, and its first points.
#include "sim/sweep/grid.h"

#include "sim/sweep/points.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

namespace {

// What a grid asks for is looked at point by point: larger ones take their time by right.
constexpr double kMostPoints = 2000;

bool is_small(const Grid& grid) {
  double size = 1;
  for (const Axis& axis : grid.axes) size *= static_cast<double>(axis.size());
  return size <= kMostPoints && static_cast<double>(grid.points) <= kMostPoints;
}

}  // namespace

void fuzz::read_grid(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("grid.yaml");
  file.write(data, size);
  fuzz::expect_read_or_refused([] {
    const Grid grid = load_grid(file.path());
    if (!is_small(grid)) return;
    const Points points(grid);
    for (auto point = points.next(0); point; point = points.next(*point + 1))
      if (points.number(points.axis_indices(*point)) != *point) std::abort();
  });
}
