// One press accepts what the own 细则 gives for the blank cells; what is typed is stored first and never lost by it.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  document.addEventListener("submit", function (event) {
    if (event.target.id !== "accept-own" || !m.unfinished()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    m.rows().forEach((row) => m.commit(row));
    m.whenIdle(function () {
      const form = document.getElementById("accept-own"), left = m.rows().find((row) => m.troubled(row) || m.dirtyValue(row));
      if (left) m.go(left); else if (form && !m.unfinished()) form.requestSubmit();
    });
  }, true);
})();
