// SPDX-License-Identifier: Apache-2.0
//
// The command that makes a point again.

/// A word as a POSIX shell reads it back; bash and zsh where it holds control characters.
function shellWord(text) {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) {
    const bytes = [...new TextEncoder().encode(text)];
    return `$'${bytes.map((b) => (b < 32 || b > 126 || b === 39 || b === 92 ? `\\x${b.toString(16).padStart(2, "0")}` : String.fromCharCode(b))).join("")}'`;
  }
  return /^[\w.,:=@%+/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
/// A file's name that is not read as an option.
const fileWord = (text) => shellWord(text.startsWith("-") ? `./${text}` : text);

/// Keys whose values are written with their unit.
const UNITS_WRITTEN = new Set(["GHz", "ns", "GB/s"]);

/// {folder, command} of a point, or null where its report does not say what it was made of.
function runAgain(i) {
  const origin = report.origins[report.origin[i]];
  if (!origin) return null;
  const level = (axis) => axis.levels[axis.code[i]];
  const given = (name) => (axisNamed(name) && axisNamed(name).values[i] !== null ? level(axisNamed(name)) : null);
  const machine = origin.machine || given("machine"), problem = origin.problem || given("problem");
  if (!machine || !problem) return null;
  const words = ["tricycle", "run", fileWord(machine), fileWord(problem)];
  for (const name of ["algorithm", "format"]) {
    const value = given(name) ?? values(name)[i];
    if (value) words.push(`--${name}`, shellWord(value));
  }
  for (const setting of origin.set) words.push("--set", shellWord(setting));
  for (const axis of report.axes) {
    if (["machine", "problem", "algorithm", "format"].includes(axis.name) || axis.values[i] === null) continue;
    const unit = axis.kind === "number" && UNITS_WRITTEN.has(axis.unit) ? ` ${axis.unit}` : "";
    words.push("--set", shellWord(`${axis.name}=${level(axis)}${unit}`));
  }
  return { folder: origin.folder, command: words.join(" ") };
}

/// Copies without asking for a permission that a page from a file may not have.
function copyText(element) {
  const selection = window.getSelection();
  selection.selectAllChildren(element);
  document.execCommand("copy");
}

function againParts(i) {
  const again = runAgain(i);
  if (!again) return [];
  const text = el("pre", { id: "again", tabindex: "0" }, again.command);
  const copy = el("button", { type: "button", id: "copy", onclick: () => {
    copyText(text);
    copy.textContent = "Copied";
  } }, "Copy");
  return [el("div", { class: "bar" }, el("span", { class: "weak" }, `The same run again, from ${again.folder}:`), copy), text];
}
