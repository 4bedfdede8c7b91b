// SPDX-License-Identifier: Apache-2.0
//
// Bits depend on arithmetic and data, never on the machine around them: array and its dataflow, cut
// and merge groups, chunks in flight, cores, vector units, queues, memories, paths, clocks, the
// order of instructions, fidelity, and which form computes the sums.  Random cases; set
// TRICYCLE_PROPERTY_CASES for more of them, TRICYCLE_PROPERTY_FIRST to start elsewhere.
#include "tests/bitexact/machine_property.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "models/config_fields.h"
#include "models/isa/way.h"
#include "models/semantics/execute.h"
#include "sim/tune/accuracy_table.h"
#include "sim/units/npu.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::BitsCase;
using testing::Draw;

#ifdef TRICYCLE_SANITIZED
constexpr std::uint64_t kShare = 10;  // of the cases: they take that much longer
#else
constexpr std::uint64_t kShare = 1;
#endif

/// What a run says of values.
struct Stored {
  std::vector<std::uint8_t> bits;
  std::int64_t saturated = 0;
  friend bool operator==(const Stored&, const Stored&) = default;
};

void PrintTo(const Stored& s, std::ostream* out) {
  *out << s.saturated << " clipped, bytes";
  for (std::size_t i = 0; i < s.bits.size(); ++i)
    if (s.bits[i] != 0) *out << " " << i << ":" << static_cast<int>(s.bits[i]);
}

Stored stored(const Program& p, const MachineState& state) {
  return {read_bits(p, p.output, state), state.saturated_count};
}

/// In an order of the instructions that keeps to their tokens alone.  `finite`: whether every
/// value on the way is.
Stored interpreted(const Program& program, const HwConfig& hw, const std::vector<double>& a,
                   SumForm form, Draw* shuffle, bool* finite = nullptr) {
  // The instructions of the way that the values take.
  const Program p = along(program, testing::way_taken(program, hw, a, form)).program;
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  std::vector<std::vector<std::size_t>> followers(p.instructions.size());
  std::vector<std::size_t> missing(p.instructions.size()), ready;
  for (std::size_t i = 0; i < p.instructions.size(); ++i) {
    missing[i] = p.instructions[i].waits.size();
    for (const std::uint32_t before : p.instructions[i].waits) followers[before].push_back(i);
    if (missing[i] == 0) ready.push_back(i);
  }
  std::size_t done = 0;
  for (; !ready.empty(); ++done) {
    const std::size_t at = shuffle != nullptr
                               ? shuffle->below(static_cast<std::uint32_t>(ready.size()))
                               : static_cast<std::size_t>(
                                     std::min_element(ready.begin(), ready.end()) - ready.begin());
    const std::size_t next = ready[at];
    ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(at));
    PendingWrite write = compute(p, hw, p.instructions[next], state, form);
    if (finite != nullptr) *finite = *finite && testing::is_finite(write.values);
    commit(std::move(write), p, state);
    for (const std::size_t follower : followers[next])
      if (--missing[follower] == 0) ready.push_back(follower);
  }
  EXPECT_EQ(done, p.instructions.size()) << "tokens go round in a circle";
  return stored(p, state);
}

Stored simulated(const Program& p, const HwConfig& hw, const std::vector<double>& a, int items,
                 Fidelity fidelity) {
  std::optional<Stored> first;
  const ItemIo io{[&](std::int64_t, MachineState& s) { write_input(p, p.inputs[0], a, s); },
                  [&](std::int64_t item, const MachineState& s) {
                    const Stored now = stored(p, s);
                    EXPECT_EQ(now, first.value_or(now)) << "chunk " << item << " of equal ones";
                    first = now;
                  }};
  simulate(p, hw, items, &io, fidelity);
  return *first;
}

std::string text_of(const BitsCase& c, const HwConfig& hw) {
  std::string text = (c.terms ? std::string(name(*c.terms)) + " " : "") +
                     std::string(c.algorithm->name) + " C=" + std::to_string(c.chunk) + " " +
                     to_text(*c.algorithm, c.parameters) + " " + std::string(name(c.format)) + " " +
                     std::string(enum_name(c.arithmetic.order)) + " " +
                     std::string(enum_name(c.arithmetic.rounding)) + " " +
                     std::string(enum_name(c.arithmetic.scaling));
  const MacSpec spec = hw.mac_spec(c.format);
  return text + " fan_in=" + std::to_string(spec.fan_in) +
         " fraction_bits=" + std::to_string(spec.fraction_bits) +
         " tile_k=" + std::to_string(spec.tile_k);
}

