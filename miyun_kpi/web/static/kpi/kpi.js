// What every page does: keys, countdown, sending once, and a sign-in that ran out without anything typed being lost.
"use strict";
(function () {
  const byId = (id) => document.getElementById(id);

  function typing(target) {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  // ── keys ────────────────────────────────────────────────────────────────────────────────────
  function shown(element) {
    return element.getClientRects().length > 0 && element.getAttribute("aria-disabled") !== "true";
  }

  function toggleKeys(open) {
    const panel = byId("keys");
    if (!panel) return;
    panel.hidden = open === undefined ? !panel.hidden : !open;
    if (!panel.hidden) panel.focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      toggleKeys(false);
      document.querySelectorAll(".topbar details[open]").forEach((details) => { details.open = false; });
      if (event.target.id === "search") event.target.blur();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "?") { event.preventDefault(); toggleKeys(); return; }
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const wanted = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === key && shown(one));
    if (!wanted) return;
    event.preventDefault();
    if (typing(wanted)) { wanted.focus(); wanted.select && wanted.select(); } else { wanted.click(); }
  });

  document.addEventListener("click", function (event) {
    const close = event.target.closest("[data-close]");
    if (close) { byId(close.dataset.close).hidden = true; return; }
    const opener = event.target.closest("[data-opens]");
    if (opener) toggle(opener);
    if (event.target.closest("[data-print]")) { window.print(); return; }
    const blocked = event.target.closest("[aria-disabled='true']");
    if (blocked) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const keys = byId("keys");
    if (keys && !keys.hidden && !keys.contains(event.target)) keys.hidden = true;
    document.querySelectorAll("details.posts[open]").forEach((details) => {
      if (!details.contains(event.target)) details.open = false;
    });
    openClause(event);
  }, true);

  // A button that opens a section in place, and the one in it that closes it again.
  function toggle(opener) {
    const place = byId(opener.dataset.opens);
    if (!place) return;
    place.hidden = !place.hidden;
    document.querySelectorAll("[data-opens='" + place.id + "'][aria-expanded]").forEach((one) => one.setAttribute("aria-expanded", String(!place.hidden)));
    const first = place.hidden ? null : place.querySelector("textarea, input:not([type='hidden']), button");
    if (first) first.focus();
  }

  // A plain click on a clause opens the sentence beside the page; with a modifier the link goes to the reader.
  function openClause(event) {
    const link = event.target.closest("a[data-clause]");
    const slot = byId("quotation");
    if (!link || !slot || !window.htmx || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || slot.contains(link)) return;
    event.preventDefault();
    window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#quotation", swap: "innerHTML" });
  }

  // ── countdown: by the minute, on the server's clock ─────────────────────────────────────────
  function minuteWords(milliseconds) {
    const all = Math.max(Math.floor(milliseconds / 60000), 0);
    const days = Math.floor(all / 1440), hours = Math.floor((all % 1440) / 60), minutes = all % 60;
    if (days) return days + " 天 " + hours + " 小时 " + minutes + " 分";
    return hours ? hours + " 小时 " + minutes + " 分" : minutes + " 分";
  }

  const loaded = Date.now();
  function tick() {
    document.querySelectorAll("[data-countdown]").forEach(function (box) {
      const now = Date.parse(box.dataset.now) + (Date.now() - loaded);
      const target = Date.parse(box.dataset.target);
      const words = box.querySelector("[data-remaining]");
      if (words && now < target) words.textContent = minuteWords(target - now);
      else if (words && box.dataset.passed === undefined && box.dataset.phase !== "locked") {
        box.dataset.passed = "";
        words.textContent = "时间已到，请刷新";
      }
      const starts = Date.parse(box.dataset.starts), locks = Date.parse(box.dataset.locks);
      const pointer = box.querySelector("[data-pointer]"), past = box.querySelector("[data-past]");
      if (!pointer || !(locks > starts)) return;
      const share = Math.min(Math.max((now - starts) / (locks - starts), 0), 1) * 100;
      pointer.setAttribute("x", share.toFixed(2) + "%");
      if (past) past.setAttribute("width", Math.min(share, Number(box.dataset.due)).toFixed(2) + "%");
      const word = box.querySelector("[data-pointer-word]");
      if (word) word.setAttribute("x", share.toFixed(2) + "%");
    });
  }
  setInterval(tick, 20000);

  // ── a form is sent once ─────────────────────────────────────────────────────────────────────
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get") || form.method === "get" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
    form.dataset.sent = "";
    // After the browser has read which button was pressed.
    setTimeout(function () {
      form.querySelectorAll("button:not([type='button'])").forEach((button) => button.setAttribute("aria-busy", "true"));
    }, 0);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  // ── htmx: fresh token, expired sign-in, lost connection ─────────────────────────────────────
  // A served site gives its cookies a prefix; with it there, one without the prefix was planted by another host.
  function cookieToken() {
    const all = document.cookie.split("; ");
    const found = all.find((one) => one.startsWith("__Host-csrftoken=")) || all.find((one) => one.startsWith("csrftoken="));
    return found ? decodeURIComponent(found.slice(found.indexOf("=") + 1)) : "";
  }

  // Signing in again (in another tab) changes the token; the page goes on with the new one.
  function freshToken() {
    const token = cookieToken();
    if (!token) return "";
    document.querySelectorAll("input[name='csrfmiddlewaretoken']").forEach((input) => { input.value = token; });
    return token;
  }
  window.addEventListener("focus", function () { if (unsent.length) freshToken(); });

  document.addEventListener("htmx:configRequest", function (event) {
    // Asked by a timer: no sign that somebody is here (accounts.middleware.SessionLimits).
    if ((event.detail.elt.getAttribute("hx-trigger") || "").startsWith("every")) event.detail.headers["X-Quiet"] = "1";
    const token = cookieToken();
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters && event.detail.parameters.csrfmiddlewaretoken !== undefined) {
      event.detail.parameters.csrfmiddlewaretoken = token;
    }
  });

  const unsent = [];
  function strip(sentence, act, href, run) {
    const place = byId("expired");
    if (!place) return;
    place.className = "expired";
    place.setAttribute("role", "alert");
    place.textContent = "";
    const words = document.createElement("span");
    words.textContent = sentence;
    place.appendChild(words);
    if (href) {
      const link = document.createElement("a");
      link.className = "btn";
      link.href = href;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = "在新页登录";
      place.appendChild(link);
    }
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-primary";
    again.textContent = act;
    again.addEventListener("click", run || resend);
    place.appendChild(again);
    place.hidden = false;
  }

  // For scripts that send by themselves (the mark matrix): the same strip with an act of their own.
  const actingPost = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-Acting-Post"];
  window.kpi = { strip: strip, cookieToken: cookieToken, actingPost: actingPost };

  function remember(detail) {
    const config = detail.requestConfig;
    if (!config || config.verb === "get") return false;
    const same = unsent.findIndex((one) => one.elt === config.elt);
    if (same >= 0) unsent.splice(same, 1);
    unsent.push({ elt: config.elt, verb: config.verb, path: config.path, target: detail.target, parameters: config.unfilteredParameters });
    if (config.elt && config.elt.setAttribute) config.elt.setAttribute("data-unsent", "");
    return true;
  }

  function resend() {
    freshToken();
    byId("expired").hidden = true;
    unsent.splice(0).forEach(function (one) {
      if (!document.contains(one.elt)) return;
      one.elt.removeAttribute("data-unsent");
      // The field itself is asked to send again, so that what it holds now is what is sent.
      const trigger = (one.elt.getAttribute("hx-trigger") || "").split(/[\s,\[]/)[0];
      if (trigger && window.htmx) window.htmx.trigger(one.elt, trigger);
      else if (one.elt.tagName === "FORM" && one.elt.requestSubmit) one.elt.requestSubmit();
      else window.htmx.ajax(one.verb.toUpperCase(), one.path, { source: one.elt, target: one.target });
    });
  }

  function signInNeeded(xhr) {
    return xhr.status === 401 || (xhr.responseURL || "").split("?")[0].endsWith("/sign-in/");
  }

  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!signInNeeded(event.detail.xhr)) return;
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    const address = event.detail.xhr.getResponseHeader("X-Sign-In") || "/sign-in/";
    if (remember(event.detail)) {
      strip("登录已过期。您输入的内容仍在这一页，没有保存。登录后回到这里，按“再存一次”。", "已登录，再存一次", address);
    } else if (!unsent.length) {
      strip("登录已过期。请在新页登录，再回到这里继续。", "已登录，继续", address);
    }
  });
  document.addEventListener("htmx:sendError", function (event) {
    if (remember(event.detail)) strip("连不上服务器。您输入的内容仍在这一页，没有保存。", "再存一次", "");
    else if (!unsent.length) strip("连不上服务器，这一步没有完成。请稍后再试。", "知道了", "");
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status < 500 && event.detail.xhr.status !== 429) return;
    if (remember(event.detail)) strip("服务器没有办成这一步。您输入的内容仍在这一页，没有保存。请稍后再试。", "再存一次", "");
    else if (!unsent.length) strip("服务器没有办成这一步。请稍后再试。", "知道了", "");
  });
  // A refusal stands until the next answer that succeeds; only then is it out of date.
  document.addEventListener("htmx:afterRequest", function (event) {
    const slot = byId("refusal");
    if (slot && event.detail.successful && event.detail.target !== slot) slot.textContent = "";
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const slot = byId("refusal");
    if (event.detail.target === slot || event.detail.target === byId("quotation")) event.detail.target.scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("beforeunload", function (event) {
    if (unsent.length) { event.preventDefault(); event.returnValue = ""; }
  });

  // ── sign-in: caps lock ──────────────────────────────────────────────────────────────────────
  document.addEventListener("keyup", function (event) {
    const hint = byId("caps-lock");
    if (!hint || !event.getModifierState) return;
    hint.hidden = !(event.getModifierState("CapsLock") && event.target.type === "password");
  });

  // What scrolls sideways can be reached and scrolled by keys.
  function reachable() {
    document.querySelectorAll(".sheet, .scroll").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else if (box.tabIndex === 0) box.removeAttribute("tabindex");
    });
  }
  window.addEventListener("resize", reachable);

  document.addEventListener("DOMContentLoaded", function () {
    reachable();
    const first = document.querySelector("[data-focus]");
    if (first) first.focus();
  });
})();
