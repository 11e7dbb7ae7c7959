// The mark matrix: keys, cells saved one after another, and nothing typed ever lost.
"use strict";
(function () {
  const table = document.querySelector("[data-matrix]");
  if (!table) return;
  const byId = (id) => document.getElementById(id);
  const rowOf = (code) => byId("row-" + code);
  const rows = () => Array.from(table.querySelectorAll("tr[data-row]"));
  const cellOf = (row) => row && row.querySelector("[data-cell]");
  const texts = ["problems", "suggestions"];
  const { drafts, keepDraft, forget } = window.kpiDrafts(table.dataset.sheet, texts);
  const { openPanel, keepPanel, focusReason, panelTyped } = window.kpiPanel({ table: table, rowOf: rowOf, current: current, send: send });

  // ── one row ────────────────────────────────────────────────────────────────────────────────
  function input(row, name) { return row.querySelector("[name='" + name + "']"); }
  // A refused cell shows what was typed; what is stored stands in data-value.
  function dirtyValue(row) { const box = input(row, "value"); return Boolean(box) && box.value !== row.dataset.value; }
  function dirtyText(row, name) { const box = input(row, name); return Boolean(box) && box.value !== box.defaultValue; }
  function dirtyProblems(row) { return texts.some((name) => dirtyText(row, name)); }
  function troubled(row) { return /is-(refused|changed|differs|replaces|unsaved)/.test(row.className); }

  function word(row, name, after) {
    const words = document.querySelector("#matrix-words [data-word='" + name + "']");
    const place = row.querySelector(".saved-at");
    if (!place || !words) return;
    if (row.storedWord === undefined) row.storedWord = place.innerHTML;
    place.innerHTML = words.innerHTML;
    if (after) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-button";
      button.dataset.act = "again";
      button.textContent = after;
      place.appendChild(button);
    }
  }
  function settle(row) {
    if (row.storedWord !== undefined) { row.querySelector(".saved-at").innerHTML = row.storedWord; row.storedWord = undefined; }
    row.classList.remove("is-typing", "is-unsaved");
  }
  function typing(row) {
    const dirty = dirtyValue(row) || dirtyProblems(row);
    if (!dirty) { if (!troubled(row)) settle(row); return; }
    if (!/is-(refused|changed|differs|replaces)/.test(row.className)) {
      row.classList.remove("is-unsaved");
      row.classList.add("is-typing");
      word(row, "typing");
    }
  }
  function pendingCount() {
    const place = document.querySelector("[data-pending]");
    const count = rows().filter((row) => troubled(row) || queue.has(row.dataset.code)).length;
    if (place) { place.textContent = count; place.className = count ? "is-red" : ""; }
  }

  // ── the queue: in order, one at a time ─────────────────────────────────────────────────────
  const queue = new Map();
  const undo = [];
  // `lost`: stopped because nothing came through. What is heard from the server next sends the rest.
  let busy = false, stopped = false, lost = false, idle = [];
  // A row whose answer takes its place is not left by anybody; a word under way in an input method is finished first.
  let swapping = false, composing = false;

  function commit(row, extra) {
    if (!row) return;
    if (!extra && !dirtyValue(row) && !dirtyProblems(row)) { typing(row); return; }
    // What is under way or was refused is not sent again unless it was changed since.
    if (!extra && row.sentText !== undefined && row.sentText === typedText(row)) return;
    // Another's value is never replaced by the way: the row asks for the reason first.
    if (!extra && row.classList.contains("is-changed")) { offerOverride(row); return; }
    queue.set(row.dataset.code, Object.assign({}, queue.get(row.dataset.code), extra));
    if (!busy) pump();
    pendingCount();
  }

  function typedText(row) {
    return ["value"].concat(texts).map((name) => { const box = input(row, name); return box ? box.value : ""; }).join("\n");
  }
  function offerOverride(row) {
    const place = row.querySelector(".override"), button = row.querySelector("[data-act='ask-override']");
    if (!place) return;
    place.hidden = false;
    if (button) button.hidden = true;
    place.querySelector("[data-act='override']").textContent = "存 " + (input(row, "value").value || "空白");
  }

  function fieldsOf(row, extra) {
    const data = new URLSearchParams();
    data.set("organisation", row.dataset.code);
    data.set("version", row.dataset.version);
    const given = Object.assign({}, extra);
    if (given.value === undefined && !given.not_applicable && !given.lines && !given.accepts && !given.isUndo && dirtyValue(row)) given.value = input(row, "value").value;
    texts.forEach((name) => { if (!given.isUndo && dirtyText(row, name)) given[name] = input(row, name).value; });
    Object.keys(given).forEach(function (key) {
      if (key === "lines") given.lines.forEach((line) => Object.keys(line).forEach((name) => data.append(name, line[name])));
      else if (key !== "isUndo") data.set(key, given[key]);
    });
    return data;
  }

  // As it stands what this save is about to change, and nothing else: a text is taken back without its mark.
  function standing(row, data) {
    const mark = ["value", "not_applicable", "line", "accepts"].some((name) => data.has(name)), kept = {};
    texts.filter((name) => data.has(name)).forEach((name) => { kept[name] = input(row, name).defaultValue; });
    return { code: row.dataset.code, mark: mark && { value: row.dataset.value, na: row.dataset.na, reason: row.dataset.reason }, texts: kept };
  }

  function send(address, body) {
    const answer = fetch(address, {
      method: body ? "POST" : "GET", body: body, credentials: "same-origin", redirect: "error",
      headers: Object.assign({ "HX-Request": "true" }, body ? { "X-CSRFToken": window.kpi.cookieToken(), "X-Acting-Post": window.kpi.actingPost() } : {}),
    });
    if (!body) answer.then((response) => { if (lost && response.ok) resume(); }, () => undefined);
    return answer;
  }

  function pump() {
    const next = queue.entries().next();
    if (next.done) { while (idle.length && !busy && !queue.size) idle.shift()(); return; }
    if (stopped && !lost) return;
    stopped = false;
    const code = next.value[0], extra = next.value[1], row = rowOf(code);
    queue.delete(code);
    if (!row) { pump(); return; }
    busy = true;
    const data = fieldsOf(row, extra), before = extra && extra.isUndo ? null : standing(row, data);
    row.sentText = typedText(row);
    // What a taking back does not send is in no answer to it.
    row.since = new Set(before ? [] : ["value"].concat(texts).filter((name) => !data.has(name) && (name === "value" ? dirtyValue(row) : dirtyText(row, name))));
    row.classList.remove("is-typing", "is-unsaved");
    word(row, "saving");
    send(table.dataset.save, data).then(function (response) {
      return response.text().then((text) => answered(code, extra, before, response, text));
    }).catch(() => unsaved(code, extra, "连不上服务器。您输入的内容仍在这一页，没有保存；连上以后会自动再存。", "再存一次", "", true));
  }

  function answered(code, extra, before, response, text) {
    if (composing) { table.addEventListener("compositionend", () => setTimeout(() => answered(code, extra, before, response, text)), { once: true }); return; }
    if (response.status === 401) {
      unsaved(code, extra, "登录已过期。您输入的内容仍在这一页，没有保存。登录后回到这里，按“再存一次”。", "已登录，再存一次", response.headers.get("X-Sign-In") || "/sign-in/");
      return;
    }
    if (lost) resume();
    const held = text.indexOf('id="row-' + code + '"') >= 0;
    if (!held && response.status >= 500 || response.status === 429) {
      unsaved(code, extra, "服务器没有办成这一步。您输入的内容仍在这一页，没有保存。请稍后再试。", "再存一次", "");
      return;
    }
    busy = false;
    if (!held) { refusedWhole(code, text); pump(); return; }
    if (response.ok) {
      if (before) undo.push(before);
      forget(code);
    } else {
      // What was typed meanwhile was typed without knowing the answer: it stays in the cell and is not sent.
      queue.delete(code);
    }
    swap(code, text, response.ok);
    if (response.ok && before) before.restores = rowOf(code).dataset.restores;
    pendingCount();
    pump();
  }

  function unsaved(code, extra, sentence, act, href, broken) {
    busy = false;
    stopped = true;
    lost = Boolean(broken);
    // Back to the head of the queue: the order of typing is the order of saving.
    const rest = Array.from(queue.entries()).filter((one) => one[0] !== code);
    const again = Object.assign({}, extra, queue.get(code));
    queue.clear();
    [[code, again]].concat(rest).forEach((one) => queue.set(one[0], one[1]));
    queue.forEach(function (one, name) {
      const row = rowOf(name);
      if (!row) return;
      row.classList.remove("is-typing");
      row.classList.add("is-unsaved");
      row.sentText = undefined;
      word(row, "unsaved", "再存");
    });
    pendingCount();
    window.kpi.strip(sentence, act, href, resume);
  }
  function resume() {
    stopped = lost = false;
    byId("expired").hidden = true;
    if (!busy) pump();
  }
  window.addEventListener("online", () => { if (lost) resume(); });
  // The answer is no row: the sheet is not ours any more, or the page is stale. What was typed stays.
  function refusedWhole(code, text) {
    const row = rowOf(code);
    byId("refusal").innerHTML = text;
    byId("refusal").scrollIntoView({ block: "nearest" });
    if (row) { row.classList.add("is-unsaved"); row.sentText = undefined; word(row, "unsaved", "再存"); }
    pendingCount();
  }

  // ── the answer takes the row's place; what is being typed in it goes on ────────────────────
  function swap(code, text, stored) {
    const holder = document.createElement("template");
    holder.innerHTML = text;
    const fresh = holder.content.querySelector("#row-" + CSS.escape(code)), old = rowOf(code);
    const active = document.activeElement;
    const inside = old && old.contains(active) ? { name: active.name || "", text: active.value, from: active.selectionStart, to: active.selectionEnd } : null;
    const later = {};
    ["value"].concat(texts).forEach(function (name) {
      const box = old && input(old, name);
      // What was typed since the request left is in no answer; of what was refused the texts stay too.
      if (box && ((old.since && old.since.has(name)) || (name !== "value" && !stored))) later[name] = box.value;
    });
    const current = old.classList.contains("is-current"), editing = table.dataset.editing;
    swapping = true;
    old.replaceWith(fresh);
    swapping = false;
    if (editing) table.dataset.editing = editing;
    fresh.classList.toggle("is-current", current);
    Object.keys(later).forEach(function (name) { const box = input(fresh, name); if (box) { box.value = later[name]; keepDraft(code, name, later[name]); } });
    if (!stored) fresh.sentText = typedText(fresh);
    const said = byId("said");
    if (said && stored) said.textContent = fresh.dataset.name + " " + (fresh.dataset.na ? "不适用" : fresh.dataset.value || "空白") + "，已存";
    if (inside) {
      const box = (inside.name && input(fresh, inside.name)) || cellOf(fresh);
      if (box) {
        box.focus({ preventScroll: true });
        if (box.setSelectionRange && inside.from !== null && inside.name) {
          try { box.setSelectionRange(Math.min(inside.from, box.value.length), Math.min(inside.to, box.value.length)); } catch (error) { /* no text field */ }
        }
        if (box === cellOf(fresh) && box.select && table.dataset.editing !== code) box.select();
      }
    }
    if (Object.keys(later).length) typing(fresh);
    const dock = holder.content.querySelector("#sheet-dock"), place = byId("sheet-dock");
    if (dock && place) {
      keepAsking(place, dock);
      const redraw = dock.dataset.low !== place.dataset.low;
      place.replaceWith(dock);
      if (redraw) redrawRows();
    }
    const checks = holder.content.querySelector("#sheet-checks"), checked = byId("sheet-checks");
    if (checks && checked) checked.replaceWith(checks);
    const told = holder.content.querySelector("#panel-refusal");
    if (told) tellPanel(code, told);
    if (current && stored) openPanel(fresh, true);
  }
  // The step before filing stays open, with its reason, when the numbers in it are drawn anew.
  function keepAsking(old, fresh) {
    const was = old.querySelector("#file-confirm:not([hidden])"), now = fresh.querySelector("#file-confirm");
    if (!was || !now) return;
    now.hidden = false;
    const before = was.querySelector("[name='reason']"), after = now.querySelector("[name='reason']");
    if (before && after) after.value = before.value;
  }
  // What was refused in the panel is said at its box; the row is as it was.
  function tellPanel(code, told) {
    const panel = byId("row-panel"), form = panel && panel.dataset.panel === code && panel.querySelector("[data-panel-form='" + told.dataset.form + "']");
    if (!form) { byId("refusal").replaceChildren(told); return; }
    form.querySelector(".acts").before(told);
    const box = form.querySelector("textarea, input");
    if (!box) return;
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", "panel-refusal");
    box.focus();
  }
  // The scale of the strips has changed: rows nobody is at are drawn anew, but for one that was stored since the page was asked for.
  function redrawRows() {
    send(table.dataset.page, null).then((response) => (response.ok ? response.text() : "")).then(function (text) {
      const page = new DOMParser().parseFromString(text, "text/html");
      const axis = page.querySelector("[data-matrix] .axis"), own = table.querySelector(".axis");
      if (axis && own) own.replaceWith(axis);
      rows().forEach(function (row) {
        const fresh = page.getElementById(row.id);
        if (!fresh || Number(fresh.dataset.version) < Number(row.dataset.version) || queue.has(row.dataset.code) || troubled(row) || dirtyValue(row) || dirtyProblems(row) || row.contains(document.activeElement)) return;
        row.replaceWith(document.adoptNode(fresh));
      });
    }).catch(() => undefined);
  }

  // ── moving about ───────────────────────────────────────────────────────────────────────────
  function go(row) {
    const cell = cellOf(row);
    if (!cell) return;
    delete table.dataset.editing;
    cell.focus();
    if (cell.select) cell.select();
    row.scrollIntoView({ block: "nearest" });
  }
  function neighbour(row, step) {
    const all = rows();
    return all[Math.min(Math.max(all.indexOf(row) + step, 0), all.length - 1)];
  }
  function nextUnfinished(row) {
    const all = rows(), start = row ? all.indexOf(row) + 1 : 0;
    const ordered = all.slice(start).concat(all.slice(0, start));
    return ordered.find((one) => one.classList.contains("is-blank") || troubled(one) || dirtyValue(one));
  }
  function current() { return table.querySelector("tr.is-current"); }

  // A click anywhere in a row goes to its cell; where cells are not shown (on a phone) it opens the panel.
  table.addEventListener("click", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("a, button, input, textarea, select")) return;
    const cell = cellOf(row);
    if (cell && cell.getClientRects().length) { go(row); return; }
    rows().forEach((one) => { one.classList.toggle("is-current", one === row); });
    openPanel(row, true);
  });
  table.addEventListener("focusin", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (!row || row.classList.contains("is-current")) return;
    rows().forEach((one) => { one.classList.toggle("is-current", one === row); });
    openPanel(row);
  });
  table.addEventListener("focusout", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (row && !swapping && event.target.matches("[name='value'], [name='problems'], [name='suggestions']")) commit(row);
  });
  table.addEventListener("input", function (event) {
    const row = event.target.closest("tr[data-row]");
    if (!row || !event.target.matches("[name='value'], [name='problems'], [name='suggestions']")) return;
    const stored = event.target.name === "value" ? row.dataset.value : event.target.defaultValue;
    keepDraft(row.dataset.code, event.target.name, event.target.value === stored ? undefined : event.target.value);
    row.sentText = undefined;
    if (row.since) row.since.add(event.target.name);
    typing(row);
    pendingCount();
  });
  table.addEventListener("compositionstart", () => { composing = true; });
  table.addEventListener("compositionend", () => { composing = false; });

  window.kpiMatrix = {
    table: table, rows: rows, rowOf: rowOf, cellOf: cellOf, input: input, go: go, neighbour: neighbour, current: current,
    offerOverride: offerOverride, commit: commit, settle: settle, forget: forget, drafts: drafts, typing: typing, undo: undo, send: send, keepPanel: keepPanel,
    nextUnfinished: nextUnfinished, focusReason: focusReason, dirtyValue: dirtyValue, dirtyProblems: dirtyProblems, resume: resume,
    panelTyped: panelTyped, pendingCount: pendingCount, troubled: troubled,
    // Runs when everything queued is stored; not while something is refused or unsaved.
    stopped: () => stopped,
    whenIdle: function (run) { if (!busy && !queue.size) run(); else idle.push(run); },
    unfinished: () => rows().some((row) => troubled(row) || queue.has(row.dataset.code) || dirtyValue(row) || dirtyProblems(row)) || busy,
  };

  // Who comes back from an act of the panel comes back to its row.
  const named = table.dataset.at || (/^#row-./.test(window.location.hash) ? decodeURIComponent(window.location.hash.slice(5)) : "");
  const left = named && rowOf(named);
  if (left) {
    rows().forEach((one) => { one.classList.toggle("is-current", one === left); });
    openPanel(left, true);
    go(left);
  }
})();
