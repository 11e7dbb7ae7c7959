// What was written is taken back: cell after cell in the order of saving, before them the whole column that was written last.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const form = () => document.getElementById("undo-column");

  m.takeBack = function () {
    // What could not be stored stands in its cell, and the page says so: there is nothing to take back before it.
    if (m.stopped()) return;
    // What is still being saved is the last thing that was done.
    m.whenIdle(function () {
      const last = m.undo.pop();
      if (last) putBack(last); else ask();
    });
  };
  function putBack(last) {
    // What the taking back takes away has just been stored by the same hand.
    const row = m.rowOf(last.code), extra = Object.assign({ isUndo: "1" }, last.texts);
    if (last.mark) Object.assign(extra, { replaces: "1" }, markOf(last));
    m.commit(row, extra);
    const box = !last.mark && m.input(row, Object.keys(last.texts)[0]);
    if (!box) { m.go(row); return; }
    box.focus();
    row.scrollIntoView({ block: "nearest" });
  }
  function markOf(last) {
    if (last.mark.na) return { not_applicable: "1", reason: last.mark.reason };
    return last.restores ? { restores: last.restores } : { value: last.mark.value, reason: last.mark.reason };
  }
  // Many cells at once are named first: the button says how many go, and Enter takes them back.
  function ask() {
    const place = form();
    if (!place) return;
    const section = place.closest("section"), button = place.querySelector("button");
    section.scrollIntoView({ block: "nearest" });
    button.focus();
  }

  function first(row) {
    const told = document.createElement("section"), words = document.createElement("h2");
    told.className = "say say-refused say-compact";
    words.textContent = row.querySelector("th").textContent.trim() + "这一格还没有存好，没有撤销任何一格。请先改好它，或按 Esc 改回原来的，再撤销。";
    told.append(words);
    document.getElementById("refusal").replaceChildren(told);
    m.go(row);
  }

  document.addEventListener("submit", function (event) {
    if (event.target.id !== "undo-column" || !m.unfinished()) return;
    // First what is typed is stored: none of it is lost by the way, and a cell of the column is then one that was changed.
    event.preventDefault();
    event.stopImmediatePropagation();
    m.rows().forEach((row) => m.commit(row));
    m.whenIdle(function () {
      const left = m.rows().find((row) => m.troubled(row) || m.dirtyValue(row));
      if (left) first(left); else if (!m.unfinished()) form().requestSubmit(event.submitter || undefined);
    });
  }, true);
})();
