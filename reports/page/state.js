// SPDX-License-Identifier: Apache-2.0
//
// What the reader chose, and who must be told when that changes.

/// Elements with text, never markup: names stay what they are.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/// A labelled select; `options` are [value, text].
function choice(label, options, value, change) {
  const select = el("select", { onchange: () => change(select.value) },
    ...options.map(([v, text]) => el("option", { value: v }, text)));
  select.value = value;
  const element = el("label", {}, label, select);
  element.select = select;
  return element;
}

const ERRORS = ["y_rel_error_max", "y_rel_error_mean", "rel_error_max", "rel_error_mean"];
const errorColumn = ERRORS.find((name) => objective(name)) ?? null;
const withoutMean = (label) => label[0].toUpperCase() + label.slice(1).replace(/, (worst chunk|mean)$/, "");
const costObjectives = OBJECTIVES.filter((o) => o.ratio);
const latencyCycles = values("latency_cycles"), latencyNs = values("latency_ns");
const clocks = new Set(everyPoint.filter((i) => latencyCycles[i] && latencyNs[i])
  .map((i) => (latencyCycles[i] / latencyNs[i]).toPrecision(4)));
/// Points of several chunk sizes are compared by what a token costs: a larger chunk does more.
const chunkSizes = new Set(values("chunk").filter((chunk) => chunk !== null));
const isPerToken = chunkSizes.size > 1 && objective("cycles_per_token") !== undefined;
const perWork = isPerToken ? "token" : "chunk";
const timeColumn = `${clocks.size > 1 ? "ns" : "cycles"}_per_${perWork}`;
const energyColumn = `energy_per_${perWork}_pj.nominal`;

const state = {
  objective: objective(timeColumn)?.name ?? costObjectives[0]?.name ?? null,
  by: (axisNamed("algorithm") && axisNamed("algorithm").levels.length > 1 ? axisNamed("algorithm") : variedAxes[0]) ??
    report.axes[0] ?? null,
  limit: Infinity,
  filters: new Map(),  // axis -> level code
  selection: null,     // Set of points brushed
};

const isFailed = (i) => report.reason[i] !== null;
const nanCount = values("nan_count"), infCount = values("inf_count"), notFinite = values("not_finite_chunks");
const hasFiniteResults = (i) => !nanCount[i] && !infCount[i] && !notFinite[i];

/// Points of the filters, failed ones included; and those that can be compared.
let filtered = [], usable = [];
function recompute() {
  filtered = everyPoint.filter((i) => [...state.filters].every(([axis, code]) => axis.code[i] === code));
  const errors = errorColumn ? values(errorColumn) : null;
  usable = filtered.filter((i) => !isFailed(i) && hasFiniteResults(i) &&
    (state.limit === Infinity || (errors && errors[i] !== null && errors[i] <= state.limit)));
}
recompute();

const listeners = [];
const onChange = (listener) => listeners.push(listener);

/// `source`: the chart whose brush made the selection.
function change(patch, source = null) {
  if (!("selection" in patch)) patch.selection = null;
  const onlySelection = Object.keys(patch).every((key) => key === "selection");
  if (onlySelection && patch.selection === state.selection) return;
  Object.assign(state, patch);
  recompute();
  for (const listener of listeners) listener({ onlySelection, source });
}

const costs = () => (state.objective ? values(state.objective) : values(""));
const isSelected = (i) => state.selection === null || state.selection.has(i);

function buildControls() {
  const controls = document.getElementById("controls");
  const shown = el("output", { id: "shown" });
  const objectiveChoice = choice("Less is better:", costObjectives.map((o) => [o.name, titleOf(o.name)]), state.objective,
    (name) => change({ objective: name }));
  objectiveChoice.select.id = "objective";
  const byChoice = choice("Compare by:", (variedAxes.length > 0 ? variedAxes : report.axes).map((axis) => [axis.name, axisTitle(axis)]), state.by?.name ?? "",
    (name) => change({ by: axisNamed(name) }));
  controls.append(objectiveChoice, byChoice);
  if (errorColumn) {
    const limit = el("input", {
      type: "text", inputmode: "decimal", size: "7", placeholder: "none", id: "limit", title: "what is to be built is held to forward substitution's error where this is empty",
      onchange: () => {
        const value = limit.value.trim() === "" ? Infinity : Number(limit.value);
        limit.setCustomValidity(value >= 0 ? "" : "a number such as 1e-3, or nothing");
        if (limit.reportValidity()) change({ limit: value });
      },
    });
    controls.append(el("label", {}, `${withoutMean(objective(errorColumn).label)} at most:`, limit));
  }
  for (const axis of variedAxes)
    controls.append(choice(`${axisTitle(axis)}:`, [["", "all"], ...axis.levels.map((level, code) => [code, level])], "", (code) => {
      const filters = new Map(state.filters);
      if (code === "") filters.delete(axis);
      else filters.set(axis, Number(code));
      change({ filters });
    }));
  const clear = el("button", { type: "button", id: "clear", onclick: () => change({ selection: null }) }, "Clear selection");
  controls.append(clear, shown);
  const tell = () => {
    const some = state.selection ? `, ${state.selection.size} selected` : "";
    shown.textContent = `${usable.length} of ${report.count} points${some}`;
    clear.disabled = state.selection === null;
  };
  onChange(tell);
  tell();
}
