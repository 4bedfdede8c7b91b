// SPDX-License-Identifier: Apache-2.0
//
// parse_gate() of gate_file.h.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <span>

#include "models/closest_name.h"
#include "models/config_fields.h"
#include "models/error.h"
#include "models/printable.h"
#include "sim/cli/gate_file.h"
#include "sim/cli/placed_json.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

constexpr std::string_view kGateKeys[] = {"gate", "runs"};
constexpr std::string_view kGateRunKeys[] = {
    "name", "machine", "problem", "algorithm", "program", "format", "fidelity", "set", "figures"};
constexpr std::string_view kGateFigureKeys[] = {"key", "value", "compare", "tolerance"};
constexpr std::string_view kNoFigures =
    "expected a list of figures; `tricycle gate FILE --update` puts the usual ones there";

const Column* find_gate_column(std::string_view key) {
  const auto found = std::ranges::find(columns(), key, &Column::name);
  return found == columns().end() ? nullptr : &*found;
}

/// ` (did you mean "cols"?)`; nothing where no name is close.
std::string gate_hint(std::string_view given, std::span<const std::string_view> valid) {
  const std::string_view near = closest_name(given, valid);
  return near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near);
}

/// What is wrong with a name that no row of `tricycle list LIST` has.
template <typename Rows>
std::string unknown_row(std::string_view list, std::string_view given, const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return fmt::format("expected a row of `tricycle list {}`, got \"{}\"{}", list, excerpt(given),
                     gate_hint(given, names));
}

/// A number as a figure has it: an integer where it is written as one that 64 bits hold.
Cell gate_number(const PlacedJson& node) {
  std::int64_t whole = 0;
  const char* const end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, whole);
  if (error == std::errc() && stop == end) return whole;
  return node.number;
}

