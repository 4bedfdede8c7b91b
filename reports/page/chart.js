// SPDX-License-Identifier: Apache-2.0
//
// A chart of the page: heading, controls, downloads, drawing when it comes into view.

// Told apart by colour-blind readers too (after Okabe and Ito); symbols repeat what colours say.
const THEMES = {
  light: {
    back: "#ffffff", text: "#1b1f24", weak: "#59636e", line: "#d1d9e0", front: "#1b1f24",
    colors: ["#0072b2", "#d55e00", "#009e73", "#b5458c", "#9a7400", "#2a9df4", "#6a4fb3", "#5c6670", "#a33b20", "#3d7a00",
      "#c49a6c", "#7fd1ae", "#2b2b2b", "#1f2d7a"],
    causes: ["#9aa4ae", "#f4a582", "#d6604d", "#92c5de", "#b2abd2", "#fee08b", "#dfc27d", "#80cdc1", "#e7969c", "#8c6d31",
      "#c7b299", "#6b6ecf"],
    busy: "#0072b2", idle: "#e9ecef",
  },
  dark: {
    back: "#14171c", text: "#e6e9ee", weak: "#a3adb8", line: "#3b434d", front: "#ffffff",
    colors: ["#56b4e9", "#ff8c42", "#2fc79a", "#ea8cc9", "#e6c229", "#9ad1ff", "#b79cf0", "#b3bcc6", "#ff7a5c", "#9ccc4f",
      "#d8b48a", "#4dd0c8", "#f5f0a0", "#8f9bff"],
    causes: ["#77818c", "#f4a582", "#d6604d", "#6ba9c8", "#9a90c9", "#e8c95c", "#b8965a", "#5fb0a4", "#d9777f", "#8c6d31",
      "#a8937a", "#6b6ecf"],
    busy: "#3b9be0", idle: "#2c323a",
  },
};
const SYMBOLS = ["circle", "triangle", "rect", "diamond", "pin", "arrow", "roundRect"];
const colorOf = (theme, code) => theme.colors[code % theme.colors.length];
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
function legendHeight(names, chart) {
  const width = chart.canvas.clientWidth || 560;
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
const gridBelow = (theme, series, chart, rest = {}) =>
  ({ ...baseOption(theme).grid, top: legendHeight(series.map((item) => item.name), chart) + 14, ...rest });

function axisOption(theme, name, rest = {}) {
  return {
    name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: theme.text },
    axisLabel: { color: theme.weak, hideOverlap: true, formatter: (v) => (typeof v === "number" ? figure(v, 3) : v) },
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
    axis.name = objective(name)?.label ?? name;
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
      el("div", { class: "head" }, this.heading, ...controls, el("span", { class: "spring" }), save("svg"), save("png")),
      this.canvas, this.note);
    this.entitle(title);
    document.querySelector(`#${section} .charts`).append(this.figure);
    new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      if (this.visible) this.refreshIfDirty();
    }, { rootMargin: "300px" }).observe(this.figure);
    new ResizeObserver(() => this.instance?.resize()).observe(this.canvas);
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
  refreshIfDirty() {
    if (!this.dirty) return;
    this.dirty = false;
    const drawn = this.draw(THEMES[themeName()], this);
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

  /// For paper: light colours, the size on screen; SVG says where it comes from.
  save(kind) {
    const { option } = this.draw(THEMES.light, this);
    const size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    const name = `${slug(this.title)}.${kind}`;
    if (kind === "svg") {
      const drawing = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
      drawing.setOption(option);
      const origin = el("desc", {}, [this.title, report.title, ...report.provenance.filter(([, text]) => !text.includes("\n"))
        .map((pair) => pair.join(" "))].join("; "));
      const text = drawing.renderToSVGString().replace(/<svg[^>]*>/, (tag) => tag + origin.outerHTML);
      drawing.dispose();
      download(name, new Blob([text], { type: "image/svg+xml" }));
    } else {
      const drawing = echarts.init(el("div"), null, { renderer: "canvas", ...size });
      drawing.setOption(option);
      drawing.renderToCanvas({ pixelRatio: 2, backgroundColor: "#fff" }).toBlob((blob) => download(name, blob));
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
