// SPDX-License-Identifier: Apache-2.0
//
// Every point as a row: search, order, columns of choice, CSV; and everything about one point.

const kRowsPerPage = 50;
const TABLE_COLUMNS = [`cycles_per_${perWork}`, `ns_per_${perWork}`, "latency_cycles", energyColumn, "area_mm2.total", shareOf("useful", "matrix_utilization.useful"),
  shareOf("vector", "vector_utilization"), "bottleneck", errorColumn, ["y_snr_db_worst", "snr_db_worst"].find((name) => report.columns.has(name))];

const table = {
  search: "", page: 0, sort: null, descending: false,
  columns: TABLE_COLUMNS.filter((name) => name && report.columns.has(name) && values(name).some((v) => v !== null)),
};

/// Heads of the table: name, unit, values, whether figures.
function tableHeads() {
  return [
    { name: "point", unit: "", values: report.point, number: true },
    ...report.axes.map((axis) => ({ name: axis.name, unit: axis.unit, values: axis.values, number: axis.kind === "number" })),
    ...table.columns.map((name) => report.columns.get(name)).map((c) => ({ name: c.name, unit: c.unit, values: c.values, number: c.kind === "number" })),
    ...(report.reason.some((reason) => reason !== null) ? [{ name: "failed", unit: "", values: report.reason, number: false }] : []),
  ];
}

