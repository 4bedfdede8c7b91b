// SPDX-License-Identifier: Apache-2.0
//
// What every key of a machine must change: the rows of tests/timing/every_key_test.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"

namespace tricycle::testing {

/// The machine every row starts from: 1 GHz, 8 x 8 PEs, every format and operation, no cost that is
/// zero where the simulator could forget it.
HwConfig key_base_machine();

/// What a machine is given to do.
using Workload = std::function<Program(const HwConfig&)>;
Workload inversion(Format format = Format::kFp16);  // neumann_masked, chunk 32
Workload cube_kernel();   // mixed_recursive on the cube alone, chunk 32, fp16
Workload substitution();  // forward_substitution, chunk 32, fp16
Workload solve();         // solve_unit, chunk 32, fp16
Workload product(int m, int n, int k, Format format = Format::kFp16);
/// One operation of the vector unit on 8 x `cols` elements; `apart`: rows are not contiguous.
Workload operation(VectorOp op, Format format, bool apart = false, int cols = 64);
/// One load of 32 rows of `cols` fp16 elements each, from a matrix of 2 `cols` columns.
Workload strided_load(int cols);

/// A number that a machine's run gives.
using Figure = std::function<double(const HwConfig&)>;
Figure total(Workload what);                    // cycles of one item alone, launch included
Figure nanoseconds(Workload what);              // .. as time
Figure steady(Workload what);                   // cycles an item of many
Figure stalled(Workload what, StallCause why);  // cycles of all units, eight items
Figure busy(Workload what, Unit unit);          // cycles of a unit, eight items
Figure dram_bytes(Workload what);               // one item
Figure mac_utilization(Workload what);          // eight items, share of the peak
/// The one entry of the product of a row and a column, as stored.
Figure dot(Format format, std::vector<double> row, std::vector<double> column);

/// What the other value of the key must do to the figure.  kSame: a figure that must not notice;
/// such rows stand beside others of their key.  kRefused: no other value means anything, and the
/// file that has one is faulty.
enum class Demand { kMore, kLess, kSame, kRefused };

struct KeyRow {
  std::string key;    // dotted
  std::string value;  // the other one, as YAML writes it
  Demand demand = Demand::kMore;
  Figure figure;                   // none where the value is refused
  std::vector<std::string> given;  // KEY=VALUE over the base machine, before and after
};
using KeyRows = std::vector<KeyRow>;

KeyRows machine_key_rows();  // clock, cores, sequencer
KeyRows array_key_rows();
KeyRows format_key_rows();  // of every format
KeyRows step_key_rows();    // of sums in steps, in every format
KeyRows vector_key_rows();
KeyRows operation_key_rows();  // of every operation, and of every format of every operation
KeyRows memory_key_rows();     // scratchpad, accumulators, paths, DMA
KeyRows dram_key_rows();
KeyRows simt_key_rows();  // warps, and of every operation of them
KeyRows cost_key_rows();

}  // namespace tricycle::testing
