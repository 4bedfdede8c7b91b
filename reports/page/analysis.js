// SPDX-License-Identifier: Apache-2.0
//
// What is computed of the points.  Pure functions; `points` are indices.

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at), above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
const ascending = (list) => [...list].sort((a, b) => a - b);
const median = (list) => quantile(ascending(list), 0.5);

/// Points no other point beats in one figure without losing in the other, by x.
function paretoFront(points, xs, ys, xBetter, yBetter) {
  const sx = xBetter === "low" ? 1 : -1, sy = yBetter === "low" ? 1 : -1;
  const order = points.filter((i) => xs[i] !== null && ys[i] !== null)
    .sort((a, b) => sx * (xs[a] - xs[b]) || sy * (ys[a] - ys[b]));
  const front = [];
  for (const i of order)
    if (front.length === 0 || sy * (ys[i] - ys[front[front.length - 1]]) < 0) front.push(i);
  return front;
}

/// Points that differ in `axis` alone, as lists.
function groupsAlong(axis, points) {
  const others = report.axes.filter((other) => other !== axis && other.leader !== axis);
  const groups = new Map();
  for (const i of points) {
    const key = others.map((other) => other.code[i]).join();
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()];
}

/// The best (lowest) point of every level of the axis: Map level -> point.
function bestOfLevels(axis, points, costs) {
  const best = new Map();
  for (const i of points) {
    if (costs[i] === null) continue;
    const code = axis.code[i];
    if (!best.has(code) || costs[i] < costs[best.get(code)]) best.set(code, i);
  }
  return best;
}

/// Who wins among the levels of an axis: {code, margin, competitors}; margin = second / best.  Values
/// have six digits: closer than kTie is a tie, code -1.
const kTie = 1e-5;
function winner(axis, points, costs) {
  const best = [...bestOfLevels(axis, points, costs)].sort((a, b) => costs[a[1]] - costs[b[1]]);
  if (best.length === 0) return null;
  const [code, point] = best[0];
  if (best.length === 1) return { code, point, margin: null, competitors: 1 };
  const margin = costs[best[1][1]] / costs[point];
  return { code: margin - 1 < kTie ? -1 : code, point, margin, competitors: best.length };
}

/// Over all groups that differ in the axis alone: per level {wins, cases, margins}; ties; cases.
function wins(axis, points, costs) {
  const levels = axis.levels.map(() => ({ wins: 0, cases: 0, margins: [] }));
  let cases = 0, ties = 0;
  for (const group of groupsAlong(axis, points)) {
    const won = winner(axis, group, costs);
    if (!won || won.competitors < 2) continue;
    ++cases;
    for (const code of bestOfLevels(axis, group, costs).keys()) ++levels[code].cases;
    if (won.code < 0) ++ties;
    else {
      ++levels[won.code].wins;
      levels[won.code].margins.push(won.margin);
    }
  }
  return { levels, cases, ties };
}

/// Worst / best level of the axis with all others fixed: {median, low, high, cases, best}; low and high
/// are the 10th and 90th percentile, best the level that is best most often; a tie is nobody's case, and
/// where two levels are best as often best is null.  null without a case.
function sensitivity(axis, points, costs) {
  const ratios = [], bestCount = axis.levels.map(() => 0);
  for (const group of groupsAlong(axis, points)) {
    const best = [...bestOfLevels(axis, group, costs)].sort((a, b) => costs[a[1]] - costs[b[1]]);
    if (best.length < 2 || costs[best[0][1]] <= 0) continue;
    ratios.push(costs[best[best.length - 1][1]] / costs[best[0][1]]);
    if (costs[best[1][1]] / costs[best[0][1]] - 1 >= kTie) ++bestCount[best[0][0]];
  }
  if (ratios.length === 0) return null;
  const sorted = ascending(ratios);
  const bestCases = Math.max(...bestCount);
  const isOne = bestCases > 0 && bestCount.filter((count) => count === bestCases).length === 1;
  return {
    axis, median: quantile(sorted, 0.5), low: quantile(sorted, 0.1), high: quantile(sorted, 0.9),
    cases: ratios.length, best: isOne ? bestCount.indexOf(bestCases) : null, bestCases,
  };
}

/// cost(reference level) / cost(level) over all groups, per other level: Map code -> ratios.
function speedups(axis, reference, points, costs) {
  const ratios = new Map();
  for (const group of groupsAlong(axis, points)) {
    const best = bestOfLevels(axis, group, costs);
    if (!best.has(reference)) continue;
    for (const [code, point] of best) {
      if (code === reference || costs[point] <= 0) continue;
      if (!ratios.has(code)) ratios.set(code, []);
      ratios.get(code).push(costs[best.get(reference)] / costs[point]);
    }
  }
  return ratios;
}
