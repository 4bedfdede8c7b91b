// SPDX-License-Identifier: Apache-2.0
//
// What instructions read and write: rectangles of buffers, masks over them, and groups of entries
// that share a scale.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "models/numerics/format.h"

namespace tricycle {

struct Program;
class TextReader;  // models/isa/text_reader.h

/// A rectangle of a buffer of the program.  Rows and columns count from those of the buffer.
struct Region {
  std::uint32_t buffer = 0;
  std::int32_t row = 0, col = 0, rows = 0, cols = 0;

  std::int64_t elements() const { return static_cast<std::int64_t>(rows) * cols; }
  bool overlaps(const Region& other) const {
    return buffer == other.buffer && row < other.row + other.rows && other.row < row + rows &&
           col < other.col + other.cols && other.col < col + cols;
  }
  bool contains(const Region& other) const {
    return buffer == other.buffer && row <= other.row && other.row + other.rows <= row + rows &&
           col <= other.col && other.col + other.cols <= col + cols;
  }
  friend bool operator==(const Region&, const Region&) = default;
};

/// Which entries (i, j) of a result are kept; all others become +0. i and j are the row and the
/// column in the buffer.  An entry is kept if all of these hold:
/// * min_distance <= i - j <= max_distance;
/// * if block = b > 0: min_blocks <= i / b - j / b <= max_blocks, in integer division, and the
///   block row i / b is even or odd where `blocks` says so;
/// * if pair_block = b > 0: it lies in the lower-left b x b block of a 2b x 2b block on the
///   diagonal.
struct Mask {
  enum class Blocks : std::uint8_t { kAll, kEven, kOdd };
  static constexpr std::int32_t kNoMin = std::numeric_limits<std::int32_t>::min();
  static constexpr std::int32_t kNoMax = std::numeric_limits<std::int32_t>::max();
  std::int32_t min_distance = kNoMin, max_distance = kNoMax;
  std::int32_t pair_block = 0;
  std::int32_t block = 0, min_blocks = kNoMin, max_blocks = kNoMax;
  Blocks blocks = Blocks::kAll;

  bool keeps(std::int32_t i, std::int32_t j) const {
    const std::int32_t d = i - j;
    if (d < min_distance || d > max_distance) return false;
    if (block != 0) {
      const std::int32_t apart = i / block - j / block;
      if (apart < min_blocks || apart > max_blocks || !keeps_block_row(i / block)) return false;
    }
    return pair_block == 0 ||
           (i / (2 * pair_block) == j / (2 * pair_block) && i / pair_block == j / pair_block + 1);
  }
  /// True if no entry of the region is discarded.
  bool keeps_all(const Region& r) const {
    const std::int32_t bottom = r.row + r.rows - 1, right = r.col + r.cols - 1;
    return pair_block == 0 && r.row - right >= min_distance && bottom - r.col <= max_distance &&
           (block == 0 || (r.row / block - right / block >= min_blocks &&
                           bottom / block - r.col / block <= max_blocks &&
                           (blocks == Blocks::kAll ||
                            (r.row / block == bottom / block && keeps_block_row(r.row / block)))));
  }
  /// Whether `blocks` keeps this row of blocks.
  bool keeps_block_row(std::int32_t row) const {
    return blocks == Blocks::kAll || (row % 2 == 0) == (blocks == Blocks::kEven);
  }
  friend bool operator==(const Mask&, const Mask&) = default;
};

/// Which entries of an operand share a measured scale (models/numerics/dynamic_scale.h): those of a
/// row, those of a column, or all.  If block = b > 0, a row or column has one scale per b
/// consecutive k; k belongs to block k / b.  Scales of rows form a matrix with one column per
/// block.  Scales of columns form one with one row per block.  The scale of all is a single
/// element.
struct ScaleGroups {
  enum class Axis : std::uint8_t { kRow, kColumn, kAll };
  Axis axis = Axis::kRow;
  std::int32_t block = 0;
  std::int32_t largest = 0;  // the largest code
  ScaleRounding rounding = ScaleRounding::kExact;

  /// Row and column of the scale of entry (i, j) of the operand.
  std::int32_t row_of(std::int32_t i) const {
    return axis == Axis::kRow ? i : axis == Axis::kColumn && block > 0 ? i / block : 0;
  }
  std::int32_t col_of(std::int32_t j) const {
    return axis == Axis::kColumn ? j : axis == Axis::kRow && block > 0 ? j / block : 0;
  }
  friend bool operator==(const ScaleGroups&, const ScaleGroups&) = default;
};

/// "A[0:16, 8:24]": the buffer's name, then half-open ranges of rows and columns.
std::string region_text(const Program& program, const Region& region);
/// "  keep d>=1 d<=7 blocks of 16>=0": what a mask keeps; empty where it keeps everything.
std::string mask_text(const Mask& mask);

}  // namespace tricycle
