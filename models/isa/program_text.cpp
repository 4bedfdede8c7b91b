// SPDX-License-Identifier: Apache-2.0
#include "models/isa/program_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/isa/fits.h"
#include "models/isa/text_reader.h"

namespace tricycle {

namespace {

constexpr std::array<std::string_view, 3> kSpaces{"dram", "scratchpad", "accumulator"};
constexpr std::array<std::string_view, 4> kConstants{"", "identity", "minus_identity",
                                                     "scaled_identity"};
// Limits for a file of unknown origin: it may take no more of the host than this.
constexpr std::int64_t kLargestSide = 1 << 14, kMostBuffers = 1 << 12, kMostInstructions = 1 << 18,
                       kMostElements = 1 << 28;

std::string buffer_text(const Buffer& b) {
  std::string text =
      fmt::format("buffer {:<8} {:<11} {:>4} x {:<4} {:<5}", b.name,
                  kSpaces[static_cast<std::size_t>(b.space)], b.rows, b.cols, name(b.format));
  if (b.fraction_bits != 0) text += fmt::format(" fraction {}", b.fraction_bits);
  if (b.packed_bits > 0) text += fmt::format(" packed {}", b.packed_bits);
  if (b.constant != Constant::kNone)
    text += fmt::format(" {}", kConstants[static_cast<std::size_t>(b.constant)]);
  if (b.constant == Constant::kScaledIdentity) text += fmt::format(" {}", b.scale);
  return text + fmt::format(" at {}\n", b.offset_bytes);
}

/// The operation with this name, without its operands.
template <std::size_t kOpcode = 0>
std::optional<Operation> operation_named(std::string_view name) {
  if constexpr (kOpcode < kOpcodeCount) {
    if (kOpcodes[kOpcode].name == name) return Operation(std::in_place_index<kOpcode>);
    return operation_named<kOpcode + 1>(name);
  } else {
    return std::nullopt;
  }
}

/// Reads a program line by line.
class ProgramReader {
 public:
  ProgramReader(std::string file, const HwConfig& hw) : file_(std::move(file)), hw_(hw) {}

  void read_line(std::string_view line, std::size_t number) {
    const std::string where = fmt::format("{}:{}", file_, number);
    TextReader text(line.substr(0, line.find('#')), where, program_);
    if (text.at_end()) return;
    if (text.take("program"))
      read_head(text);
    else if (!has_head_)
      text.fail("a first line \"program FORMAT\", as in: program fp16");
    else if (text.take("buffer"))
      read_buffer(text);
    else if (text.take("input"))
      add_input(text);
    else if (text.take("output"))
      set_output(text);
    else {
      read_instruction(text);
      lines_.push_back(number);
    }
    if (!text.at_end()) text.fail("the end of the line");
  }

  Program finish() {
    if (program_.instructions.empty()) refuse_file(file_, "expected a program, got no instruction");
    if (!has_output_)
      refuse_file(file_, "expected a line \"output NAME\": the buffer that holds the result");
    if (program_.inputs.empty())
      refuse_file(file_, "expected a line \"input NAME\": a buffer that is filled before");
    check_format(hw_, program_.format);
    check_fits(program_, hw_);
    if (const auto fault = find_fault(program_, hw_))
      throw InputError(fmt::format("{}:{}: {}: expected {}", file_, lines_[fault->instruction],
                                   program_.instructions[fault->instruction].name(),
                                   fault->expected));
    for (const Instruction& in : program_.instructions)
      if (const auto* product = in.as<Matmul>())
        check_format(hw_, program_.buffer(product->a).format);
    derive_tokens(program_);
    return std::move(program_);
  }

 private:
  void read_head(TextReader& text) {
    program_.format = read_format(text);
    has_head_ = true;
    for (;;) {
      if (text.take("products"))
        program_.matmul_count = text.integer(0, kMostInstructions);
      else if (text.take("in_flight"))
        program_.most_in_flight = text.integer(1, kMostInstructions);
      else
        return;
    }
  }

