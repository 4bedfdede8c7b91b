// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/timing/key_rows.h"

namespace tricycle::testing {

KeyRows vector_key_rows() {
  const std::string unit = "vector_unit.";
  const auto add = operation(VectorOp::kAdd, Format::kFp32);
  return {
      {unit + "clock", "0.5 GHz", Demand::kMore, total(add), {}},
      {unit + "units", "2", Demand::kLess, steady(substitution()), {}},
      {unit + "bytes_per_beat", "128 B", Demand::kLess, total(add), {}},
      {unit + "pipelined", "false", Demand::kMore, busy(substitution(), Unit::kVector), {}},
      {unit + "barrier", "10 cycles", Demand::kMore, busy(substitution(), Unit::kVector), {}},
      // 20 fp32 are a register and a quarter.
      {unit + "unaligned_tail",
       "50 cycles",
       Demand::kMore,
       total(operation(VectorOp::kAdd, Format::kFp32, true, 20)),
       {}},
      {unit + "row_startup",
       "5 cycles",
       Demand::kMore,
       total(operation(VectorOp::kAdd, Format::kFp32, true)),
       {}},
      {unit + "scalar_operand",
       "7 cycles",
       Demand::kMore,
       total(operation(VectorOp::kMultiplyScalar, Format::kFp32)),
       {}},
      // Rows of a substitution wait for each other; the unit works no longer.
      {unit + "result_latency", "20 cycles", Demand::kMore, total(substitution()), {}},
      {unit + "result_latency",
       "20 cycles",
       Demand::kMore,
       stalled(substitution(), StallCause::kToken),
       {"sequencer.in_flight=1"}},
  };
}

namespace {

/// The keys of one rate at `key`, which `given` makes an operation on a format pay.
void add_rate_rows(const std::string& key, VectorOp op, Format format,
                   std::vector<std::string> given, KeyRows& rows) {
  const auto together = total(operation(op, format)), apart = total(operation(op, format, true));
  rows.push_back({key + "startup", "9 cycles", Demand::kMore, together, given});
  rows.push_back({key + "cycles_per_beat", "2.5", Demand::kMore, together, given});
  rows.push_back({key + "cycles_per_beat", "0.5", Demand::kLess, together, given});
  // Without costs of their own, rows apart pay the usual ones.
  rows.push_back({key + "startup", "9 cycles", Demand::kMore, apart, given});
  const std::string strided = key + "strided.";
  for (const char* own : {"startup=5", "cycles_per_beat=1.5", "row_startup=2"})
    given.push_back(strided + own);
  rows.push_back({strided + "startup", "9 cycles", Demand::kMore, apart, given});
  rows.push_back({strided + "cycles_per_beat", "2.5", Demand::kMore, apart, given});
  rows.push_back({strided + "row_startup", "3 cycles", Demand::kMore, apart, given});
  // Rows that are not apart do not pay them.
  for (const char* cost : {"startup", "cycles_per_beat", "row_startup"})
    rows.push_back({strided + cost, "9", Demand::kSame, together, given});
}

/// The operations an inversion in fp16 is made of, each with what does it: their costs enter its
/// time, not only that of the operation alone.
void add_lowering_rows(KeyRows& rows) {
  const std::string operations = "vector_unit.operations.";
  const std::string none = operations + "multiply_add=none";
  struct Use {
    VectorOp op;
    Workload by;
    std::vector<std::string> given;
  };
  const Use uses[] = {{VectorOp::kAdd, inversion(), {}},
                      {VectorOp::kSelect, inversion(), {}},
                      {VectorOp::kCast, inversion(), {}},
                      {VectorOp::kCopy, substitution(), {}},
                      {VectorOp::kAdd, substitution(), {}},
                      {VectorOp::kCast, substitution(), {}},
                      {VectorOp::kMultiplyAdd, substitution(), {}},
                      {VectorOp::kMultiplyScalar, substitution(), {none}}};
  for (const Use& use : uses) {
    const std::string key = operations + std::string(info(use.op).name) + ".";
    const auto cycles = busy(use.by, Unit::kVector);
    rows.push_back({key + "startup", "40 cycles", Demand::kMore, cycles, use.given});
    rows.push_back({key + "cycles_per_beat", "5", Demand::kMore, cycles, use.given});
    std::vector<std::string> given = use.given;
    const std::string own = key + "by_format.fp16.";
    for (const char* cost : {"startup=4", "cycles_per_beat=1"}) given.push_back(own + cost);
    rows.push_back({own + "startup", "40 cycles", Demand::kMore, cycles, given});
    rows.push_back({own + "cycles_per_beat", "5", Demand::kMore, cycles, given});
  }
}

}  // namespace

KeyRows operation_key_rows() {
  KeyRows rows;
  add_lowering_rows(rows);
  for (const VectorOpInfo& op : kVectorOps) {
    const std::string key = "vector_unit.operations." + std::string(op.name) + ".";
    add_rate_rows(key, op.id, Format::kFp32, {}, rows);
    for (const FormatInfo& format : kFormats) {
      const std::string own = key + "by_format." + std::string(format.name) + ".";
      const std::vector<std::string> given{own + "startup=3", own + "cycles_per_beat=1"};
      add_rate_rows(own, op.id, format.id, given, rows);
      const Format another = format.id == Format::kFp32 ? Format::kFp16 : Format::kFp32;
      rows.push_back(
          {own + "startup", "9 cycles", Demand::kSame, total(operation(op.id, another)), given});
      rows.push_back(
          {own + "cycles_per_beat", "2.5", Demand::kSame, total(operation(op.id, another)), given});
    }
  }
  return rows;
}

}  // namespace tricycle::testing
