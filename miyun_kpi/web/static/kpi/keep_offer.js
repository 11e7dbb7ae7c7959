// What was typed and not stored is offered back: 放回 or 不要. From the account's drafts on the server, and from what this
// browser could not send (keep.js), which is sent now.
"use strict";
(function () {
  const kept = window.kpiKeep, fields = window.kpiFields;

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
    const day = new Date(at);
    return (day.getMonth() + 1) + "月" + day.getDate() + "日 " + kept.clock(at);
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
  function unwanted(entry, box) {
    kept.drop(kept.placeOf(entry.mark));
    kept.dropDraft(entry.mark);
    if (box) box.remove();
  }

  // What an earlier draft holds becomes part of this page's own, which replaces it. What has no field here, or is overwritten
  // already, is not: then the earlier draft stays.
  function adopt(form, entry, not) {
    const state = kept.stateOf(form);
    Object.keys(entry.values).filter((name) => !not.includes(name)).forEach((name) => state.inherited.add(name));
    state.page = entry.page;
    if (!not.length) state.adopted.push(entry.mark);
  }
  function back(form, entry, box) {
    const all = fields.cells(form), mineNow = new Set(kept.stateOf(form).touched);
    const differs = (name) => fields.valueOf(all[name]) !== entry.values[name][0];
    const not = Object.keys(entry.values).filter((name) => !all[name] || (differs(name) && (all[name].disabled || all[name].readOnly || mineNow.has(all[name]))));
    const put = Object.keys(entry.values).filter((name) => !not.includes(name) && differs(name));
    adopt(form, entry, not);
    put.forEach((name) => fields.put(all[name], entry.values[name][0]));
    kept.changed(form);
    for (let around = form.parentElement; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
      if (around.hidden) around.hidden = false;
    }
    box.textContent = "";
    element("p", "已放回，还没有保存。请核对后按“" + fields.actOf(form) + "”。" + (not.length ? "下面这些没有放回，要用的请抄走。" : ""), box);
    if (not.length) listing(not, entry, box);
    if (put.length) all[put[0]].focus();
  }
  function offer(form, entry) {
    const all = fields.cells(form), names = Object.keys(entry.values);
    // As the page came: a refused form shows what was typed, and somebody may be typing on.
    const shown = (one) => (kept.stateOf(form).touched.has(one) ? fields.firstValue(one) : fields.valueOf(one));
    const other = names.filter((name) => !all[name] || shown(all[name]) !== entry.values[name][0]);
    if (!other.length) { adopt(form, entry, []); return; }
    let said = "您上次写的有 " + other.length + " 处没有存上（" + when(entry.at) + "，“" + entry.act + "”）。";
    if (entry.version !== fields.versionOf(form)) said += "这以后这里又改过，放回前请核对。";
    if (form.querySelector("input[type=file]")) said += "文件要重新选。";
    const box = place(said), acts = element("div", "", box);
    acts.className = "acts";
    act("放回", acts, function () { back(form, entry, box); }, true);
    act("不要", acts, function () { unwanted(entry, box); });
  }
  // The form is not on the page any more (the record has gone on): what was typed can still be copied.
  function lost(entry) {
    const box = place("您上次在这一页写的没有存上（" + when(entry.at) + "），现在不能再填。要用的请从这里抄走。");
    listing(Object.keys(entry.values), entry, box);
    const acts = element("div", "", box);
    acts.className = "acts";
    act("不要", acts, function () { unwanted(entry, box); });
  }
  // One line a page, however many windows of it there were.
  function elsewhere(entries) {
    if (!entries.length) return;
    const box = place("还有 " + entries.length + " 份草稿没有存上："), list = element("ul", "", box);
    list.className = "drafts";
    new Set(entries.map((entry) => entry.page)).forEach(function (page) {
      const same = entries.filter((entry) => entry.page === page), row = element("li", "", list);
      element("span", same[0].title + "（" + when(same[0].at) + (same.length > 1 ? "，" + same.length + " 份" : "") + "）", row);
      const link = element("a", "打开，放回", row);
      link.className = "btn";
      link.href = page + "#kept";
      act("不要", row, () => same.forEach((entry) => unwanted(entry, list.children.length > 1 ? row : box)));
    });
  }

  function give(entries, forms, asks) {
    const shown = new Set();
    entries.sort((a, b) => b.at - a.at);
    forms.forEach(function (form) {
      const own = entries.filter((entry) => entry.values && entry.form === fields.keyOf(form) && !shown.has(entry.mark));
      own.forEach(function (entry, number) {
        shown.add(entry.mark);
        // An older one that says nothing that a younger one does not is thrown away unasked.
        const told = (other) => Object.keys(entry.values).every((name) => other.values[name] && other.values[name][0] === entry.values[name][0]);
        if (own.slice(0, number).some(told)) unwanted(entry); else offer(form, entry);
      });
    });
    const rest = entries.filter((entry) => !shown.has(entry.mark));
    rest.filter((entry) => entry.values && entry.page === kept.here).forEach(lost);
    if (asks) elsewhere(rest.filter((entry) => entry.page !== kept.here));
  }
  // What this browser could not send, with what the server has of the same page: the browser's is younger, the server's has
  // the sealed fields.
  function together(held, stored) {
    return held.map(function (entry) {
      const same = stored.find((one) => one.mark === entry.mark);
      return same && same.values ? Object.assign({}, entry, { values: Object.assign({}, same.values, entry.values) }) : entry;
    }).concat(stored.filter((one) => !held.some((entry) => entry.mark === one.mark)));
  }
  function start() {
    const forms = Array.from(document.forms).filter(fields.isKept), post = window.kpi.actingPost();
    const held = kept.mine().map(function (key) {
      const mark = key.slice(kept.placeOf("").length);
      return Object.assign({ mark: mark, form: mark, post: post }, kept.read(key));
    });
    const asks = location.pathname === "/" || location.hash === "#kept" || (!forms.length && document.querySelector("main .say-refused") !== null)
      || /\/sign-in\/$/.test(document.referrer.split("?")[0]);
    if (!forms.length && !held.length && !asks) return Promise.resolve();
    let wait = 0;
    try { wait = sessionStorage.getItem(kept.LEAVING) ? 500 : 0; sessionStorage.removeItem(kept.LEAVING); } catch (error) { /* at once, then */ }
    const wanted = new URLSearchParams({ address: location.pathname });
    new Set([...forms.map(fields.keyOf), ...held.map((entry) => entry.form)]).forEach((one) => wanted.append("form", one));
    // What the page before sent while it was left is on its way.
    return new Promise((go) => setTimeout(go, wait)).then(() => kept.asking("/drafts/?" + wanted, null, { quiet: true })).then(
      (said) => (said.why ? [] : said.answer.json()),
    ).catch(() => []).then(function (stored) {
      const all = together(held, stored);
      give(all.filter((entry) => !entry.post || entry.post === post), forms, asks);
      all.slice(0, held.length).forEach(function (entry) {
        kept.sendDraft(entry, { quiet: true }).then((said) => { if (!said.why) kept.drop(kept.placeOf(entry.mark)); });
      });
    });
  }
  kept.start = start;
})();