  Format read_format(TextReader& text) const {
    std::array<std::string_view, kFormatCount> names;
    std::transform(std::begin(kFormats), std::end(kFormats), names.begin(),
                   [](const FormatInfo& row) { return row.name; });
    return kFormats[text.one_of(names, "a format")].id;
  }

  void read_buffer(TextReader& text) {
    if (static_cast<std::int64_t>(program_.buffers.size()) >= kMostBuffers)
      text.fail(fmt::format("at most {} buffers", kMostBuffers));
    Buffer b;
    const std::size_t at = text.position();
    b.name = text.word();
    if (b.name.find_first_of("[],:()|") != std::string::npos)
      text.fail_at(at, "a name without brackets, commas, colons and bars");
    for (const Buffer& other : program_.buffers)
      if (other.name == b.name) text.fail_at(at, "a name that no buffer has yet");
    b.space = static_cast<Space>(text.one_of(kSpaces, "a memory"));
    b.rows = static_cast<std::int32_t>(text.integer(1, kLargestSide));
    text.expect("x");
    b.cols = static_cast<std::int32_t>(text.integer(1, kLargestSide));
    b.format = read_format(text);
    elements_ += std::int64_t{b.rows} * b.cols;
    if (elements_ > kMostElements)
      text.fail_at(at, fmt::format("at most {} elements in all buffers", kMostElements));
    read_properties(text, b);
    program_.buffers.push_back(std::move(b));
  }

  void read_properties(TextReader& text, Buffer& b) const {
    constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;
    constexpr std::int64_t kMostFraction = 40;
    bool has_fraction = false;
    std::optional<std::int64_t> place;
    while (!text.at_end()) {
      if (text.take("fraction")) {
        b.fraction_bits = static_cast<int>(text.integer(0, kMostFraction));
        has_fraction = true;
      } else if (text.take("packed")) {
        b.packed_bits = static_cast<int>(text.integer(1, info(b.format).bits));
      } else if (text.take(kConstants[1])) {
        b.constant = Constant::kIdentity;
      } else if (text.take(kConstants[2])) {
        b.constant = Constant::kMinusIdentity;
      } else if (text.take(kConstants[3])) {
        b.constant = Constant::kScaledIdentity;
        b.scale = text.number();
      } else if (text.take("at")) {
        place = text.integer(0, kMostBytes);
      } else {
        text.fail(
            "fraction, packed, identity, minus_identity, scaled_identity, at, "
            "or nothing");
      }
    }
    if (!has_fraction && !place && !info(b.format).is_float() && b.space != Space::kAccumulator)
      b.fraction_bits = info(b.format).default_fraction_bits();
    b.offset_bytes = place.value_or(next_place(program_, b.space, hw_));
  }

  /// A buffer in which a program begins or ends: in DRAM, or elsewhere where only the vector unit
  /// is measured.
  std::uint32_t end_buffer(TextReader& text) const {
    const std::size_t at = text.position();
    const std::string_view name = text.word();
    for (std::size_t i = 0; i < program_.buffers.size(); ++i)
      if (program_.buffers[i].name == name) {
        if (program_.buffers[i].space == Space::kAccumulator)
          text.fail_at(at, "a buffer in dram or in the scratchpad");
        return static_cast<std::uint32_t>(i);
      }
    text.fail_at(at, "a buffer that a line above declares");
  }

  void add_input(TextReader& text) {
    const std::size_t at = text.position();
    const std::uint32_t buffer = end_buffer(text);
    if (std::find(program_.inputs.begin(), program_.inputs.end(), buffer) != program_.inputs.end())
      text.fail_at(at, "one input of each name");
    program_.inputs.push_back(buffer);
  }

