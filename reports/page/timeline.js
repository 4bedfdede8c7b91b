// SPDX-License-Identifier: Apache-2.0
//
// What units and chunks of one chosen run do from cycle to cycle.

const isWait = (name) => name.startsWith("waits: ");
/// "waits: dma" -> "wait_dma": a cause as columns call it.
const causeOf = (name) => {
  const what = name.slice("waits: ".length).replaceAll(" ", "_");
  return `wait_${what}` in CAUSE_COLORS ? `wait_${what}` : what;
};

/// One series per kind of work or waiting, so that the legend names it; an item is a slice.
function timelineSeries(theme, timeline, from, to) {
  const kinds = timeline.names.map((name, n) => ({ name, n, data: [] }));
  timeline.tracks.forEach(({ slices }, row) => {
    for (let k = 0; k < slices.length; k += 3) {
      const [begin, length, kind] = slices.slice(k, k + 3);
      if (begin < to && begin + length > from) kinds[kind].data.push([Math.max(begin, from), Math.min(begin + length, to), row, begin, begin + length]);
    }
  });
  const work = kinds.filter(({ name, data }) => data.length > 0 && !isWait(name));
  const waits = kinds.filter(({ name, data }) => data.length > 0 && isWait(name));
  const drawn = (color, share) => ({
    type: "custom", itemStyle: { color }, encode: { x: [0, 1], y: 2 }, clip: true,
    renderItem: (_, api) => {
      const [x0, y] = api.coord([api.value(0), api.value(2)]), [x1] = api.coord([api.value(1), api.value(2)]);
      const height = api.size([0, 1])[1] * share;
      return { type: "rect", shape: { x: x0, y: y - height / 2, width: Math.max(x1 - x0, 0.5), height }, style: { fill: color } };
    },
  });
  return [
    ...work.map(({ name, data }) => ({ ...drawn(workColor(theme, name), 0.72), name, data })),
    ...waits.map(({ name, data }) => ({ ...drawn(causeColor(theme, causeOf(name)), 0.28), name, data })),
  ];
}

function drawTimeline(theme, timeline, from, to) {
  const rows = timeline.tracks.map(({ name }) => name);
  const series = timelineSeries(theme, timeline, from, to);
  if (series.length === 0) return { empty: `Nothing happens between cycle ${from} and ${to}: choose other cycles.` };
  const grid = gridBelow(theme, series);
  return {
    height: Math.max(240, grid.top + 70 + rows.length * 26),
    option: {
      ...baseOption(theme), grid, series,
      xAxis: axisOption(theme, "time (cycles)", { type: "value", min: from, max: to }),
      yAxis: axisOption(theme, "", {
        type: "category", inverse: true, data: rows, splitLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: theme.text, interval: 0 },
      }),
      tooltip: {
        ...baseOption(theme).tooltip, trigger: "item",
        formatter: (p) => {
          const [, , row, begin, end] = p.value;
          return el("div", { class: "tip" }, el("b", {}, `${rows[row]}: ${p.seriesName}`),
            `cycles ${figure(begin, 9)} to ${figure(end, 9)}: ${figure(end - begin, 9)} cycles, ${figure((end - begin) / timeline.clock_ghz)} ns`);
        },
      },
    },
    note: `${timeline.title}; ${figure(timeline.clock_ghz)} GHz. High bars: work; low bars: what a unit with work left, or a chunk, waits for.` +
      (timeline.cut ? ` The page holds the first ${figure(timeline.cycles, 9)} cycles; trace.json has all.` : ""),
  };
}

function timelineChart() {
  if (report.timelines.length === 0) {
    document.getElementById("timeline").append(el("p", { class: "weak" }, "A sweep stores no timelines. `tricycle run HW PROBLEM --out DIR` writes one of " +
      "any point, `tricycle report STORE --trace DIR/trace.json` shows it here; Perfetto opens it, too."));
    return;
  }
  // From the first work on: the launch before is as long as the rest.
  const start = (timeline) => {
    const works = timeline.tracks.flatMap(({ slices }) => slices.filter((_, k) => k % 3 === 0 && !isWait(timeline.names[slices[k + 2]])));
    return works.length > 0 ? works.reduce((a, b) => Math.min(a, b)) : 0;
  };
  let shown, from, to;
  const show = (timeline) => [shown, from, to] = [timeline, start(timeline), timeline.cycles];
  show(report.timelines[0]);
  const fields = ["from", "to"].map((which) => el("input", {
    type: "text", inputmode: "numeric", size: "9", "aria-label": `${which} cycle`, onchange: (event) => {
      const value = Number(event.target.value);
      const [low, high] = which === "from" ? [value, to] : [from, value];
      const fits = event.target.value.trim() !== "" && low >= 0 && low < high;
      event.target.setCustomValidity(fits ? "" : "a cycle; the first one before the last one");
      if (!event.target.reportValidity()) return;
      [from, to] = [low, Math.min(high, shown.cycles)];
      fill();
      chart.redraw();
    },
  }));
  const fill = () => {
    [fields[0].value, fields[1].value] = [from, to];
  };
  fill();
  const pick = choice("run:", report.timelines.map((timeline, n) => [n, timeline.title]), 0, (n) => {
    show(report.timelines[n]);
    fill();
    chart.redraw();
  });
  const chart = new Chart("timeline", "Cycle by cycle", (theme) => drawTimeline(theme, shown, from, to),
    { controls: [pick, el("label", {}, "cycles:", fields[0], "to", fields[1])] });
}
