// SPDX-License-Identifier: Apache-2.0
//
// Numbers with units, and the values of options.  What is written again reads back to the same.
#include "sim/config/quantity.h"

#include "sim/cli/settings.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

namespace {

void read_back(std::string_view text, const Field& field) {
  if (const auto integer = parse_integer(text, field))
    if (parse_integer(format_quantity(field.quantity, *integer), field) != integer) std::abort();
  if (const auto real = parse_real(text, field))
    if (parse_real(format_quantity(field.quantity, *real), field) != real) std::abort();
}

}  // namespace

void fuzz::read_quantity(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  for (int quantity = 0; quantity <= static_cast<int>(Quantity::kBandwidthGbps); ++quantity)
    for (const double maximum : {100.0, 1e15})
      read_back(text, {.key = "key",
                       .quantity = static_cast<Quantity>(quantity),
                       .minimum = 0,
                       .maximum = maximum});
  leading_suffix(text);
  const std::string option(text);
  fuzz::expect_read_or_refused([&] { parse_count("--option", option, 1, 1 << 20); });
  fuzz::expect_read_or_refused([&] { parse_number("--option", option, 0, 1e9); });
  fuzz::expect_read_or_refused([&] { split_list("--option", option); });
  fuzz::expect_read_or_refused([&] { parse_threads(option); });
  fuzz::expect_read_or_refused([&] { parse_format("--option", option); });
}
