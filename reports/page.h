// SPDX-License-Identifier: Apache-2.0
//
// The design-space report: one HTML file that needs no network connection (docs/report.md).
#pragma once

#include <string>

#include "reports/point_table.h"

namespace tricycle {

/// Makes the page: markup, style, code and data in one UTF-8 text.  Names are always shown as text,
/// whatever characters they contain.
std::string to_html(const PointTable& table);

/// The data of the page as JSON.  It goes column by column and holds every text once.  Figures have
/// six digits.  A column whose values are all the same is that value.  Digests are left out, and so
/// are the low and high ends of the parts of energy and area.  Nothing in it can end a script
/// element.
std::string page_document(const PointTable& table);

}  // namespace tricycle
