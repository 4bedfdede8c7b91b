// SPDX-License-Identifier: Apache-2.0
#include "sim/config/machine_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "models/cost/cost.h"
#include "models/error.h"
#include "sim/config/describe.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/quantity.h"

namespace tricycle {

namespace {

constexpr double kEnough = 0.95;  // of a rate: figures of data sheets are rounded

/// The format whose rates stand for the machine's: fp16 where it has that, else the first of those
/// that take the fewest passes.
std::optional<Format> typical_format(const HwConfig& hw) {
  if (hw.support(Format::kFp16).present) return Format::kFp16;
  std::optional<Format> best;
  for (const FormatInfo& row : kFormats)
    if (hw.support(row.id).present &&
        (!best || hw.support(row.id).passes < hw.support(*best).passes))
      best = row.id;
  return best;
}

std::string rate_text(double bytes_per_cycle) {
  return fmt::format("{:.4g} B/cycle", bytes_per_cycle);
}

class Adviser {
 public:
  Adviser(const HwConfig& hw, const std::vector<MachineKey>& keys) : hw_(hw), keys_(keys) {}

  std::vector<Advice> take() {
    premises();
    defaults();
    memory();
    if (const auto format = typical_format(hw_)) {
      paths(*format);
      accumulators(*format);
    }
    if (hw_.cost_model.present) chip();
    return std::move(advice_);
  }

 private:
  void add(std::string key, std::string text) {
    advice_.push_back({std::move(key), std::move(text)});
  }

  const MachineKey* find(std::string_view key) const {
    const auto found = std::ranges::find(keys_, key, &MachineKey::key);
    return found == keys_.end() ? nullptr : &*found;
  }
  /// Whether the sources are known and none of them, nor a --set, states the key.
  bool by_default(std::string_view key) const {
    const MachineKey* known = find(key);
    return known != nullptr && !known->source;
  }

  /// The machine a file of the chain describes on its own.
  struct Origin {
    HwConfig hw;
    FieldNode tree;
  };
  const Origin& at(const std::string& file) {
    const auto known = origins_.find(file);
    if (known != origins_.end()) return known->second;
    std::vector<Fault> ignored;  // a base need not be whole
    const HwConfig hw =
        read_hw_config(load_layers(file, {}, "", ignored), ignored,
                       [](const std::string&, std::vector<Fault>&) { return SharedCostTables(); });
    return origins_.emplace(file, Origin{hw, hw_tree(hw)}).first->second;
  }
  std::string value_at(const std::string& file, const std::string& key) {
    const FieldNode* node = find_field(at(file).tree, key);
    return node != nullptr ? node->value : "";
  }
  std::string value_here(std::string_view key) const {
    const MachineKey* known = find(key);
    return known != nullptr ? known->value : "";
  }

  /// Whether a value has a source that was written where the array needed as much of it.
  template <typename Need>
  bool stated_for(std::string_view key, Need need) {
    const MachineKey* known = find(key);
    if (known == nullptr || !known->source || !known->source->tag) return false;
    return need(at(known->source->file).hw) >= kEnough * need(hw_);
  }

  void premises() {
    for (const MachineKey& key : keys_) {
      if (!key.source) continue;
      for (const std::string& premise : key.source->premises) {
        const std::string then = value_at(key.source->file, premise), now = value_here(premise);
        if (then.empty() || then == now) continue;
        add(key.key, fmt::format("{} is derived from {} = {} ({}:{}: {}), which is {} here",
                                 key.value, premise, then, key.source->file, key.source->line,
                                 key.source->source, now.empty() ? "absent" : now));
      }
    }
  }

  void defaults() {
    if (by_default("sequencer.in_flight") && hw_.sequencer.in_flight == 1)
      add("sequencer.in_flight",
          "no file states it, so one chunk is in flight and the units wait for each other; "
          "shipped machines have 4 and more");
  }

  void memory() {
    const double requested = requested_gbps(hw_);
    if (requested >= kEnough * hw_.dram.bandwidth_gbps) return;
    const DmaConfig& dma = hw_.dma;
    const double filled = hw_.dram.bandwidth_gbps * hw_.dram.latency_ns /
                          static_cast<double>(hw_.cores * dma.queues * dma.request_bytes);
    add("dma.requests_in_flight",
        fmt::format("{}{} x {} x {} B in {:g} ns of dram.latency are {:.4g} GB/s, below "
                    "dram.bandwidth, {:g} GB/s; {:.0f} requests in flight would fill it{}",
                    hw_.cores > 1 ? fmt::format("{} cores x ", hw_.cores) : "",
                    dma.queues == 1 ? "1 queue" : fmt::format("{} queues", dma.queues),
                    dma.requests_in_flight, dma.request_bytes, hw_.dram.latency_ns, requested,
                    hw_.dram.bandwidth_gbps, std::ceil(filled),
                    by_default("dma.requests_in_flight") ? "; no file states them" : ""));
  }

  /// `need(hw)`: what a machine's array reads or writes, in bytes per cycle; 0: at no rate.
  template <typename Need>
  void narrow(const std::string& key, double rate, Need need, const std::string& what) {
    const double needed = need(hw_);
    if (needed == 0 || rate >= kEnough * needed || stated_for(key, need)) return;
    const std::string text = fmt::format("{}, less than {} ({}): the array waits", rate_text(rate),
                                         rate_text(needed), what);
    const auto same = std::ranges::find(advice_, key, &Advice::key);
    if (same != advice_.end())
      same->text += "; " + text;
    else
      add(key, text);
  }

