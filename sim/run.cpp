// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/config_fields.h"
#include "sim/units/npu.h"
#include "sim/version.h"
#include "workloads/digest.h"
#include "workloads/inputs.h"

namespace tricycle {

namespace {

template <typename E>
std::string_view enum_text(E value) {
  for (const auto& [text, candidate] : EnumNames<E>::kValues)
    if (candidate == value) return text;
  return "";
}

std::string accumulation_text(const HwConfig& hw, Format format) {
  const FormatSupport& s = hw.support(format);
  const std::string_view last =
      info(format).is_float() ? enum_text(s.multiply_add) : enum_text(s.overflow);
  return fmt::format("{} {} {}", enum_text(s.accumulator), enum_text(s.order), last);
}

/// Results of the chunks as they finish, in whatever order.
class Collector {
 public:
  Collector(const Program& program, const PreparedProblem& problem)
      : program_(program),
        problem_(problem),
        bits_(problem.chunks.size()),
        accuracy_(problem.chunks.size()) {}

  ItemIo io() {
    return {[this](std::int64_t item, MachineState& state) {
              write_input(program_, program_.inputs[0],
                          problem_.chunks[static_cast<std::size_t>(item)].a, state);
            },
            [this](std::int64_t item, const MachineState& state) {
              const auto at = static_cast<std::size_t>(item);
              bits_[at] = read_bits(program_, program_.output, state);
              accuracy_[at] =
                  problem_.oracles[at].compare(read_real(program_, program_.output, state));
              saturated_ += state.saturated_count;
            }};
  }
  AccuracySummary summary() const {
    AccuracySummary s = summarize(accuracy_);
    s.saturated_count = saturated_;
    return s;
  }
  std::string digest() const {
    Sha256 sha;
    for (const auto& bits : bits_) sha.update(bits);
    return sha.hex();
  }

 private:
  const Program& program_;
  const PreparedProblem& problem_;
  std::vector<std::vector<std::uint8_t>> bits_;
  std::vector<Accuracy> accuracy_;
  std::int64_t saturated_ = 0;
};

}  // namespace

PreparedProblem prepare(const Problem& problem) {
  PreparedProblem prepared{problem, make_inputs(problem), {}};
  for (const ChunkMatrix& chunk : prepared.chunks) prepared.oracles.emplace_back(chunk);
  return prepared;
}

RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Algorithm& algorithm,
              const AlgorithmOptions& options, Format format) {
  const int chunk = static_cast<int>(problem.problem.chunk);
  const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, options);
  const Program program = lower(algorithm, parameters, chunk, format, hw);

  Collector collector(program, problem);
  const ItemIo io = collector.io();
  RunResult r;
  r.launch_cycles = hw.sequencer.launch_cycles;
  r.many = simulate(program, hw, static_cast<std::int64_t>(problem.chunks.size()), &io);
  r.alone = simulate(program, hw, 1, nullptr);

  r.version = kVersion;
  r.machine = hw.name;
  r.problem = problem.problem.name;
  r.algorithm = algorithm.name;
  r.parameters = to_text(algorithm, parameters);
  r.accumulation = accumulation_text(hw, format);
  r.format = format;
  r.chunk = chunk;
  r.clock_ghz = hw.clock_ghz;
  r.peak_macs_per_cycle = hw.peak_macs_per_cycle(format);
  r.matmul_count = program.matmul_count;
  r.instructions = static_cast<std::int64_t>(program.instructions.size());
  r.scratchpad_peak_bytes = r.many.in_flight * program.footprint_bytes(Space::kScratchpad, hw);
  r.accuracy = collector.summary();
  r.output_digest = collector.digest();
  return r;
}

void rank(std::vector<RunResult>& results) {
  std::vector<std::string> machines;
  for (const RunResult& r : results)
    if (std::find(machines.begin(), machines.end(), r.machine) == machines.end())
      machines.push_back(r.machine);
  for (RunResult& r : results)
    for (const RunResult& base : results)
      if (base.algorithm == "forward_substitution" && base.machine == r.machine &&
          base.format == r.format)
        r.speedup = base.many.cycles_per_item / r.many.cycles_per_item;
  const auto place = [&](const RunResult& r) {
    return std::find(machines.begin(), machines.end(), r.machine) - machines.begin();
  };
  std::stable_sort(results.begin(), results.end(), [&](const RunResult& a, const RunResult& b) {
    if (a.machine != b.machine) return place(a) < place(b);
    return a.many.cycles_per_item < b.many.cycles_per_item;
  });
}

}  // namespace tricycle
