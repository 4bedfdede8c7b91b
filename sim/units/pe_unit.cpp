// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pe_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/numerics/multiply_add.h"
#include "models/semantics/operand.h"
#include "models/semantics/region_view.h"
#include "models/timing/timing.h"
#include "sim/units/cycle_time.h"
#include "sim/units/pe_array.h"

namespace tricycle {

namespace {

/// The machine, as the program's products need it.  Throws InputError where the products are not
/// all alike.
HwConfig seen_by_products(const HwConfig& hw, const Program& program) {
  std::optional<std::int64_t> passes;
  for (const Instruction& in : program.instructions) {
    const auto* product = in.as<Matmul>();
    if (product == nullptr) continue;
    if (const Format format = program.buffer(product->a).format; format != program.format)
      throw InputError(fmt::format(
          "fidelity pe: products of {} in a run of {} are not modelled register by register; use "
          "fidelity tile",
          name(format), name(program.format)));
    const std::int64_t own = product_passes(hw, program.format, program.buffer(product->b).bits());
    if (passes.value_or(own) != own)
      throw InputError(
          "fidelity pe: products by operands of several widths are not modelled register by "
          "register; use fidelity tile");
    passes = own;
  }
  HwConfig seen = hw;
  if (passes) seen.formats[static_cast<std::size_t>(program.format)].passes = *passes;
  return seen;
}

/// Which instructions are products that add to sums an epilogue wrote last.
std::vector<bool> started_products(const Program& program) {
  const auto overlap = [](const Region& a, const Region& b) {
    return a.buffer == b.buffer && a.row < b.row + b.rows && b.row < a.row + a.rows &&
           a.col < b.col + b.cols && b.col < a.col + a.cols;
  };
  std::vector<bool> started(program.instructions.size(), false);
  for (std::size_t i = 0; i < started.size(); ++i) {
    const Instruction& in = program.instructions[i];
    const auto* product = in.as<Matmul>();
    if (product == nullptr || !product->accumulate) continue;
    for (std::size_t before = i; before-- > 0;)
      if (overlap(program.instructions[before].dst, in.dst)) {
        started[i] = program.instructions[before].as<Epilogue>() != nullptr;
        break;
      }
  }
  return started;
}

template <typename T>
class PeUnitOf final : public PeUnit {
 public:
  PeUnitOf(const sc_core::sc_module_name& name, const Program& program, const HwConfig& hw,
           Scoreboard& scoreboard, SlotValues& values)
      : PeUnit(name),
        program_(program),
        hw_(hw),
        scoreboard_(scoreboard),
        values_(values),
        array_(make_pe_array<T>(seen_by_products(hw, program), program.format)) {
    using Self = PeUnitOf;
    SC_HAS_PROCESS(Self);
    SC_METHOD(edge);
    sensitive << edge_;
    dont_initialize();
    SC_METHOD(deliver_completed);
    sensitive << arrived_;
    dont_initialize();
    started_ = started_products(program);
  }

  void enter(const Work& work, std::int64_t begin, sc_core::sc_event& accepted) override {
    const Matmul& in = product(work);
    Job job{work, operand(work, in.a, in.a_mask, in.transpose_a),
            operand(work, in.b, in.b_mask, in.transpose_b), 0};
    jobs_.push_back(std::move(job));
    entry_ = begin + hw_.systolic_array.head_cycles;
    accepted_ = &accepted;
    if (!clocking()) edge_.notify(duration(*entry_ - now_cycles()) + until_edge());
  }

 private:
  using Sum = SumOf<T>;
  /// A product that has been issued; its operands live until its last sum is written.
  struct Job {
    Work work;
    std::vector<T> a, b;
    std::int64_t posted = 0;  // cycle in which the next product could enter
  };

