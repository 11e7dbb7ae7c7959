// What is typed into a form and not yet stored is a 草稿 of its account on the server, sent two seconds after the last key and
// gone when the form is stored (miyun_kpi/drafts). This browser holds only what could not be sent, under the account.
//
// Kept is every plain POST form in which something is written. What says data-keep="no" (sealed personal data, protected
// records) is never held by the browser; data-keep="never" (what nobody may read again) by nobody. Passwords and files neither.
"use strict";
(function () {
  const PREFIX = "kpi.kept:", LEAVING = "kpi.leaving", FOR_DAYS = 14, AFTER = 2000, AT_MOST = 10000, SURE_FOR = 60 * 1000, QUIET = 5 * 60 * 1000, AGAIN = 30000;
  // A browser sends no more than 64 KB from a page that is being left.
  const SMALL = 60000;
  const here = location.pathname + location.search;
  const fields = window.kpiFields, typed = fields.typed, isKept = fields.isKept, sealed = fields.sealed, sent = fields.sent, valueOf = fields.valueOf;
  const byId = (id) => document.getElementById(id);
  const person = document.body.dataset.person || "";
  let starting = null, contact = Date.now(), asked = 0, left = false, leaving = false, carried = [];

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
    for (let tries = mine().length; tries >= 0; tries -= 1) {
      try { localStorage.setItem(key, text); return; } catch (error) {
        const others = mine().filter((one) => one !== key).sort((a, b) => ((read(a) || {}).at || 0) - ((read(b) || {}).at || 0));
        if (!others.length) return;
        drop(others[0]);
      }
    }
  }
  const placeOf = (mark) => PREFIX + person + ":" + mark, wipe = () => keys().forEach(drop);

  // ── what is known of each form on this page ─────────────────────────────────────────────────
  // mark: of this opened page, so that two windows never write over each other. inherited: names whose text came from an
  // earlier draft, adopted: the marks of those drafts; they become part of this one.
  const states = new WeakMap(), heard = new WeakMap(), open = new Set();
  function random() {
    return Array.from(crypto.getRandomValues(new Uint32Array(4))).map((one) => one.toString(36).padStart(7, "0")).join("");
  }
  function stateOf(form) {
    if (!states.has(form)) {
      states.set(form, { mark: random(), page: "", touched: new Set(), inherited: new Set(), adopted: [], dirty: false, since: 0, timer: 0, under: null, why: "", saved: false, passed: false });
    }
    return states.get(form);
  }
  function entryOf(form) {
    const state = stateOf(form), all = fields.cells(form), values = {}, secret = [];
    Object.keys(all).forEach(function (name) {
      const one = all[name];
      if (valueOf(one) === fields.firstValue(one) && !state.inherited.has(name)) return;
      values[name] = [valueOf(one), fields.labelOf(one), fields.wordsOf(one)];
      if (sealed(one)) secret.push(name);
    });
    // A refusal stands at the address the form was sent to; the page to come back to is the one before it.
    const answer = form.hasAttribute("action") && sent(form).split("?")[0] === location.pathname;
    const before = answer && document.referrer.startsWith(location.origin) ? document.referrer.slice(location.origin.length) : here;
    return {
      mark: state.mark, form: fields.keyOf(form), version: fields.versionOf(form), post: window.kpi.actingPost(), at: Date.now(), replaces: state.adopted.slice(),
      page: state.page || before, title: document.title.split("｜")[0].slice(0, 80), act: fields.actOf(form), values: values, secret: secret,
    };
  }
  // In the browser: never what is sealed, and nothing at all of a form that is.
  function holdHere(form, entry) {
    const values = Object.assign({}, entry.values);
    entry.secret.forEach((name) => delete values[name]);
    if (sealed(form) || !Object.keys(values).length) return;
    write(placeOf(entry.mark), Object.assign({}, entry, { values: values, secret: undefined }));
  }

  // ── sending ─────────────────────────────────────────────────────────────────────────────────
  function asking(address, form, options) {
    const headers = { "X-CSRFToken": window.kpi.cookieToken() };
    // What a timer sends is no sign of life (accounts.middleware.SessionLimits).
    if (options && options.quiet) headers["X-Quiet"] = "1";
    return fetch(address, {
      method: form ? "POST" : "GET", body: form, headers: headers, cache: "no-store", redirect: "manual", credentials: "same-origin", keepalive: Boolean(options && options.leaving),
    }).then(function (answer) {
      if (answer.type === "opaqueredirect") return { why: "out" };
      if (answer.ok) return { answer: answer };
      if (!/json/.test(answer.headers.get("Content-Type") || "")) return { why: "server", said: "服务器没有办成这一步。" };
      return answer.json().then((told) => ({ why: told.code === "other-account" ? "other" : "server", said: told.message }));
    }).catch(() => ({ why: "line" }));
  }
  function sendDraft(entry, options) {
    const form = new FormData();
    const said = { title: entry.title, act: entry.act, page: entry.page, values: entry.values };
    const told = { person: person, form: entry.form, version: entry.version, post: entry.post, replaces: (entry.replaces || []).join("."), body: JSON.stringify(said) };
    Object.keys(told).forEach((name) => form.append(name, told[name]));
    if (options && options.leaving && new Blob([told.body]).size > SMALL) return Promise.resolve({ why: "line" });
    return asking("/drafts/" + entry.mark + "/", form, options);
  }
  const dropDraft = (mark) => asking("/drafts/" + mark + "/drop/", new FormData());

  function save(form, options) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = 0;
    if (state.under) return state.under.then(() => (state.dirty && !state.why ? save(form, options) : state.why));
    if (left || leaving || !state.dirty) return Promise.resolve(state.why);
    const entry = entryOf(form), nothing = !Object.keys(entry.values).length;
    state.dirty = false;
    tell("保存中…", "saving");
    const gone = (state.saved ? [entry.mark] : []).concat(entry.replaces);
    const way = nothing ? Promise.all(gone.map(dropDraft)).then((all) => all.find((said) => said.why) || {}) : sendDraft(entry, options);
    state.under = way.then(function (said) {
      state.under = null;
      state.why = said.why || "";
      state.since = state.dirty ? Date.now() : 0;
      if (state.why) {
        state.dirty = true;
        // Nothing of one account in the browser of another.
        if (state.why === "other") drop(placeOf(entry.mark)); else if (!left) holdHere(form, entry);
        if (!left) trouble(form, said);
        return state.why;
      }
      contact = Date.now();
      state.saved = !nothing;
      state.adopted = state.adopted.filter((mark) => !entry.replaces.includes(mark));
      drop(placeOf(entry.mark));
      if (!state.dirty) tell(nothing ? "" : "输入已留存 " + clock(contact), "saved");
      if (!troubled().length) fine();
      return "";
    });
    return state.under;
  }

  // ── what is said of it ──────────────────────────────────────────────────────────────────────
  function clock(at) {
    const day = new Date(at), two = (n) => String(n).padStart(2, "0");
    return two(day.getHours()) + ":" + two(day.getMinutes());
  }
  function tell(words, how) {
    const place = byId("draft-state"), dock = document.querySelector(".dock");
    if (!place || place.textContent === words) return;
    place.textContent = words;
    place.hidden = !words;
    place.dataset.how = how || "";
    place.style.bottom = (dock ? dock.offsetHeight : 0) + 8 + "px";
  }
  const troubled = () => Array.from(open).filter((form) => document.contains(form) && stateOf(form).why);
  // shown: the strip tells of a draft; halted: of a form that was not sent, which a draft does not put right.
  let again = 0, shown = false, halted = false;
  function fine() {
    clearTimeout(again);
    if (shown && !halted) byId("expired").hidden = true;
    shown = false;
  }
  function whyOf(form, said) {
    const entry = entryOf(form), only = sealed(form) || entry.secret.length;
    const stays = said.why === "other" ? "先不要关这一页。" : sealed(form) ? "这一页加密保存，不留在浏览器里，先不要关。" : only ? "加密的栏不留在浏览器里，先不要关这一页。" : "写的先留在这个浏览器里，可以接着写。";
    if (said.why === "out") return "登录已过期，登录后接着存。" + stays;
    if (said.why === "other") return "未保存：这个浏览器里现在登录的是另一个账号。请用原来的账号登录后接着存。" + stays;
    if (said.why === "line") return (navigator.onLine === false ? "未保存：没有网络。" : "未保存：连不上服务器。") + stays;
    return "未保存：" + (said.said || "服务器没有办成这一步。") + stays;
  }
  function trouble(form, said) {
    const door = said.why === "out" || said.why === "other";
    tell("草稿未保存", "unsaved");
    shown = true;
    if (!halted) window.kpi.strip(whyOf(form, said), door ? "已登录，接着存" : "再存一次", door ? "/sign-in/" : "", () => retry());
    clearTimeout(again);
    if (!door) again = setTimeout(retry, AGAIN, { quiet: true });
  }
  function retry(options) {
    troubled().forEach((form) => { stateOf(form).why = ""; save(form, options); });
  }
  ["online", "focus"].forEach((one) => window.addEventListener(one, () => retry({ quiet: true })));

  // ── keeping ─────────────────────────────────────────────────────────────────────────────────
  function changed(form) {
    const state = stateOf(form);
    open.add(form);
    state.dirty = true;
    state.since = state.since || Date.now();
    if (!state.why) tell("正在输入", "saving");
    clearTimeout(state.timer);
    state.timer = setTimeout(save, Math.max(Math.min(AFTER, state.since + AT_MOST - Date.now()), 0), form);
  }
  function noticed(event) {
    const one = event.target, form = one instanceof Element ? one.form : null;
    if (!person || !form) return;
    // Who is typing is here: the sign-in does not run out under a long text. Keys count, timers do not.
    if (Date.now() - Math.max(contact, asked) > QUIET) {
      asked = Date.now();
      alive().then((who) => { if (who === person) contact = Date.now(); }, () => {});
    }
    if (!isKept(form) || !typed(form).includes(one)) return;
    // On leaving a field its change is told once more.
    if (event.type === "change" && heard.get(one) === valueOf(one)) return;
    heard.set(one, valueOf(one));
    stateOf(form).touched.add(one);
    changed(form);
  }
  ["input", "change"].forEach((one) => document.addEventListener(one, noticed));
  // A part of a form was stored by itself and drawn anew: what is left of the draft is told, or nothing.
  document.addEventListener("htmx:afterSwap", () => open.forEach(function (form) {
    if (!document.contains(form) || form.dataset.sent !== undefined) return;
    const all = fields.cells(form), inherited = stateOf(form).inherited;
    inherited.forEach((name) => { if (all[name] && valueOf(all[name]) === fields.firstValue(all[name])) inherited.delete(name); });
    changed(form);
  }));
  const unsent = () => Array.from(open).filter((form) => document.contains(form) && form.dataset.sent === undefined && (stateOf(form).dirty || stateOf(form).under));
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") unsent().forEach((form) => save(form)); });
  // The page goes: what the answer will not be heard of is held here as well, until the next page has seen it arrive.
  window.addEventListener("pagehide", function () {
    if (left || leaving) return;
    leaving = true;
    unsent().forEach(function (form) {
      const entry = entryOf(form);
      if (!Object.keys(entry.values).length || stateOf(form).why === "other") return;
      holdHere(form, entry);
      try { sessionStorage.setItem(LEAVING, "1"); } catch (error) { /* asked at once, then */ }
      sendDraft(entry, { leaving: true }).then((said) => { if (!said.why) drop(placeOf(entry.mark)); });
    });
  });
  window.addEventListener("pageshow", function () {
    leaving = false;
    unsent().forEach((form) => save(form));
  });
  window.addEventListener("beforeunload", function (event) {
    const alone = troubled().some((form) => form.dataset.sent === undefined && (sealed(form) || entryOf(form).secret.length));
    if (alone && !left) { event.preventDefault(); event.returnValue = ""; }
  });

  // ── submitting ──────────────────────────────────────────────────────────────────────────────
  const alive = () => asking("/accounts/alive/").then(function (said) {
    if (said.why && said.why !== "out") throw new Error(said.why);
    return said.why ? "" : said.answer.text();
  });
  function resubmit(form, button) {
    const token = window.kpi.cookieToken(), field = form.elements.csrfmiddlewaretoken;
    if (token && field) field.value = token;
    stateOf(form).passed = true;
    form.removeAttribute("data-asking");
    form.requestSubmit(button && button.form === form ? button : undefined);
    stateOf(form).passed = false;
  }
  function stop(form, why, button) {
    const door = why === "out" || why === "other";
    form.removeAttribute("data-asking");
    trouble(form, { why: why });
    halted = true;
    window.kpi.strip(whyOf(form, { why: why }).replace("接着存", "再存").replace(/^未保存：/, "没有发出，未保存："), door ? "已登录，再存一次" : "再存一次", door ? "/sign-in/" : "", function () {
      byId("expired").hidden = true;
      halted = false;
      stateOf(form).why = "";
      form.requestSubmit(button && button.form === form ? button : undefined);
    });
  }
  // Before it is sent: what was typed is with the server, and the session is the one the page was opened in.
  function first(form, button) {
    form.setAttribute("data-asking", "");
    const state = stateOf(form), pause = new Promise((go) => setTimeout(go, 3000));
    Promise.race([starting, pause]).then(function () {
      if (state.dirty || state.under) {
        state.why = "";
        // A draft that only its own place refuses is no reason not to store the form.
        return save(form).then((why) => { if (why && why !== "server") stop(form, why, button); else resubmit(form, button); });
      }
      if (navigator.onLine !== false && Date.now() - contact <= SURE_FOR) { resubmit(form, button); return undefined; }
      return alive().then(function (who) {
        if (who !== person) { stop(form, who ? "other" : "out", button); return; }
        contact = Date.now();
        resubmit(form, button);
      }, () => stop(form, "line", button));
    });
  }
  function leave(event) {
    const forms = unsent();
    if (left || !person || !forms.length) { left = true; wipe(); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const go = function () { left = true; wipe(); event.target.requestSubmit(); };
    Promise.all(forms.map((form) => save(form))).then(function (whys) {
      if (!whys.some(Boolean)) { go(); return; }
      window.kpi.strip("写的有一部分没有存上，现在退出就没有了。", "仍然退出", "", go);
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (sent(form) === "/sign-out/") { leave(event); return; }
    // What is under way already is sent once (kpi.js) and keeps its marks.
    if (event.defaultPrevented || !person || form.dataset.sent !== undefined) return;
    if (form.matches("[data-keep-waits]") && carried.length) { form.dataset.kept = carried.join("."); return; }
    if (!isKept(form)) return;
    if (form.hasAttribute("data-asking")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const state = stateOf(form), entry = entryOf(form);
    // What the browser may hold it holds until the answer is there, and the form goes at once. What is sealed goes to the
    // server before it, and so does everything where it is not sure that there is a server and who is signed in.
    const alone = (state.dirty || state.under) && (sealed(form) || entry.secret.length);
    if (!state.passed && (alone || navigator.onLine === false || Date.now() - contact > SURE_FOR)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      first(form, event.submitter);
      return;
    }
    clearTimeout(state.timer);
    if (state.dirty || state.under) holdHere(form, entry);
    form.dataset.kept = [state.mark, ...state.adopted].slice(0, 10).join(".");
  }, true);
  // The marks go with the form; a server that has stored it throws the drafts away and gives the marks back (drafts.middleware).
  document.addEventListener("formdata", function (event) {
    if (event.target.dataset.kept) event.formData.set("kept", event.target.dataset.kept);
  });
  function answered() {
    const marks = document.cookie.split("; ").map((one) => one.split("=")[0]).filter((one) => /^kept-[a-z0-9]+$/.test(one)).map((one) => one.slice(5));
    marks.forEach((mark) => { document.cookie = "kept-" + mark + "=; path=/; max-age=0; SameSite=Lax"; });
    // A page that shows once more what will be done has stored nothing yet.
    if (document.querySelector("form[data-keep-waits]")) { carried = marks; return; }
    // Also a draft that was still under way when its form was sent.
    marks.forEach((mark) => { drop(placeOf(mark)); dropDraft(mark); });
  }

  // After the browser itself has put back what it remembers of a page one returns to.
  function begin() {
    keys().forEach(function (key) {
      const entry = read(key);
      // Another account's text, or too old: gone before anything is shown.
      if (!key.startsWith(placeOf("")) || !entry || !entry.values || Date.now() - entry.at > FOR_DAYS * 86400000) drop(key);
    });
    answered();
    return window.kpiKeep.start();
  }
  if (person) starting = new Promise((go) => window.addEventListener("load", () => go(begin()))).then(() => { starting = null; });
  window.kpi = Object.assign(window.kpi || {}, { isKept: isKept });
  window.kpiKeep = { here: here, LEAVING: LEAVING, mine: mine, read: read, drop: drop, placeOf: placeOf, stateOf: stateOf, changed: changed, asking: asking, sendDraft: sendDraft, dropDraft: dropDraft, clock: clock };
})();
