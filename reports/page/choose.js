// SPDX-License-Identifier: Apache-2.0
//
// What to build: the smallest design that is nearly as good as the best, at an error one can live with.

/// Slower than the best by so little is as good; so much less accurate than forward substitution is as accurate (1 dB, as `tricycle tune`).
const kNearlyBest = 0.02, kAsAccurate = 10 ** (1 / 20);
const kMostWorkloads = 4;

/// What a point was asked to do, which nobody builds: problems, and their keys but for the chunk's size.
const isWorkload = (axis) => axis.name === "problem" || (axis.name.startsWith("problem.") && axis.name !== "problem.chunk");

/// What error forward substitution makes of the same numbers: by workload, chunk, format and arithmetic.
function referenceErrors() {
  const errors = values(errorColumn), algorithm = axisNamed("algorithm");
  const names = algorithm ? algorithm.code.map((code) => algorithm.levels[code]) : values("algorithm");
  const axes = report.axes.filter((axis) => isWorkload(axis));
  const [formats, chunks, arithmetic] = ["format", "chunk", "accumulation"].map(values);
  const format = axisNamed("format");
  const key = (i) => [format ? format.levels[format.code[i]] : formats[i], chunks[i], arithmetic[i], ...axes.map((axis) => axis.code[i])].join("\n");
  const found = new Map();
  for (const i of everyPoint) {
    if (names[i] !== "forward_substitution" || isFailed(i) || !hasFiniteResults(i) || errors[i] === null) continue;
    found.set(key(i), Math.max(found.get(key(i)) ?? 0, errors[i]));
  }
  return { of: (i) => found.get(key(i)) ?? null, isThere: found.size > 0 };
}

/// {points, why}: those whose error is small enough, and what that means.  A limit that the reader gave holds for all that is usable already.
function accurateEnough(points) {
  if (!errorColumn) return { points, why: "whatever its error, of which these results say nothing" };
  const what = objective(errorColumn).label.replace(/,.*/, "");
  if (state.limit !== Infinity) return { points, why: `with a ${what} of at most ${figure(state.limit)}` };
  const errors = values(errorColumn), reference = referenceErrors();
  if (!reference.isThere)
    return { points, why: `whatever its error: forward_substitution, whose error would be the limit, is not among the points (give a limit above)` };
  const known = points.filter((i) => errors[i] !== null && reference.of(i) !== null);
  return {
    points: known.filter((i) => errors[i] <= reference.of(i) * kAsAccurate),
    why: `no less accurate than forward_substitution in the same format (${what}, 1 dB counts as equal)`,
  };
}

/// Of the points within kNearlyBest of the best: the smallest; of equally small ones the most accurate, then the best.
function smallestNearBest(points, cost, area) {
  const best = points.reduce((a, b) => (cost[b] < cost[a] ? b : a));
  const errors = errorColumn ? values(errorColumn) : values("");
  const near = points.filter((i) => cost[i] <= cost[best] * (1 + kNearlyBest));
  const differ = (a, b) => Math.abs(a - b) > kTie * Math.max(Math.abs(a), Math.abs(b));
  const before = (a, b) => {
    if (area && differ(area[a], area[b])) return area[a] < area[b];
    const [x, y] = [errors[a] ?? Infinity, errors[b] ?? Infinity];
    return differ(x, y) ? x < y : cost[a] < cost[b];
  };
  return { best, chosen: near.reduce((a, b) => (before(b, a) ? b : a)) };
}

/// The area of points where it is known and can differ, else null: then nothing is said about it.
function areasOf(points) {
  const area = values("area_mm2.total");
  const known = points.filter((i) => area[i] !== null).map((i) => area[i]);
  return known.length === points.length && Math.max(...known) > Math.min(...known) * (1 + kTie) ? area : null;
}

const times = (a, b) => `${figure(a / b, 2)} times`;
function whatOf(i, area) {
  const parts = [figureWithUnit(state.objective, costs()[i])];
  if (area) parts[0] += ` on ${figureWithUnit("area_mm2.total", area[i])}`;
  if (errorColumn && values(errorColumn)[i] !== null) parts.push(`${objective(errorColumn).label.replace(/,.*/, "")} ${figure(values(errorColumn)[i], 2)}`);
  return parts.join(", ");
}

/// How the best differs from what is recommended.
function besides({ best, chosen }, area) {
  if (best === chosen) return " It is the best of those.";
  const cost = costs(), errors = errorColumn ? values(errorColumn) : values("");
  const worse = [];
  if (area && area[best] > area[chosen] * (1 + kTie)) worse.push(`${times(area[best], area[chosen])} the area`);
  if (errors[best] !== null && errors[chosen] > 0 && errors[best] > errors[chosen] * 1.1) worse.push(`${times(errors[best], errors[chosen])} the error`);
  const gain = (cost[chosen] / cost[best] - 1) * 100;
  return ` The best, ${pointLabel(best)}, takes ${figureWithUnit(state.objective, cost[best])}: ${gain < 0.005 ? "no" : `${figure(gain, 2)} %`} less` +
    (worse.length > 0 ? ` for ${worse.join(" and ")}.` : ".");
}

/// {words, point}, or null where nothing can be said.
function choiceAmong(points, workload) {
  const cost = costs();
  const known = points.filter((i) => cost[i] !== null && cost[i] > 0);
  if (known.length === 0) return null;
  const { points: good, why } = accurateEnough(known);
  const name = objective(state.objective).label;
  if (good.length === 0) return { words: `${workload}No point is ${why}.`, point: null };
  const area = areasOf(known);
  const found = smallestNearBest(good, cost, area);
  const rule = area ? `the smallest design within ${kNearlyBest * 100} % of the best ${name}` : `the most accurate within ${kNearlyBest * 100} % of the best ${name}`;
  return { words: `${workload}${pointLabel(found.chosen)}: ${whatOf(found.chosen, area)}; ${rule}, ${why}.${besides(found, area)}`, point: found.chosen };
}

/// One choice a workload: what is best for an easy one says nothing about a hard one.
function whatToBuild() {
  if (!state.objective || objective(state.objective).better !== "low" || [errorColumn, "area_mm2.total"].includes(state.objective)) return [];
  const axes = variedAxes.filter((axis) => isWorkload(axis));
  const groups = new Map();
  for (const i of usable) {
    const key = axes.map((axis) => `${lastPart(axis.name)} ${axis.levels[axis.code[i]]}`).join(", ");
    if (groups.has(key)) groups.get(key).push(i);
    else groups.set(key, [i]);
  }
  if (groups.size > kMostWorkloads) return [{ words: `What to build depends on the problem, of which there are ${groups.size} here: choose one above.`, point: null }];
  return [...groups].map(([key, points]) => choiceAmong(points, key ? `For ${key}: ` : "")).filter(Boolean);
}

function tellWhatToBuild() {
  document.getElementById("build").replaceChildren(...whatToBuild().map(({ words, point }) => el("p", {}, el("b", {}, "Build "), words,
    ...(point === null ? [] : [" ", el("button", { type: "button", class: "open", onclick: () => showPoint(point) }, `Point ${report.point[point]}`)]))));
}
