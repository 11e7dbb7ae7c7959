// A unit's 月报: one line saved at a time, by keys; nothing typed is lost.
"use strict";
(function () {
  const table = document.querySelector("[data-report]");
  if (!table) return;
  const FIELDS = "select, textarea, input:not([type='hidden'])";
  const lines = () => Array.from(table.querySelectorAll("[data-writable]"));
  const fields = (line) => Array.from(line.querySelectorAll(FIELDS));
  const lineOf = (element) => element instanceof Element ? element.closest("[data-writable]") : null;

  function stored(field) {
    if (field.tagName !== "SELECT") return field.defaultValue;
    const chosen = Array.from(field.options).find((one) => one.defaultSelected);
    return chosen ? chosen.value : "";
  }
  const dirty = (line) => fields(line).some((field) => field.value !== stored(field));

  function save(line) {
    if (!line || line.classList.contains("is-sent")) return;
    line.classList.add("is-sent");
    window.htmx.trigger(line, "save-line");
  }
  function move(line, step, name) {
    const all = lines(), next = all[all.indexOf(line) + step];
    if (!next) return;
    const field = next.querySelector("[name='" + name + "']") || fields(next)[0];
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  }
  const asBefore = (line) => line.dataset.beforeCourse !== undefined;
  function say(words) {
    const said = document.getElementById("said");
    if (said) said.textContent = words;
  }
  // On to the next line that has something of last month; what has nothing is stepped over and named.
  function step(line, name) {
    const after = lines().slice(lines().indexOf(line) + 1), next = after.findIndex(asBefore);
    if (next < 0) { say("后面没有上月所报的行了。"); return; }
    if (next > 0) say("跳过 " + next + " 行：上月没有报，或材料线下报送。");
    move(line, next + 1, name);
  }
  function unchanged(line) {
    if (!asBefore(line)) return false;
    const before = { course: "beforeCourse", progress: "beforeProgress", problem: "beforeProblem", next_step: "beforeNext" };
    Object.keys(before).forEach(function (name) {
      const field = line.querySelector("[name='" + name + "']");
      if (field) field.value = line.dataset[before[name]];
    });
    line.querySelector("[name='unchanged']").value = "on";
    save(line);
    return true;
  }

  table.addEventListener("input", function (event) {
    const line = lineOf(event.target);
    if (!line) return;
    line.classList.toggle("is-typing", dirty(line));
    line.querySelector("[name='unchanged']").value = "";
  });
  table.addEventListener("keydown", function (event) {
    const line = lineOf(event.target), field = event.target;
    if (!line || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !field.matches(FIELDS)) return;
    if (event.key === "F8") {
      event.preventDefault();
      unchanged(line);
      step(line, field.name);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save(line);
      move(line, 1, field.name);
    } else if (event.key === "Escape") {
      fields(line).forEach((one) => { one.value = stored(one); });
      line.classList.remove("is-typing");
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && field.tagName === "TEXTAREA" && !field.value.includes("\n")) {
      event.preventDefault();
      move(line, event.key === "ArrowDown" ? 1 : -1, field.name);
    }
  });
  // Leaving a line saves what was typed in it; what is only prefilled waits for a key.
  table.addEventListener("focusout", function (event) {
    const line = lineOf(event.target);
    if (line && lineOf(event.relatedTarget) !== line && dirty(line)) save(line);
  });
  table.addEventListener("click", function (event) {
    const button = event.target.closest("[data-act]"), line = lineOf(event.target);
    if (!button || !line) return;
    if (button.dataset.act === "save") save(line); else unchanged(line);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    const line = lineOf(event.target);
    if (line) line.classList.remove("is-sent");
  });

  // 其余同上月 looks at what is stored: what is being typed is stored first, and a refused line stays in sight.
  const underWay = () => lines().some((one) => dirty(one) || one.classList.contains("is-sent"));
  let leaving = "";
  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-as-before]");
    if (!link || !underWay()) return;
    event.preventDefault();
    leaving = link.href;
    lines().filter(dirty).forEach(save);
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (!leaving) return;
    if (table.querySelector(".is-refused")) { leaving = ""; return; }
    if (underWay()) return;
    const there = leaving;
    leaving = "";
    window.location.assign(there);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    const said = document.getElementById("said");
    if (said && event.detail.xhr && event.detail.xhr.status === 200) said.textContent = "已存";
  });
  // The answer takes the line's place: who was typing in it goes on there.
  document.addEventListener("htmx:load", function (event) {
    const line = event.target;
    if (line.matches && line.matches(".is-refused[data-writable]") && document.activeElement === document.body) fields(line)[0].focus();
  });
  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-goto-line]");
    if (!link) return;
    event.preventDefault();
    const line = document.getElementById("line-" + link.dataset.gotoLine);
    if (line) { line.scrollIntoView({ block: "center" }); const first = fields(line)[0]; if (first) first.focus(); }
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-submit-month]")) return;
    const open = lines().find(dirty);
    if (!open) return;
    event.preventDefault();
    save(open);
    fields(open)[0].focus();
  }, true);
  window.addEventListener("beforeunload", function (event) {
    if (lines().some(dirty)) { event.preventDefault(); event.returnValue = ""; }
  });
})();