  const Instruction& instruction(const Work& work) const {
    return program_.instructions[work.instruction];
  }
  const Matmul& product(const Work& work) const { return *instruction(work).template as<Matmul>(); }
  std::vector<T> operand(const Work& work, const Region& region, const Mask& mask, bool transpose) {
    if (!values_.present()) return std::vector<T>(static_cast<std::size_t>(region.elements()));
    std::vector<T> values =
        read_operand<T>(program_, values_.state(work.slot, work.item), region, mask);
    if (!transpose) return values;
    const Elements<T> turned =
        transposed(MatrixRef<const T>{values.data(), region.rows, region.cols, region.cols});
    return {turned.begin(), turned.end()};
  }
  /// The array's own accumulator memory, one copy of a buffer a slot.
  MatrixRef<Sum> accumulators(const Work& work, const Region& region) {
    const Buffer& b = program_.buffer(region);
    std::vector<Sum>& memory = accumulators_[{work.slot, region.buffer}];
    memory.resize(static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.cols));
    return {memory.data() + static_cast<std::int64_t>(region.row) * b.cols + region.col,
            region.rows, region.cols, b.cols};
  }
  /// Copies the sums that an epilogue started into the array's memory.  Not for later products of
  /// the same sums: what the array has of them may be newer than what it has delivered.
  void take_started_sums(const Work& work, const Region& region) {
    if (!values_.present()) return;
    const MatrixRef<const Sum> from =
        view<Sum>(program_, values_.state(work.slot, work.item), region);
    const MatrixRef<Sum> to = accumulators(work, region);
    for (std::int64_t i = 0; i < to.rows; ++i) std::copy_n(from.row(i), to.cols, to.row(i));
  }
  bool clocking() const { return array_->completed() < submitted_; }

  void edge();
  void deliver_completed();
  void submit();
  void deliver(const Job& job, std::int64_t arrived);

  const Program& program_;
  const HwConfig& hw_;
  Scoreboard& scoreboard_;
  SlotValues& values_;
  std::unique_ptr<PeArray<T>> array_;
  std::deque<Job> jobs_;  // issued, not delivered
  std::map<std::pair<std::size_t, std::uint32_t>, std::vector<Sum>> accumulators_;
  std::optional<std::int64_t> entry_;      // cycle in which the newest job enters, until it has
  sc_core::sc_event* accepted_ = nullptr;  // to notify, until the newest job is accepted
  std::vector<bool> started_;  // by instruction: products whose sums an epilogue started
  std::int64_t submitted_ = 0, delivered_ = 0;
  sc_core::sc_event edge_, arrived_;
};

/// One clock of the array, at the edge that ends a cycle.
template <typename T>
void PeUnitOf<T>::edge() {
  const std::int64_t next_cycle = now_cycles() + 1;
  if (entry_ && *entry_ < next_cycle) submit();
  array_->clock();
  if (!entry_ && accepted_ != nullptr && array_->can_accept()) {
    jobs_.back().posted = next_cycle;
    accepted_->notify(until_edge());
    accepted_ = nullptr;
  }
  if (delivered_ < array_->completed()) arrived_.notify(until_edge());
  if (clocking() || entry_ || accepted_ != nullptr) edge_.notify(duration(1));
}

/// The sums that the last edge wrote are there when the next cycle starts.
template <typename T>
void PeUnitOf<T>::deliver_completed() {
  for (; delivered_ < array_->completed(); ++delivered_) {
    deliver(jobs_.front(), now_cycles());
    jobs_.pop_front();
  }
}

template <typename T>
void PeUnitOf<T>::submit() {
  const Job& job = jobs_.back();
  const Matmul& in = product(job.work);
  if (started_[job.work.instruction]) take_started_sums(job.work, instruction(job.work).dst);
  array_->submit({{job.a.data(), in.m(), in.k(), in.k()},
                  {job.b.data(), in.k(), in.n(), in.n()},
                  accumulators(job.work, instruction(job.work).dst),
                  in.accumulate});
  ++submitted_;
  entry_.reset();
}

template <typename T>
void PeUnitOf<T>::deliver(const Job& job, std::int64_t arrived) {
  const Region& region = instruction(job.work).dst;
  if (values_.present()) {
    const MatrixRef<Sum> sums = accumulators(job.work, region);
    Elements<Sum> dense;
    dense.reserve(static_cast<std::size_t>(region.elements()));
    for (std::int64_t i = 0; i < sums.rows; ++i)
      dense.insert(dense.end(), sums.row(i), sums.row(i) + sums.cols);
    values_.write(job.work.slot, job.work.item, job.work.instruction,
                  {region, std::move(dense), 0});
  }
  scoreboard_.result_arrives(job.work.slot, job.work.instruction, job.posted, arrived);
}

}  // namespace

std::unique_ptr<PeUnit> make_pe_unit(const std::string& name, const Program& program,
                                     const HwConfig& hw, Scoreboard& scoreboard,
                                     SlotValues& values) {
  if (program.format == Format::kFp64)
    return std::make_unique<PeUnitOf<double>>(name.c_str(), program, hw, scoreboard, values);
  if (info(program.format).is_float())
    return std::make_unique<PeUnitOf<float>>(name.c_str(), program, hw, scoreboard, values);
  return std::make_unique<PeUnitOf<std::int16_t>>(name.c_str(), program, hw, scoreboard, values);
}

}  // namespace tricycle