/// "2 %" or "2%".
std::optional<double> parse_gate_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  if (text.ends_with(' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() &&
                    std::isfinite(value) && value >= 0;
  return good ? std::optional(value) : std::nullopt;
}

/// Reads the tree and collects what is wrong with it.
class GateReader {
 public:
  GateReader(GateUse use, std::vector<Fault>& faults) : use_(use), faults_(faults) {}

  Gate read(const PlacedJson& root) {
    Gate gate;
    if (!is_object(root, "", kGateKeys)) return gate;
    if (const PlacedJson* version = member(root, "", "gate", true))
      if (version->kind != Kind::kNumber || version->text != "1")
        fault(*version, "/gate", "expected 1, the version of this form, got " + version->got());
    const PlacedJson* runs = member(root, "", "runs", true);
    if (runs == nullptr) return gate;
    if (runs->kind != Kind::kList || runs->items.empty())
      fault(*runs, "/runs", "expected a list of runs, got " + got_list(*runs));
    for (std::size_t i = 0; i < runs->items.size(); ++i)
      gate.runs.push_back(run(runs->items[i], fmt::format("/runs/{}", i)));
    return gate;
  }

 private:
  using Kind = PlacedJson::Kind;

  void fault(const PlacedJson& node, std::string pointer, std::string what) {
    faults_.push_back({node.place, std::move(pointer), std::move(what)});
  }
  static std::string got_list(const PlacedJson& node) {
    return node.kind == Kind::kList && node.items.empty() ? "an empty list" : node.got();
  }

  /// Whether the node is an object; keys that it should not have are faults.
  bool is_object(const PlacedJson& node, const std::string& at,
                 std::span<const std::string_view> valid) {
    if (node.kind != Kind::kObject) {
      fault(node, at, "expected an object, got " + node.got());
      return false;
    }
    for (const PlacedJson::Member& m : node.members)
      if (std::ranges::count(valid, m.key) == 0)
        faults_.push_back({m.key_place, at + "/" + m.key,
                           fmt::format("unknown key{}; expected one of {}", gate_hint(m.key, valid),
                                       fmt::join(valid, ", "))});
    return true;
  }

  const PlacedJson* member(const PlacedJson& node, const std::string& at, std::string_view key,
                           bool required) {
    if (const PlacedJson::Member* m = node.find(key)) return &m->value;
    if (required) fault(node, at, fmt::format("the key \"{}\" is missing", key));
    return nullptr;
  }

  /// A text of one line; empty where there is none.
  std::string text(const PlacedJson& node, const std::string& at) {
    if (node.kind == Kind::kText && !node.text.empty() && !has_control(node.text)) return node.text;
    fault(node, at, "expected a text of one line, got " + node.got());
    return "";
  }
  std::string text(const PlacedJson& node, const std::string& at, std::string_view key,
                   bool required) {
    const PlacedJson* m = member(node, at, key, required);
    return m == nullptr ? "" : text(*m, fmt::format("{}/{}", at, key));
  }

  /// The value of a word of a table; `otherwise` where there is none.
  template <typename Table, typename Value>
  Value choice(const PlacedJson& node, const std::string& at, std::string_view key,
               const Table& table, Value otherwise) {
    const PlacedJson* m = member(node, at, key, false);
    if (m == nullptr) return otherwise;
    std::vector<std::string_view> words;
    for (const auto& [word, value] : table) {
      if (m->kind == Kind::kText && m->text == word) return value;
      words.push_back(word);
    }
    const std::string hint = m->kind == Kind::kText ? gate_hint(m->text, words) : "";
    fault(*m, fmt::format("{}/{}", at, key),
          fmt::format("expected {}, got {}{}", fmt::join(words, ", "), m->got(), hint));
    return otherwise;
  }

  GateRun run(const PlacedJson& node, const std::string& at) {
    GateRun r;
    r.pointer = at;
    r.places.emplace("", node.place);
    if (!is_object(node, at, kGateRunKeys)) return r;
    for (const PlacedJson::Member& m : node.members) r.places.emplace(m.key, m.value.place);
    r.name = text(node, at, "name", true);
    if (!r.name.empty() && !names_.insert(r.name).second)
      faults_.push_back(r.fault("name", fmt::format("a second run named \"{}\"; give it a name of "
                                                    "its own",
                                                    excerpt(r.name))));
    r.machine = text(node, at, "machine", true);
    r.problem = text(node, at, "problem", true);
    what_runs(node, at, r);
    r.fidelity = choice(node, at, "fidelity", EnumNames<Fidelity>::kValues, r.fidelity);
    if (const PlacedJson* set = member(node, at, "set", false)) r.set = settings(*set, at + "/set");
    figures(node, at, r);
    return r;
  }

  void what_runs(const PlacedJson& node, const std::string& at, GateRun& r) {
    r.program = text(node, at, "program", false);
    const bool has_program = node.find("program") != nullptr;
    if (has_program) {
      for (const char* key : {"algorithm", "format"})
        if (node.find(key) != nullptr)
          faults_.push_back(r.fault(
              key, "the program says what is done and in which format; leave one of them out"));
      return;
    }
    r.algorithm = text(node, at, "algorithm", true);
    if (!r.algorithm.empty() &&
        std::ranges::count(algorithms(), r.algorithm, &Algorithm::name) == 0)
      faults_.push_back(r.fault("algorithm", unknown_row("algorithms", r.algorithm, algorithms())));
    const std::string format = text(node, at, "format", true);
    r.format = find_format(format);
    if (!format.empty() && !r.format)
      faults_.push_back(r.fault("format", unknown_row("formats", format, kFormats)));
  }

  std::vector<std::string> settings(const PlacedJson& node, const std::string& at) {
    std::vector<std::string> set;
    if (node.kind != Kind::kList)
      fault(node, at, "expected a list of texts KEY=VALUE, got " + node.got());
    for (std::size_t i = 0; i < node.items.size(); ++i)
      set.push_back(text(node.items[i], fmt::format("{}/{}", at, i)));
    return set;
  }

  void figures(const PlacedJson& node, const std::string& at, GateRun& r) {
    const PlacedJson* list = member(node, at, "figures", false);
    const bool empty = list == nullptr || (list->kind == Kind::kList && list->items.empty());
    if (empty && use_ == GateUse::kUpdate) {
      r.figures = usual_gate_figures();
      for (GateFigure& figure : r.figures) figure.pointer = at + "/figures";
      return;
    }
    if (empty || list->kind != Kind::kList) {
      fault(list == nullptr ? node : *list, list == nullptr ? at : at + "/figures",
            fmt::format("{}, got {}", kNoFigures, list == nullptr ? "none" : got_list(*list)));
      return;
    }
    std::set<std::pair<const Column*, GateCompare>> seen;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const std::string place = fmt::format("{}/figures/{}", at, i);
      r.figures.push_back(figure(list->items[i], place));
      const GateFigure& f = r.figures.back();
      if (f.column != nullptr && !seen.insert({f.column, f.compare}).second)
        fault(list->items[i], place,
              fmt::format("{} {} stands there twice; keep one", f.column->name, name(f.compare)));
    }
  }

  GateFigure figure(const PlacedJson& node, const std::string& at) {
    GateFigure f;
    f.place = node.place;
    f.pointer = at;
    if (!is_object(node, at, kGateFigureKeys)) return f;
    const PlacedJson* key = member(node, at, "key", true);
    if (key != nullptr) f.column = column(*key, at + "/key");
    f.value = value(node, at);
    const std::size_t before = faults_.size();
    f.compare = choice(node, at, "compare", kGateCompares, f.compare);
    const bool known = faults_.size() == before;
    const PlacedJson* tolerance = member(node, at, "tolerance", false);
    if (tolerance != nullptr) f.tolerance = read_tolerance(*tolerance, at + "/tolerance");
    if (known && f.compare == GateCompare::kEqual && f.tolerance.amount > 0)
      fault(*tolerance, at + "/tolerance",
            "\"compare\": \"equal\" has no tolerance; \"within\" has one");
    if (f.compare != GateCompare::kEqual && std::holds_alternative<std::string>(f.value))
      fault(node, at + "/compare",
            fmt::format("{} compares numbers, and the value is a text; expected equal",
                        name(f.compare)));
    return f;
  }

  const Column* column(const PlacedJson& node, const std::string& at) {
    const std::string key = text(node, at);
    const Column* found = find_gate_column(key);
    if (found != nullptr || key.empty()) return found;
    fault(node, at, unknown_row("columns", key, columns()));
    return nullptr;
  }

  Cell value(const PlacedJson& node, const std::string& at) {
    const PlacedJson* m = member(node, at, "value", false);
    if (m != nullptr && m->kind == Kind::kNumber) return gate_number(*m);
    if (m != nullptr && m->kind == Kind::kText) return m->text;
    const bool none = m == nullptr || m->kind == Kind::kNull;
    if (none && use_ == GateUse::kUpdate) return {};
    if (none)
      fault(m == nullptr ? node : *m, at + "/value",
            "expected a number or a text, got none; `tricycle gate FILE --update` fills it in");
    else
      fault(*m, at + "/value", "expected a number or a text, got " + m->got());
    return {};
  }

  GateTolerance read_tolerance(const PlacedJson& node, const std::string& at) {
    if (node.kind == Kind::kNumber && node.number >= 0) return {node.number + 0.0, false};  // no -0
    if (node.kind == Kind::kText)
      if (const auto percent = parse_gate_percent(node.text)) return {*percent + 0.0, true};
    fault(node, at,
          "expected a number that is not negative, or a text such as \"2 %\", got " + node.got());
    return {};
  }

  GateUse use_;
  std::vector<Fault>& faults_;
  std::set<std::string> names_;
};

}  // namespace

Gate parse_gate(const std::string& text, const std::string& source, GateUse use) {
  std::vector<Fault> faults;
  const PlacedJson root = parse_placed_json(text, source, faults);
  Gate gate = GateReader(use, faults).read(root);
  throw_if_any(std::move(faults));
  return gate;
}

}  // namespace tricycle
