// SPDX-License-Identifier: Apache-2.0
//
// What the units did with their time, of a few points: those selected, else the best of every level.

const kMostBars = 24;
/// Shares of steady state stand beside its cycles; older results have those of the whole run.
const isSteady = report.columns.has("steady_utilization.useful");
const shareOf = (steady, run) => (isSteady ? `steady_utilization.${steady}` : run);
// Column, words, unit, how far its colour is towards the background.
const UTILIZATION = [
  [shareOf("matrix", "matrix_utilization.busy"), "matrix: occupied", "matrix", 0], [shareOf("mac", "matrix_utilization.mac"), "matrix: MACs of peak", "matrix", 0.35],
  [shareOf("useful", "matrix_utilization.useful"), "matrix: useful MACs of peak", "matrix", 0.65],
  [shareOf("vector", "vector_utilization"), "vector: occupied", "vector", 0], [shareOf("dma", "dma_utilization"), "DMA: occupied", "dma", 0],
  [shareOf("dram", "dram_utilization"), "DRAM: occupied", "dram", 0], [shareOf("read_out", "read_out_utilization"), "read-out: occupied", "read_out", 0],
  [shareOf("solve", "solve_utilization"), "solve units: occupied", "solve", 0],
].filter(([name]) => report.columns.has(name));
// Of a run every unit there is has such a column.
const UNITS = [...report.columns.keys()].map((name) => name.match(/^(\w+)_busy_cycles$/)?.[1]).filter((unit) => unit && values(`${unit}_busy_cycles`).some((v) => v !== null));

function barPoints() {
  const cost = costs();
  const byCost = (a, b) => cost[a] - cost[b];
  if (state.selection) {
    const all = usable.filter((i) => isSelected(i) && cost[i] !== null).sort(byCost);
    const more = all.length > kMostBars ? `, the best ${kMostBars} of them` : "";
    return { points: all.slice(0, kMostBars), what: `The selected points${more}` };
  }
  const best = [...bestOfLevels(state.by, usable, cost).values()].sort(byCost);
  const more = best.length > kMostBars ? `, the best ${kMostBars}` : "";
  return { points: best.slice(0, kMostBars), what: `The best point of every ${state.by.name}${more}; select points in a front to see others` };
}

/// The name of a point in lines, broken between its parts; of a narrow drawing it takes no more than its smaller part.
const kNameSize = 11, kNameLine = 14, kMostNameLines = 8;
const nameWidth = () => Math.min(230, 0.4 * drawingWidth);
function nameLines(i) {
  const lines = [""];
  for (const part of pointLabel(i).split(" · ").flatMap((text) => inLines(text, nameWidth(), kNameSize).split("\n").map((piece, n) => [piece, n > 0]))) {
    const [text, continues] = part;
    const last = lines[lines.length - 1];
    const longer = last ? `${last} · ${text}` : text;
    if (continues || (last && textWidth(longer, kNameSize) > nameWidth())) lines.push(text);
    else lines[lines.length - 1] = longer;
  }
  return lines.slice(0, kMostNameLines).map((line) => fitted(line, nameWidth(), kNameSize, 1));
}

/// Horizontal bars, the best on top, at least so many pixels each.
const barHeight = (points, least) => Math.max(least, ...points.map((i) => nameLines(i).length * kNameLine + 10));
function barAxes(theme, points, xName, rest) {
  return {
    xAxis: axisOption(theme, xName, { type: "value", ...rest }),
    yAxis: axisOption(theme, "", {
      type: "category", inverse: true, data: points.map((i) => nameLines(i).join("\n")), splitLine: { show: false }, axisTick: { show: false },
      axisLabel: { color: theme.text, lineHeight: kNameLine, interval: 0, fontSize: kNameSize },
    }),
  };
}
const percent = (share) => `${figure(share * 100, 3)} %`;

