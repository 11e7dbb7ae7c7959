// Which forms are kept (keep.js), which fields of them, and what tells one form, one version and one field from another.
"use strict";
(function () {
  const TYPED = "input:not([type]), input[type=text], input[type=number], input[type=date], input[type=month], input[type=time], input[type=datetime-local], input[type=email], input[type=tel], input[type=url], input[type=search], input[type=checkbox], input[type=radio], select, textarea";
  const VERSIONS = /^(version|seen(-\d+)?|read|digest|time|v[tw]\d+)$/;

  const ticks = (one) => one.type === "checkbox" || one.type === "radio";
  const sealed = (one) => one.closest("[data-keep='no']") !== null;
  function typed(form) {
    return Array.from(form.elements).filter((one) => one.name && one.matches(TYPED) && !one.closest("[data-keep='never']")
      && !/one-time-code|password/.test(one.autocomplete || ""));
  }
  function isKept(form) {
    if ((form.getAttribute("method") || "").toLowerCase() !== "post" || form.hasAttribute("hx-post") || form.closest("[data-keep='never']")) return false;
    const fields = typed(form);
    return fields.some((one) => one.tagName === "TEXTAREA" || (one.tagName === "INPUT" && !ticks(one))) || new Set(fields.map((one) => one.name)).size > 3;
  }
  function hash(text) {
    let a = 5381, b = 52711;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      a = (a * 33 ^ code) >>> 0;
      b = (b * 31 + code) >>> 0;
    }
    return a.toString(36).padStart(7, "0") + b.toString(36).padStart(7, "0");
  }
  const hidden = (form) => Array.from(form.elements).filter((one) => one.type === "hidden" && one.name && one.name !== "csrfmiddlewaretoken" && one.name !== "acting_post");
  const versionOf = (form) => hash(hidden(form).filter((one) => VERSIONS.test(one.name)).map((one) => one.name + "=" + one.value).join("&"));
  const sent = (form) => { const to = new URL(form.getAttribute("action") || location.href, location.href); return to.pathname + to.search; };

  // One form of one record, whatever page it stands on: where it goes, what it asks, and what it is hidden in it that tells records apart.
  const known = new WeakMap();
  function keyOf(form) {
    if (!known.has(form)) {
      const which = hidden(form).filter((one) => !VERSIONS.test(one.name) && one.name !== "next" && one.value.length <= 24);
      const names = Array.from(new Set(typed(form).map((one) => one.name))).sort();
      const steps = Array.from(form.elements).filter((one) => one.tagName === "BUTTON" && one.name).map((one) => one.value);
      const told = [sent(form), names.join(","), which.map((one) => one.name + "=" + one.value).join("&"), steps.join(",")];
      known.set(form, hash(told.join("|")));
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

  window.kpiFields = {
    typed: typed, isKept: isKept, sealed: sealed, versionOf: versionOf, sent: sent, keyOf: keyOf, cells: cells, valueOf: valueOf, firstValue: firstValue, put: put, labelOf: labelOf, wordsOf: wordsOf, actOf: actOf,
  };
})();