std::string text_of(const Cut& cut, const HwConfig& hw) {
  return "array " + std::to_string(hw.systolic_array.rows) + " x " +
         std::to_string(hw.systolic_array.cols) + ", dataflow " +
         std::to_string(static_cast<int>(hw.systolic_array.dataflow)) + ", cut into " +
         std::to_string(*cut.tile) + ", groups of " + std::to_string(*cut.merge_group);
}

/// How the cases went.
struct Tally {
  int cases = 0, refused = 0, finite = 0, cuts = 0, pe = 0;
};

/// One way of many to compute the program.
Stored computed(const Program& p, const HwConfig& hw, const BitsCase& c, Draw& draw, Tally& tally) {
  const std::uint32_t how = draw.below(8);
  // A large chunk takes the array register by register seconds.
  if (how == 0 && c.chunk <= 24) try {
      const Stored bits = simulated(p, hw, c.a, 1, Fidelity::kPe);
      ++tally.pe;
      return bits;
    } catch (const InputError&) {  // not modelled register by register
    }
  if (how <= 2) return simulated(p, hw, c.a, 1 + static_cast<int>(draw.below(5)), Fidelity::kTile);
  return interpreted(p, hw, c.a, how == 3 ? SumForm::kNormative : SumForm::kFast, &draw);
}

