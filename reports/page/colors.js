// SPDX-License-Identifier: Apache-2.0
//
// One colour for one meaning, by name: the same on every chart and on every page, whatever else is shown.

/// #rrggbb of a, moved by `share` towards b.
function mixed(a, b, share) {
  const parts = [1, 3, 5].map((at) => {
    const [x, y] = [a, b].map((hex) => parseInt(hex.slice(at, at + 2), 16));
    return Math.round(x + (y - x) * share).toString(16).padStart(2, "0");
  });
  return `#${parts.join("")}`;
}
/// Black or white, whichever is easier to read on the colour (relative luminance of WCAG 2).
function inkOn(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111111" : "#ffffff";
}

// Units after Okabe and Ito; what a unit does, and what waits for it, are shades of the unit.
const UNIT_COLORS = { matrix: "#0072b2", vector: "#d55e00", dma: "#009e73", read_out: "#8a63c7", solve: "#a8327d", dram: "#2f6f73" };
const OPCODE_COLORS = {
  load: "#009e73", store: "#55c4a4", matmul: "#0072b2", epilogue: "#d55e00", row_step: "#f08a4b", column_step: "#f5b183",
  elementwise: "#a34700", scales: "#c9802e", quantise: "#7a4400", norm: "#ffd0a6", exit: "#4d2a00", read_out: "#8a63c7", solve: "#a8327d",
};
const CAUSE_COLORS = {
  launch: "#9aa4ae", wait_matrix: "#9ccbe6", wait_vector: "#f4b183", wait_dma: "#9fdcc4", wait_read_out: "#c9b5ea", wait_solve: "#e0a3cb", drain: "#b6bf62", token: "#f2d95c",
  item: "#cdb892", issue: "#8c6d31", path: "#5f63c9", bank_conflict: "#d1477a", scratchpad_bandwidth: "#eb9aab", dram: "#2f6f73",
  // Of a chunk: as long as it is none of the units it waits for.
  held: "#b9c2cb", queued: "#b2abd2",
};
// forward_substitution, which others are compared with, is grey.
const ALGORITHM_COLORS = {
  forward_substitution: "#5c6670", neumann_masked: "#c98a00", neumann_masked_blockwise: "#8f4a12", block_doubling: "#1f4fa3", masked_newton: "#c8286e",
  block_horner: "#2a9df4", column_sweep: "#7c8a2e", matrix_column_sweep: "#b99a6b", blocked_substitution: "#0f8a86", block_elimination: "#3f8f1f",
  neumann_product: "#b5271f", neumann_truncated: "#7a1fa2", newton_schulz: "#d96fc0", diagonal_split: "#46326b", mixed_recursive: "#5fb36a", solve_unit: "#a8327d",
  block_nested: "#0b6e4f", block_ps4: "#9c5a1f", ns_blocks: "#6f5bd0", tt_doubling: "#e2723b", tt_horner: "#44889c", auto: "#3d5a00",
};
const FORMAT_COLORS = {
  fp64: "#16324f", fp32: "#20639b", tf32: "#1d8a99", fp16: "#4aa3df", bf16: "#7b6fd0", float8_e4m3fn: "#2e8b57", float8_e5m2: "#8fbf5a", int16: "#8b2635",
  int8: "#e0584f", int4: "#e3a04f",
};
const NAMED_COLORS = { algorithm: ALGORITHM_COLORS, format: FORMAT_COLORS };
// Names of a user's own, and values of other axes, in their order.
const OTHER_COLORS = ["#3b6fb6", "#c25b1a", "#2f8f5b", "#a8407f", "#8a6d00", "#5aa9e6", "#6a4fb3", "#5c6670", "#a33b20", "#4f7a00", "#b98d5c", "#4fb39a",
  "#3a3a3a", "#27348b"];
// Numbers, from little to much: even in lightness, and to be seen on white as on black.
const NUMBER_COLORS = ["#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#a9c22f"];

function onScale(scale, share) {
  const at = Math.min(Math.max(share, 0), 1) * (scale.length - 1);
  const below = Math.min(Math.floor(at), scale.length - 2);
  return mixed(scale[below], scale[below + 1], at - below);
}

const onTheme = (theme, hex) => (theme.lighter > 0 ? mixed(hex, "#ffffff", theme.lighter) : hex);
const unitColor = (theme, unit) => onTheme(theme, UNIT_COLORS[unit] ?? OTHER_COLORS[0]);
const causeColor = (theme, cause) => (theme.lighter > 0 ? mixed(CAUSE_COLORS[cause] ?? "#9aa4ae", "#000000", 0.12) : CAUSE_COLORS[cause] ?? "#9aa4ae");
/// "matmul + epilogue" is what goes on at once: between their colours.
function workColor(theme, name) {
  const colors = name.split(" + ").map((part) => OPCODE_COLORS[part] ?? UNIT_COLORS[part] ?? OTHER_COLORS[7]);
  return onTheme(theme, colors.reduce((a, b) => mixed(a, b, 0.5)));
}
/// Of a level of an axis: algorithms and formats by name, numbers by rank.
function levelColor(theme, axis, code) {
  const named = NAMED_COLORS[axis.name]?.[axis.levels[code]];
  if (named) return onTheme(theme, named);
  if (axis.kind === "number" && axis.levels.length > 1) return onTheme(theme, onScale(NUMBER_COLORS, code / (axis.levels.length - 1)));
  return onTheme(theme, OTHER_COLORS[code % OTHER_COLORS.length]);
}
