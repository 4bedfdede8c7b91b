// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/error.h"
#include "models/json.h"
#include "models/printable.h"
#include "reports/text_table.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/engine/run.h"
#include "sim/host/progress.h"
#include "sim/host/version.h"
#include "workloads/digest.h"
#include "workloads/language_model/chunk_arithmetic.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/language_model/language_model.h"
#include "workloads/language_model/loss_error.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

/// One way to compute chunks and what came of it.
struct Row {
  std::string inverse, format, accumulation;
  ChunkPipeline pipeline;
  std::vector<double> nats = {};  // of every byte
  double bits = 0;
};

struct LossEvaluation {
  LanguageModel model;
  std::vector<std::uint8_t> text;
  std::int64_t bytes, chunk;
  int threads;
  HwConfig hw;
  ArithmeticScope scope;
  std::vector<Row> rows;  // all of it exact first
  LeftOut left_out;
};

struct Choices {
  std::vector<const Algorithm*> algorithms;
  std::vector<Format> formats;
  std::optional<ArithmeticScope> scope;
};

Choices parse_choices(const PerplexityOptions& options, std::vector<std::string>& faults) {
  return {parse_list("--algorithm", options.algorithms, faults,
                     [](const std::string& name) { return &find_algorithm(name); }),
          parse_list("--format", options.formats, faults,
                     [](const std::string& name) { return parse_format("--format", name); }),
          attempt(faults, [&] {
            return parse_choice("--arithmetic", options.arithmetic, kArithmeticScopes);
          })};
}

/// Those that the machine has and the products of a chunk can be in, with that arithmetic.
std::vector<std::pair<Format, ChunkArithmetic>> usable_formats(const Choices& choices,
                                                               const HwConfig& hw,
                                                               const std::string& machine,
                                                               LeftOut& left_out) {
  std::vector<std::pair<Format, ChunkArithmetic>> formats;
  for (const Format format : choices.formats) {
    std::vector<std::string> messages;
    auto around = attempt(messages, [&] {
      check_format(hw, format);
      return choices.scope == ArithmeticScope::kChunk ? machine_arithmetic(hw, format)
                                                      : binary64_arithmetic();
    });
    left_out.add(machine, "", format, messages);
    if (around) formats.emplace_back(format, std::move(*around));
  }
  return formats;
}

/// Everything exact; where the hardware's arithmetic reaches beyond the inverse, the exact inverse
/// amid it; then every algorithm in every format it takes.  Throws InputError where no algorithm
/// is left.
std::vector<Row> make_rows(const Choices& choices, const AlgorithmOptions& given,
                           const HwConfig& hw, const std::string& machine, int chunk,
                           LeftOut& left_out) {
  const bool whole_chunk = choices.scope == ArithmeticScope::kChunk;
  std::vector<Row> rows{{"exact", "fp64", "", {chunk, exact_inverse()}}};
  const auto formats = usable_formats(choices, hw, machine, left_out);
  for (const auto& [format, around] : formats)
    if (whole_chunk)
      rows.push_back({"exact amid",
                      std::string(name(format)),
                      accumulation_text(hw, format),
                      {chunk, exact_inverse(), around}});
  const std::size_t exact = rows.size();
  for (const Algorithm* algorithm : choices.algorithms)
    for (const auto& entry : formats) {
      const Format format = entry.first;
      std::vector<std::string> messages;
      const auto row = attempt(messages, [&] {
        const std::string parameters =
            to_text(*algorithm, resolve_parameters(*algorithm, chunk, given));
        return Row{std::string(algorithm->name) + (parameters.empty() ? "" : " " + parameters),
                   std::string(name(format)),
                   accumulation_text(hw, format),
                   {chunk, algorithm_inverse(*algorithm, given, format, hw, chunk), entry.second}};
      });
      left_out.add(machine, algorithm->name, format, messages);
      if (row) rows.push_back(*row);
    }
  if (rows.size() == exact) throw_if_any(left_out.lines());
  return rows;
}

