// What the own 细则 gives for the blank cells is accepted after a question; what is typed is stored first and never lost by it.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const byId = (id) => document.getElementById(id);

  // When everything typed is stored: the answers to it have drawn the dock anew, with what is still blank.
  function stored(then) {
    m.rows().forEach((row) => m.commit(row));
    m.whenIdle(function () {
      const left = m.rows().find((row) => m.troubled(row) || m.dirtyValue(row));
      if (left) m.go(left); else if (!m.unfinished()) then();
    });
  }
  // The question itself is focused, not its button: a stray A and Enter accept nothing.
  function ask() {
    stored(function () {
      const place = byId("accept-confirm");
      if (!place) return;
      place.hidden = false;
      place.focus();
    });
  }
  function drop() {
    byId("accept-confirm").hidden = true;
    m.go(m.current() || m.rows()[0]);
  }
  m.askAccept = ask;

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-accept-ask]")) ask();
    if (event.target.closest("[data-act='drop-accept']")) drop();
  });
  document.addEventListener("keydown", function (event) {
    const place = byId("accept-confirm");
    if (event.key !== "Escape" || event.isComposing || !place || !place.contains(event.target)) return;
    event.preventDefault();
    drop();
  }, true);
  document.addEventListener("submit", function (event) {
    if (event.target.id !== "accept-own" || !m.unfinished()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    stored(ask);
  }, true);
})();
