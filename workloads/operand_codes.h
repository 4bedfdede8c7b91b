// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/program_builder.h"
#include "workloads/tiling.h"

namespace tricycle {

/// Emits the instructions that make codes, and their scales, from the operands of products
/// (formats.F.scaling).  For each operand these are `scales` instructions, then `quantise`, on the
/// tiles that its band touches.  Codes stay valid as long as the values they were made from.  They
/// are made once for all products that take the operand in the same way.
class OperandCodes {
 public:
  enum class Side : std::uint8_t { kLeft, kRight };
  /// A rectangle of a C x C matrix in the scratchpad.  Entries that `kept` discards are not part of
  /// it.
  struct Operand {
    std::uint32_t buffer = 0;
    Band band;
    Extent rows, cols;
    Mask kept;
  };
  /// The buffers of the codes (C x C) and of their scales (ScaleGroups).
  struct Codes {
    std::uint32_t codes = 0, scales = 0;
  };

  /// `tile`: the edge of the blocks in which zeros are skipped.  The builder must outlive this
  /// object.
  OperandCodes(ProgramBuilder& builder, int chunk, int tile);

  Codes make(Side side, const Operand& operand);
  /// Forgets the codes of the region that an instruction has written.
  void written(const Region& region);
  /// Forgets all codes, as where ways of items meet that have not made the same ones.
  void forget() { made_.clear(); }

  /// How many consecutive k share a scale; 0: all of them.
  int block() const { return block_; }
  /// The scales of a result's rows, or columns, that belong to block `block` of k.
  Region scales_of_rows(const Codes& codes, Extent rows, int block) const;
  Region scales_of_cols(const Codes& codes, Extent cols, int block) const;

 private:
  struct Made {
    Side side;
    Operand of;
    Codes codes;
  };
  Codes buffers_of(Side side, std::uint32_t matrix);
  std::vector<Region> touched(const Operand& operand) const;
  Region scale_region(Side side, const Codes& codes, const Region& of) const;
  void emit_scales(Side side, const Codes& codes, const Operand& operand,
                   const std::vector<Region>& of);

  Format format() const { return builder_.program().format; }
  const FormatSupport& support() const { return builder_.hw().support(format()); }

  ProgramBuilder& builder_;
  int chunk_, tile_, block_;
  ScaleGroups groups_;  // the axis aside
  std::map<std::pair<Side, std::uint32_t>, Codes> buffers_;
  std::vector<Made> made_;
};

}  // namespace tricycle
