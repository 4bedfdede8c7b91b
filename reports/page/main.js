// SPDX-License-Identifier: Apache-2.0
//
// The page from top to bottom.

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  const other = name === "dark" ? "light" : "dark";
  document.getElementById("theme").textContent = other === "dark" ? "Dark" : "Light";
  document.getElementById("theme").setAttribute("aria-label", `Switch to ${other} colours`);
}

function buildProvenance() {
  const rows = report.provenance.map(([name, text]) => el("tr", {}, el("td", {}, name),
    el("td", {}, text.includes("\n") ? el("pre", {}, text) : text)));
  const columns = [...report.columns.values()].map((column) => el("tr", {}, el("td", {}, column.name), el("td", {}, column.unit), el("td", {}, column.meaning)));
  document.getElementById("provenance").append(
    el("table", {}, el("tbody", {}, ...rows)),
    el("details", {}, el("summary", {}, "Every figure, its unit and meaning"), el("table", {}, el("tbody", {}, ...columns))),
    el("p", { class: "weak" }, "Results are those of the files named above; nothing here was measured on silicon. Energies and areas are those of published tables: nominal, and from their low to their high end. " +
      `Charts: Apache ECharts ${echarts.version} (Apache-2.0) with zrender (BSD-3-Clause); their notices are in this file's code.`));
}

function buildContents() {
  document.getElementById("contents").append(...[...document.querySelectorAll("main > section")]
    .map((section) => el("a", { href: `#${section.id}` }, section.querySelector("h2").textContent)));
}

/// The controls stay in view where they leave most of the window to the report, and links stop below them.
function stickControls() {
  const controls = document.getElementById("controls"), kMostOfWindow = 0.25;
  const measure = () => {
    const sticks = controls.offsetHeight <= kMostOfWindow * window.innerHeight;
    controls.classList.toggle("sticks", sticks);
    document.documentElement.style.setProperty("--stuck", `${sticks ? controls.offsetHeight : 0}px`);
  };
  new ResizeObserver(measure).observe(controls);
  window.addEventListener("resize", measure);
  measure();
}

function build() {
  document.getElementById("title").textContent = report.title;
  document.getElementById("subtitle").textContent = `${count(report.count, "point")}; axes: ` +
    (variedAxes.length > 0 ? variedAxes.map((axis) => `${[axis, ...axis.followers].map(({ name }) => name).join(" with ")} (${axis.levels.length})`).join(", ") : "none varies");
  setTheme(window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.getElementById("theme").addEventListener("click", () => {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    for (const chart of Chart.all) chart.redraw();
  });
  buildContents();
  buildControls();
  stickControls();
  onChange(({ onlySelection }) => onlySelection || tellVerdict());
  tellVerdict();
  const first = (...names) => names.find((name) => objective(name)) ?? OBJECTIVES[0]?.name;
  if (OBJECTIVES.length > 0 && state.objective && state.by) {
    const error = first("y_rel_error_max", "y_rel_error_mean", "rel_error_max", "rel_error_mean", "latency_cycles");
    const energy = first(energyColumn, "scratchpad_peak_bytes");
    const area = first("area_mm2.total", "scratchpad_peak_bytes");
    frontChart("time_and_error", state.objective, error);
    frontChart("time_and_energy", state.objective, energy);
    if (area !== energy) frontChart("area_and_time", area, state.objective);
    frontChart("energy_and_error", energy, error);
    new Chart("roofline", "Work per byte and per cycle", drawRoofline);
    new Chart("units", "Utilization", drawUtilization);
    stallChart();
    mapCharts();
    new Chart("sensitivity", "Effect of every axis alone", drawSensitivity);
  }
  timelineChart();
  buildTable();
  buildProvenance();
}

build();
