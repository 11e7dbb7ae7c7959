// What was written is taken back: cell after cell in the order of saving, before them the whole column that was written last.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const form = () => document.getElementById("undo-column");

  m.takeBack = function () {
    const last = m.undo.pop();
    // What is still being saved is the last thing that was done.
    if (!last) { m.whenIdle(() => { if (m.undo.length) m.takeBack(); else ask(); }); return; }
    const row = m.rowOf(last.code);
    const extra = last.na ? { not_applicable: "1", reason: last.reason } : last.restores ? { restores: last.restores } : { value: last.value };
    // What the taking back takes away has just been stored by the same hand.
    extra.isUndo = extra.replaces = "1";
    m.commit(row, extra);
    m.go(row);
  };
  // Many cells at once are named first: the button says how many go, and Enter takes them back.
  function ask() {
    const place = form();
    if (!place) return;
    const section = place.closest("section"), button = place.querySelector("button");
    section.scrollIntoView({ block: "nearest" });
    button.focus();
  }

  document.addEventListener("submit", function (event) {
    if (event.target.id !== "undo-column" || !m.unfinished()) return;
    // First what is typed is stored: none of it is lost by the way, and a cell of the column is then one that was changed.
    event.preventDefault();
    event.stopImmediatePropagation();
    m.rows().forEach((row) => m.commit(row));
    m.whenIdle(function () {
      const left = m.rows().find((row) => m.troubled(row) || m.dirtyValue(row));
      if (left) m.go(left); else if (!m.unfinished()) form().requestSubmit(event.submitter || undefined);
    });
  }, true);
})();
