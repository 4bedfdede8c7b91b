// SPDX-License-Identifier: Apache-2.0
//
// The data of the page: columns over points, and figures derived from them.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGIT_OF = new Map([...DIGITS].map((digit, value) => [digit, value]));

/// One value per point from what the page holds: one for all, a list, or {of, at}; the page's writer
/// (page_document.cpp) explains them.
function unpack(packed, count) {
  if (Array.isArray(packed)) return packed;
  if (packed === null || typeof packed !== "object") return new Array(count).fill(packed);
  const width = packed.at.length / count;
  const values = new Array(count);
  for (let i = 0; i < count; ++i) {
    let code = 0;
    for (let k = width - 1; k >= 0; --k) code = code * 64 + DIGIT_OF.get(packed.at[i * width + k]);
    values[i] = packed.of[code];
  }
  return values;
}

/// {name, unit, meaning, kind, values}; values[i] is a number, a text or null, made when first asked for.
class Column {
  constructor({ name, unit, meaning, kind }, make) {
    Object.assign(this, { name, unit, meaning, kind, make, made: null });
  }
  get values() {
    this.made ??= this.make();
    return this.made;
  }
}

/// Older stores have this for the SNR of what is not finite.
const kNotFiniteDb = -300;

function decode(document) {
  const column = (packed) => new Column(packed, () => {
    const values = unpack(packed.values, document.count);
    if (/snr_db/.test(packed.name)) return values.map((v) => (v !== null && v <= kNotFiniteDb ? null : v));
    return packed.kind === "text" ? values.map((v) => (v === null ? null : document.texts[v])) : values;
  });
  return {
    title: document.title,
    provenance: document.provenance,
    count: document.count,
    missing: document.missing,
    timelines: document.timelines,
    origins: document.origins ?? [],
    origin: document.origin ? column(document.origin).values : [],
    point: column(document.point).values,
    reason: column(document.reason).values,
    axes: document.axes.map(column),
    columns: new Map(document.columns.map((packed) => [packed.name, column(packed)])),
  };
}

const report = decode(JSON.parse(document.getElementById("data").textContent));
const everyPoint = Array.from({ length: report.count }, (_, i) => i);

/// Figures made of others: name, unit, meaning, sources, formula.  They exist where all sources do.
const DERIVED = [
  ["ns_per_chunk", "ns", "1e9 / throughput_chunks_per_s", ["throughput_chunks_per_s"], (t) => 1e9 / t],
  ["ns_per_token", "ns", "1e9 / throughput_chunks_per_s / chunk", ["throughput_chunks_per_s", "chunk"], (t, c) => 1e9 / t / c],
  ["useful_macs_per_cycle", "MAC/cycle", "steady state; useful_macs / chunks / cycles_per_chunk",
    ["useful_macs", "chunks", "cycles_per_chunk"], (m, n, t) => m / n / t],
  ["useful_macs_per_byte", "MAC/B", "useful_macs / dram_bytes",
    ["useful_macs", "dram_bytes"], (m, b) => m / b],
  ["peak_macs_per_cycle", "MAC/cycle", "all cores; macs / (total_cycles x matrix_utilization.mac)",
    ["macs", "total_cycles", "matrix_utilization.mac"], (m, t, u) => m / t / u],
  ["vector_roof_macs_per_cycle", "MAC/cycle", "what the vector unit's work leaves of the array; useful_macs / chunks / lower_bound_cycles.vector",
    ["useful_macs", "chunks", "lower_bound_cycles.vector"], (m, n, t) => m / n / t],
  ["dram_bytes_per_cycle", "B/cycle", "the DRAM's bandwidth; dram_bytes / chunks / lower_bound_cycles.dram",
    ["dram_bytes", "chunks", "lower_bound_cycles.dram"], (b, n, t) => b / n / t],
];

for (const [name, unit, meaning, sources, formula] of DERIVED) {
  if (!sources.every((source) => report.columns.has(source))) continue;
  report.columns.set(name, new Column({ name, unit, meaning: `${meaning}; derived by this page`, kind: "number" }, () => {
    const from = sources.map((source) => report.columns.get(source).values);
    return everyPoint.map((i) => {
      const given = from.map((column) => column[i]);
      const value = given.includes(null) ? NaN : formula(...given);
      return Number.isFinite(value) ? value : null;
    });
  }));
}

/// What one may want of a point: column, label, which is better, whether ratios of it mean something.
const OBJECTIVES = [
  ["cycles_per_token", "time per token, steady state", "low", true],
  ["ns_per_token", "time per token, steady state", "low", true],
  ["cycles_per_chunk", "time per chunk, steady state", "low", true],
  ["ns_per_chunk", "time per chunk, steady state", "low", true],
  ["latency_cycles", "latency of one chunk", "low", true],
  ["latency_ns", "latency of one chunk", "low", true],
  ["energy_per_token_pj.nominal", "energy per token, steady state", "low", true],
  ["energy_per_chunk_pj.nominal", "energy per chunk, steady state", "low", true],
  ["energy_delay_product_pj_ns.nominal", "energy x time of a chunk", "low", true],
  ["average_power_w.nominal", "average power of the run", "low", true],
  ["area_mm2.total", "area", "low", true],
  ["y_rel_error_max", "relative error of Y, worst chunk", "low", true],
  ["y_rel_error_mean", "relative error of Y, mean", "low", true],
  ["y_snr_db_worst", "SNR of Y, worst chunk", "high", false],
  ["y_snr_db_mean", "SNR of Y, mean", "high", false],
  ["y_correlation_worst", "correlation of Y, worst chunk", "high", false],
  ["rel_error_max", "relative error of T, worst chunk", "low", true],
  ["rel_error_mean", "relative error of T, mean", "low", true],
  ["snr_db_worst", "SNR of T, worst chunk", "high", false],
  ["snr_db_mean", "SNR of T, mean", "high", false],
  ["gops_per_w.nominal", "operations per energy", "high", false],
  ["gops_per_mm2.nominal", "operations per time and area", "high", false],
  ["scratchpad_peak_bytes", "scratchpad held", "low", true],
  ["dram_bytes", "DRAM traffic, all chunks", "low", true],
  ["steady_utilization.useful", "useful share of the array's peak", "high", false],
  ["matrix_utilization.useful", "useful share of the array's peak, whole run", "high", false],
].map(([name, label, better, ratio]) => ({ name, label, better, ratio, column: report.columns.get(name) }))
  .filter(({ column }) => column?.values.some((v) => v !== null));

