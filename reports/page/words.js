// SPDX-License-Identifier: Apache-2.0
//
// The verdict, in sentences computed of the points the reader looks at.

const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
const share = (part, whole) => `${part} of ${whole} (${figure(part / whole * 100, 3)} %)`;

function whatIsThere() {
  const failed = filtered.filter(isFailed);
  const done = filtered.filter((i) => !isFailed(i));
  const sentences = [`${count(done.length, "point")} with results` +
    (failed.length > 0 ? `, ${failed.length} failed` : ", none failed") +
    (report.missing > 0 ? `, ${report.missing} of the grid were never run.` : ".")];
  if (failed.length > 0) {
    const reasons = new Map();
    for (const i of failed) reasons.set(report.reason[i], (reasons.get(report.reason[i]) ?? 0) + 1);
    const sorted = [...reasons].sort((a, b) => b[1] - a[1]);
    sentences.push("Failed: " + sorted.slice(0, 4).map(([reason, n]) => `${n}× ${reason}`).join("; ") +
      (sorted.length > 4 ? `; and ${sorted.length - 4} other reasons.` : "."));
  }
  const broken = done.filter((i) => !hasFiniteResults(i)).length;
  if (broken > 0) sentences.push(`${count(broken, "point")} gave NaN or infinity: the table lists them, no comparison counts them.`);
  const beyond = done.length - broken - usable.length;
  if (beyond > 0) sentences.push(`${count(beyond, "point")} miss the limit of ${objective(errorColumn).label} ${figure(state.limit)}, or have no error.`);
  return sentences;
}

function whatIsCompared() {
  if (!isPerToken) return [];
  const perChunk = /per_chunk|latency/.test(state.objective) ? " The figure chosen above is of a chunk: the smallest chunk seems the best." : "";
  return [`Chunk sizes differ (${ascending([...chunkSizes]).join(", ")} tokens): time and energy are compared per token.${perChunk}`];
}

function theBest() {
  const cost = costs();
  const known = usable.filter((i) => cost[i] !== null);
  if (known.length === 0) return ["No point can be compared: widen the filters."];
  const best = known.reduce((a, b) => (cost[b] < cost[a] ? b : a));
  const error = errorColumn && values(errorColumn)[best] !== null ? `, relative error ${figure(values(errorColumn)[best])}` : "";
  const sentences = [`Best ${objective(state.objective).label}: ${figureWithUnit(state.objective, cost[best], best)} with ${pointLabel(best)}${error}.`];
  const bottleneck = values("bottleneck")[best];
  if (bottleneck) sentences[0] += ` What bounds it: ${bottleneck}.`;
  if (clocks.size > 1 && /cycles/.test(state.objective))
    sentences.push(`Clocks differ (${[...clocks].map(Number).sort((a, b) => a - b).map((c) => `${c} GHz`).join(", ")}): cycles of different machines are not the same time.`);
  return sentences;
}

function whoWins() {
  const { levels, cases, ties } = wins(state.by, usable, costs());
  if (cases === 0) return [];
  const ranked = levels.map((level, code) => ({ ...level, name: state.by.levels[code] })).filter((level) => level.cases > 0)
    .sort((a, b) => b.wins - a.wins);
  const winners = ranked.filter((level) => level.wins > 0).slice(0, 6)
    .map((level) => `${level.name} wins ${share(level.wins, cases)}, the second taking ${figure(median(level.margins), 3)}× (median)`);
  const losers = ranked.filter((level) => level.wins === 0).map((level) => level.name);
  return [`With everything else equal, by ${state.by.name}: ${winners.join("; ")}` +
    (ties > 0 ? `; ${count(ties, "tie")}` : "") + (losers.length > 0 && losers.length <= 8 ? `; never the best: ${losers.join(", ")}` : "") + "."];
}