function tableRows(heads) {
  const words = table.search.toLowerCase().split(/\s+/).filter((word) => word);
  const rows = filtered.filter((i) => isSelected(i)).filter((i) => {
    const text = heads.map((head) => head.values[i] ?? "").join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const sort = heads.find((head) => head.name === table.sort);
  if (sort) {
    const sign = table.descending ? -1 : 1;
    const order = sort.number ? (a, b) => a - b : (a, b) => a.localeCompare(b, "en");
    rows.sort((a, b) => {  // what has no value stands last, either way
      const [x, y] = [sort.values[a], sort.values[b]];
      return x === null || y === null ? (x === null) - (y === null) : sign * order(x, y);
    });
  }
  return rows;
}

/// On paper a name may end its line behind a dot or an underscore.
const breakable = (name) => name.split(/(?<=[._])/).flatMap((part) => [part, el("wbr")]);

function drawTable() {
  const heads = tableHeads(), rows = tableRows(heads);
  const pages = Math.max(1, Math.ceil(rows.length / kRowsPerPage));
  table.page = Math.min(table.page, pages - 1);
  const header = heads.map((head) => {
    const sorted = table.sort === head.name;
    return el("th", { class: head.number ? "number" : "", scope: "col", "aria-sort": sorted ? (table.descending ? "descending" : "ascending") : "none" },
      el("button", {
        type: "button", "data-sort": head.name, onclick: () => {
          table.descending = sorted && !table.descending;
          table.sort = head.name;
          drawTable();
          document.querySelector(`[data-sort="${CSS.escape(head.name)}"]`).focus();
        },
      }, ...breakable(head.name), sorted ? (table.descending ? " ▼" : " ▲") : ""), el("small", {}, head.unit || "\u00a0"));
  });
  const body = rows.slice(table.page * kRowsPerPage, (table.page + 1) * kRowsPerPage).map((i) => el("tr", { class: isFailed(i) ? "failed" : "" },
    ...heads.map((head, n) => el("td", { class: head.number ? "number" : "" },
      n === 0 ? el("button", { type: "button", class: "open", "aria-label": `All about point ${head.values[i]}`, onclick: () => showPoint(i) }, String(head.values[i]))
        : head.number ? (head.values[i] === null ? "" : figure(head.values[i])) : head.values[i] ?? ""))));
  document.getElementById("rows").replaceChildren(el("thead", {}, el("tr", {}, ...header)), el("tbody", {}, ...body));
  document.getElementById("page").textContent = `${count(rows.length, "row")}, page ${table.page + 1} of ${pages}`;
  document.getElementById("previous").disabled = table.page === 0;
  document.getElementById("next").disabled = table.page === pages - 1;
}

/// The rows shown, of all pages, as files: heads and rows of values.
const EXPORTS = [
  ["csv", "text/csv", (heads, rows) => {
    const cell = (value) => (value === null ? "" : /[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
    return [heads.map((head) => head.name), ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
  }],
  ["jsonl", "application/jsonl", (heads, rows) =>
    rows.map((cells) => `${JSON.stringify(Object.fromEntries(cells.map((cell, n) => [heads[n].name, cell])))}\n`).join("")],
  ["md", "text/markdown", (heads, rows) => {
    // What would end the cell or begin HTML is escaped.
    const cell = (value) => (typeof value === "number" ? figure(value) : (value ?? "").replace(/[|<\\`]/g, "\\$&").replace(/[\r\n]+/g, " "));
    const line = (cells) => `| ${cells.join(" | ")} |\n`;
    return line(heads.map((head) => cell(withUnit(head.name, head.unit)))) + line(heads.map((head) => (head.number ? "---:" : "---"))) +
      rows.map((cells) => line(cells.map(cell))).join("");
  }],
];
function exportButton([kind, type, write]) {
  return el("button", {
    type: "button", id: kind, "aria-label": `Download these rows as ${kind.toUpperCase()}`, onclick: () => {
      const heads = tableHeads();
      const rows = tableRows(heads).map((i) => heads.map((head) => head.values[i]));
      download(`points.${kind}`, new Blob([write(heads, rows)], { type }));
    },
  }, kind.toUpperCase());
}

function buildTable() {
  const turn = (by) => () => {
    table.page += by;
    drawTable();
  };
  const search = el("input", {
    type: "search", id: "search", placeholder: "words, all of them", oninput: () => {
      table.search = search.value;
      table.page = 0;
      drawTable();
    },
  });
  const more = el("select", {
    id: "more", onchange: () => {
      const name = more.value;
      table.columns = table.columns.includes(name) ? table.columns.filter((other) => other !== name) : [...table.columns, name];
      fillMore();
      drawTable();
    },
  });
  const fillMore = () => more.replaceChildren(el("option", { value: "" }, "…"),
    ...[...report.columns.keys()].map((name) => el("option", { value: name }, (table.columns.includes(name) ? "− " : "+ ") + name)));
  fillMore();
  document.getElementById("table").append(
    el("div", { class: "bar" }, el("label", {}, "Search:", search), el("label", {}, "Column:", more),
      el("button", { type: "button", id: "previous", onclick: turn(-1) }, "Previous"), el("button", { type: "button", id: "next", onclick: turn(1) }, "Next"),
      el("span", { id: "page", "aria-live": "polite" }), el("span", { class: "spring" }), "These rows:", ...EXPORTS.map(exportButton)),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Points" }, el("table", { id: "rows" })),
    el("p", { class: "weak" }, "Figures have six digits at most here; `tricycle export STORE` prints all of them. A name at the top orders, a point's number tells all about it."));
  onChange(() => {
    table.page = 0;
    drawTable();
  });
  drawTable();
}

/// A figure, or what was set, in the dialog of a point.
const factRow = ({ name, unit, meaning }, value, isNumber) => el("tr", {}, el("td", { title: meaning }, ...breakable(name)),
  el("td", { class: isNumber ? "number" : "text" }, value), el("td", {}, unit), el("td", { class: "weak" }, meaning));

/// Everything about one point.
function showPoint(i) {
  const dialog = document.getElementById("point");
  const axes = report.axes.map((axis) => factRow(axis, String(axis.values[i] ?? "none"), axis.kind === "number"));
  const rows = [...report.columns.values()].filter((column) => column.values[i] !== null)
    .map((column) => factRow(column, column.kind === "number" ? figure(column.values[i], 6) : column.values[i], column.kind === "number"));
  dialog.replaceChildren(
    el("div", { class: "bar" }, el("h3", { id: "point-title" }, `Point ${report.point[i]}: ${pointLabel(i)}`),
      el("button", { type: "button", id: "close", autofocus: true, onclick: () => dialog.close() }, "Close")),
    ...(isFailed(i) ? [el("p", {}, `Failed: ${report.reason[i]}`)] : []),
    ...againParts(i),
    el("table", {}, el("tbody", {}, ...axes, ...rows)));
  dialog.showModal();
}
