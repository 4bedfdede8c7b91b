// SPDX-License-Identifier: Apache-2.0
//
// A program as text: what is read is run once, and its text is that of the program.
#include "models/isa/program_text.h"
#include "models/semantics/execute.h"
#include "sim/units/npu.h"
#include "tests/fuzz/fuzz.h"
#include "workloads/reference_machine.h"

using namespace tricycle;

namespace {

/// Runs the values on zeros, where there are few.
void run_once(const Program& program, const HwConfig& hw) {
  constexpr std::int64_t kMostWork = 1 << 16;
  std::int64_t work = 0;
  for (const Buffer& b : program.buffers) work += std::int64_t{b.rows} * b.cols;
  for (const Instruction& in : program.instructions) {
    work += macs(in).all + in.dst.elements();
    if (in.as<Elementwise>() != nullptr && !info(program.buffer(in.dst).format).is_float()) return;
  }
  if (work > kMostWork) return;
  MachineState state = make_state(program);
  for (const std::uint32_t input : program.inputs) {
    const Buffer& b = program.buffers[input];
    const std::vector<double> zeros(static_cast<std::size_t>(b.rows) *
                                    static_cast<std::size_t>(b.cols));
    write_input(program, input, zeros, state);
  }
  interpret(program, hw, state);
  read_bits(program, program.output, state);
}

}  // namespace

void fuzz::read_program(const std::uint8_t* data, std::size_t size) {
  static const HwConfig kHw = reference_machine();
  fuzz::expect_read_or_refused([&] {
    const Program program = parse_program(fuzz::text_of(data, size), "program.txt", kHw);
    if (parse_program(to_text(program, kHw), "again", kHw) != program) std::abort();
    run_once(program, kHw);
  });
}