/// Whether the winners depend on where in their spread the published costs lie.
function howCertain() {
  const ends = endsOf(state.objective);
  if (!ends) return [];
  let cases = 0, same = 0;
  for (const group of groupsAlong(state.by, usable)) {
    const [nominal, ...others] = [state.objective, ...ends].map((name) => winner(state.by, group, values(name)));
    if (!nominal || nominal.competitors < 2 || nominal.code < 0) continue;
    ++cases;
    if (others.every((other) => other?.code === nominal.code)) ++same;
  }
  return cases > 0 ? [`Of these winners ${share(same, cases)} stay where all published costs are at their low ends, and where all are at their high ends.`] : [];
}

/// The least energy and area, whatever is compared, with the spread of what is published.
function theCosts() {
  return [energyColumn, "area_mm2.total"].filter((name) => name !== state.objective && objective(name)).flatMap((name) => {
    const known = usable.filter((i) => values(name)[i] !== null);
    if (known.length === 0 || (name === "area_mm2.total" && !areasOf(known))) return [];
    const best = known.reduce((a, b) => (values(name)[b] < values(name)[a] ? b : a));
    return [`Least ${objective(name).label}: ${figureWithUnit(name, values(name)[best], best)} with ${pointLabel(best)}.`];
  });
}

function againstForwardSubstitution() {
  const axis = axisNamed("algorithm");
  const reference = axis?.levels.indexOf("forward_substitution") ?? -1;
  if (reference < 0) return [];
  const parts = [...speedups(axis, reference, usable, costs())].map(([code, ratios]) => ({ name: axis.levels[code], sorted: ascending(ratios) }))
    .sort((a, b) => median(b.sorted) - median(a.sorted))
    .map(({ name, sorted }) => `${name} ${figure(quantile(sorted, 0.5), 3)}× (${figure(sorted[0], 3)} to ${figure(sorted[sorted.length - 1], 3)})`);
  return parts.length > 0
    ? [`Speed-up over forward_substitution in ${objective(state.objective).label}, median (least to most): ${parts.join(", ")}.`] : [];
}

function whatMatters() {
  const rows = variedAxes.map((axis) => sensitivity(axis, usable, costs())).filter((row) => row).sort((a, b) => b.median - a.median);
  if (rows.length < 2) return [];
  const told = rows.slice(0, 6).map((row) => `${axisTitle(row.axis)} ${figure(row.median, 3)}×${row.best !== null && (row.axis.kind === "number" || row.axis.levels.length < 12)
    ? ` (best most often: ${row.axis.levels[row.best]})` : ""}`);
  return [`What the axes do alone, worst over best, median: ${told.join(", ")}.`];
}

function theFront() {
  if (!errorColumn) return ["No point has an error of its results: fronts of accuracy are left out."];
  const cost = costs(), errors = values(errorColumn);
  const front = paretoFront(usable, cost, errors, "low", "low");
  if (front.length < 2) return [];
  const [first, last] = [front[0], front[front.length - 1]];
  return [`Front of ${objective(state.objective).label} and error: ${count(front.length, "point")}, from ${figureWithUnit(state.objective, cost[first])} at ` +
    `relative error ${figure(errors[first])} (${pointLabel(first)}) to ${figureWithUnit(state.objective, cost[last])} at ${figure(errors[last])} (${pointLabel(last)}).`];
}

function whatIsMissing() {
  const missing = [["energy", energyColumn], ["area", "area_mm2.total"]].filter(([, name]) => !objective(name)).map(([what]) => what);
  return missing.length > 0 ? [`These results have no ${missing.join(" and no ")}: no front shows ${missing.length > 1 ? "them" : "it"}. ` +
    "Give the machine a section `cost` (`tricycle describe hw`), and run the points again."] : [];
}

function tellVerdict() {
  tellWhatToBuild();
  const sentences = [whatIsThere, whatIsCompared, theBest, theCosts, whoWins, howCertain, againstForwardSubstitution, whatMatters, theFront, whatIsMissing].flatMap((part) => part());
  document.getElementById("words").replaceChildren(...sentences.map((sentence) => el("li", {}, sentence)));
}
