// SPDX-License-Identifier: Apache-2.0
//
// A chart of the page: heading, controls, downloads, drawing when it comes into view.

// Symbols repeat what colours (colors.js) say.
const THEMES = {
  light: { back: "#ffffff", text: "#1b1f24", weak: "#59636e", line: "#d1d9e0", front: "#1b1f24", idle: "#e9ecef", lighter: 0 },
  dark: { back: "#14171c", text: "#e6e9ee", weak: "#a3adb8", line: "#3b434d", front: "#ffffff", idle: "#2c323a", lighter: 0.32 },
};
const SYMBOLS = ["circle", "triangle", "rect", "diamond", "pin", "arrow", "roundRect"];
const symbolOf = (code) => SYMBOLS[code % SYMBOLS.length];

const printing = window.matchMedia("print");
const themeName = () => (printing.matches ? "light" : document.documentElement.dataset.theme);
const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");

function download(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/// Pixels a drawing is wide: of the chart that is being drawn.
let drawingWidth = 560;
const isNarrow = () => drawingWidth < 460;

/// A text in lines of at most so many pixels, broken between words (and behind dots and underscores of longer ones).
function inLines(text, width, size) {
  if (text.includes("\n")) return text.split("\n").map((line) => inLines(line, width, size)).join("\n");
  const lines = [""];
  for (const word of text.split(/(?<= )|(?<=[._])(?=\w)/)) {
    const longer = lines[lines.length - 1] + word;
    if (lines[lines.length - 1] && textWidth(longer.trimEnd(), size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

/// A text within so many lines of so many pixels; what does not fit is cut, and shows that.
function fitted(text, width, size, lines) {
  const all = inLines(text, width, size).split("\n");
  const cut = (line, more) => {
    if (!more && textWidth(line, size) <= width) return line;
    while (line.length > 1 && textWidth(`${line}…`, size) > width) line = line.slice(0, -1);
    return `${line}…`;
  };
  return all.slice(0, lines).map((line, n) => cut(line, n === lines - 1 && all.length > lines)).join("\n");
}

/// Options all charts share.  `part` overrides.
const baseOption = (theme) => ({
  animation: false,
  progressive: 0,  // whole at once: paper and downloads wait for nothing
  backgroundColor: theme.back,
  textStyle: { color: theme.text, fontFamily: "system-ui, 'Liberation Sans', sans-serif" },
  grid: { left: 12, right: 28, top: 44, bottom: 12, outerBoundsMode: "same", outerBoundsContain: "all" },
  tooltip: { confine: true, backgroundColor: theme.back, borderColor: theme.line, textStyle: { color: theme.text, fontSize: 12 } },
  legend: {
    type: "plain", top: 0, left: 0, right: 0, textStyle: { color: theme.text, fontSize: kLegendSize }, itemHeight: 10, itemWidth: 14, itemGap: 10, padding: 2,
  },
});

const ruler = document.createElement("canvas").getContext("2d");
function textWidth(text, size) {
  ruler.font = `${size}px system-ui, 'Liberation Sans', sans-serif`;
  return ruler.measureText(text).width;
}
/// Pixels the legend's lines take above the drawing: it wraps like text.
const kLegendSize = 12, kLegendLine = 22, kLegendMark = 14 + 5 + 10;
function legendHeight(names) {
  const width = drawingWidth;
  let lines = 1, at = 0;
  for (const name of new Set(names)) {
    const item = textWidth(name, kLegendSize) + kLegendMark + 4;
    if (at > 0 && at + item > width) {
      ++lines;
      at = 0;
    }
    at += item;
  }
  return lines * kLegendLine;
}
/// Room for the legend of the series and, above the axis, for its name.
const gridBelow = (theme, series, rest = {}) =>
  ({ ...baseOption(theme).grid, top: legendHeight(series.filter((item) => item.name).map((item) => item.name)) + 14, ...rest });

/// Marks of axes are round figures: shown whole, 16,384 as 16,384.
const markText = (v) => (typeof v === "number" ? figure(v, 5) : v);
function axisOption(theme, name, rest = {}) {
  return {
    name: inLines(name, 0.8 * drawingWidth, 12), nameLocation: "middle", nameGap: 28, nameTextStyle: { color: theme.text, lineHeight: 15 },
    axisLabel: { color: theme.weak, hideOverlap: true, formatter: markText },
    axisLine: { show: true, lineStyle: { color: theme.weak } },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.6 } },
    ...rest,
  };
}

/// The axis of a figure; logarithmic where its values span more than a decade and a half.
function figureAxis(theme, name, shown, rest = {}) {
  const positive = shown.filter((v) => v > 0);
  const low = Math.min(...positive), high = Math.max(...positive);
  const log = positive.length > 0 && objective(name)?.ratio !== false && high / low > 30;
  const unit = report.columns.get(name)?.unit;
  const axis = axisOption(theme, titleOf(name), { type: log ? "log" : "value", scale: true, ...rest });
  if (unit?.startsWith("pJ")) {  // a word at every mark instead of zeros
    axis.name = inLines(objective(name)?.label ?? name, 0.8 * drawingWidth, 12);
    axis.axisLabel.formatter = (v) => {
      const [size, word] = scaled(v, unit);
      return `${figure(size, 3)} ${word}`;
    };
  }
  return axis;
}
/// Zeros have no place on a logarithmic axis: they are drawn a decade below the smallest figure.
function floorOf(axis, shown) {
  if (axis.type !== "log") return -Infinity;
  return 10 ** (Math.floor(Math.log10(shown.filter((v) => v > 0).reduce((a, b) => Math.min(a, b), Infinity))) - 1);
}

function pointTip(i, names) {
  return el("div", { class: "tip" }, el("b", {}, pointLabel(i)),
    ...[...new Set(names)].map((name) => el("div", {}, `${objective(name)?.label ?? name}: ${figureWithUnit(name, values(name)[i], i)}`)),
    el("div", { class: "weak" }, "click for everything"));
}

/// The lines above a saved drawing: its title, and what it is of.
function titleLines(title, of) {
  const line = (size, weight, fill) => (text) => ({ text, size, weight, fill });
  return [...inLines(title, drawingWidth - 8, 15).split("\n").map(line(15, "bold", THEMES.light.text)),
    ...inLines(of, drawingWidth - 8, 12).split("\n").map(line(12, "normal", THEMES.light.weak))];
}
const kTitleLine = 19, kTitleFont = "system-ui, 'Liberation Sans', sans-serif";
const titleY = (n) => (n + 1) * kTitleLine - 3;
/// Makes room above a drawing.
function lowered(option, height) {
  const moved = { ...option };
  for (const part of ["grid", "legend", "visualMap"])
    if (moved[part]) moved[part] = { ...moved[part], top: (moved[part].top ?? 0) + height };
  return moved;
}

class Chart {
  /// `draw(theme, chart)` returns {option, note, points (per series, indices), height} or {empty: why}.
  /// The place of a chart on the page, `id`, stays where its title changes.
  constructor(section, title, draw, { controls = [], brush = false, id = slug(title) } = {}) {
    Object.assign(this, { draw, brush, instance: null, dirty: true, visible: false, liveBrush: false });
    this.canvas = el("div", { class: "canvas", role: "img" });
    this.heading = el("h3");
    this.note = el("figcaption");
    const save = (kind) => el("button", {
      type: "button", class: `save-${kind}`, "data-kind": kind.toUpperCase(),
      title: "as on paper: light colours", onclick: () => this.save(kind),
    }, kind.toUpperCase());
    this.figure = el("figure", { id },
      el("div", { class: "head" }, this.heading, el("span", { class: "save" }, save("svg"), save("png")), ...controls),
      this.canvas, this.note);
    this.entitle(title);
    document.querySelector(`#${section} .charts`).append(this.figure);
    new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      if (this.visible) this.refreshIfDirty();
    }, { rootMargin: "300px" }).observe(this.figure);
    new ResizeObserver(() => {  // lines, names and legends are laid out for a width
      if (this.instance && this.canvas.clientWidth > 0 && this.canvas.clientWidth !== this.width) this.redraw();
    }).observe(this.canvas);
    onChange((event) => this.changed(event));
    Chart.all.push(this);
  }

  entitle(title) {
    this.title = this.heading.textContent = title;
    this.canvas.setAttribute("aria-label", title);
    for (const button of this.figure.querySelectorAll("[data-kind]"))
      button.setAttribute("aria-label", `Download "${title}" as ${button.dataset.kind}`);
  }
  changed({ onlySelection, source }) {
    if (onlySelection && source === this) return;
    this.redraw();
  }
  redraw() {
    this.dirty = true;
    if (this.visible) this.refreshIfDirty();
  }
  /// What is drawn at the size the chart has.
  drawn(theme) {
    drawingWidth = this.canvas.clientWidth || drawingWidth;
    return this.draw(theme, this);
  }
  refreshIfDirty() {
    if (!this.dirty) return;
    this.dirty = false;
    this.canvas.hidden = false;
    this.width = this.canvas.clientWidth;
    const drawn = this.drawn(THEMES[themeName()]);
    this.note.textContent = drawn.empty ?? drawn.note ?? "";
    this.canvas.hidden = "empty" in drawn;
    this.canvas.setAttribute("aria-label", `${this.title}. ${this.note.textContent}`);
    for (const button of this.figure.querySelectorAll("button")) button.disabled = "empty" in drawn;
    if ("empty" in drawn) return;
    if (drawn.height) this.canvas.style.height = `${drawn.height}px`;
    if (!this.instance) this.start();
    else this.instance.resize();
    this.points = drawn.points ?? [];
    this.liveBrush = false;
    this.instance.setOption(drawn.option, { notMerge: true });
    if (this.brush)
      this.instance.dispatchAction({
        type: "takeGlobalCursor", key: "brush", brushOption: { brushType: "rect", brushMode: "single" },
      });
  }

  start() {
    this.instance = echarts.init(this.canvas, null, { renderer: "canvas" });
    this.instance.on("click", (at) => {
      const point = this.points[at.seriesIndex]?.[at.dataIndex];
      if (point !== undefined) showPoint(point);
    });
    if (this.brush) this.instance.on("brushSelected", (event) => this.brushed(event.batch[0]));
  }
  brushed({ areas, selected }) {
    if (areas.length === 0 && !this.liveBrush) return;  // drawn anew, not brushed
    this.liveBrush = areas.length > 0;
    const chosen = new Set();
    for (const { seriesIndex, dataIndex } of selected)
      for (const at of dataIndex) if (this.points[seriesIndex]) chosen.add(this.points[seriesIndex][at]);
    change({ selection: this.liveBrush ? chosen : null }, this);
  }

  /// For paper: light colours, the size on screen, under a title that says what is shown and of what; SVG says where it comes from.
  save(kind) {
    const lines = titleLines(this.title, report.title), height = lines.length * kTitleLine + 10;
    const option = lowered(this.drawn(THEMES.light).option, height);
    const size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight + height };
    const name = `${slug(this.title)}.${kind}`;
    if (kind === "svg") {
      const drawing = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
      drawing.setOption(option);
      const origin = el("desc", {}, [this.title, report.title, ...report.provenance.filter(([, text]) => !text.includes("\n"))
        .map((pair) => pair.join(" "))].join("; "));
      const texts = lines.map(({ text, size: px, weight, fill }, n) =>
        el("text", { x: 4, y: titleY(n), "font-size": px, "font-weight": weight, "font-family": kTitleFont, fill }, text).outerHTML);
      const text = drawing.renderToSVGString()
        .replace(/<svg[^>]*>/, (tag) => `${tag}${el("title", {}, this.title).outerHTML}${origin.outerHTML}`)
        .replace(/<\/svg>\s*$/, () => `${texts.join("")}</svg>`).replaceAll("&nbsp;", "\u00a0");
      drawing.dispose();
      download(name, new Blob([text], { type: "image/svg+xml" }));
    } else {
      const ratio = 2;
      const drawing = echarts.init(el("div"), null, { renderer: "canvas", ...size });
      drawing.setOption(option);
      const canvas = drawing.renderToCanvas({ pixelRatio: ratio, backgroundColor: "#fff" });
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      lines.forEach(({ text, size: px, weight, fill }, n) => {
        pen.font = `${weight} ${px}px ${kTitleFont}`;
        pen.fillStyle = fill;
        pen.fillText(text, 4, titleY(n));
      });
      canvas.toBlob((blob) => download(name, blob));
      drawing.dispose();
    }
  }
}
Chart.all = [];

/// Paper shows every chart, light.
function drawForPrint() {
  for (const chart of Chart.all) {
    chart.dirty = true;
    chart.refreshIfDirty();
  }
}
window.addEventListener("beforeprint", drawForPrint);
printing.addEventListener("change", drawForPrint);
