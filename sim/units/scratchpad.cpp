// SPDX-License-Identifier: Apache-2.0
#include "sim/units/scratchpad.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "models/timing/timing.h"

namespace tricycle {

Scratchpad::Scratchpad(const HwConfig& hw, const Program& program, std::size_t slots)
    : hw_(hw),
      program_(program),
      bank_count_(static_cast<std::size_t>(hw.scratchpad.banks)),
      counts_(bank_count_),
      accesses_(program.instructions.size() * bank_count_),
      others_(bank_count_) {
  peak_.reserve(program.instructions.size());
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    float* const first = accesses_.data() + i * bank_count_;
    count(program.instructions[i], first);
    peak_.push_back(*std::max_element(first, first + bank_count_));
  }
  const std::int64_t slot_bytes = program.footprint_bytes(Space::kScratchpad, hw);
  for (std::size_t s = 0; s < slots; ++s)
    first_bank_.push_back(static_cast<std::size_t>(static_cast<std::int64_t>(s) * slot_bytes /
                                                   hw.scratchpad.interleave_bytes %
                                                   hw.scratchpad.banks));
}

/// Counts the accesses of `times` runs of bytes that have the same position in the banks.
void Scratchpad::count_run(std::int64_t begin, std::int64_t end, std::int64_t times) {
  const ScratchpadConfig& s = hw_.scratchpad;
  std::int64_t stripe = begin / s.interleave_bytes;
  auto bank = static_cast<std::size_t>(stripe % s.banks);
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t stop = std::min(end, ++stripe * s.interleave_bytes);
    counts_[bank] += times * ((stop - 1) / s.width_bytes - at / s.width_bytes + 1);
    if (++bank == bank_count_) bank = 0;
    at = stop;
  }
}

void Scratchpad::count(const Region& r, std::int64_t times) {
  const Buffer& b = program_.buffer(r);
  if (b.space != Space::kScratchpad || r.elements() == 0) return;
  const ScratchpadConfig& s = hw_.scratchpad;
  const std::int64_t pitch = b.row_bytes();
  const ByteRange row = row_range(b, r);
  // Rows whose distance is a whole number of rounds over the banks have the same position in the
  // banks.  Where a stripe is whole words, they also have the same position in the words of a bank.
  const std::int64_t round = std::lcm(s.banks * s.interleave_bytes, s.width_bytes);
  const std::int64_t period = std::min<std::int64_t>(r.rows, round / std::gcd(pitch, round));
  for (std::int64_t i = 0; i < period; ++i) {
    const std::int64_t begin = b.offset_bytes + (r.row + i) * pitch;
    count_run(begin + row.begin, begin + row.end, times * ((r.rows - i + period - 1) / period));
  }
}

void Scratchpad::count(const Instruction& in, float* accesses) {
  std::fill(counts_.begin(), counts_.end(), 0);
  if (const auto* product = in.as<Matmul>()) {
    const OperandReads reads = operand_reads(hw_, *product);
    count(product->a, reads.a);
    count(product->b, reads.b);
  } else {
    for_each_read(in, [&](const Region& r) { count(r, 1); });
  }
  count(in.dst, 1);
  for (std::size_t bank = 0; bank < bank_count_; ++bank)
    accesses[bank] = static_cast<float>(counts_[bank]);
}

double Scratchpad::bank_cycles_per_item() const {
  std::vector<double> once(bank_count_), all_slots(bank_count_);
  for (std::uint32_t i = 0; i < program_.instructions.size(); ++i)
    for (std::size_t bank = 0; bank < bank_count_; ++bank)
      once[bank] += static_cast<double>(accesses(i)[bank]);
  for (std::size_t first : first_bank_)
    for (std::size_t bank = 0; bank < bank_count_; ++bank)
      all_slots[(bank + first) % bank_count_] += once[bank];
  return *std::max_element(all_slots.begin(), all_slots.end()) /
         static_cast<double>(hw_.scratchpad.ports * static_cast<std::int64_t>(first_bank_.size()));
}

std::int64_t Scratchpad::least_cycles(std::uint32_t instruction) const {
  return static_cast<std::int64_t>(
      std::ceil(peak_[instruction] / static_cast<double>(hw_.scratchpad.ports)));
}

