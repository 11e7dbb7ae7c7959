// The panel beside the row one is at: fetched for it, and what is typed in it goes on when it is drawn anew.
"use strict";
window.kpiPanel = function (m) {
  const byId = (id) => document.getElementById(id);

  let panelTimer = 0, panelAsked = 0;
  const panelTyped = new Map();
  function openPanel(row, now) {
    // Of several that are under way the last one asked for is shown.
    const asked = panelAsked += 1;
    clearTimeout(panelTimer);
    panelTimer = setTimeout(function () {
      m.send(m.table.dataset.rows + row.dataset.code + "/", null).then(function (response) {
        return response.ok ? response.text() : "";
      }).then(function (text) {
        const place = byId("row-panel");
        if (!text || asked !== panelAsked || !place || m.current() !== m.rowOf(row.dataset.code)) return;
        // What was refused in it is said there, until it is sent anew.
        if (place.dataset.panel === row.dataset.code && place.querySelector("#panel-refusal")) return;
        keepPanel();
        const was = panelBoxes(place).find((one) => one === document.activeElement);
        const holder = document.createElement("template");
        holder.innerHTML = text;
        place.replaceWith(holder.content.querySelector("#row-panel"));
        refillPanel(row.dataset.code);
        // Who is typing in the panel of this row goes on where he was.
        const box = was && place.dataset.panel === row.dataset.code && boxIn(byId("row-panel"), place, was);
        if (wantReason) { wantReason = false; focusReason(); } else if (box) {
          box.focus({ preventScroll: true });
          if (was.selectionStart !== null && box.setSelectionRange) box.setSelectionRange(was.selectionStart, was.selectionEnd);
        }
      }).catch(() => undefined);
    }, now ? 0 : 160);
  }
  // What was typed in the panel of another row comes back with that row.
  function keepPanel() {
    const place = byId("row-panel");
    if (!place || !place.dataset.panel) return;
    const typed = panelBoxes(place).map((one) => [one.name, one.value]);
    const changed = panelBoxes(place).some((one) => one.defaultValue !== undefined && one.value !== one.defaultValue);
    if (changed) panelTyped.set(place.dataset.panel, typed); else panelTyped.delete(place.dataset.panel);
  }
  function refillPanel(code) {
    const boxes = panelBoxes(byId("row-panel")), typed = panelTyped.get(code) || [];
    // 扣分明细 are put back where its lines are the same: stored ones have moved the blank one on, and with it the rule it is of.
    const rules = (all) => all.filter((one) => one[0] === "line").map((one) => one[1]).join();
    const same = rules(typed) === rules(boxes.map((box) => [box.name, box.value]));
    typed.filter((one) => same || !["line", "points", "why"].includes(one[0])).forEach(function (one) {
      const n = boxes.findIndex((box) => box.name === one[0]);
      if (n >= 0) boxes.splice(n, 1)[0].value = one[1];
    });
  }
  function panelBoxes(panel) { return Array.from(panel.querySelectorAll("input, textarea, select")); }
  // The box of the new panel that is the one of the old: of the same name, counted among those.
  function boxIn(panel, old, was) {
    const named = (place) => panelBoxes(place).filter((one) => one.name === was.name);
    return named(panel)[named(old).indexOf(was)];
  }
  let wantReason = false;
  function focusReason() {
    const row = m.current(), place = byId("row-panel"), box = byId("na-reason");
    if (!row) return;
    if (place && place.dataset.panel === row.dataset.code) { if (box) box.focus(); return; }
    wantReason = true;
    openPanel(row, true);
  }
  return { openPanel: openPanel, keepPanel: keepPanel, focusReason: focusReason, panelTyped: panelTyped };
};