  void set_output(TextReader& text) {
    const std::size_t at = text.position();
    const std::uint32_t buffer = end_buffer(text);
    const std::vector<std::uint32_t> named = program_.outputs();
    if (has_output_ && std::find(named.begin(), named.end(), buffer) != named.end())
      text.fail_at(at, "one output of each name");
    if (has_output_)
      program_.further_outputs.push_back(buffer);
    else
      program_.output = buffer;
    has_output_ = true;
  }

  /// [NUMBER] [UNIT] NAME DST <- OPERANDS
  void read_instruction(TextReader& text) {
    if (static_cast<std::int64_t>(program_.instructions.size()) >= kMostInstructions)
      text.fail(fmt::format("at most {} instructions", kMostInstructions));
    std::size_t at = text.position();
    std::string_view word = text.word();
    if (word.find_first_not_of("0123456789") == std::string_view::npos) {
      at = text.position();
      word = text.word();
    }
    std::optional<std::string_view> unit;
    const auto is_unit = [&](const UnitInfo& row) { return row.name == word; };
    // A unit and an instruction may have the same name.  It is the instruction if a region follows.
    if (std::any_of(kUnits.begin(), kUnits.end(), is_unit) && !text.is_region()) {
      unit = word;
      at = text.position();
      word = text.word();
    }
    std::optional<Operation> operation = operation_named(word);
    if (!operation) {
      std::array<std::string_view, kOpcodeCount> names;
      std::transform(kOpcodes.begin(), kOpcodes.end(), names.begin(),
                     [](const OpcodeInfo& row) { return row.name; });
      text.fail_at(at, fmt::format("program, buffer, input, output or an instruction: {}",
                                   fmt::join(names, ", ")));
    }
    const Unit own = kOpcodes[operation->index()].unit;
    if (unit && *unit != info(own).name)
      text.fail_at(at, fmt::format("an instruction of unit {} ({} runs on {})", *unit, word,
                                   info(own).name));
    const Region dst = text.region();
    text.expect("<-");
    std::visit([&](auto& op) { read_operands(text, dst, op); }, *operation);
    program_.instructions.push_back({dst, std::move(*operation)});
  }

  std::string file_;
  const HwConfig& hw_;
  Program program_;
  std::vector<std::size_t> lines_;  // of the instructions
  std::int64_t elements_ = 0;       // of all buffers
  bool has_head_ = false, has_output_ = false;
};

}  // namespace

std::string instruction_text(const Program& program, std::size_t index) {
  const Instruction& in = program.instructions[index];
  return fmt::format(
      "{:<8} {} <- {}", in.name(), region_text(program, in.dst),
      std::visit([&](const auto& op) { return operands_text(program, op); }, in.operation));
}

std::string to_text(const Program& program, const HwConfig& hw) {
  std::string text =
      fmt::format("# {} instructions, {}, one item: {} B scratchpad, {} B accumulators\n",
                  program.instructions.size(), name(program.format),
                  program.footprint_bytes(Space::kScratchpad, hw),
                  program.footprint_bytes(Space::kAccumulator, hw));
  text += fmt::format("program {} products {}", name(program.format), program.matmul_count);
  if (program.most_in_flight > 0) text += fmt::format(" in_flight {}", program.most_in_flight);
  text += "\n";
  for (const Buffer& b : program.buffers) text += buffer_text(b);
  for (const std::uint32_t input : program.inputs)
    text += fmt::format("input  {}\n", program.buffers[input].name);
  for (const std::uint32_t output : program.outputs())
    text += fmt::format("output {}\n", program.buffers[output].name);
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    text += fmt::format("{:>5}  {:<6} {}", i, info(in.unit()).name, instruction_text(program, i));
    if (!in.waits.empty()) text += fmt::format("  # waits {}", fmt::join(in.waits, " "));
    text += "\n";
  }
  return text;
}

Program parse_program(std::string_view text, const std::string& file, const HwConfig& hw) {
  ProgramReader reader(file, hw);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reader.read_line(text.substr(0, end), ++number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.finish();
}

}  // namespace tricycle
