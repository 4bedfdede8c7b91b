// SPDX-License-Identifier: Apache-2.0
//
// Two axes chosen, all others free: the best figure of every cell, and who reaches it.  And what
// every axis alone does.

// Viridis, by tenths: even in lightness, told apart by colour-blind readers.
const SCALE = ["#fde725", "#b5de2b", "#6ece58", "#35b779", "#1f9e89", "#26828e", "#31688e", "#3e4989", "#482878", "#440154"];
const kMostLabels = 200;

/// Stands for a second axis where there is none: a map of one row.
const NO_AXIS = { name: "", unit: "", kind: "text", levels: [""], code: new Array(report.count).fill(0), followers: [] };

/// Controls for two different axes; `redraw` is told.
function axisPair(first, second, redraw) {
  const pair = { x: first, y: second, controls: [] };
  if (second === NO_AXIS) return pair;
  const options = variedAxes.map((axis) => [axis.name, axisTitle(axis)]);
  pair.controls = ["x", "y"].map((which) => choice(`${which}:`, options, pair[which]?.name ?? "", (name) => {
    const other = which === "x" ? "y" : "x";
    if (pair[other].name === name) {  // swapped, never the same twice
      pair[other] = pair[which];
      pair.controls[which === "x" ? 1 : 0].select.value = pair[other].name;
    }
    pair[which] = axisNamed(name);
    redraw();
  }));
  return pair;
}

/// Usable points by cell: [[x code, y code, points]].
function cells({ x, y }) {
  const found = new Map();
  for (const i of usable) {
    if (costs()[i] === null) continue;
    const key = x.code[i] * y.levels.length + y.code[i];
    if (found.has(key)) found.get(key)[2].push(i);
    else found.set(key, [x.code[i], y.code[i], [i]]);
  }
  return [...found.values()];
}

function mapAxes(theme, { x, y }, top) {
  const left = y === NO_AXIS ? 0 : Math.min(isNarrow() ? 90 : 150, Math.max(...y.levels.map((level) => textWidth(level, 12))));
  const cell = (drawingWidth - left - 40) / x.levels.length;
  const labels = x.levels.map((level) => inLines(level, Math.max(cell - 6, 60), 12));
  const names = y.levels.map((level) => fitted(level, left, 12, 2));
  // Names wider than their cells stand aslant.
  const turned = labels.some((label) => label.split("\n").some((line) => textWidth(line, 12) > cell - 4));
  const longest = Math.max(...x.levels.map((level) => textWidth(level, 12)));
  const lines = Math.max(...labels.map((label) => label.split("\n").length));
  const below = turned ? 0.6 * Math.min(longest, 160) + 16 : lines * 14 + 14;
  const category = (axis, name, rest, label) => ({
    ...axisOption(theme, name), type: "category", data: axis.levels, splitArea: { show: false }, splitLine: { show: false }, ...rest,
    axisLabel: { color: theme.weak, interval: 0, ...label },
  });
  const yName = inLines(axisTitle(y), drawingWidth - 20, 12);
  return {
    grid: { ...baseOption(theme).grid, top: top + (y === NO_AXIS ? 0 : yName.split("\n").length * 15 + 6) },
    xAxis: category(x, inLines(axisTitle(x), 0.8 * drawingWidth, 12), { nameGap: below + 8 },
      turned ? { rotate: 40, formatter: (_, n) => fitted(x.levels[n], 160, 12, 1) } : { formatter: (_, n) => labels[n], lineHeight: 14 }),
    yAxis: {
      ...category(y, yName, {}, { formatter: (_, n) => names[n], lineHeight: 14 }), nameLocation: "end", nameGap: 8,
      // From the left edge of the drawing on, above the map.
      nameTextStyle: { color: theme.text, align: "left", lineHeight: 15, padding: [0, 0, 0, -left - 8] },
    },
  };
}
const mapHeight = ({ x, y }, top) => Math.max(y === NO_AXIS ? 190 : 260, top + 110 + y.levels.length * 38 + (x.levels.length > 6 ? 60 : 0));
/// A label in a cell only where it has room: cells as wide as texts of this size.
const hasRoom = ({ x, y }, texts) => {
  const cell = (drawingWidth - (y === NO_AXIS ? 30 : isNarrow() ? 130 : 190)) / x.levels.length;
  return x.levels.length * y.levels.length <= kMostLabels && texts.every((text) => textWidth(text, 12) <= cell - 4);
};

