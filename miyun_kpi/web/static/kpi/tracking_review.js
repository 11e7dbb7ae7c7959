// Ticking rows of a list to accept: all at once, and how many are ticked.
"use strict";
(function () {
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const boxes = () => Array.from(form.querySelectorAll("[name='seen']"));
  const all = form.querySelector("[data-all]"), said = form.querySelector("[data-chosen]");
  const first = said ? said.textContent : "";
  form.addEventListener("change", function (event) {
    if (event.target === all) boxes().forEach((box) => { box.checked = all.checked; });
    const count = boxes().filter((box) => box.checked).length;
    if (all) all.checked = count === boxes().length;
    if (said) said.textContent = count ? "选中 " + count + " 项" : first;
  });
})();