/// Whether the busiest banks of the instruction and of all running ones together could exceed what
/// one bank serves.  If not, no bank needs to be looked at.
bool Scratchpad::may_be_short(std::uint32_t instruction, double pace) const {
  double demand = peak_[instruction] * pace;
  for (const Running& r : running_) demand += peak_[r.instruction] * r.fastest;
  return demand > static_cast<double>(hw_.scratchpad.ports);
}

/// Sets others_ to the accesses that running instructions make to each bank at time `at`.  Returns
/// the time until which this holds.
double Scratchpad::demand_others(double at) {
  std::fill(others_.begin(), others_.end(), 0.0);
  double until = std::numeric_limits<double>::infinity();
  for (const Running& r : running_) {
    const Segment* segment = &r.first;
    for (std::size_t i = 0; segment->until <= at && i < r.rest.size(); ++i) segment = &r.rest[i];
    if (segment->until <= at) continue;  // done
    until = std::min(until, segment->until);
    if (segment->pace == 0) continue;
    const float* const theirs = accesses(r.instruction);
    const std::size_t wrap = bank_count_ - r.first_bank;  // bank 0 of the slot is bank first_bank
    for (std::size_t bank = 0; bank < wrap; ++bank)
      others_[bank + r.first_bank] += static_cast<double>(theirs[bank]) * segment->pace;
    for (std::size_t bank = wrap; bank < bank_count_; ++bank)
      others_[bank - wrap] += static_cast<double>(theirs[bank]) * segment->pace;
  }
  return until;
}

/// The pace that the most crowded of the instruction's banks allows, at most `most`.
double Scratchpad::pace_left(std::size_t first_bank, std::uint32_t instruction, double most) const {
  const float* const mine = accesses(instruction);
  const auto ports = static_cast<double>(hw_.scratchpad.ports);
  double pace = most;
  for (std::size_t bank = 0; bank < bank_count_; ++bank) {
    if (mine[bank] == 0) continue;
    const std::size_t at = bank + first_bank;
    const double left = ports - others_[at < bank_count_ ? at : at - bank_count_];
    pace = std::min(pace, left / static_cast<double>(mine[bank]));
  }
  return std::max(pace, 0.0);
}

/// Plans the newcomer's accesses beside the running ones, from segment to segment of theirs.
/// Returns when it has made them all.  This ends, because once all others have finished, it
/// continues at `pace`.
double Scratchpad::run_segments(Running& newcomer, std::int64_t now, double pace) {
  double at = static_cast<double>(now), left = 1;
  const auto add = [&](Segment segment) {
    if (newcomer.first.until == 0)
      newcomer.first = segment;
    else
      newcomer.rest.push_back(segment);
    newcomer.fastest = std::max(newcomer.fastest, segment.pace);
    at = segment.until;
  };
  while (true) {
    const double until = demand_others(at);
    const double now_pace = pace_left(newcomer.first_bank, newcomer.instruction, pace);
    const double enough = now_pace > 0 ? at + left / now_pace : until;
    if (now_pace > 0 && enough <= until) {
      add({enough, now_pace});
      return enough;
    }
    left -= now_pace * (until - at);
    add({until, now_pace});
  }
}

Scratchpad::Delay Scratchpad::begin(std::size_t slot, std::uint32_t instruction, std::int64_t now,
                                    std::int64_t occupancy) {
  std::erase_if(running_, [&](const Running& r) { return r.end <= now; });
  if (peak_[instruction] == 0) return {};
  Delay delay;
  delay.bandwidth_cycles = std::max<std::int64_t>(0, least_cycles(instruction) - occupancy);
  const std::int64_t alone = now + occupancy + delay.bandwidth_cycles;
  const double pace = 1 / static_cast<double>(alone - now);
  Running newcomer{alone, instruction, first_bank_[slot], pace, {static_cast<double>(alone), pace},
                   {}};
  if (may_be_short(instruction, pace)) {
    newcomer.fastest = 0;
    newcomer.first = {};
    // Sums of paces have rounding errors above or below a whole cycle.
    constexpr double kRoundingError = 1e-6;
    newcomer.end = std::max(
        alone,
        static_cast<std::int64_t>(std::ceil(run_segments(newcomer, now, pace) - kRoundingError)));
    delay.conflict_cycles = newcomer.end - alone;
  }
  running_.push_back(std::move(newcomer));
  return delay;
}

}  // namespace tricycle
