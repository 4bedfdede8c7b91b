// SPDX-License-Identifier: Apache-2.0
//
// Two axes chosen, all others free: the best figure of every cell, and who reaches it.  And what
// every axis alone does.

// Viridis, by tenths: even in lightness, told apart by colour-blind readers.
const SCALE = ["#fde725", "#b5de2b", "#6ece58", "#35b779", "#1f9e89", "#26828e", "#31688e", "#3e4989", "#482878", "#440154"];
const kMostLabels = 200;

/// Controls for two different axes; `redraw` is told.
function axisPair(first, second, redraw) {
  const pair = { x: first, y: second };
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

function mapAxes(theme, { x, y }) {
  const categories = (axis, rest) => axisOption(theme, axisTitle(axis), {
    type: "category", data: axis.levels, splitArea: { show: false }, splitLine: { show: false },
    axisLabel: { color: theme.weak, width: 120, overflow: "break", interval: 0, ...rest },
  });
  return {
    grid: { ...baseOption(theme).grid, top: 60 },
    xAxis: { ...categories(x, { width: Math.max(40, Math.min(120, 420 / x.levels.length)), hideOverlap: true }), nameGap: 40 },
    yAxis: { ...categories(y, {}), nameLocation: "end", nameGap: 10, nameTextStyle: { color: theme.text, align: "left" } },
  };
}
const mapHeight = ({ y }) => Math.max(300, 150 + y.levels.length * 38);

function drawHeat(theme, pair) {
  if (!pair.x || !pair.y) return { empty: "A map needs two axes with more than one value." };
  const cost = costs();
  const data = cells(pair).map(([x, y, points]) => {
    const best = points.reduce((a, b) => (cost[b] < cost[a] ? b : a));
    return { x, y, best, count: points.length };
  }).filter(({ best }) => cost[best] > 0);
  if (data.length === 0) return { empty: `No usable point has ${titleOf(state.objective)}.` };
  const logs = data.map(({ best }) => Math.log10(cost[best]));
  const low = Math.min(...logs), high = Math.max(Math.max(...logs), low + 1e-6);
  const dark = (log) => (log - low) / (high - low) > 0.42;
  return {
    height: mapHeight(pair),
    points: [data.map(({ best }) => best)],
    option: {
      ...baseOption(theme), ...mapAxes(theme, pair), legend: { show: false },
      visualMap: {
        type: "continuous", min: low, max: high, orient: "horizontal", right: 8, top: 0, itemWidth: 12, itemHeight: 120, calculable: false,
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
          label: { show: data.length <= kMostLabels, color: dark(logs[n]) ? "#fff" : "#111", formatter: () => figure(cost[best], 3) },
        })),
      }],
    },
    note: `Least ${titleOf(state.objective)} of all points of a cell, the other axes free; colours are logarithmic, bright is good. ` +
      (data.length < pair.x.levels.length * pair.y.levels.length ? `${pair.x.levels.length * pair.y.levels.length - data.length} cells are empty.` : ""),
  };
}

function drawWins(theme, pair) {
  if (!pair.x || !pair.y) return { empty: "A map needs two axes with more than one value." };
  if (pair.x === state.by || pair.y === state.by) return { empty: `Choose axes other than ${state.by.name}, which is compared.` };
  const data = cells(pair).map(([x, y, points]) => ({ x, y, won: winner(state.by, points, costs()) })).filter(({ won }) => won);
  if (data.length === 0) return { empty: `No usable point has ${titleOf(state.objective)}.` };
  const tie = state.by.levels.length;
  const code = ({ won }) => (won.code < 0 ? tie : won.code);
  const present = [...new Set(data.map(code))].sort((a, b) => a - b);
  const nameOf = (c) => (c === tie ? "tie" : state.by.levels[c]);
  const text = ({ won }) => (won.margin === null ? "alone" : `${figure(won.margin, 3)}×`);
  return {
    height: mapHeight(pair),
    points: [data.map(({ won }) => won.point)],
    option: {
      ...baseOption(theme), ...mapAxes(theme, pair), legend: { show: false },
      visualMap: {
        type: "piecewise", orient: "horizontal", left: 0, top: 0, textStyle: { color: theme.text }, itemSymbol: "rect", dimension: 2,
        pieces: present.map((c) => ({ value: c, label: nameOf(c), color: c === tie ? theme.weak : colorOf(theme, c) })),
      },
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
          label: { show: data.length <= kMostLabels, color: themeName() === "dark" ? "#111" : "#fff", formatter: () => text(item) },
        })),
      }],
    },
    note: `The ${state.by.name} with the least ${titleOf(state.objective)} of a cell, every one with its own best values of the other axes; ` +
      "the number: what the second takes, as a multiple. alone: nothing to compare with.",
  };
}

function mapCharts() {
  // Rather not the axis that is compared; rather numbers.
  const free = variedAxes.filter((axis) => axis !== state.by).sort((a, b) => (a.kind === "text") - (b.kind === "text"));
  const [x = variedAxes[0], y = variedAxes.find((axis) => axis !== x)] = free;
  const heat = axisPair(x, y, () => heatChart.redraw()), win = axisPair(x, y, () => winChart.redraw());
  const heatChart = new Chart("maps", "Best of a cell", (theme) => drawHeat(theme, heat), { controls: heat.controls });
  const winChart = new Chart("maps", "Who wins where", (theme) => drawWins(theme, win), { controls: win.controls });
}

function drawSensitivity(theme) {
  const rows = variedAxes.map((axis) => sensitivity(axis, usable, costs())).filter((row) => row).sort((a, b) => b.median - a.median);
  if (rows.length === 0) return { empty: "No two usable points differ in one axis alone." };
  const log = Math.max(...rows.map((row) => row.high)) > 10;
  return {
    height: 120 + rows.length * 44,
    option: {
      ...baseOption(theme), legend: { show: false },
      grid: { ...baseOption(theme).grid, top: 12, right: 60 },
      xAxis: axisOption(theme, `worst / best value of the axis: ${objective(state.objective).label} (×)`, { type: log ? "log" : "value", min: 1 }),
      yAxis: axisOption(theme, "", {
        type: "category", inverse: true, data: rows.map(({ axis, median: middle }) => `${axisTitle(axis)}  ${figure(middle, 3)}×`), splitLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: theme.text, width: 320, overflow: "break", interval: 0 },
      }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => {
          const row = rows[p.dataIndex];
          return el("div", { class: "tip" }, el("b", {}, row.axis.name), `median ${figure(row.median)}×, 10th to 90th percentile ` +
            `${figure(row.low)}× to ${figure(row.high)}×, ${row.cases} cases; best in ${row.bestCases}: ${row.axis.levels[row.best]}`);
        },
      },
      series: [
        {
          type: "bar", barMaxWidth: 18, itemStyle: { color: theme.colors[0] }, data: rows.map((row) => row.median),
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