function drawHeat(theme, pair) {
  const cost = costs();
  const data = cells(pair).map(([x, y, points]) => {
    const best = points.reduce((a, b) => (cost[b] < cost[a] ? b : a));
    return { x, y, best, count: points.length };
  }).filter(({ best }) => cost[best] > 0);
  if (data.length === 0) return { empty: `No usable point has ${titleOf(state.objective)}.` };
  const logs = data.map(({ best }) => Math.log10(cost[best]));
  const low = Math.min(...logs), high = Math.max(Math.max(...logs), low + 1e-6);
  const ink = (log) => inkOn(onScale(SCALE, (log - low) / (high - low)));
  const labelled = hasRoom(pair, data.map(({ best }) => figure(cost[best], 3)));
  const kTop = 34;  // of the scale above
  return {
    height: mapHeight(pair, kTop),
    points: [data.map(({ best }) => best)],
    option: {
      ...baseOption(theme), ...mapAxes(theme, pair, kTop), legend: { show: false },
      visualMap: {
        type: "continuous", min: low, max: high, orient: "horizontal", left: 0, top: 0, itemWidth: 12, itemHeight: isNarrow() ? 70 : 120, calculable: false,
        inRange: { color: SCALE }, text: [figureWithUnit(state.objective, 10 ** high), figureWithUnit(state.objective, 10 ** low)],
        textStyle: { color: theme.text },
      },
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => el("div", {}, `best of ${data[p.dataIndex].count} points:`, pointTip(data[p.dataIndex].best, [state.objective, errorColumn].filter(Boolean))),
      },
      series: [{
        type: "heatmap", itemStyle: { borderColor: theme.back, borderWidth: 2 },
        data: data.map(({ x, y, best }, n) => ({
          value: [x, y, logs[n]],
          label: { show: labelled, color: ink(logs[n]), formatter: () => figure(cost[best], 3) },
        })),
      }],
    },
    note: `Least ${titleOf(state.objective)} of all points of a cell, the other axes free; colours are logarithmic, bright is good. ` +
      (data.length < pair.x.levels.length * pair.y.levels.length ? `${pair.x.levels.length * pair.y.levels.length - data.length} cells are empty.` : ""),
  };
}

function drawWins(theme, pair) {
  if (pair.x === state.by || pair.y === state.by) return { empty: `Choose axes other than ${state.by.name}, which is compared.` };
  const data = cells(pair).map(([x, y, points]) => ({ x, y, won: winner(state.by, points, costs()) })).filter(({ won }) => won);
  if (data.length === 0) return { empty: `No usable point has ${titleOf(state.objective)}.` };
  const tie = state.by.levels.length;
  const code = ({ won }) => (won.code < 0 ? tie : won.code);
  const present = [...new Set(data.map(code))].sort((a, b) => a - b);
  const nameOf = (c) => (c === tie ? "tie" : state.by.levels[c]);
  const text = ({ won }) => (won.margin === null ? "alone" : `${figure(won.margin, 3)}×`);
  const colorOf = (c) => (c === tie ? theme.weak : levelColor(theme, state.by, c));
  const labelled = hasRoom(pair, data.map(text));
  // The legend's lines, as a legend of so many names takes them.
  const top = legendHeight(present.map(nameOf)) + 12;
  return {
    height: mapHeight(pair, top),
    points: [data.map(({ won }) => won.point)],
    option: {
      ...baseOption(theme), ...mapAxes(theme, pair, top),
      visualMap: { show: false, type: "piecewise", dimension: 2, pieces: present.map((c) => ({ value: c, color: colorOf(c) })) },
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => {
          const item = data[p.dataIndex];
          return el("div", {}, `${nameOf(code(item))}, second takes ${text(item)} (${item.won.competitors} compared)`,
            pointTip(item.won.point, [state.objective, errorColumn].filter(Boolean)));
        },
      },
      series: [{
        type: "heatmap", itemStyle: { borderColor: theme.back, borderWidth: 2 },
        data: data.map((item) => ({
          value: [item.x, item.y, code(item)],
          label: { show: labelled, color: inkOn(colorOf(code(item))), formatter: () => text(item) },
        })),
      },
      // Names and colours for the legend, which wraps like text.
      ...present.map((c) => ({ type: "scatter", name: nameOf(c), symbol: "rect", itemStyle: { color: colorOf(c) }, data: [] }))],
    },
    note: `The ${state.by.name} with the least ${titleOf(state.objective)} of a cell, every one with its own best values of the other axes; ` +
      "the number: what the second takes, as a multiple. alone: nothing to compare with.",
  };
}

