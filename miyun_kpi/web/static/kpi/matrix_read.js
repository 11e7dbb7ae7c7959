// A matrix that is only read: a row that is clicked or reached by arrows opens its panel.
"use strict";
(function () {
  const table = document.querySelector("[data-matrix]");
  if (!table) return;
  const rows = Array.from(table.querySelectorAll("tr[data-row]"));

  function open(row) {
    rows.forEach((one) => one.classList.toggle("is-current", one === row));
    row.scrollIntoView({ block: "nearest" });
    const place = document.getElementById("row-panel");
    if (place && window.htmx) window.htmx.ajax("GET", table.dataset.rows + row.dataset.code + "/", { source: table, target: place, swap: "outerHTML" });
  }
  table.addEventListener("click", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a, button")) open(row);
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, a, button")) return;
    const at = rows.findIndex((row) => row.classList.contains("is-current"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (at >= 0 || table.contains(event.target) || event.target.id === "table")) { event.preventDefault(); open(rows[Math.min(Math.max(at + step, 0), rows.length - 1)]); }
    const letter = event.key.toUpperCase();
    if (letter === "E") document.querySelector(".columns").classList.toggle("evidence-folded");
    if (letter === "C") { const link = document.querySelector("[data-item-clause] a"); if (link) link.click(); }
  });
  document.addEventListener("click", function (event) {
    const goto = event.target.closest("[data-goto]");
    const row = goto && document.getElementById("row-" + goto.dataset.goto);
    if (row) { event.preventDefault(); open(row); }
  });
  const named = /^#row-./.test(window.location.hash) && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (named && rows.includes(named)) open(named);
})();
