// SPDX-License-Identifier: Apache-2.0
//
// A page with one chart: curves of errors over norms, on logarithmic axes.  One HTML file with the
// drawing in it, which needs neither a network nor a script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tricycle {

/// Inputs whose norms are in [from, to).
struct CurvePoint {
  double from = 0, to = 0;
  std::optional<double> worst;  // largest error of those that are finite; none: there is none
  std::int64_t not_finite = 0;  // inputs whose result has a NaN or an infinity
};

struct ErrorCurve {
  std::string label;
  std::vector<CurvePoint> points;  // in order of their norms
};

struct CurvePage {
  std::string title, text;  // the text says what is drawn
  double threshold = 0;     // drawn as a line
  std::vector<ErrorCurve> curves;
};

/// Markup, style and drawing in one UTF-8 text.  Texts are shown as they are, whatever characters
/// they contain.
std::string to_html(const CurvePage& page);

}  // namespace tricycle
