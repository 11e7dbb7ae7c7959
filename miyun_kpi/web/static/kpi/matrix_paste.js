// A column from the clipboard or a filled workbook: a preview in place of the table, written all or nothing.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const byId = (id) => document.getElementById(id);
  const place = byId("matrix-place");
  const dock = document.querySelector(".dock");

  function isColumn(text) { return /[\n\t]/.test(text.replace(/\r?\n$/, "")); }

  document.addEventListener("paste", function (event) {
    if (event.defaultPrevented || byId("paste-preview")) return;
    const text = (event.clipboardData || window.clipboardData).getData("text/plain");
    const target = event.target, box = target.id === "paste-box";
    if (target.matches && target.matches("input, textarea") && !target.matches("[data-cell]") && !box) return;
    if (!isColumn(text) && !box) return;
    event.preventDefault();
    ask(text);
  });

  function ask(text) {
    const row = m.current(), data = new URLSearchParams();
    data.set("clipboard", text);
    data.set("start", row ? row.dataset.code : "");
    m.whenIdle(() => fetchPreview(m.table.dataset.paste, data));
  }

  function fetchPreview(address, data) {
    m.send(address, data).then(function (response) {
      const again = () => { byId("expired").hidden = true; fetchPreview(address, data); };
      if (response.status === 401) {
        window.kpi.strip("登录已过期。粘贴的内容仍在这一页，没有写入。登录后回到这里，按“再试”。", "已登录，再试", response.headers.get("X-Sign-In") || "/sign-in/", again);
        return null;
      }
      if (response.status === 204) { written(); return null; }
      if (response.status >= 500 || response.status === 429) {
        window.kpi.strip("服务器没有办成这一步，没有写入。请稍后再试。", "再试", "", again);
        return null;
      }
      return response.text().then(show);
    }).catch(() => window.kpi.strip("连不上服务器。粘贴的内容仍在这一页，没有写入。", "再试", "", () => { byId("expired").hidden = true; fetchPreview(address, data); }));
  }

  // Cells the column has settled need no draft; what else was typed is offered again after the reload.
  function written() {
    const settled = byId("paste-preview") ? byId("paste-preview").querySelectorAll("tr.will, tr.ask, tr.tint-plum") : [];
    settled.forEach((row) => m.forget(row.querySelector("[name='organisation']").value));
    m.leaving = true;
    location.assign(m.table.dataset.page);
  }

  let table = null;
  function show(text) {
    const holder = document.createElement("template");
    holder.innerHTML = text;
    const preview = holder.content.querySelector("#paste-preview"), side = holder.content.querySelector("#preview-side");
    if (!preview) {
      byId("refusal").innerHTML = text;
      byId("refusal").scrollIntoView({ block: "nearest" });
      return;
    }
    byId("refusal").textContent = "";
    ["paste-help", "workbook-help"].forEach((id) => { if (byId(id)) byId(id).hidden = true; });
    drop(true);
    table = place.firstElementChild;
    table.hidden = true;
    dock.hidden = true;
    byId("side-place").hidden = true;
    place.appendChild(preview);
    byId("side-place").after(side);
    const first = preview.querySelector(".cannot input[name='read'], select[name='choice'], .btn-primary") || preview.querySelector("button");
    if (first) first.focus();
    window.scrollTo(0, 0);
  }
  function drop(again) {
    if (byId("paste-preview")) byId("paste-preview").remove();
    if (byId("preview-side")) byId("preview-side").remove();
    if (table) table.hidden = false;
    dock.hidden = false;
    byId("side-place").hidden = false;
    if (!again) { const row = m.current() || m.rows()[0]; m.go(row); }
  }

  // What is still to be done is counted as it is typed, as the server counts it; what cannot be read it reads again.
  function open(row) {
    const choice = row.querySelector("select[name='choice']"), reason = row.querySelector("input.wide[name='reason']");
    const read = row.querySelector(".read input:not([type='hidden'])");
    if (row.matches(".cannot")) return read.value === read.defaultValue;
    if (choice && !choice.value) return true;
    return Boolean(reason) && (!choice || choice.value.startsWith("mine")) && reason.value.trim().length < 4;
  }
  function count() {
    const preview = byId("paste-preview"), button = preview && preview.querySelector("[data-write]");
    if (!button) return;
    const left = preview.querySelectorAll("[name='stray']").length + Array.from(preview.querySelectorAll("tbody tr")).filter(open).length;
    preview.querySelector("[data-lacking]").textContent = left ? left + " 处要先处理。" : "";
    button.textContent = button.dataset.write + (left ? "（先改 " + left + " 处）" : "");
    button.classList.toggle("btn-blocked", left > 0);
    button.classList.toggle("btn-primary", left === 0);
  }
  ["input", "change"].forEach((name) => place.addEventListener(name, count));

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-act='drop-preview']")) drop(false);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !byId("paste-preview") || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    drop(false);
  }, true);
  document.addEventListener("submit", function (event) {
    if (event.target.id === "workbook-form") {
      event.preventDefault();
      event.stopImmediatePropagation();
      const file = new FormData(event.target);
      m.whenIdle(() => fetchPreview(m.table.dataset.workbook, file));
      return;
    }
    if (event.target.id !== "paste-form") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const data = new URLSearchParams(new FormData(event.target));
    if (event.submitter && event.submitter.name) data.append(event.submitter.name, event.submitter.value);
    fetchPreview(event.target.action, data);
  }, true);
})();
