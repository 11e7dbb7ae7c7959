// Keys and buttons of the mark matrix.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const byId = (id) => document.getElementById(id);
  const columns = document.querySelector(".columns");

  function giveUp(row) {
    const box = m.input(row, "value");
    if (box) { box.value = row.dataset.value; box.removeAttribute("aria-invalid"); }
    ["problems", "suggestions"].forEach((name) => { const text = m.input(row, name); if (text) text.value = text.defaultValue; });
    m.forget(row.dataset.code);
    row.classList.remove("is-refused", "is-changed", "is-differs", "is-replaces");
    m.settle(row);
    m.pendingCount();
  }
  // The row as it is stored, drawn by the server.
  function reload(row) {
    giveUp(row);
    m.send(m.table.dataset.page, null).then((response) => response.text()).then(function (text) {
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(row.id);
      if (fresh && document.contains(row)) { row.replaceWith(document.adoptNode(fresh)); m.pendingCount(); m.go(m.rowOf(row.dataset.code)); }
    }).catch(() => undefined);
  }
  function fold() { if (columns) columns.classList.toggle("evidence-folded"); }
  function keys() { const panel = byId("keys"); panel.hidden = !panel.hidden; if (!panel.hidden) panel.focus(); }

  const letters = {
    N: () => m.focusReason(),
    G: () => { const next = m.nextUnfinished(m.current()); if (next) m.go(next); },
    A: () => m.askAccept(),
    E: fold,
    C: () => { const link = document.querySelector("[data-item-clause] a"); if (link) link.click(); },
    "?": keys,
  };

  // What was refused stands beside the table, in the panel, or in the row: the way back is to the cell it is about.
  const refusalAt = (target) => target.closest("#refusal, .say-refused[data-focus]");
  function cellBehind(target, row) {
    const refusal = refusalAt(target), panel = target.closest("#row-panel[data-panel]");
    if (row && !target.matches("[data-cell], [name='problems'], [name='suggestions']")) return row;
    if (panel) return m.rowOf(panel.dataset.panel);
    const named = refusal && refusal.querySelector("[data-goto]");
    return refusal && ((named && m.rowOf(named.dataset.goto)) || m.current() || m.nextUnfinished(null) || m.rows()[0]);
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target, row = target.closest ? target.closest("tr[data-row]") : null;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
      // What is being typed is the browser's to take back; of what stands as it is stored, the last save goes.
      const stored = row && (target.matches("[data-cell]") ? !m.dirtyValue(row) : /^(problems|suggestions)$/.test(target.name) && target.value === target.defaultValue);
      if (stored || !target.matches("textarea, input")) { event.preventDefault(); m.takeBack(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && byId("paste-preview")) return;
    if (event.key === "Enter" && row && target.name === "override-reason") { event.preventDefault(); row.querySelector("[data-act='override']").click(); return; }
    const inText = target.matches("input, textarea, select"), behind = target.closest ? cellBehind(target, row) : null;
    if (behind && (event.key === "Escape" || (event.key === "Enter" && target.hasAttribute("data-focus")))) { event.preventDefault(); m.go(behind); return; }
    const cell = row && target.matches("[data-cell]");
    if (cell || (row && /^(problems|suggestions)$/.test(target.name))) { if (inRow(event, row, target, cell)) return; }
    if (!cell && inText) return;
    // Letters act in the table, or where the focus is nowhere or on a refusal; not on a button or link beside it.
    if (target !== document.body && target.id !== "table" && !m.table.contains(target) && !refusalAt(target)) return;
    // A cell that was refused and left is no longer being typed in.
    if (cell && inText && m.dirtyValue(row) && !(m.troubled(row) && m.table.dataset.editing !== row.dataset.code)) return;
    const act = letters[event.key.length === 1 ? event.key.toUpperCase() : ""];
    if (!act || event.shiftKey && event.key !== "?") return;
    event.preventDefault();
    act();
  }, true);

  function inRow(event, row, target, cell) {
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (step && (cell || (event.key === "Enter" && !event.shiftKey))) {
      event.preventDefault();
      m.commit(row);
      const next = m.neighbour(row, step);
      if (cell) m.go(next); else { const box = m.input(next, target.name); if (box) box.focus(); else m.go(next); }
      return true;
    }
    // A refused row is drawn in the refusal's words: it comes back as it is stored.
    if (event.key === "Escape" && /is-(refused|changed|differs|replaces)/.test(row.className)) { event.preventDefault(); reload(row); return true; }
    if (event.key === "Escape") { event.preventDefault(); giveUp(row); if (cell && target.select) target.select(); return true; }
    return false;
  }

  // Why 报送 did nothing, said in the dock where it was pressed.
  function notFiled() {
    const left = m.rows().filter((row) => m.troubled(row) || m.dirtyValue(row) || m.dirtyProblems(row));
    const place = byId("dock-say"), confirm = byId("file-confirm"), names = left.slice(0, 3).map((row) => row.dataset.name).join("、");
    if (confirm) confirm.hidden = true;
    if (place) {
      place.textContent = "有 " + left.length + " 格没有存好（" + names + (left.length > 3 ? "等" : "") + "），没有报送。请改正，或在格里按 Esc 改回，再报送。";
      place.hidden = false;
    }
    const next = left[0] || m.nextUnfinished(null);
    if (next) m.go(next);
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-opens='file-confirm']") && m.unfinished()) {
      m.rows().forEach((row) => m.commit(row));
      m.whenIdle(() => { if (m.unfinished()) notFiled(); });
    }
    const goto = event.target.closest("[data-goto]");
    if (goto) { event.preventDefault(); m.go(m.rowOf(goto.dataset.goto)); return; }
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const row = button.closest("tr[data-row]"), act = button.dataset.act;
    if (act === "paste-help" || act === "workbook-help") {
      const help = byId(act);
      help.hidden = !help.hidden;
      button.setAttribute("aria-expanded", String(!help.hidden));
      if (!help.hidden) byId(act === "paste-help" ? "paste-box" : "workbook-file").focus();
    } else if (act === "again") { m.commit(row, {}); m.resume(); }
    else if (act === "take-stored") reload(row);
    else if (act === "accept") { m.commit(row, { accepts: row.dataset.accepts }); m.go(row); }
    else if (act === "mark-again") m.commit(row, { value: "" });
    else if (act === "ask-override") { m.offerOverride(row); m.input(row, "override-reason").focus(); }
    else if (act === "override") {
      const reason = m.input(row, "override-reason");
      const short = reason.value.trim().length < 4, said = row.querySelector("[data-why]");
      if (said) said.hidden = !short;
      if (short) { reason.setAttribute("aria-invalid", "true"); reason.focus(); return; }
      m.commit(row, { value: m.input(row, "value").value, override: "1", reason: reason.value });
    } else if (act === "replace") {
      const given = button.dataset.na ? { not_applicable: "1" } : { value: m.input(row, "value").value };
      m.commit(row, Object.assign(given, { replaces: "1" }, button.dataset.reason ? { reason: button.dataset.reason } : {}));
      m.go(row);
    } else if (act === "restore-drafts") restoreDrafts();
    else if (act === "drop-drafts") { Object.keys(m.drafts()).forEach(m.forget); byId("drafts").hidden = true; }
  });

  // ── the panel: 扣分明细 and 不适用 ─────────────────────────────────────────────────────────
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.panelForm) {
      event.preventDefault();
      const row = m.rowOf(form.closest("[data-panel]").dataset.panel);
      if (form.dataset.panelForm === "not-applicable") {
        const box = form.elements.reason;
        m.commit(row, { not_applicable: "1", reason: (box.dataset.prefix || "") + box.value });
      } else {
        const lines = Array.from(form.querySelectorAll("tr[data-deduction]")).map((line) => ({
          line: line.querySelector("[name='line']").value, points: line.querySelector("[name='points']").value,
          why: line.querySelector("[name='why']") ? line.querySelector("[name='why']").value : "",
        }));
        m.commit(row, { lines: lines });
      }
      m.panelTyped.delete(row.dataset.code);
      document.querySelectorAll("#panel-refusal").forEach((one) => one.remove());
      m.go(row);
      return;
    }
    if (form.hasAttribute("data-file") && m.unfinished() && form.dataset.flushed === undefined) {
      // First what is typed is stored; if that fails the sheet is not filed.
      event.preventDefault();
      event.stopImmediatePropagation();
      m.rows().forEach((row) => m.commit(row));
      m.whenIdle(function () {
        if (m.unfinished()) { notFiled(); return; }
        const fresh = document.querySelector("form[data-file]");
        if (fresh) { fresh.dataset.flushed = ""; leaving = true; fresh.requestSubmit(); }
      });
    } else if (form.method === "post") leaving = true;
  }, true);
  document.addEventListener("input", function (event) {
    const form = event.target.closest("[data-panel-form='deductions']");
    if (!form) return;
    const lost = Array.from(form.querySelectorAll("[name='points']")).reduce((sum, box) => sum + Math.round((Number(box.value) || 0) * 1000), 0);
    const left = (Math.round(Number(form.dataset.full) * 1000) - lost) / 1000;
    form.querySelector("[data-sum]").textContent = lost ? String(left) : "–";
  });

  // ── leaving, and coming back ───────────────────────────────────────────────────────────────
  let leaving = false;
  window.addEventListener("beforeunload", function (event) {
    m.keepPanel();
    if (leaving || m.leaving || !(m.unfinished() || m.panelTyped.size)) return;
    event.preventDefault();
    event.returnValue = "";
  });
  function restoreDrafts() {
    const all = m.drafts();
    Object.keys(all).forEach(function (code) {
      const row = m.rowOf(code);
      if (!row) { m.forget(code); return; }
      Object.keys(all[code]).forEach(function (name) { const box = m.input(row, name); if (box) box.value = all[code][name]; });
      m.typing(row);
    });
    byId("drafts").hidden = true;
    m.pendingCount();
    const first = m.rows().find((row) => m.dirtyValue(row) || m.dirtyProblems(row));
    if (first) m.go(first);
  }
  const kept = Object.keys(m.drafts()).filter((code) => m.rowOf(code));
  if (kept.length) {
    const place = byId("drafts"), words = kept.slice(0, 4).map((code) => m.rowOf(code).dataset.name + " " + (m.drafts()[code].value || "存在问题")).join("、");
    place.innerHTML = "<p></p><div class=\"acts\"><button type=\"button\" class=\"btn btn-small\" data-act=\"restore-drafts\">放回格里</button><button type=\"button\" class=\"btn btn-small\" data-act=\"drop-drafts\">删去</button></div>";
    place.querySelector("p").textContent = "上次有 " + kept.length + " 格输入了没有保存：" + words + (kept.length > 4 ? "等" : "") + "。";
    place.hidden = false;
  }
})();
