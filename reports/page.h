// SPDX-License-Identifier: Apache-2.0
//
// The design-space report: one HTML file that needs no network (docs/report.md).
#pragma once

#include <string>

#include "reports/point_table.h"

namespace tricycle {

/// The page: markup, style, code and data in one text of UTF-8.  Names stay text whatever they
/// hold.
std::string to_html(const PointTable& table);

/// What the page shows, as JSON: column by column, every text once, figures to six digits, a column
/// of one value as that value.  Digests, and low and high ends of parts of energy and area, are
/// left out.  No character of it can end a script element.
std::string page_document(const PointTable& table);

}  // namespace tricycle
