// SPDX-License-Identifier: Apache-2.0
#include "sim/api/tricycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <new>
#include <type_traits>
#include <utility>
#include <variant>

#include "models/error.h"
#include "models/printable.h"
#include "models/semantics/execute.h"
#include "reports/columns.h"
#include "reports/writers.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"
#include "sim/host/shipped_files.h"
#include "sim/host/version.h"
#include "workloads/reference_machine.h"

namespace tricycle::api {

struct Machine::State {
  HwConfig hw;
};
struct Problem::State {
  PreparedProblem prepared;
};
struct Result::State {
  RunResult result;
};

struct Access {
  template <typename Handle, typename... Parts>
  static Handle make(Parts&&... parts) {
    return Handle(std::make_shared<const typename Handle::State>(std::forward<Parts>(parts)...));
  }
  template <typename Handle>
  static const typename Handle::State& state(const Handle& handle) {
    return *handle.state_;
  }
};

namespace {

/// Rounding mode and handling of subnormals belong to the thread.  Bits must not depend on what the
/// caller has set.
class DefaultArithmetic {
 public:
  DefaultArithmetic() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultArithmetic() { std::fesetenv(&before_); }
  DefaultArithmetic(const DefaultArithmetic&) = delete;
  DefaultArithmetic& operator=(const DefaultArithmetic&) = delete;

 private:
  std::fenv_t before_{};
};

/// One line per fault.  Names may be anybody's, so the text has nothing that a terminal would act
/// on.
std::string lines_of(const tricycle::InputError& error) {
  std::string text;
  for (const std::string& line : error.messages())
    text += (text.empty() ? "" : "\n") + printable(line);
  return text;
}

/// Returns what `make` returns, in the default arithmetic.  Its exceptions become those of the
/// interface.
template <typename Make>
auto translated(Make make) -> decltype(make()) {
  const DefaultArithmetic arithmetic;
  try {
    return make();
  } catch (const tricycle::InputError& error) {
    throw InputError(lines_of(error));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw RunError(printable(error.what()));
  }
}

/// Throws InputError unless every matrix is strictly lower triangular.  Its entries must be finite
/// where the format holds only finite numbers.
void check_matrices(std::span<const double> a, int chunk, Format format) {
  const auto n = static_cast<std::size_t>(chunk);
  for (std::size_t at = 0; at < a.size(); ++at) {
    const std::size_t row = at / n % n, col = at % n;
    if (row <= col && a[at] != 0)
      throw tricycle::InputError(
          fmt::format("invert: expected strictly lower triangular matrices, got {} in row {}, "
                      "column {} of matrix {}",
                      a[at], row, col, at / (n * n)));
    if (!info(format).is_float() && !std::isfinite(a[at]))
      throw tricycle::InputError(fmt::format(
          "invert: {} holds finite numbers alone, got {} in row {}, column {} of matrix {}",
          name(format), a[at], row, col, at / (n * n)));
  }
}

const HwConfig& hw_of(const Machine& machine) { return Access::state(machine).hw; }

struct Choice {
  const Algorithm& algorithm;
  AlgorithmOptions options;
  Format format;
};
Choice chosen(const Options& options) {
  const auto format = find_format(options.format);
  if (!format)
    throw tricycle::InputError(fmt::format("format: expected one of {}, got \"{}\"",
                                           fmt::join(formats(), ", "), options.format));
  return {find_algorithm(options.algorithm, "algorithm"),
          parse_algorithm_options(options.parameters), *format};
}

Cell cell_of(const RunResult& result, const std::string& name) {
  for (const Column& column : columns())
    if (column.name == name) return column.value(result);
  throw tricycle::InputError(
      fmt::format("\"{}\" is no column; `tricycle list columns` has them", name));
}

}  // namespace

std::string version() { return kVersion; }

std::vector<std::string> algorithms() {
  std::vector<std::string> names;
  for (const Algorithm& row : tricycle::algorithms()) names.emplace_back(row.name);
  return names;
}

std::vector<std::string> formats() {
  std::vector<std::string> names;
  for (const FormatInfo& row : kFormats) names.emplace_back(row.name);
  return names;
}

Machine Machine::load(const std::string& file_or_name, const std::vector<std::string>& settings) {
  return translated([&] {
    return Access::make<Machine>(State{load_hw_config(shipped_or_path(file_or_name), settings)});
  });
}
Machine Machine::reference() { return Access::make<Machine>(State{reference_machine()}); }
std::string Machine::name() const { return state_->hw.name; }
std::string Machine::yaml() const { return dump_hw_config(state_->hw); }
std::vector<std::string> Machine::formats() const {
  std::vector<std::string> names;
  for (const FormatInfo& row : kFormats)
    if (state_->hw.support(row.id).present) names.emplace_back(row.name);
  return names;
}

Problem Problem::load(const std::string& file_or_name, const std::vector<std::string>& settings) {
  return translated([&] {
    return Access::make<Problem>(
        State{prepare(load_inversions(shipped_or_path(file_or_name), settings))});
  });
}
std::string Problem::name() const { return state_->prepared.problem.name; }
int Problem::chunk() const { return static_cast<int>(state_->prepared.problem.chunk); }
std::size_t Problem::matrices() const { return state_->prepared.chunks.size(); }

std::optional<double> Result::number(const std::string& column) const {
  return translated([&]() -> std::optional<double> {
    const Cell cell = cell_of(state_->result, column);
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&cell)) return *real;
    if (std::holds_alternative<std::monostate>(cell)) return std::nullopt;
    throw tricycle::InputError(fmt::format("\"{}\" is a text; ask for text()", column));
  });
}
std::string Result::text(const std::string& column) const {
  return translated([&] {
    return std::visit(
        [](const auto& value) -> std::string {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
            return "";
          else
            return fmt::format("{}", value);
        },
        cell_of(state_->result, column));
  });
}
std::string Result::json() const { return to_json(state_->result); }

Result run(const Machine& machine, const Problem& problem, const Options& options) {
  return translated([&] {
    const Choice choice = chosen(options);
    return Access::make<Result>(Result::State{tricycle::run(
        hw_of(machine), Access::state(problem).prepared, choice.algorithm, choice.options,
        choice.format, options.every_pe ? Fidelity::kPe : Fidelity::kTile)});
  });
}

std::vector<double> invert(const Machine& machine, std::span<const double> a, int chunk,
                           const Options& options) {
  return translated([&] {
    const Choice choice = chosen(options);
    const HwConfig& hw = hw_of(machine);
    const Program program =
        lower(choice.algorithm, resolve_parameters(choice.algorithm, chunk, choice.options), chunk,
              choice.format, hw);
    const auto size = static_cast<std::size_t>(chunk) * static_cast<std::size_t>(chunk);
    if (a.size() % size != 0)
      throw tricycle::InputError(
          fmt::format("invert: expected whole matrices of {} x {} = {} values, got {} values",
                      chunk, chunk, size, a.size()));
    check_matrices(a, chunk, choice.format);
    std::vector<double> y;
    y.reserve(a.size());
    for (std::size_t at = 0; at < a.size(); at += size) {
      MachineState state = make_state(program);
      write_input(program, program.inputs[0], a.subspan(at, size), state);
      interpret(program, hw, state);
      const std::vector<double> one = read_real(program, program.output, state);
      y.insert(y.end(), one.begin(), one.end());
    }
    return y;
  });
}

}  // namespace tricycle::api
