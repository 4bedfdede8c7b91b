// SPDX-License-Identifier: Apache-2.0
//
// Useful work per byte of DRAM against useful work per cycle, under what the machines could do.

const kMostRoofs = 6;

/// (peak, bandwidth) of points, most points first.  The bandwidth is that of the bytes of a whole run
/// over the bound of one chunk, so points of one machine differ a little: near ones are one roof.
const kNear = 1.1;
function roofs(points) {
  const peaks = values("peak_macs_per_cycle"), bandwidths = values("dram_bytes_per_cycle");
  const found = new Map();
  for (const i of points) {
    if (peaks[i] === null || bandwidths[i] === null) continue;
    const key = `${peaks[i].toPrecision(4)} ${bandwidths[i].toPrecision(3)}`;
    const [peak, bandwidth] = key.split(" ").map(Number);
    if (!found.has(key)) found.set(key, { peak, bandwidth, points: 0 });
    ++found.get(key).points;
  }
  const merged = [];
  for (const roof of [...found.values()].sort((a, b) => b.points - a.points)) {
    const near = merged.find((other) => other.peak === roof.peak &&
      Math.max(other.bandwidth / roof.bandwidth, roof.bandwidth / other.bandwidth) < kNear);
    if (near) near.points += roof.points;
    else merged.push(roof);
  }
  return merged.sort((a, b) => b.points - a.points);
}

/// Peaks come of figures with six digits: three of them are sure.
const rounded = (value) => figure(Number(value.toPrecision(3)));

function drawRoofline(theme, self) {
  const xs = values("useful_macs_per_byte"), ys = values("useful_macs_per_cycle");
  const drawn = usable.filter((i) => xs[i] > 0 && ys[i] > 0);
  const idle = usable.filter((i) => xs[i] === 0 || ys[i] === 0).length;
  if (drawn.length === 0) return { empty: "No point does useful multiply-accumulates on a matrix unit and counts DRAM bytes." };
  const all = roofs(drawn), lines = all.slice(0, kMostRoofs);
  const low = Math.min(...drawn.map((i) => xs[i])) / 2;
  const high = 2 * Math.max(...drawn.map((i) => xs[i]), ...lines.map((roof) => roof.peak / roof.bandwidth));
  const series = [], points = [];
  state.by.levels.forEach((level, code) => {
    for (const selected of [false, true]) {
      const part = drawn.filter((i) => state.by.code[i] === code && isSelected(i) === selected);
      if (part.length === 0) continue;
      series.push({
        type: "scatter", name: level, symbol: symbolOf(code), symbolSize: 9, data: part.map((i) => [xs[i], ys[i]]),
        itemStyle: { color: colorOf(theme, code), opacity: selected ? 0.85 : 0.12 },
      });
      points.push(part);
    }
  });
  lines.forEach((roof, n) => {
    const ridge = roof.peak / roof.bandwidth;
    series.push({
      type: "line", name: `roof ${rounded(roof.peak)} MAC/cycle, ${figure(roof.bandwidth)} B/cycle`, silent: true, symbol: "none",
      lineStyle: { color: theme.weak, width: 1.5, type: ["solid", "dashed", "dotted"][n % 3] }, itemStyle: { color: theme.weak },
      endLabel: { show: true, color: theme.weak, fontSize: 11, formatter: () => `${rounded(roof.peak)} MAC/cycle` },
      data: [[low, Math.min(roof.peak, low * roof.bandwidth)], [ridge, roof.peak], [high, roof.peak]].sort((a, b) => a[0] - b[0]),
    });
  });
  const option = {
    ...baseOption(theme), series,
    grid: gridBelow(theme, series, self),
    xAxis: axisOption(theme, "arithmetic intensity (useful MAC per byte of DRAM)", { type: "log" }),
    yAxis: axisOption(theme, "useful MAC per cycle, all cores", { type: "log", nameGap: 52 }),
    tooltip: {
      ...baseOption(theme).tooltip, trigger: "item",
      formatter: (p) => pointTip(points[p.seriesIndex][p.dataIndex],
        ["useful_macs_per_byte", "useful_macs_per_cycle", "peak_macs_per_cycle", "matrix_utilization.useful", "bottleneck"]),
    },
  };
  return {
    option, points,
    note: "Under a slope the DRAM's bandwidth bounds, under a flat roof the arrays' peak; far below both, neither does: latency, the " +
      "vector unit or waiting." +
      (idle > 0 ? ` ${idle} points do no products on the matrix unit and have no place here.` : "") +
      (all.length > kMostRoofs ? ` Roofs of the ${kMostRoofs} most frequent of ${all.length} that machines, formats and axes make.` : ""),
  };
}