/// Maps of what varies: with nothing that varies there is none, and who wins where takes an axis beside the one that is compared.
function mapCharts() {
  const numbersFirst = (a, b) => (a.kind === "text") - (b.kind === "text");
  const free = variedAxes.filter((axis) => axis !== state.by).sort(numbersFirst);
  if (variedAxes.length > 0) {
    const [x, y = NO_AXIS] = free.length > 1 ? free : [...free, ...variedAxes.filter((axis) => axis === state.by)];
    const heat = axisPair(x, y, () => heatChart.redraw());
    const heatChart = new Chart("maps", "Best of a cell", (theme) => drawHeat(theme, heat), { controls: heat.controls });
  }
  if (free.length > 0) {
    const [x, y = NO_AXIS] = free;
    const win = axisPair(x, y, () => winChart.redraw());
    const winChart = new Chart("maps", "Who wins where", (theme) => drawWins(theme, win), { controls: win.controls });
  }
  if (variedAxes.length === 0) document.getElementById("maps").remove();
}

function drawSensitivity(theme) {
  const rows = variedAxes.map((axis) => sensitivity(axis, usable, costs())).filter((row) => row).sort((a, b) => b.median - a.median);
  if (rows.length === 0) return { empty: "No two usable points differ in one axis alone." };
  const log = Math.max(...rows.map((row) => row.high)) > 10;
  const titles = rows.map(({ axis, median: middle }) => `${axisTitle(axis)}  ${figure(middle, 3)}×`);
  const names = Math.min(320, 0.4 * drawingWidth);
  return {
    height: 120 + rows.length * 44,
    option: {
      ...baseOption(theme), legend: { show: false },
      grid: { ...baseOption(theme).grid, top: 12, right: isNarrow() ? 20 : 60 },
      xAxis: axisOption(theme, inLines(`worst / best value of the axis: ${objective(state.objective).label} (×)`, isNarrow() ? 0.5 * drawingWidth : drawingWidth, 12), { type: log ? "log" : "value", min: 1 }),
      yAxis: axisOption(theme, "", {
        type: "category", inverse: true, data: titles, splitLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: theme.text, interval: 0, lineHeight: 14, formatter: (_, n) => inLines(titles[n], names, 12) },
      }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => {
          const row = rows[p.dataIndex];
          return el("div", { class: "tip" }, el("b", {}, row.axis.name), `median ${figure(row.median)}×, 10th to 90th percentile ` +
            `${figure(row.low)}× to ${figure(row.high)}×, ${row.cases} cases; ${row.best === null ? "no value is best most often" : `best in ${row.bestCases}: ${row.axis.levels[row.best]}`}`);
        },
      },
      series: [
        {
          type: "bar", barMaxWidth: 18, itemStyle: { color: onTheme(theme, OTHER_COLORS[0]) }, data: rows.map((row) => row.median),
        },
        {
          type: "custom", silent: true, z: 5, data: rows.map((row, n) => [row.low, row.high, n]), encode: { x: [0, 1], y: 2 },
          renderItem: (_, api) => {
            const [a, b] = [0, 1].map((d) => api.coord([api.value(d), api.value(2)]));
            const style = { stroke: theme.text, lineWidth: 1.5 };
            return {
              type: "group",
              children: [[a[0], a[1], b[0], b[1]], [a[0], a[1] - 5, a[0], a[1] + 5], [b[0], b[1] - 5, b[0], b[1] + 5]]
                .map(([x1, y1, x2, y2]) => ({ type: "line", shape: { x1, y1, x2, y2 }, style })),
            };
          },
        },
      ],
    },
    note: "Points that differ in this axis alone, worst over best: the median, and the 10th to 90th percentile as a line. 1×: the axis does not matter.",
  };
}
