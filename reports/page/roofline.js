// SPDX-License-Identifier: Apache-2.0
//
// Useful work per byte of DRAM against useful work per cycle, under what the machines could do.

/// (peak, bandwidth) of points, most points first.  Peaks come of figures with six digits; the bandwidth is that of the bytes of a whole run
/// over the bound of one chunk, so points of one machine differ a little: near ones are one roof.
const kNearPeak = 1.003, kNearBandwidth = 1.25;
/// A figure of six digits as the whole number it most probably is: that with the most factors of two, 262,144 and not 262,143.
function wholeNumber(value) {
  const [low, high] = [Math.ceil(value * (1 - 1e-5)), Math.floor(value * (1 + 1e-5))];
  let best = null;
  for (let n = low, step = 1; n <= high; step *= 2, n = Math.ceil(low / step) * step) best = n;
  return best ?? value;
}
/// Near values as one, their middle: value -> that.
function merged(list, near) {
  const of = new Map();
  let group = [];
  const close = () => group.forEach((v) => of.set(v, group[Math.floor(group.length / 2)]));
  for (const v of ascending([...new Set(list)])) {
    if (group.length > 0 && v / group[0] >= near) {
      close();
      group = [];
    }
    group.push(v);
  }
  close();
  return of;
}
function roofs(points) {
  const peaks = values("peak_macs_per_cycle"), bandwidths = values("dram_bytes_per_cycle");
  const known = points.filter((i) => peaks[i] !== null && bandwidths[i] !== null);
  const peakOf = merged(known.map((i) => peaks[i]), kNearPeak), bandwidthOf = merged(known.map((i) => bandwidths[i]), kNearBandwidth);
  const found = new Map(known.map((i) => [peakOf.get(peaks[i]), bandwidthOf.get(bandwidths[i])]).map((pair) => [pair.join(), pair]));
  return [...found.values()].map(([peak, bandwidth]) => ({ peak: wholeNumber(peak), bandwidth }));
}
const peakText = (peak) => (Number.isInteger(peak) ? peak.toLocaleString("en-US") : figure(peak, 4));

/// What the vector unit leaves of the array: a point's useful multiply-accumulates over the cycles its vector work takes at the least.
function vectorRoofs(points) {
  const roof = values("vector_roof_macs_per_cycle"), cost = costs();
  return [...bestOfLevels(state.by, points, cost)].map(([code, point]) => ({ code, point, height: roof[point] })).filter(({ height }) => height > 0);
}

/// Texts beside the right end of flat roofs, beneath each other where they are near: [{text, y}] -> with `at`.
function spreadTexts(texts, gap) {
  const sorted = [...texts].sort((a, b) => a.y - b.y);
  sorted.forEach((item, n) => {
    item.at = n === 0 ? item.y : Math.max(item.y, sorted[n - 1].at + gap);
  });
  return sorted;
}

/// All roofs in one series, so that their texts know of each other.
function roofSeries(theme, lines, low, high) {
  const distinct = (list) => [...new Set(list)].sort((a, b) => b - a);
  const peaks = distinct(lines.map((roof) => roof.peak)), bandwidths = distinct(lines.map((roof) => roof.bandwidth));
  const size = 11;
  return {
    type: "custom", name: "roofs: DRAM, array", silent: true, z: 1, itemStyle: { color: theme.weak }, data: [[low, peaks[0]]], clip: false,
    renderItem: (_, api) => {
      const line = (a, b) => {
        const [[x1, y1], [x2, y2]] = [api.coord(a), api.coord(b)];
        return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: theme.weak, lineWidth: 1.2 } };
      };
      const children = lines.flatMap(({ peak, bandwidth }) => {
        const ridge = Math.min(Math.max(peak / bandwidth, low), high);
        const knee = [ridge, Math.min(peak, ridge * bandwidth)];
        return [line([low, Math.min(peak, low * bandwidth)], knee), line(knee, [high, knee[1]])];
      });
      const flat = spreadTexts(peaks.map((peak) => ({ text: peakText(peak), y: api.coord([high, peak])[1] })), size + 2);
      for (const { text, at } of flat)
        children.push({ type: "text", style: { text, x: api.coord([high, peaks[0]])[0] + 5, y: at, fill: theme.weak, fontSize: size, verticalAlign: "middle" } });
      // Left of the slopes, where they are under the tallest roof; each lower than the one before.
      bandwidths.forEach((bandwidth, n) => {
        const ridge = Math.max(...lines.filter((roof) => roof.bandwidth === bandwidth).map(({ peak }) => peak)) / bandwidth;
        const at = 10 ** (Math.log10(low) + Math.max(0.2, 0.85 - 0.1 * n) * (Math.log10(ridge) - Math.log10(low)));
        const [x, y] = api.coord([at, at * bandwidth]);
        const text = `${figure(bandwidth, 3)} B/cycle`;
        if (x - 5 - textWidth(text, size) > api.coord([low, at * bandwidth])[0]) children.push({
          type: "text", style: { text, x: x - 5, y, fill: theme.weak, fontSize: size, align: "right", verticalAlign: "bottom", stroke: theme.back, lineWidth: 3 },
        });
      });
      return { type: "group", children };
    },
  };
}