  void paths(Format format) {
    const std::string_view name = tricycle::name(format);
    const auto sums = [&](const HwConfig& hw) { return array_rates(hw, format).sums; };
    const auto operands = [&](const HwConfig& hw) { return array_rates(hw, format).operands; };
    narrow("topology.accumulator_to_vector.bytes_per_cycle",
           hw_.accumulator_to_vector.bytes_per_cycle, sums,
           fmt::format("what the array sums at its peak in {}", name));
    narrow("topology.vector_to_matrix.bytes_per_cycle", hw_.vector_to_matrix.bytes_per_cycle,
           operands, fmt::format("the operand that streams in {}", name));
    if (!hw_.scratchpad_to_matrix.present)
      narrow("scratchpad.width", scratchpad_rate(hw_), operands,
             fmt::format("the operand that streams in {}, of all banks", name));
  }

  /// Edge of a square panel of sums from which on operands from DRAM keep the array busy: p x p
  /// sums load 2 p operands a step for p^2 products.
  static double panel_needed(const HwConfig& hw, Format format) {
    const double channel = std::min(hw.dram.bandwidth_gbps, requested_gbps(hw)) / hw.clock_ghz;
    return std::ceil(2 * static_cast<double>(hw.cores) * hw.peak_macs_per_cycle(format) *
                     info(format).stored_bits / 8 / channel);
  }

  void accumulators(Format format) {
    const double sum_bytes = accumulator_bytes(hw_.support(format).accumulator);
    const double held = static_cast<double>(hw_.accumulator_bytes);
    const double panel = std::floor(std::sqrt(held / (2 * sum_bytes)));  // one fills, one drains
    const auto need = [&](const HwConfig& hw) { return panel_needed(hw, format); };
    const double needed = need(hw_);
    if (panel >= kEnough * needed || stated_for("accumulator_memory.size", need)) return;
    add("accumulator_memory.size",
        fmt::format(
            "holds two panels of {0:.0f} x {0:.0f} sums; products in {1} whose operands come "
            "from DRAM keep the array busy from {2:.6g} x {2:.6g} on ({3:.3g} MiB)",
            panel, name(format), needed, 2 * sum_bytes * needed * needed / (1 << 20)));
  }

  void chip() {
    const double area = area_mm2(hw_).total().nominal;
    if (area > kLargestDieMm2)
      add("systolic_array.rows",
          fmt::format(
              "{:.0f} mm2 in {:g} nm (nominal), beyond the largest die, {:g} mm2: the field of "
              "a scanner, 26 mm x 33 mm",
              area, hw_.cost_model.node_nm, kLargestDieMm2));
    double watts = 0;
    std::optional<Format> hottest;
    for (const FormatInfo& row : kFormats) {
      if (!hw_.support(row.id).present) continue;
      if (const double w = peak_watts(hw_, row.id); w > watts) {
        watts = w;
        hottest = row.id;
      }
    }
    if (watts > kMostWatts || watts > kHottestWPerMm2 * area)
      add("clock",
          fmt::format("{:.4g} W of the array at its peak in {} (nominal) on {:.4g} mm2, "
                      "{:.3g} W/mm2; expected at most {:g} W/mm2 and {:g} W a die "
                      "(assumed)",
                      watts, name(*hottest), area, watts / area, kHottestWPerMm2, kMostWatts));
  }

  const HwConfig& hw_;
  const std::vector<MachineKey>& keys_;
  std::vector<Advice> advice_;
  std::map<std::string, Origin> origins_;
};

}  // namespace

std::vector<Advice> machine_advice(const HwConfig& hw, const std::vector<MachineKey>& keys) {
  return Adviser(hw, keys).take();
}

double requested_gbps(const HwConfig& hw) {
  if (hw.dram.latency_ns == 0) return std::numeric_limits<double>::infinity();
  const auto bytes = static_cast<double>(hw.cores * hw.dma.queues * hw.dma.requests_in_flight *
                                         hw.dma.request_bytes);
  return bytes / hw.dram.latency_ns;
}

double peak_watts(const HwConfig& hw, Format format) {
  constexpr double kCycles = 1e6, kWattsPerPjNs = 1e-3;
  Activity work;
  const double macs = static_cast<double>(hw.cores) * hw.peak_macs_per_cycle(format) * kCycles;
  work.macs = static_cast<std::int64_t>(macs);
  // An operand, a sum: what moves a PE on.
  work.pe_register_bits = static_cast<std::int64_t>(
      macs * (info(format).bits + 8.0 * accumulator_bytes(hw.support(format).accumulator)));
  const EnergyByPart energy = energy_pj(hw, format, work, 1, kCycles);
  const double pj = energy[EnergyPart::kMatrix].nominal + energy[EnergyPart::kLeakage].nominal;
  return pj / (kCycles / hw.clock_ghz) * kWattsPerPjNs;
}

ArrayRates array_rates(const HwConfig& hw, Format format) {
  const SystolicArrayConfig& array = hw.systolic_array;
  const double steps = hw.clock_of_unit(array.clock_ghz) / hw.clock_ghz /
                       static_cast<double>(hw.support(format).passes);  // a cycle
  const bool stationary_sums = array.dataflow == Dataflow::kOutputStationary;
  const double lanes = static_cast<double>(array.rows + (stationary_sums ? array.cols : 0));
  double sums = static_cast<double>(array.cols);
  if (stationary_sums && array.drain_shift == DrainShift::kCols)
    sums = static_cast<double>(array.rows);
  if (stationary_sums && array.drain_shift == DrainShift::kNone) sums = 0;
  return {lanes * static_cast<double>(hw.depth(format)) * info(format).stored_bits / 8 * steps,
          sums * accumulator_bytes(hw.support(format).accumulator) * steps};
}

double scratchpad_rate(const HwConfig& hw) {
  return static_cast<double>(hw.scratchpad.banks * hw.scratchpad.ports * hw.scratchpad.width_bytes);
}

}  // namespace tricycle