LossEvaluation make_evaluation(const PerplexityOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: a model has no problem", text));
  if (!options.machine)
    for (const std::string& text : set.machine)
      faults.push_back(fmt::format("--set {}: no machine to set it on; name one with --hw", text));
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const auto chunk = attempt(faults, [&] { return parse_chunk("--chunk", options.chunk); });
  const auto threads = attempt(faults, [&] { return parse_threads(options.threads); });
  auto text = attempt(faults, [&] { return read_bytes(options.text); });
  const auto most = text ? static_cast<std::int64_t>(text->size()) - 1 : 1;
  const auto bytes = attempt(faults, [&] {
    return options.bytes ? parse_count("--bytes", *options.bytes, 1, most) : most;
  });
  const auto hw = attempt(faults, [&] {
    return options.machine ? load_hw_config(*options.machine, set.machine) : reference_machine();
  });
  auto model = attempt(faults, [&] { return load_language_model(options.model); });
  const Choices choices = parse_choices(options, faults);
  const std::string machine = options.machine && hw ? hw->name : "";
  LeftOut left_out;
  std::vector<Row> rows;
  if (hw && given && chunk)
    rows = attempt(faults, [&] {
             return make_rows(choices, *given, *hw, machine, static_cast<int>(*chunk), left_out);
           }).value_or(rows);
  throw_if_any(std::move(faults));
  return {std::move(*model), std::move(*text), *bytes,  *chunk, *threads, *hw,
          *choices.scope,    std::move(rows),  left_out};
}

/// Of a row's difference to all of it exact, in bits per byte; none for that itself.
std::optional<double> standard_error(const LossEvaluation& e, const Row& row) {
  if (&row == &e.rows.front()) return std::nullopt;
  const auto nats = standard_error_of_difference(row.nats, e.rows.front().nats);
  return nats ? std::optional(*nats / std::log(2.0)) : std::nullopt;
}

/// What is not finite does not exist.
Json number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

std::string finite_text(double value, const std::string& text) {
  return std::isfinite(value) ? text : "not finite";
}

Json to_document(const PerplexityOptions& options, const LossEvaluation& e) {
  Json rows = Json::array();
  for (const Row& row : e.rows)
    rows.push_back({{"inverse", row.inverse},
                    {"format", row.format},
                    {"accumulation", row.accumulation},
                    {"bits_per_byte", number(row.bits)},
                    {"difference", number(row.bits - e.rows.front().bits)},
                    {"standard_error", number(standard_error(e, row))},
                    {"perplexity", number(std::exp2(row.bits))}});
  Sha256 sha;
  sha.update(e.text);
  return {{"version", kVersion},
          {"model", printable(std::filesystem::path(options.model).filename().string())},
          {"text_digest", sha.hex()},
          {"bytes", e.bytes},
          {"text_bytes", e.text.size()},
          {"chunk", e.chunk},
          {"arithmetic", choice_name(e.scope, kArithmeticScopes)},
          {"machine", e.hw.name},
          {"machine_digest", digest(e.hw)},
          {"rows", rows},
          {"left_out", e.left_out.lines()}};
}

std::string to_table(const LossEvaluation& e) {
  std::vector<std::vector<std::string>> cells;
  for (const Row& row : e.rows) {
    const double difference = row.bits - e.rows.front().bits;
    const auto error = standard_error(e, row);
    cells.push_back(
        {row.inverse, row.format, finite_text(row.bits, fmt::format("{:.6f}", row.bits)),
         &row == &e.rows.front() ? "" : finite_text(difference, signed_text(difference, 6)),
         error && std::isfinite(*error) ? fmt::format("{:.6f}", *error) : ""});
  }
  return text_table({{"inverse", "", false},
                     {"format", "", false},
                     {"bits per byte", ""},
                     {"difference", "to exact"},
                     {"std. error", "of it"}},
                    cells);
}

}  // namespace

int perplexity_command(const PerplexityOptions& options) {
  LossEvaluation e = make_evaluation(options);
  e.left_out.print();
  {
    Progress progress(e.rows.size());
    for (Row& row : e.rows) {
      progress.begin(row.inverse + " " + row.format);
      row.nats = negative_log_likelihoods(e.model, e.text, e.bytes, row.pipeline, e.threads);
      row.bits = bits_per_byte(row.nats);
      progress.end();
    }
  }
  if (options.json) {
    fmt::print("{}\n", to_document(options, e).dump(2));
    return 0;
  }
  fmt::print(
      "{}: {} bytes from the second on of the {} of {}, chunks of {}, {} in arithmetic of {}\n",
      printable(options.model), e.bytes, e.text.size(), printable(options.text), e.chunk,
      e.scope == ArithmeticScope::kChunk ? "products of a chunk" : "inverse",
      options.machine ? e.hw.name : "docs/numerics.md");
  fmt::print("{}", to_table(e));
  return 0;
}

}  // namespace tricycle
