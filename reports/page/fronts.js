// SPDX-License-Identifier: Apache-2.0
//
// Two figures of every point against each other, and the points no other beats in both.

/// "Time per chunk and scratchpad held": what is drawn, whatever the place on the page was meant for.
function frontTitle({ x, y }) {
  const [first, second] = [x, y].map((name) => objective(name).label.split(",")[0]);
  return `${first[0].toUpperCase()}${first.slice(1)} and ${second}`;
}

function frontChart(id, x, y) {
  const axes = { x, y };
  const options = OBJECTIVES.map((o) => [o.name, titleOf(o.name)]);
  const pick = (which) => choice(`${which}:`, options, axes[which], (name) => {
    axes[which] = name;
    chart.entitle(frontTitle(axes));
    chart.redraw();
  });
  const chart = new Chart("fronts", frontTitle(axes), (theme) => drawFront(theme, axes.x, axes.y),
    { controls: [pick("x"), pick("y")], brush: true, id });
  return chart;
}

/// Lines from the low to the high end of the spread of points: [x, y, end, end] each, along `which` axis.
function spreadSeries(theme, chosen, at, name, which) {
  const ends = endsOf(name);
  if (!ends) return null;
  const data = chosen.filter((i) => ends.every((end) => values(end)[i] !== null))
    .map((i) => [...at(i), ...ends.map((end) => values(end)[i])]);
  return {
    type: "custom", name: "spread of published costs", silent: true, z: 1, data, clip: true, encode: which === 0 ? { x: [0, 2, 3], y: 1 } : { x: 0, y: [1, 2, 3] },
    itemStyle: { color: theme.weak },
    renderItem: (_, api) => {
      const end = (n) => api.coord(which === 0 ? [api.value(n), api.value(1)] : [api.value(0), api.value(n)]);
      const [a, b] = [end(2), end(3)];
      const cap = which === 0 ? [0, 4] : [4, 0];
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: theme.weak, lineWidth: 1 } });
      return { type: "group", children: [line(...a, ...b), ...[a, b].map(([x, y]) => line(x - cap[0], y - cap[1], x + cap[0], y + cap[1]))] };
    },
  };
}
const kMostSpreads = 60;

function drawFront(theme, xName, yName) {
  const xs = values(xName), ys = values(yName);
  const drawn = usable.filter((i) => xs[i] !== null && ys[i] !== null);
  if (drawn.length === 0) return { empty: `No point has both ${titleOf(xName)} and ${titleOf(yName)}.` };
  const x = objective(xName), y = objective(yName);
  const shownX = drawn.map((i) => xs[i]), shownY = drawn.map((i) => ys[i]);
  const xAxis = figureAxis(theme, xName, shownX), yAxis = figureAxis(theme, yName, shownY, { nameGap: 58 });
  const floorX = floorOf(xAxis, shownX), floorY = floorOf(yAxis, shownY);
  const at = (i) => [Math.max(xs[i], floorX), Math.max(ys[i], floorY)];
  const front = paretoFront(drawn, xs, ys, x.better, y.better);
  const onFront = new Set(front);
  const series = [], points = [];
  const add = (item, indices) => {
    series.push(item);
    points.push(indices);
  };
  const small = drawn.length > 2000;
  state.by.levels.forEach((level, code) => {
    const own = drawn.filter((i) => state.by.code[i] === code);
    for (const selected of [false, true]) {
      const part = own.filter((i) => isSelected(i) === selected);
      if (part.length > 0)
        add({
          type: "scatter", name: level, symbol: symbolOf(code), itemStyle: { color: levelColor(theme, state.by, code), opacity: selected ? 0.85 : 0.12 },
          data: part.map((i) => ({ value: at(i), symbolSize: onFront.has(i) ? 13 : small ? 5 : 8 })),
        }, part);
    }
  });
  add({
    type: "line", name: "Pareto front", step: x.better === "low" ? "end" : "start", symbol: "none", silent: true, z: 1,
    data: front.map(at), lineStyle: { color: theme.front, width: 1.5, type: "dashed" }, itemStyle: { color: theme.front },
  }, front);
  const marked = state.selection && drawn.filter(isSelected).length <= kMostSpreads ? drawn.filter(isSelected) : front.slice(0, kMostSpreads);
  const spreads = [spreadSeries(theme, marked, at, xName, 0), spreadSeries(theme, marked, at, yName, 1)].filter(Boolean);
  for (const spread of spreads) add(spread, []);
  const left = usable.length - drawn.length;
  const zeros = drawn.filter((i) => xs[i] < floorX || ys[i] < floorY).length;
  return {
    points,
    option: {
      ...baseOption(theme), xAxis, yAxis, series, grid: gridBelow(theme, series),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => pointTip(points[p.seriesIndex][p.dataIndex], [xName, yName, state.objective, errorColumn].filter(Boolean)),
      },
      brush: {
        toolbox: [], xAxisIndex: 0, yAxisIndex: 0, throttleType: "debounce", throttleDelay: 100, outOfBrush: { colorAlpha: 0.12 },
        brushStyle: { borderWidth: 1, color: "rgba(120,140,160,0.15)", borderColor: theme.weak },
      },
    },
    note: `${front.length} of ${drawn.length} points are on the front (large marks; better: ${x.better} x, ${y.better} y). ` +
      "Drag to select, click a mark for its point." +
      (spreads.length > 0 ? ` Lines: from the low to the high ends of published costs, of the ${state.selection && marked !== front ? "selected points" : "front"}.` : "") +
      (left > 0 ? ` ${left} points lack one of the figures.` : "") +
      (zeros > 0 ? ` ${zeros} points with a figure of exactly 0 are drawn at the edge.` : ""),
  };
}
