// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/accuracy_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/config_fields.h"
#include "models/semantics/execute.h"
#include "workloads/in_parallel.h"

namespace tricycle {

namespace {

std::string text_of(const StepRule& step) {
  return fmt::format(" {} {} {} {} {} {} {} {} {}", step.sum_bits, step.least_exponent,
                     enum_name(step.alignment), enum_name(step.zeros), enum_name(step.overflow),
                     enum_name(step.fp16_rounding), enum_name(step.start), step.groups, step.run);
}

}  // namespace

std::string value_text(const ValueKey& key) {
  std::string text = fmt::format("{} {} {}", key.algorithm.name, name(key.format),
                                 accumulation_text(key.hw, key.format, key.linear_terms));
  // What the text leaves out.  How k is cut matters to sums of floats pass by pass alone.
  const MacSpec spec = key.hw.mac_spec(key.format);
  if (spec.order == SumOrder::kTile) text += fmt::format(" {}", spec.tile_k);
  if (sums_in_steps(spec.order))
    text +=
        fmt::format(" {} {} {}", spec.fan_in, spec.fraction_bits, enum_name(spec.sum_rounding)) +
        text_of(spec.step);
  if (const auto bits = key.hw.support(key.format).integer_bits; bits != 0)
    text += fmt::format(" integer_bits={}", bits);
  const StorageRule rule = key.hw.storage_rule(key.format);
  if (rule.rounding == Rounding::kStochastic) text += fmt::format(" {}", rule.seed);
  for (const auto& [parameter, value] : parameter_texts(key.algorithm, key.parameters))
    text += fmt::format(" {}={}", parameter, value);
  return text;
}

AccuracyTable::AccuracyTable(const PreparedProblem& problem, int threads)
    : problem_(problem), threads_(threads), hardest_first_(problem.chunks.size()) {
  std::iota(hardest_first_.begin(), hardest_first_.end(), std::size_t{0});
}

AccuracyTable::Entry& AccuracyTable::entry_of(const ValueKey& setting) {
  Entry& entry = entries_[value_text(setting)];
  entry.resize(problem_.chunks.size());
  return entry;
}

void AccuracyTable::compute(const Program& program, const HwConfig& hw,
                            const std::vector<std::size_t>& chunks, Entry& entry) const {
  in_parallel(chunks.size(), threads_, [&](std::size_t i) {
    const std::size_t chunk = chunks[i];
    MachineState state = make_state(program);
    write_input(program, program.inputs[0], problem_.chunks[chunk].a, state);
    interpret(program, hw, state);
    entry[chunk] = problem_.oracles[chunk].compare(read_real(program, program.output, state));
  });
}

bool AccuracyTable::holds(const ValueKey& setting, Snr snr, double worst_db, std::size_t most,
                          Entry& entry) {
  for (const auto& chunk : entry)
    if (chunk && (*chunk).*snr < worst_db) return false;
  most = std::min(most, entry.size());
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < most; ++i)
    if (!entry[hardest_first_[i]]) missing.push_back(hardest_first_[i]);
  if (missing.empty()) return true;
  const Program program =
      lower(setting.algorithm, setting.parameters, static_cast<int>(problem_.problem.chunk),
            setting.format, setting.hw, {.linear_terms = setting.linear_terms});
  // A hopeless setting fails on the first chunk, one that nearly holds on one of the next.
  std::size_t batch = 1;
  for (std::size_t first = 0; first < missing.size(); first += batch, batch *= 4) {
    const std::size_t end = std::min(missing.size(), first + batch);
    const std::vector<std::size_t> now(missing.begin() + static_cast<std::ptrdiff_t>(first),
                                       missing.begin() + static_cast<std::ptrdiff_t>(end));
    compute(program, setting.hw, now, entry);
    for (const std::size_t chunk : now) {
      if ((*entry[chunk]).*snr >= worst_db) continue;
      const auto place = std::find(hardest_first_.begin(), hardest_first_.end(), chunk);
      std::rotate(hardest_first_.begin(), place, place + 1);
      return false;
    }
  }
  return true;
}

bool AccuracyTable::may_reach(const ValueKey& setting, Snr snr, double worst_db) {
  constexpr std::size_t kFew = 5;  // one, then four
  return holds(setting, snr, worst_db, kFew, entry_of(setting));
}

std::optional<AccuracySummary> AccuracyTable::evaluate(const ValueKey& setting, Snr snr,
                                                       double worst_db) {
  Entry& entry = entry_of(setting);
  if (!holds(setting, snr, worst_db, entry.size(), entry)) return std::nullopt;
  std::vector<Accuracy> chunks;
  for (const auto& chunk : entry) chunks.push_back(*chunk);
  return summarize(chunks);
}

}  // namespace tricycle
