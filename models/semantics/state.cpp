// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "models/numerics/convert.h"
#include "models/semantics/excess.h"
#include "models/semantics/execute.h"

namespace tricycle {

namespace {

std::size_t elements_of(const Buffer& b) {
  return static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.cols);
}

Values no_values(Format format, Space space) {
  if (format == Format::kFp64) return Elements<double>();
  if (info(format).is_float()) return Elements<float>();
  if (space == Space::kAccumulator) return Elements<std::int64_t>();
  return Elements<std::int16_t>();
}

/// Calls visit(elements).  The elements of an unwritten buffer are poison.
template <typename Visit>
auto visit_elements(const Program& program, std::uint32_t buffer, const MachineState& state,
                    Visit&& visit) {
  return std::visit(
      [&](const auto& elements) {
        using Vector = std::decay_t<decltype(elements)>;
        if (!elements.empty()) return visit(elements);
        return visit(
            Vector(elements_of(program.buffers[buffer]), kPoison<typename Vector::value_type>));
      },
      state.buffers[buffer]);
}

/// The multiple of the identity that a constant holds.
void fill_constant(const Program& program, std::uint32_t buffer, MachineState& state) {
  const Buffer& b = program.buffers[buffer];
  if (b.constant == Constant::kNone) return;
  const double diagonal = b.constant == Constant::kScaledIdentity ? b.scale
                          : b.constant == Constant::kIdentity     ? 1
                                                                  : -1;
  std::vector<double> values(elements_of(b));
  for (std::int32_t i = 0; i < std::min(b.rows, b.cols); ++i)
    values[static_cast<std::size_t>(i) * static_cast<std::size_t>(b.cols + 1)] = diagonal;
  write_input(program, buffer, values, state);
}

}  // namespace

MachineState make_state(const Program& program) {
  MachineState state;
  for (const Buffer& b : program.buffers) state.buffers.push_back(no_values(b.format, b.space));
  for (std::uint32_t i = 0; i < program.buffers.size(); ++i) fill_constant(program, i, state);
  state.rounded_inputs = 0;  // constants are no inputs
  // The memory of results holds zeros before the run, because a program stores only what may differ
  // from zero.
  for (const std::uint32_t output : program.outputs())
    std::visit([&](auto& elements) { elements.resize(elements_of(program.buffers[output])); },
               state.buffers[output]);
  return state;
}

void write_input(const Program& program, std::uint32_t buffer, std::span<const double> values,
                 MachineState& state) {
  const Buffer& b = program.buffers[buffer];
  if (values.size() != elements_of(b))
    throw std::invalid_argument("write_input: wrong number of values for buffer " + b.name);
  if (auto* doubles = std::get_if<Elements<double>>(&state.buffers[buffer])) {
    doubles->assign(values.begin(), values.end());
  } else if (auto* floats = std::get_if<Elements<float>>(&state.buffers[buffer])) {
    floats->resize(values.size());
    round_to_storage(b.format, values.data(), floats->data(),
                     static_cast<std::int64_t>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
      state.rounded_inputs += static_cast<double>((*floats)[i]) != values[i];
  } else {
    auto& integers = std::get<Elements<std::int16_t>>(state.buffers[buffer]);
    integers.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const FixedResult q = quantize(values[i], info(b.format).bits, b.fraction_bits);
      integers[i] = static_cast<std::int16_t>(q.value);
      state.saturated_count += q.saturated;
      state.rounded_inputs +=
          std::ldexp(static_cast<double>(integers[i]), -b.fraction_bits) != values[i];
    }
  }
}

std::vector<double> read_real(const Program& program, std::uint32_t buffer,
                              const MachineState& state) {
  const double scale = info(program.buffers[buffer].format).is_float()
                           ? 1.0
                           : std::ldexp(1.0, -program.buffers[buffer].fraction_bits);
  return visit_elements(program, buffer, state, [&](const auto& elements) {
    std::vector<double> out(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
      out[i] = static_cast<double>(elements[i]) * scale;
    return out;
  });
}

namespace {

std::vector<std::uint8_t> codes(const Program& program, std::uint32_t buffer,
                                const MachineState& state, NanCode nan) {
  const Format format = program.buffers[buffer].format;
  StorageRule exact = default_rule(format);
  exact.nan = nan;
  const auto bytes = static_cast<std::size_t>(info(format).file_bytes());
  return visit_elements(program, buffer, state, [&](const auto& elements) {
    std::vector<std::uint8_t> out(elements.size() * bytes);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::uint64_t bits =
          info(format).is_float()
              ? encode_float(exact, static_cast<double>(elements[i]))
                    << (info(format).stored_bits - info(format).bits)
              : static_cast<std::uint64_t>(static_cast<std::int64_t>(elements[i]));
      for (std::size_t byte = 0; byte < bytes; ++byte)
        out[i * bytes + byte] = static_cast<std::uint8_t>(bits >> (8 * byte));
    }
    return out;
  });
}

}  // namespace

std::vector<std::uint8_t> read_bits(const Program& program, std::uint32_t buffer,
                                    const MachineState& state) {
  return codes(program, buffer, state, NanCode::kQuiet);
}

std::vector<std::uint8_t> read_bits(const HwConfig& hw, const Program& program,
                                    std::uint32_t buffer, const MachineState& state) {
  return codes(program, buffer, state, hw.support(program.buffers[buffer].format).nan);
}

void commit(PendingWrite write, const Program& program, MachineState& state) {
  commit_excess(write, program, state);
  const Region& r = write.region;
  const Buffer& buffer = program.buffer(r);
  std::visit(
      [&](auto& target) {
        using Vector = std::decay_t<decltype(target)>;
        auto& source = std::get<Vector>(write.values);
        if (r.rows == buffer.rows && r.cols == buffer.cols) {
          target = std::move(source);
          return;
        }
        if (target.empty())
          target.assign(elements_of(buffer), kPoison<typename Vector::value_type>);
        for (std::ptrdiff_t i = 0; i < r.rows; ++i)
          std::copy_n(source.begin() + i * r.cols, r.cols,
                      target.begin() + (r.row + i) * buffer.cols + r.col);
      },
      state.buffers[r.buffer]);
  state.saturated_count += write.saturated_count;
  state.wrapped_count += write.wrapped_count;
}

}  // namespace tricycle
