// The table of a scheme: moving between figures, opening one beside the table, choosing several.
"use strict";
(function () {
  // ── whole rows and columns of who carries what ────────────────────────────────────────────
  const picked = document.querySelector("[data-picked]");
  function tell() {
    for (const [name, place] of [["item", "items"], ["unit", "units"]]) {
      const chosen = document.querySelectorAll(`#choose input[name="${name}"]:checked`).length;
      picked.querySelector(`[data-${place}]`).textContent = String(chosen);
    }
  }
  if (picked) {
    picked.hidden = false;
    document.getElementById("choose").addEventListener("change", tell);
    tell();
  }

  const table = document.querySelector("[data-scheme]");
  if (!table) return;
  const panel = document.getElementById("figure");
  const links = () => Array.from(table.querySelectorAll(".fig-link"));
  const boxOf = (link) => link.closest(".fig-cell").querySelector("input[type='checkbox']");
  const boxes = () => Array.from(document.querySelectorAll("input[name='seen'][form='choose']"));
  let last = null;

  // ── open a figure in the panel ────────────────────────────────────────────────────────────
  function open(link) {
    document.querySelectorAll(".cell-open").forEach((one) => one.classList.remove("cell-open"));
    link.closest(".fig-cell").classList.add("cell-open");
    panel.hidden = false;
    document.querySelectorAll("[data-figure-hint]").forEach((one) => { one.hidden = true; });
    window.htmx.ajax("GET", link.dataset.figure, { target: "#figure", swap: "innerHTML" });
    const href = link.getAttribute("href");
    if (href.includes("?figure=")) window.history.replaceState(null, "", href);
  }

  document.addEventListener("click", function (event) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = event.target.closest("[data-next]");
    if (next) { if (goNext(next.dataset.beyond)) event.preventDefault(); return; }
    const link = event.target.closest(".fig-link[data-figure]");
    if (!link || !window.htmx || !panel) return;
    event.preventDefault();
    if (event.shiftKey && boxOf(link)) { extend(boxOf(link), true); return; }
    link.focus();
    open(link);
  });

  // The next unsettled figure of this page; after the last of them `beyond`, where there are more. False: there is none here.
  function goNext(beyond) {
    const all = Array.from(document.querySelectorAll(".fig-link[data-unsettled]"));
    if (!all.length) return false;
    const current = document.querySelector(".cell-open .fig-link");
    const from = document.activeElement.classList.contains("fig-link") ? document.activeElement : current;
    const after = from ? all.find((one) => one !== from && (from.compareDocumentPosition(one) & 4)) : all[0];
    if (!after && beyond) { window.location.assign(beyond); return true; }
    const link = after || all[0];
    link.scrollIntoView({ block: "center", inline: "center" });
    link.focus();
    open(link);
    return true;
  }

  // ── choose ────────────────────────────────────────────────────────────────────────────────
  function count() {
    const chosen = boxes().filter((box) => box.checked).length;
    document.querySelectorAll("[data-chosen]").forEach((one) => { one.textContent = String(chosen); });
  }

  function extend(box, checked) {
    // A rectangle between the last chosen cell and this one, in rows and columns of the table.
    const place = (one) => [one.closest("tr").rowIndex, one.closest("td") ? one.closest("td").cellIndex : 0];
    if (!last || !table.contains(last) || !table.contains(box)) { box.checked = checked; last = box; count(); return; }
    const [r1, c1] = place(last), [r2, c2] = place(box);
    boxes().filter((one) => table.contains(one)).forEach(function (one) {
      const [r, c] = place(one);
      if (r >= Math.min(r1, r2) && r <= Math.max(r1, r2) && c >= Math.min(c1, c2) && c <= Math.max(c1, c2)) one.checked = checked;
    });
    last = box;
    count();
  }

  document.addEventListener("click", function (event) {
    const box = event.target.closest("input[name='seen'][form='choose']");
    if (box) {
      if (event.shiftKey && last && last !== box) extend(box, box.checked); else { last = box; count(); }
      return;
    }
    const button = event.target.closest("[data-pick-col], [data-pick-row], [data-pick-unsettled], [data-pick-none]");
    if (!button) return;
    let wanted = boxes();
    if (button.dataset.pickCol !== undefined) wanted = wanted.filter((one) => one.dataset.col === button.dataset.pickCol);
    if (button.dataset.pickRow !== undefined) wanted = wanted.filter((one) => button.closest("tr").contains(one));
    if (button.dataset.pickUnsettled !== undefined) wanted = wanted.filter((one) => one.dataset.unsettled !== undefined);
    const all = wanted.length > 0 && wanted.every((one) => one.checked);
    const set = button.dataset.pickNone === undefined && !(all && button.dataset.pickUnsettled === undefined);
    wanted.forEach((one) => { one.checked = set; });
    count();
  });

  // ── keys, only while a figure of the table has the focus ──────────────────────────────────
  function move(link, key) {
    const row = link.closest("tr"), rows = Array.from(table.querySelectorAll("tbody tr")).filter((one) => one.querySelector(".fig-link"));
    const own = Array.from(row.querySelectorAll(".fig-link"));
    if (key === "ArrowLeft") return own[own.indexOf(link) - 1];
    if (key === "ArrowRight") return own[own.indexOf(link) + 1];
    const other = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
    if (!other) return null;
    const cell = link.closest("td").cellIndex;
    return (other.cells[cell] && other.cells[cell].querySelector(".fig-link")) || other.querySelector(".fig-link");
  }

  document.addEventListener("keydown", function (event) {
    const link = event.target.closest && event.target.closest(".fig-link");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow") && table.contains(link)) {
      const next = move(link, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (event.shiftKey && boxOf(link)) {
        if (!last) { last = boxOf(link); last.checked = true; }
        if (boxOf(next)) boxOf(next).checked = true;
        count();
      }
    } else if (event.key === " " && boxOf(link)) {
      event.preventDefault();
      boxOf(link).checked = !boxOf(link).checked;
      last = boxOf(link);
      count();
    } else if (event.key.toUpperCase() === "C") {
      const clause = link.closest("tr") && link.closest("tr").querySelector("a[data-clause]");
      if (clause) { event.preventDefault(); clause.click(); }
    } else if (event.key.toUpperCase() === "G" && !document.querySelector("[data-next]")) {
      event.preventDefault();
      goNext();
    }
  });

  document.querySelectorAll(".pick, [data-pick-unsettled], [data-pick-none]").forEach((one) => { one.hidden = false; });
  count();

  // A figure that the address names is opened, unless the page came with its panel.
  const named = /^#f\d+$/.test(window.location.hash) && document.querySelector(window.location.hash);
  if (named && panel && panel.hidden && table.contains(named)) { named.focus(); open(named); }
})();