function drawUtilization(theme) {
  const { points, what } = barPoints();
  const kinds = UTILIZATION.filter(([name]) => points.some((i) => values(name)[i] !== null));
  if (kinds.length === 0) return { empty: "No point has utilizations." };
  const grid = gridBelow(theme, kinds.map(([, name]) => ({ name })));
  return {
    height: Math.max(300, grid.top + 60 + points.length * barHeight(points, kinds.length * 9 + 12)),
    points: kinds.map(() => points),
    option: {
      ...baseOption(theme), grid, ...barAxes(theme, points, isSteady ? "share of steady state (%)" : "share of the run (%)", { min: 0, max: 100 }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "axis", axisPointer: { type: "shadow" },
        formatter: (items) => el("div", { class: "tip" }, el("b", {}, pointLabel(points[items[0].dataIndex])),
          ...items.map((item) => el("div", {}, `${item.seriesName}: ${percent(item.value / 100)}`))),
      },
      series: kinds.map(([name, label, unit, shade]) => ({
        type: "bar", name: label, barMaxWidth: 9, itemStyle: { color: mixed(unitColor(theme, unit), theme.back, shade) },
        data: points.map((i) => (values(name)[i] === null ? null : values(name)[i] * 100)),
      })),
    },
    note: `${what}. Occupied: of all cycles of ${isSteady ? "steady state" : "the run"}; MACs: of what the arrays could do in them.`,
  };
}

/// Busy, every cause of stalls, idle: their sum is the whole run of all units of the kind.
function timeParts(unit) {
  const causes = [...report.columns.keys()].filter((name) => name.startsWith(`stall_cycles.${unit}.`));
  const color = (cause) => (theme) => causeColor(theme, cause);
  const waits = (cause) => `waits: ${cause.replace(/^wait_/, "").replaceAll("_", " ")}`;
  return [[`${unit}_busy_cycles`, "busy", (theme) => unitColor(theme, unit)],
    ...causes.map((name) => [name, waits(lastPart(name)), color(lastPart(name))]),
    [`idle_cycles.${unit}`, "no work left", (theme) => theme.idle]].filter(([name]) => report.columns.has(name));
}

function drawStalls(theme, unit) {
  const { points, what } = barPoints();
  const parts = timeParts(unit);
  const total = points.map((i) => parts.reduce((sum, [name]) => sum + (values(name)[i] ?? 0), 0));
  if (!(Math.max(0, ...total) > 0)) return { empty: `No point has cycles of the ${unit} unit.` };
  const share = (name, n) => (total[n] > 0 ? (values(name)[points[n]] ?? 0) / total[n] * 100 : 0);
  const shown = parts.map(([name, label, color]) => ({ name, label, color: color(theme) })).filter(({ name }) => points.some((_, n) => share(name, n) >= 0.05));
  const grid = gridBelow(theme, shown.map(({ label }) => ({ name: label })));
  return {
    height: Math.max(300, grid.top + 60 + points.length * barHeight(points, 30)),
    points: shown.map(() => points),
    option: {
      ...baseOption(theme), grid, ...barAxes(theme, points, `time of the ${unit} unit (%)`, { min: 0, max: 100 }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "axis", axisPointer: { type: "shadow" },
        formatter: (items) => el("div", { class: "tip" }, el("b", {}, pointLabel(points[items[0].dataIndex])),
          ...items.filter((item) => item.value > 0).map((item) => el("div", {},
            `${item.seriesName}: ${percent(item.value / 100)}, ${figure(values(shown[item.seriesIndex].name)[points[item.dataIndex]])} cycles`))),
      },
      series: shown.map((part) => ({
        type: "bar", stack: "time", name: part.label, barMaxWidth: 22, itemStyle: { color: part.color, borderColor: theme.back, borderWidth: 0.5 },
        data: points.map((_, n) => share(part.name, n)),
      })),
    },
    note: `${what}. Busy, or what the unit waited for while it had work left; causes below 0.05 % everywhere are left out.`,
  };
}

function stallChart() {
  let unit = "matrix";
  const pick = choice("unit:", UNITS.map((name) => [name, name.replace("_", "-")]), unit, (name) => {
    unit = name;
    chart.redraw();
  });
  const chart = new Chart("units", "Where the time goes", (theme) => drawStalls(theme, unit), { controls: [pick] });
}
