// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/control.h"

#include <algorithm>
#include <limits>

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

namespace {

constexpr std::string_view kNorms[] = {"rows", "columns", "frobenius", "bound"};
constexpr std::string_view kConditions[] = {"at_most", "above", "always"};

bool is_one_float(const Program& p, const Region& r) {
  return r.elements() == 1 && is_in(p, r, Space::kScratchpad) && held(p, r) != Held::kInteger;
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Norm& op) {
  bool fits = is_one_float(p, dst) && !op.parts.empty();
  for (std::size_t i = 0; fits && i < op.parts.size(); ++i) {
    const Region& r = op.parts[i];
    fits = r.buffer == op.parts[0].buffer && r.elements() > 0 && is_in(p, r, Space::kScratchpad) &&
           std::none_of(op.parts.begin(), op.parts.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Region& other) { return other.overlaps(r); });
  }
  return fits ? ""
              : "one element of a float in the scratchpad, and rectangles of one matrix there that "
                "do not overlap";
}

std::string shape_fault(const Program& p, const Region& dst, const Exit& op) {
  if (!is_one_float(p, dst) || (op.value && !is_one_float(p, *op.value)))
    return "one element of a float in the scratchpad for the decision and for the value";
  return op.value.has_value() == (op.when != ExitWhen::kAlways)
             ? ""
             : "a value to compare, unless the exit is taken always";
}

std::string operands_text(const Program& p, const Norm& op) {
  return fmt::format("{} {}", kNorms[static_cast<int>(op.kind)], regions_text(p, op.parts, " "));
}

std::string operands_text(const Program& p, const Exit& op) {
  std::string text;
  if (op.value) text = region_text(p, *op.value) + " ";
  text += kConditions[static_cast<int>(op.when)];
  if (op.value) text += fmt::format(" {}", op.limit);
  text += fmt::format(" to {}", op.target);
  if (op.products > 0) text += fmt::format(" products {}", op.products);
  return text;
}

void read_operands(TextReader& text, const Region&, Norm& op) {
  op.kind = static_cast<NormKind>(text.one_of(kNorms, "a norm"));
  while (text.is_region()) op.parts.push_back(text.region());
}

void read_operands(TextReader& text, const Region&, Exit& op) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (text.is_region()) op.value = text.region();
  op.when = static_cast<ExitWhen>(text.one_of(kConditions, "when the exit is taken"));
  if (op.value) op.limit = text.number();
  text.expect("to");
  op.target = static_cast<std::uint32_t>(text.integer(0, kMost));
  if (text.take("products")) op.products = text.integer(0, kMost);
}

}  // namespace tricycle