const values = (name) => report.columns.get(name)?.values ?? new Array(report.count).fill(null);
const objective = (name) => OBJECTIVES.find((o) => o.name === name);
const withUnit = (text, unit) => (unit && unit !== "0..1" ? `${text} (${unit})` : text);
const titleOf = (name) => withUnit(objective(name)?.label ?? name, report.columns.get(name)?.unit);

/// Distinct values of an axis, numbers by size, texts by first appearance; `code[i]` says which one
/// point i has.
for (const axis of report.axes) {
  const found = [...new Set(axis.values)];
  if (axis.kind === "number") found.sort((a, b) => (a === null) - (b === null) || a - b);
  const order = new Map(found.map((value, code) => [value, code]));
  axis.levels = found.map((value) => (value === null ? "none" : String(value)));
  axis.code = axis.values.map((value) => order.get(value));
}
/// Axes whose values say each other's, such as the rows and columns of a square array, are one: the first
/// of them stands for all, the others are its followers.
function moveTogether(a, b) {
  if (a.levels.length !== b.levels.length) return false;
  const there = new Array(a.levels.length), back = new Array(b.levels.length);
  return everyPoint.every((i) => {
    const [x, y] = [a.code[i], b.code[i]];
    there[x] ??= y;
    back[y] ??= x;
    return there[x] === y && back[y] === x;
  });
}
const variedAxes = [];
for (const axis of report.axes.filter(({ levels }) => levels.length > 1)) {
  axis.followers = [];
  axis.leader = variedAxes.find((other) => moveTogether(other, axis)) ?? axis;
  if (axis.leader === axis) variedAxes.push(axis);
  else axis.leader.followers.push(axis);
}
const lastPart = (name) => name.split(".").pop();
/// "systolic_array.rows, cols", with the unit.
const axisTitle = (axis) => withUnit([axis.name, ...(axis.followers ?? []).map(({ name }) => lastPart(name))].join(", "), axis.unit);
const axisNamed = (name) => report.axes.find((axis) => axis.name === name);

/// "1,348", "0.00123", "1.2e-7", "3.4e+9": four digits, as few characters as that takes.
function figure(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(digits - 2).replace(/\.?0+e/, "e");
  const whole = size >= 10 ** (digits - 1);
  return value.toLocaleString("en-US", whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: digits });
}
/// Energies in pJ, and products with them, have a word for every thousandfold.
const JOULES = ["pJ", "nJ", "µJ", "mJ", "J"];
function scaled(value, unit) {
  if (!unit?.startsWith("pJ") || !(Math.abs(value) >= 1000)) return [value, unit];
  const step = Math.min(JOULES.length - 1, Math.floor(Math.log10(Math.abs(value)) / 3));
  return [value / 1000 ** step, JOULES[step] + unit.slice("pJ".length)];
}
function withUnitOf(name, value) {
  const [size, unit] = scaled(value, report.columns.get(name)?.unit);
  return figure(size) + (unit && unit !== "0..1" && value !== null ? ` ${unit}` : "");
}

/// The columns that hold the ends of a figure's published spread, or null: energy and area have them.
const ENDS = { "energy_pj.total": ["energy_low_pj.total", "energy_high_pj.total"], "area_mm2.total": ["area_low_mm2.total", "area_high_mm2.total"] };
function endsOf(name) {
  const names = ENDS[name] ?? (name?.endsWith(".nominal") ? ["low", "high"].map((end) => name.replace(/nominal$/, end)) : []);
  return names.length > 0 && names.every((end) => report.columns.has(end)) ? names : null;
}
/// "82.1 nJ (55.3 nJ to 140 nJ)": with the ends of the spread where the figure has one.
function figureWithUnit(name, value, i = null) {
  const ends = i === null || value === null ? null : endsOf(name);
  const spread = ends ? ` (${ends.map((end) => withUnitOf(end, values(end)[i])).join(" to ")})` : "";
  return withUnitOf(name, value) + spread;
}

const withoutBreak = (text, unit) => (unit ? `${text}\u00a0${unit}` : text);

/// The axes that vary, as "block_doubling · int8 · rows 16".
function pointLabel(i) {
  const level = (axis) => axis.levels[axis.code[i]];
  const part = (axis) => (axis.kind === "number" ? `${lastPart(axis.name)} ${withoutBreak(level(axis), axis.unit)}` : level(axis));
  // A follower of the same value says nothing new.
  const parts = variedAxes.flatMap((axis) => [axis, ...axis.followers.filter((other) => level(other) !== level(axis))].map(part));
  return parts.length > 0 ? parts.join(" · ") : `point ${report.point[i]}`;
}
