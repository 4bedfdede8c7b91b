// SPDX-License-Identifier: Apache-2.0
#include "reports/curve_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/markup.h"

namespace tricycle {

namespace {

constexpr double kWidth = 900, kHeight = 480, kLeft = 70, kRight = 20, kTop = 46, kBottom = 46;
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                    "#8a6d00", "#56b4e9", "#7f3c8d", "#555555"};
constexpr const char* kDashes[] = {"", "7 4", "2 3", "9 3 2 3"};  // for those who see no colours

constexpr const char* kStyle =
    "body{font:15px/1.45 system-ui,'Liberation Sans',sans-serif;max-width:62em;margin:1.5em auto;"
    "padding:0 1em;color:#1b1f24;background:#fff}svg{width:100%;height:auto}"
    "svg text{font-size:13px;fill:currentColor}.grid{stroke:currentColor;opacity:.15}"
    ".limit{stroke:currentColor;stroke-dasharray:4 4;opacity:.7}"
    "table{border-collapse:collapse;margin-top:1em}th,td{text-align:right;padding:.15em .8em;"
    "border-bottom:1px solid #8886}li{list-style:none}ul{padding:0}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#14171c}}";

/// Where norms and errors stand.  Above the errors is a line for results that are not finite.
class CurveAxes {
 public:
  explicit CurveAxes(const CurvePage& page) {
    note(norms_, 1);
    note(errors_, page.threshold);
    for (const ErrorCurve& curve : page.curves)
      for (const CurvePoint& p : curve.points) {
        note(norms_, p.from);
        note(norms_, p.to);
        if (p.worst && *p.worst > 0) note(errors_, *p.worst);
      }
    errors_ = {std::floor(errors_.low), std::ceil(errors_.high + 0.01)};
  }

  double x(double norm) const {
    return kLeft + (kWidth - kLeft - kRight) * norms_.part(std::log10(norm));
  }
  double y(double error) const {
    const double low = kHeight - kBottom;
    return error <= 0 ? low : low - (low - kTop) * errors_.part(std::log10(error));
  }
  static double not_finite_y() { return kTop - 24; }

  std::string grid() const {
    std::string out;
    const int step = std::max(1, static_cast<int>((errors_.high - errors_.low) / 9));
    for (int power = static_cast<int>(errors_.low); power <= errors_.high; power += step)
      out += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/><text "
          "x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">1e{5}</text>",
          kLeft, kWidth - kRight, y(std::pow(10.0, power)), kLeft - 8, y(std::pow(10.0, power)) + 4,
          power);
    for (int power = -30; power <= 30; ++power) {
      const double norm = std::ldexp(1.0, power);
      if (std::log10(norm) < norms_.low - 1e-9 || std::log10(norm) > norms_.high + 1e-9) continue;
      out += fmt::format(
          "<line class=\"grid\" y1=\"{0}\" y2=\"{1}\" x1=\"{2:.1f}\" x2=\"{2:.1f}\"/><text "
          "x=\"{2:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>",
          kTop, kHeight - kBottom, x(norm), kHeight - kBottom + 18, norm);
    }
    return out;
  }

 private:
  struct Range {
    double low = 1e300, high = -1e300;
    double part(double at) const { return high > low ? (at - low) / (high - low) : 0.5; }
  };
  static void note(Range& range, double value) {
    range.low = std::min(range.low, std::log10(value));
    range.high = std::max(range.high, std::log10(value));
  }
  Range norms_, errors_;
};

std::string curve_drawing(const ErrorCurve& curve, std::size_t index, const CurveAxes& axes) {
  const char* colour = kColours[index % std::size(kColours)];
  std::string line, marks;
  for (const CurvePoint& p : curve.points) {
    const double at = axes.x(std::sqrt(p.from * p.to));
    const auto mark = [&](double height, const std::string& what) {
      marks += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"><title>{}: {}, ||A||_2 from "
          "{:.3g} to {:.3g}</title></circle>",
          at, height, colour, markup_text(curve.label), what, p.from, p.to);
    };
    if (p.worst) {
      line += fmt::format("{}{:.1f},{:.1f}", line.empty() ? "" : " ", at, axes.y(*p.worst));
      mark(axes.y(*p.worst), fmt::format("error {:.3g}", *p.worst));
    }
    if (p.not_finite > 0)
      mark(CurveAxes::not_finite_y(), fmt::format("{} not finite", p.not_finite));
  }
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" "
      "stroke-dasharray=\"{}\"/>{}",
      line, colour, kDashes[index % std::size(kDashes)], marks);
}

std::string curve_legend(const CurvePage& page) {
  std::string out = "<ul>";
  for (std::size_t i = 0; i < page.curves.size(); ++i)
    out += fmt::format(
        "<li><svg style=\"width:46px;height:12px\" viewBox=\"0 0 46 12\"><line x1=\"2\" x2=\"44\" "
        "y1=\"6\" y2=\"6\" stroke=\"{}\" stroke-width=\"3\" stroke-dasharray=\"{}\"/></svg> "
        "{}</li>",
        kColours[i % std::size(kColours)], kDashes[i % std::size(kDashes)],
        markup_text(page.curves[i].label));
  return out + "</ul>";
}

std::string curve_rows(const CurvePage& page) {
  std::string out =
      "<table><thead><tr><th>curve</th><th>||A||_2 from</th><th>to</th><th>largest error</th>"
      "<th>not finite</th></tr></thead><tbody>";
  for (const ErrorCurve& curve : page.curves)
    for (const CurvePoint& p : curve.points)
      out +=
          fmt::format("<tr><td>{}</td><td>{:.3g}</td><td>{:.3g}</td><td>{}</td><td>{}</td></tr>\n",
                      markup_text(curve.label), p.from, p.to,
                      p.worst ? fmt::format("{:.3g}", *p.worst) : "-", p.not_finite);
  return out + "</tbody></table>";
}

}  // namespace

std::string to_html(const CurvePage& page) {
  const CurveAxes axes(page);
  std::string drawing = axes.grid();
  drawing += fmt::format(
      "<line class=\"limit\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/><text "
      "x=\"{1}\" y=\"{3:.1f}\" text-anchor=\"end\">threshold {4:g}</text>",
      kLeft, kWidth - kRight, axes.y(page.threshold), axes.y(page.threshold) - 5, page.threshold);
  for (std::size_t i = 0; i < page.curves.size(); ++i)
    drawing += curve_drawing(page.curves[i], i, axes);
  drawing += fmt::format(
      "<text x=\"{}\" y=\"{}\">not finite</text><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">"
      "||A||_2</text>",
      2, CurveAxes::not_finite_y() + 4, (kLeft + kWidth - kRight) / 2, kHeight - 8);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title><style>{1}</style></head>\n"
      "<body><h1>{0}</h1>\n<p>{2}</p>\n<svg role=\"img\" aria-label=\"{0}\" viewBox=\"0 0 {3} "
      "{4}\">{5}</svg>\n{6}\n{7}\n</body></html>\n",
      markup_text(page.title), kStyle, markup_text(page.text), kWidth, kHeight, drawing,
      curve_legend(page), curve_rows(page));
}

}  // namespace tricycle
