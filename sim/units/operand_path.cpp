// SPDX-License-Identifier: Apache-2.0
#include "sim/units/operand_path.h"

#include <algorithm>
#include <utility>

namespace tricycle {

OperandPath::OperandPath(const Program& program, const HwConfig& hw,
                         const std::vector<InstructionTiming>& timings)
    : program_(program),
      timings_(timings),
      present_(hw.scratchpad_to_matrix.present),
      latency_cycles_(hw.scratchpad_to_matrix.latency_cycles) {
  if (!present_) return;
  for (OperandProducers& of : operand_producers(program)) {
    a_.producers.push_back(std::move(of.a));
    b_.producers.push_back(std::move(of.b));
  }
  for (Side* side : {&a_, &b_})
    side->places.resize(static_cast<std::size_t>(hw.scratchpad_to_matrix.buffers));
}

/// The cycle from which the operand is in the scratchpad; constants are there before any item.
std::int64_t OperandPath::ready(const Side& side, const Work& work,
                                const Scoreboard& scoreboard) const {
  const std::vector<std::uint32_t>& producers = side.producers[work.instruction];
  std::int64_t ready = producers.empty() ? 0 : work.item_start;
  for (std::uint32_t p : producers) ready = std::max(ready, scoreboard.visible(work.slot, p));
  return ready;
}

/// The cycle from which the array may use the operand.
std::int64_t OperandPath::fetch(const Load& load, const Work& work, std::int64_t previous_end) {
  const bool constant = program_.buffer(*load.region).constant != Constant::kNone;
  const auto holds = [&](const Place& p) {
    return p.used && p.region == *load.region && p.mask == *load.mask &&
           (constant || (p.slot == work.slot && p.item == work.item && p.loaded >= load.ready));
  };
  std::vector<Place>& places = load.side->places;
  auto place = std::find_if(places.begin(), places.end(), holds);
  if (place != places.end()) {
    place->last_use = products_;
    return place->loaded + load.cycles + latency_cycles_;
  }
  place = std::min_element(places.begin(), places.end(),
                           [](const Place& x, const Place& y) { return x.last_use < y.last_use; });
  // Only the product before may still use the place; those before it had ended when it began.
  const std::int64_t place_free = place->last_use + 1 == products_ ? previous_end : previous_begin_;
  const std::int64_t begin = std::max({free_, load.ready, place->used ? place_free : 0});
  free_ = begin + load.cycles;
  occupied_cycles_ += load.cycles;
  *place = {true, work.slot, work.item, *load.region, *load.mask, begin, products_};
  return free_ + latency_cycles_;
}

std::int64_t OperandPath::hold(const Work& work, std::int64_t issued, std::int64_t previous_end,
                               const Scoreboard& scoreboard) {
  if (!present_) return 0;
  const Matmul& in = *program_.instructions[work.instruction].as<Matmul>();
  const OperandLoads& timing = timings_[work.instruction].loads;
  Load a{&a_, &in.a, &in.a_mask, timing.a_cycles, ready(a_, work, scoreboard)};
  Load b{&b_, &in.b, &in.b_mask, timing.b_cycles, ready(b_, work, scoreboard)};
  // The operand that is ready first is loaded first.
  const Load &first = b.ready < a.ready ? b : a, &second = b.ready < a.ready ? a : b;
  std::int64_t begin = std::max(issued, fetch(first, work, previous_end));
  begin = std::max(begin, fetch(second, work, previous_end));
  ++products_;
  previous_begin_ = begin;
  return begin - issued;
}

}  // namespace tricycle