void check_case(std::uint64_t seed, Tally& tally) {
  Draw draw(seed);
  const BitsCase c = testing::random_case(draw);
  const auto lowered = [&](const HwConfig& hw, const Cut& cut) {
    return lower(*c.algorithm, c.parameters, c.chunk, c.format, hw, cut);
  };
  const HwConfig first_machine = testing::machine_for(c, draw);
  const std::vector<Cut> first_cuts = testing::every_cut(c, first_machine);
  const Cut first_cut = draw.of(first_cuts);
  ++tally.cases;
  std::optional<Program> first;
  try {
    first = lowered(first_machine, first_cut);
  } catch (const InputError&) {  // a format or setting the algorithm does not take
    ++tally.refused;
    return;
  }
  bool finite = true;
  const Stored expected =
      interpreted(*first, first_machine, c.a, SumForm::kNormative, nullptr, &finite);
  tally.finite += finite ? 1 : 0;
  const std::string what = "case " + std::to_string(seed) + ": " + text_of(c, first_machine) +
                           "\nfirst " + text_of(first_cut, first_machine);
  for (int variant = 0; variant < 3; ++variant) {
    HwConfig hw = testing::machine_for(c, draw);
    // Which zeros are skipped shows where a value is infinite or NaN: the program is the same then.
    if (!finite) hw.systolic_array.dataflow = first_machine.systolic_array.dataflow;
    const std::vector<Cut> cuts = testing::every_cut(c, hw);
    const Cut cut = finite ? draw.of(cuts) : first_cut;
    tally.cuts += finite && cut.tile != first_cut.tile ? 1 : 0;
    Stored found = computed(lowered(hw, cut), hw, c, draw, tally), wanted = expected;
    if (testing::shows_groups_by_zeros(c))
      for (Stored* s : {&found, &wanted}) s->bits = testing::with_positive_zeros(c.format, s->bits);
    ASSERT_EQ(found, wanted) << what << "\nthen " << text_of(cut, hw);
  }
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(MachineProperty, no_bit_depends_on_the_machine_around_the_arithmetic) {
  const std::uint64_t first = from_environment("TRICYCLE_PROPERTY_FIRST", 1),
                      cases = from_environment("TRICYCLE_PROPERTY_CASES", 400 / kShare);
  Tally tally;
  const auto failures = [] {
    return ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
  };
  for (std::uint64_t seed = first; seed < first + cases && failures() < 10; ++seed)
    check_case(seed, tally);
  std::printf(
      "%d cases: %d refused, %d finite, %d compared between cuts, %d register by register\n",
      tally.cases, tally.refused, tally.finite, tally.cuts, tally.pe);
  if (cases < 1000) return;
  EXPECT_LT(tally.refused, tally.cases / 5);
  EXPECT_GT(tally.finite, tally.cases / 2);
  EXPECT_GT(tally.cuts, tally.cases / 2);
  EXPECT_GT(tally.pe, tally.cases / 50);
}

/// A product by itself, in panels and strips as the memories have it.
TEST(MachineProperty, no_bit_of_a_product_depends_on_panels_and_strips) {
  int cut = 0;
  for (std::uint64_t seed = 1; seed <= 300 / kShare; ++seed) {
    Draw draw(seed + 5'000'000);
    BitsCase c = testing::random_case(draw);
    c.arithmetic.scaling = Scaling::kStatic;
    const auto extent = [&] { return 1 + static_cast<int>(draw.below(40)); };
    const int m = extent(), n = extent(), k = extent();
    const auto matrix = [&](int elements) {
      std::vector<double> values(static_cast<std::size_t>(elements));
      const int kind = draw.of({0, 1, 2, 3, 5});
      for (double& v : values) v = testing::hard_value(c.format, kind, draw);
      return values;
    };
    const std::vector<double> a = matrix(m * k), b = matrix(k * n);
    std::optional<std::vector<std::uint8_t>> first;
    for (int variant = 0; variant < 4; ++variant) {
      HwConfig hw = testing::machine_for(c, draw);
      if (variant > 0) {
        hw.scratchpad.size_bytes = 2048 << draw.below(4);
        hw.accumulator_bytes = 256 << draw.below(6);
      }
      const Program p =
          lower_gemm(hw, c.format, m, n, k, draw.one_in(2) ? GemmGrain::kPanel : GemmGrain::kStrip);
      cut += std::count_if(p.instructions.begin(), p.instructions.end(),
                           [](const Instruction& in) { return in.as<Matmul>() != nullptr; }) > 1
                 ? 1
                 : 0;
      MachineState state = make_state(p);
      write_input(p, p.inputs[0], a, state);
      write_input(p, p.inputs[1], b, state);
      interpret(p, hw, state);
      const std::vector<std::uint8_t> bits = read_bits(p, p.output, state);
      if (!first) first = bits;
      ASSERT_EQ(bits, *first) << "case " << seed << ": " << text_of(c, hw) << " " << m << " x " << n
                              << " x " << k;
    }
  }
  EXPECT_GT(cut, 500 / static_cast<int>(kShare));
}

/// Changes one key of the arithmetic.
void change_one_key(FormatSupport& f, Format format, Draw& draw) {
  const FormatSupport other = info(format).is_float()
                                  ? testing::random_float_arithmetic(format, draw)
                                  : testing::random_integer_arithmetic(format, draw);
  switch (draw.below(14)) {
    case 0: f.accumulator = other.accumulator; return;
    case 1: f.overflow = other.overflow; return;
    case 2: f.order = other.order; return;
    case 3: f.multiply_add = other.multiply_add; return;
    case 4: f.fan_in = other.fan_in; return;
    case 5: f.fraction_bits = other.fraction_bits; return;
    case 6: f.sum_rounding = other.sum_rounding; return;
    case 7: f.rounding = other.rounding; return;
    case 8: f.rounding_seed += 1; return;
    case 9: f.float_overflow = other.float_overflow; return;
    case 10: f.subnormals = other.subnormals; return;
    case 11: f.scaling = other.scaling; return;
    case 12: f.scale_rounding = other.scale_rounding; return;
    default: f.scale_block = other.scale_block; return;
  }
}

/// What a sweep computes once for all its points with the same text.
TEST(MachineProperty, arithmetic_of_the_same_text_stores_the_same_bits) {
  int changed = 0, shared = 0;
  for (std::uint64_t seed = 1; seed <= 1500 / kShare; ++seed) {
    Draw draw(seed + 7'000'000);
    const BitsCase c = testing::random_case(draw);
    const HwConfig first = testing::machine_for(c, draw);
    HwConfig second = first;
    change_one_key(second.formats[static_cast<std::size_t>(c.format)], c.format, draw);
    const auto text = [&](const HwConfig& hw) {
      return value_text({hw, *c.algorithm, c.parameters, c.format,
                         testing::every_cut(c, hw).back().linear_terms.value_or(
                             linear_terms_on(hw, c.format).front())});
    };
    const auto bits = [&](const HwConfig& hw) {
      const Program p = lower(*c.algorithm, c.parameters, c.chunk, c.format, hw,
                              testing::every_cut(c, hw).back());
      return interpreted(p, hw, c.a, SumForm::kFast, nullptr);
    };
    try {
      const bool differs = bits(first) != bits(second);
      changed += differs ? 1 : 0;
      shared += text(first) == text(second) ? 1 : 0;
      EXPECT_FALSE(differs && text(first) == text(second))
          << "case " << seed << ": " << text(first);
    } catch (const InputError&) {  // a format or setting the algorithm does not take
    }
  }
  EXPECT_GT(changed, 100 / static_cast<int>(kShare));
  EXPECT_GT(shared, 100 / static_cast<int>(kShare));
}

}  // namespace
}  // namespace tricycle
