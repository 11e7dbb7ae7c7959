// What is typed into a form and not yet stored is kept in this browser, for this account alone, until the server has it.
//
// Every plain POST form with more than three fields, or a text area, is kept, unless it or a part of it says data-keep="no"
// (sealed personal data, protected records, what nobody may read again). Never kept: passwords, files, hidden fields.
"use strict";
(function () {
  const PREFIX = "kpi.kept:", FOR_DAYS = 14, SURE_FOR = 60 * 1000, QUIET = 5 * 60 * 1000;
  const TYPED = "input:not([type]), input[type=text], input[type=number], input[type=date], input[type=month], input[type=time], input[type=datetime-local], input[type=email], input[type=tel], input[type=url], input[type=search], input[type=checkbox], input[type=radio], select, textarea";
  const VERSIONS = /^(version|seen|read|digest|time|v[tw]\d+)$/;
  const here = location.pathname + location.search;
  let person = "", contact = Date.now(), asked = 0, left = false;

  // ── the store: a full or forbidden one never stands in the way of typing ────────────────────
  function keys() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch (error) { return []; }
  }
  const mine = () => keys().filter((key) => key.startsWith(PREFIX + person + ":"));
  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; }
  }
  function drop(key) { try { localStorage.removeItem(key); } catch (error) { /* nothing was kept */ } }
  function write(key, entry) {
    const text = JSON.stringify(entry);
    for (let left = mine().length; left >= 0; left -= 1) {
      try { localStorage.setItem(key, text); return; } catch (error) {
        const others = mine().filter((one) => one !== key).sort((a, b) => ((read(a) || {}).at || 0) - ((read(b) || {}).at || 0));
        if (!others.length) return;
        drop(others[0]);
      }
    }
  }

  // ── which forms, which fields ───────────────────────────────────────────────────────────────
  function typed(form) {
    return Array.from(form.elements).filter((one) => one.name && one.matches(TYPED) && !one.closest("[data-keep='no']")
      && !/one-time-code|password/.test(one.autocomplete || ""));
  }
  function isKept(form) {
    if ((form.getAttribute("method") || "").toLowerCase() !== "post" || form.hasAttribute("hx-post") || form.closest("[data-keep='no']")) return false;
    const fields = typed(form);
    return fields.some((one) => one.tagName === "TEXTAREA") || new Set(fields.map((one) => one.name)).size > 3;
  }
  function hash(text) {
    let a = 5381, b = 52711;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      a = (a * 33 ^ code) >>> 0;
      b = (b * 31 + code) >>> 0;
    }
    return a.toString(36) + b.toString(36);
  }
  const hidden = (form) => Array.from(form.elements).filter((one) => one.type === "hidden" && one.name && one.name !== "csrfmiddlewaretoken" && one.name !== "acting_post");
  const versionOf = (form) => hash(hidden(form).filter((one) => VERSIONS.test(one.name)).map((one) => one.name + "=" + one.value).join("&"));
  const sent = (form) => { const to = new URL(form.getAttribute("action") || location.href, location.href); return to.pathname + to.search; };

  // One form of one record: where it goes, what it asks, and what it is hidden in it that tells records apart.
  const known = new WeakMap();
  function keyOf(form) {
    if (!known.has(form)) {
      const which = hidden(form).filter((one) => !VERSIONS.test(one.name) && one.name !== "next" && one.value.length <= 24);
      const names = Array.from(new Set(typed(form).map((one) => one.name))).sort();
      const steps = Array.from(form.elements).filter((one) => one.tagName === "BUTTON" && one.name).map((one) => one.value);
      const told = [sent(form), names.join(","), which.map((one) => one.name + "=" + one.value).join("&"), steps.join(",")];
      known.set(form, PREFIX + person + ":" + hash(told.join("|")));
    }
    return known.get(form);
  }

  function cells(form) {
    const seen = {}, found = {};
    typed(form).forEach(function (one) {
      if (one.type === "checkbox" || one.type === "radio") { found[one.name + "=" + one.value] = one; return; }
      seen[one.name] = (seen[one.name] || 0) + 1;
      found[one.name + "#" + seen[one.name]] = one;
    });
    return found;
  }
  const ticks = (one) => one.type === "checkbox" || one.type === "radio";
  function valueOf(one) {
    if (ticks(one)) return one.checked ? "1" : "";
    if (one.multiple) return JSON.stringify(Array.from(one.selectedOptions).map((option) => option.value));
    return one.value;
  }
  function firstValue(one) {
    if (ticks(one)) return one.defaultChecked ? "1" : "";
    if (one.tagName !== "SELECT") return one.defaultValue;
    const chosen = Array.from(one.options).filter((option) => option.defaultSelected);
    if (one.multiple) return JSON.stringify(chosen.map((option) => option.value));
    const shown = chosen[chosen.length - 1] || one.options[0];
    return shown ? shown.value : "";
  }
  function put(one, value) {
    if (ticks(one)) one.checked = value === "1";
    else if (one.multiple) { const all = JSON.parse(value); Array.from(one.options).forEach((option) => { option.selected = all.includes(option.value); }); }
    else one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function labelOf(one) {
    const label = one.labels && one.labels[0];
    return (label ? label.textContent : one.getAttribute("aria-label") || one.name).replace(/\s+/g, " ").trim().slice(0, 60);
  }
  function wordsOf(one) {
    return one.tagName === "SELECT" && one.selectedOptions.length ? one.selectedOptions[0].textContent.trim() : "";
  }
  function actOf(form) {
    const button = form.querySelector("button:not([type='button'])");
    return (button ? button.textContent : "").trim().slice(0, 20) || "这一页";
  }

  // ── keeping ─────────────────────────────────────────────────────────────────────────────────
  const touched = new WeakMap(), waiting = new Map();
  function keep(form) {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    if (left) return;
    const key = keyOf(form), before = read(key), values = before ? before.values : {}, all = cells(form);
    const fresh = touched.get(form) || new Set();
    Object.keys(all).forEach(function (name) {
      const one = all[name], differs = valueOf(one) !== firstValue(one);
      // What an earlier page left and nobody touched on this one stays as it was, until it is put back or thrown away.
      if (differs || (values[name] && fresh.has(one))) values[name] = [valueOf(one), labelOf(one), wordsOf(one)];
    });
    const unsaved = Object.keys(values).some((name) => !all[name] || values[name][0] !== firstValue(all[name]));
    if (!unsaved && !(before && before.sent)) { drop(key); return; }
    // A refusal stands at the address the form was sent to; the page to come back to is the one before it.
    const answer = form.hasAttribute("action") && sent(form).split("?")[0] === location.pathname;
    write(key, {
      at: Date.now(), page: answer && before ? before.page : here, title: document.title.split("｜")[0].slice(0, 80),
      act: actOf(form), version: before && !fresh.size ? before.version : versionOf(form),
      sent: before ? before.sent : "", values: values,
    });
  }
  function later(form) {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(keep, 400, form));
  }
  function flush() { Array.from(waiting.keys()).forEach(keep); }

  function noticed(event) {
    const one = event.target, form = one instanceof Element ? one.form : null;
    if (!person || !form || !isKept(form) || !typed(form).includes(one)) return;
    if (!touched.has(form)) touched.set(form, new Set());
    touched.get(form).add(one);
    later(form);
    // Who is typing is here: the sign-in does not run out under a long text.
    if (Date.now() - Math.max(contact, asked) > QUIET) {
      asked = Date.now();
      alive().then((who) => { if (who === person) contact = Date.now(); }, () => {});
    }
  }
  document.addEventListener("input", noticed);
  document.addEventListener("change", noticed);
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") flush(); });

  // ── sending ─────────────────────────────────────────────────────────────────────────────────
  function alive() {
    return fetch("/accounts/alive/", { cache: "no-store", redirect: "manual", credentials: "same-origin" }).then(function (answer) {
      if (answer.type === "opaqueredirect") return "";
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
  }
  function stop(form, sentence, act, href, button) {
    form.removeAttribute("data-asking");
    window.kpi.strip(sentence, act, href, function () {
      document.getElementById("expired").hidden = true;
      form.requestSubmit(button && button.form === form ? button : undefined);
    });
  }
  function ask(form, button) {
    form.setAttribute("data-asking", "");
    alive().then(function (who) {
      if (!who) { stop(form, "登录已过期。您写的内容仍在这一页，没有保存。登录后回到这里，按“再存一次”。", "已登录，再存一次", "/sign-in/", button); return; }
      if (who !== person) { stop(form, "这个浏览器里现在登录的是另一个账号，没有保存。请用原来的账号登录后再存。", "已登录，再存一次", "/sign-in/", button); return; }
      contact = Date.now();
      const token = window.kpi.cookieToken(), field = form.elements.csrfmiddlewaretoken;
      if (token && field) field.value = token;
      form.removeAttribute("data-asking");
      form.requestSubmit(button && button.form === form ? button : undefined);
    }, () => stop(form, "连不上服务器，没有发出。您写的内容仍在这一页。", "再存一次", "", button));
  }

  let carried = "";
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (sent(form) === "/sign-out/") { left = true; keys().forEach(drop); return; }
    // What is under way already is sent once (kpi.js) and keeps its mark.
    if (event.defaultPrevented || !person || form.dataset.sent !== undefined) return;
    if (form.matches("[data-keep-waits]") && carried) { form.dataset.kept = carried; return; }
    if (!isKept(form)) return;
    if (form.hasAttribute("data-asking")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    keep(form);
    if (navigator.onLine === false || Date.now() - contact > SURE_FOR) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (navigator.onLine === false) stop(form, "没有网络，没有发出。您写的内容仍在这一页。", "再存一次", "", event.submitter);
      else ask(form, event.submitter);
      return;
    }
    delete form.dataset.kept;
    const entry = read(keyOf(form));
    if (!entry) return;
    entry.sent = hash(String(Math.random())) + Date.now().toString(36);
    write(keyOf(form), entry);
    form.dataset.kept = entry.sent;
  }, true);
  // The mark goes with the form; a server that has stored it gives it back (KeptForms in web/middleware.py).
  document.addEventListener("formdata", function (event) {
    if (event.target.dataset.kept) event.formData.set("kept", event.target.dataset.kept);
  });

  function answered() {
    const marks = document.cookie.split("; ").map((one) => one.split("=")[0]).filter((one) => /^kept-[a-z0-9]+$/.test(one));
    const waits = document.querySelector("form[data-keep-waits]");
    marks.forEach(function (name) {
      const mark = name.slice(5);
      document.cookie = name + "=; path=/; max-age=0; SameSite=Lax";
      // A page that shows once more what will be done has stored nothing yet.
      if (waits) { carried = mark; return; }
      mine().forEach((key) => { if ((read(key) || {}).sent === mark) drop(key); });
    });
  }

  // ── giving back ─────────────────────────────────────────────────────────────────────────────
  function element(tag, words, within) {
    const made = document.createElement(tag);
    if (words) made.textContent = words;
    if (within) within.appendChild(made);
    return made;
  }
  function act(words, within, run, primary) {
    const button = element("button", words, within);
    button.type = "button";
    button.className = primary ? "btn btn-primary" : "btn";
    button.addEventListener("click", run);
  }
  function when(at) {
    const day = new Date(at), two = (n) => String(n).padStart(2, "0");
    return (day.getMonth() + 1) + "月" + day.getDate() + "日 " + two(day.getHours()) + ":" + two(day.getMinutes());
  }
  function place(sentence) {
    const box = element("section", "", document.getElementById("kept"));
    box.className = "say say-warn say-compact kept";
    box.setAttribute("role", "status");
    element("p", sentence, box);
    return box;
  }
  function listing(names, entry, box) {
    const facts = element("dl", "", box);
    facts.className = "facts";
    names.forEach(function (name) {
      if (!entry.values[name][0] || name.includes("=")) return;
      element("dt", entry.values[name][1], facts);
      element("dd", entry.values[name][2] || entry.values[name][0], facts).className = "said";
    });
  }

  function back(form, key, entry, box) {
    const all = cells(form), mineNow = touched.get(form) || new Set(), gone = [];
    let first = null;
    Object.keys(entry.values).forEach(function (name) {
      const one = all[name];
      if (!one || one.disabled || one.readOnly) { gone.push(name); return; }
      if (mineNow.has(one) || valueOf(one) === entry.values[name][0]) return;
      put(one, entry.values[name][0]);
      first = first || one;
    });
    for (let around = form.parentElement; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
      if (around.hidden) around.hidden = false;
    }
    box.textContent = "";
    element("p", "已放回，还没有保存。请核对后按“" + actOf(form) + "”。", box);
    if (gone.length) listing(gone, entry, box);
    if (first) first.focus();
  }
  function offer(form, key, entry) {
    const all = cells(form), names = Object.keys(entry.values);
    const other = names.filter((name) => !all[name] || valueOf(all[name]) !== entry.values[name][0]);
    if (!other.length) return;
    let said = "您上次写的有 " + other.length + " 处没有存上（" + when(entry.at) + "，“" + entry.act + "”）。";
    if (entry.version !== versionOf(form)) said += "这以后这里又改过，放回前请核对。";
    if (form.querySelector("input[type=file]")) said += "文件要重新选。";
    const box = place(said), acts = element("div", "", box);
    acts.className = "acts";
    act("放回", acts, function () { flush(); back(form, key, read(key) || entry, box); }, true);
    act("删去", acts, function () { drop(key); box.remove(); touched.has(form) && keep(form); });
  }
  // The form is not on the page any more (the record has gone on): what was typed can still be copied.
  function lost(key, entry) {
    const box = place("您上次在这一页写的没有存上（" + when(entry.at) + "），现在不能再填。要用的请从这里抄走。");
    listing(Object.keys(entry.values), entry, box);
    const acts = element("div", "", box);
    acts.className = "acts";
    act("删去", acts, function () { drop(key); box.remove(); });
  }
  function elsewhere(key, entry) {
    const box = place("没有存上：" + entry.title + "（" + when(entry.at) + "）。"), acts = element("div", "", box);
    acts.className = "acts";
    const link = element("a", "打开，放回", acts);
    link.className = "btn btn-primary";
    link.href = entry.page;
    act("删去", acts, function () { drop(key); box.remove(); });
  }

  function start() {
    person = document.body.dataset.person || "";
    if (!person) return;
    keys().forEach(function (key) {
      const entry = read(key);
      // Another account's text, or too old: gone before anything is shown.
      if (!key.startsWith(PREFIX + person + ":") || !entry || !entry.values || Date.now() - entry.at > FOR_DAYS * 86400000) drop(key);
    });
    answered();
    const forms = Array.from(document.forms).filter(isKept), shown = new Set();
    forms.forEach(function (form) {
      const key = keyOf(form), entry = read(key);
      if (!entry || shown.has(key)) return;
      shown.add(key);
      offer(form, key, entry);
    });
    const asks = location.pathname === "/" || (!forms.length && document.querySelector("main .say-refused")) || /\/sign-in\/$/.test(document.referrer.split("?")[0]);
    mine().forEach(function (key) {
      const entry = read(key);
      if (shown.has(key)) return;
      if (entry.page === here) lost(key, entry);
      else if (asks && entry.sent) elsewhere(key, entry);
    });
  }
  // After the browser itself has put back what it remembers of a page one returns to.
  window.addEventListener("load", start);
  window.kpi = Object.assign(window.kpi || {}, { isKept: isKept });
})();
