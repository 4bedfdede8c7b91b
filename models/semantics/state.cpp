// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "models/numerics/convert.h"
#include "models/semantics/execute.h"

namespace tricycle {

namespace {

Values make_values(Format format, Space space, std::size_t count) {
  const bool accumulator = space == Space::kAccumulator;
  if (format == Format::kFp64)
    return std::vector<double>(count, std::numeric_limits<double>::quiet_NaN());
  if (info(format).is_float())
    return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
  if (accumulator)
    return std::vector<std::int64_t>(count, std::numeric_limits<std::int32_t>::min());
  return std::vector<std::int16_t>(count, std::numeric_limits<std::int16_t>::min());
}

}  // namespace

MachineState make_state(const Program& program) {
  MachineState state;
  for (const Buffer& b : program.buffers)
    state.buffers.push_back(make_values(
        b.format, b.space, static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.cols)));
  // The memory of the result holds zeros before the run: a program stores only what may differ from
  // zero.
  std::visit([](auto& elements) { std::fill(elements.begin(), elements.end(), 0); },
             state.buffers[program.output]);
  return state;
}

void write_input(const Program& program, std::uint32_t buffer, std::span<const double> values,
                 MachineState& state) {
  const Buffer& b = program.buffers[buffer];
  if (values.size() != static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.cols))
    throw std::invalid_argument("write_input: wrong number of values for buffer " + b.name);
  if (auto* doubles = std::get_if<std::vector<double>>(&state.buffers[buffer])) {
    std::copy(values.begin(), values.end(), doubles->begin());
  } else if (auto* floats = std::get_if<std::vector<float>>(&state.buffers[buffer])) {
    for (std::size_t i = 0; i < values.size(); ++i)
      (*floats)[i] = static_cast<float>(decode_float(b.format, encode_float(b.format, values[i])));
  } else {
    auto& integers = std::get<std::vector<std::int16_t>>(state.buffers[buffer]);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const FixedResult q = quantize(values[i], info(b.format).bits, b.fraction_bits);
      integers[i] = static_cast<std::int16_t>(q.value);
      state.saturated_count += q.saturated;
    }
  }
}

std::vector<double> read_real(const Program& program, std::uint32_t buffer,
                              const MachineState& state) {
  const double scale = info(program.buffers[buffer].format).is_float()
                           ? 1.0
                           : std::ldexp(1.0, -program.buffers[buffer].fraction_bits);
  return std::visit(
      [&](const auto& elements) {
        std::vector<double> out(elements.size());
        for (std::size_t i = 0; i < elements.size(); ++i)
          out[i] = static_cast<double>(elements[i]) * scale;
        return out;
      },
      state.buffers[buffer]);
}

std::vector<std::uint8_t> read_bits(const Program& program, std::uint32_t buffer,
                                    const MachineState& state) {
  const Format format = program.buffers[buffer].format;
  const auto bytes = static_cast<std::size_t>(info(format).bytes());
  return std::visit(
      [&](const auto& elements) {
        std::vector<std::uint8_t> out(elements.size() * bytes);
        for (std::size_t i = 0; i < elements.size(); ++i) {
          const std::uint64_t bits =
              info(format).is_float()
                  ? encode_float(format, static_cast<double>(elements[i]))
                  : static_cast<std::uint64_t>(static_cast<std::int64_t>(elements[i]));
          for (std::size_t byte = 0; byte < bytes; ++byte)
            out[i * bytes + byte] = static_cast<std::uint8_t>(bits >> (8 * byte));
        }
        return out;
      },
      state.buffers[buffer]);
}

void commit(const PendingWrite& write, const Program& program, MachineState& state) {
  const Region& r = write.region;
  const auto stride = static_cast<std::size_t>(program.buffer(r).cols);
  std::visit(
      [&](auto& target) {
        using Vector = std::decay_t<decltype(target)>;
        const auto& source = std::get<Vector>(write.values);
        for (std::size_t i = 0; i < static_cast<std::size_t>(r.rows); ++i)
          std::copy_n(
              source.begin() + static_cast<std::ptrdiff_t>(i * static_cast<std::size_t>(r.cols)),
              r.cols,
              target.begin() +
                  static_cast<std::ptrdiff_t>((static_cast<std::size_t>(r.row) + i) * stride +
                                              static_cast<std::size_t>(r.col)));
      },
      state.buffers[r.buffer]);
  state.saturated_count += write.saturated_count;
}

}  // namespace tricycle
