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
  function unchanged(line) {
    if (line.dataset.beforeCourse === undefined) return false;
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
      if (unchanged(line)) move(line, 1, field.name);
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
