// SPDX-License-Identifier: Apache-2.0
//
// Programs whose way depends on values: norms, and exits.
#include "workloads/emitter.h"

namespace tricycle {

Region Emitter::element(const std::string& name) {
  const Format stored = format() == Format::kFp64 ? Format::kFp64 : Format::kFp32;
  return builder_.add(name, Space::kScratchpad, stored, 1, 1);
}

Region Emitter::norm(NormKind kind, const Matrix& m) {
  if (!norm_) norm_ = element("norm");
  Norm op{.kind = kind};
  for (const Extent& rows : blocks(all(), tile_)) {
    // The tiles of a row that can be nonzero, in as few rectangles as there are gaps.
    Extent run;
    const auto flush = [&] {
      if (run.size() > 0) op.parts.push_back(region(m, rows, run));
      run = {};
    };
    for (const Extent& cols : blocks(all(), tile_)) {
      if (!m.band.touches(rows, cols))
        flush();
      else if (run.size() > 0)
        run.end = cols.end;
      else
        run = cols;
    }
    flush();
  }
  push(*norm_, std::move(op));
  return *norm_;
}

Emitter::OpenExit Emitter::add_exit(Exit op) {
  if (!decision_) decision_ = element("decision");
  push(*decision_, std::move(op));
  return {builder_.program().instructions.size() - 1, builder_.program().matmul_count};
}

Emitter::OpenExit Emitter::exit_if(const Region& value, ExitWhen when, double limit) {
  return add_exit({.when = when, .value = value, .limit = limit});
}

Emitter::OpenExit Emitter::exit_always() { return add_exit({.when = ExitWhen::kAlways}); }

void Emitter::land(const OpenExit& exit) {
  Program& program = builder_.program();
  auto& op = std::get<Exit>(program.instructions[exit.instruction].operation);
  op.target = static_cast<std::uint32_t>(program.instructions.size());
  op.products = program.matmul_count - exit.products;
  forget_copies();
}

/// What was copied on one way is not there on another.  The buffers stay, to be written again.
void Emitter::forget_copies() {
  constexpr std::int64_t kStale = -1;
  if (codes_) codes_->forget();
  for (auto& [of, copy] : copies_) copy.of = kStale;
  kept_.clear();
}

}  // namespace tricycle