function drawRoofline(theme) {
  const xs = values("useful_macs_per_byte"), ys = values("useful_macs_per_cycle");
  const drawn = usable.filter((i) => xs[i] > 0 && ys[i] > 0);
  const idle = usable.filter((i) => xs[i] === 0 || ys[i] === 0).length;
  if (drawn.length === 0) return { empty: "No point does useful multiply-accumulates on a matrix unit and counts DRAM bytes." };
  const lines = roofs(drawn), vector = vectorRoofs(drawn);
  const heights = drawn.map((i) => ys[i]);
  const least = (list) => list.reduce((a, b) => Math.min(a, b), Infinity), most = (list) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  const decade = (v, round) => 10 ** round(Math.log10(v));
  const [low, high] = [decade(least(drawn.map((i) => xs[i])), Math.floor),
    decade(most([...drawn.map((i) => xs[i]), ...lines.map((roof) => roof.peak / roof.bandwidth)]), Math.ceil)];
  const tallest = most([...heights, ...lines.map((roof) => roof.peak), ...vector.map(({ height }) => height)]);
  const [bottom, top] = [decade(least(heights), Math.floor), decade(tallest, Math.ceil)];
  const series = [], points = [];
  const add = (item, indices) => {
    series.push(item);
    points.push(indices);
  };
  state.by.levels.forEach((level, code) => {
    for (const selected of [false, true]) {
      const part = drawn.filter((i) => state.by.code[i] === code && isSelected(i) === selected);
      if (part.length === 0) continue;
      add({
        type: "scatter", name: level, symbol: symbolOf(code), symbolSize: 9, data: part.map((i) => [xs[i], ys[i]]),
        itemStyle: { color: levelColor(theme, state.by, code), opacity: selected ? 0.85 : 0.12 },
      }, part);
    }
  });
  for (const { code, point, height } of vector)
    add({
      type: "line", name: "vector unit's roofs, best points", silent: true, symbol: "none", data: [[low, height], [Math.max(xs[point], low * 1.01), height]],
      itemStyle: { color: unitColor(theme, "vector") }, lineStyle: { color: levelColor(theme, state.by, code), width: 1.5, type: "dotted" },
    }, []);
  if (lines.length > 0) add(roofSeries(theme, lines, low, high), []);
  const right = 14 + most([0, ...lines.map((roof) => textWidth(peakText(roof.peak), 11))]);
  return {
    points,
    option: {
      ...baseOption(theme), series,
      grid: gridBelow(theme, series, { right }),
      xAxis: axisOption(theme, "arithmetic intensity (useful MAC per byte of DRAM)", { type: "log", min: low, max: high }),
      yAxis: axisOption(theme, "useful MAC per cycle, all cores", { type: "log", nameGap: 52, min: bottom, max: top }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => pointTip(points[p.seriesIndex][p.dataIndex],
          ["useful_macs_per_byte", "useful_macs_per_cycle", "peak_macs_per_cycle", "vector_roof_macs_per_cycle", "steady_utilization.useful", "bottleneck"].filter((name) => report.columns.has(name))),
      },
    },
    note: "Under a slope the DRAM's bandwidth bounds, under a flat roof the arrays' peak (MAC/cycle at its end). Dotted: what the vector unit's own work leaves, " +
      `of the best point of every ${state.by.name}. Far below all of them: latency or waiting.` +
      (idle > 0 ? ` ${count(idle, "point")} do no products on the matrix unit and have no place here.` : ""),
  };
}
