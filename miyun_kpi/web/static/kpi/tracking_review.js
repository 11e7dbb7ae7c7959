// Ticking reports to accept: all at once, and how many are ticked.
"use strict";
(function () {
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const boxes = () => Array.from(form.querySelectorAll("[name='seen']"));
  const all = form.querySelector("[data-all]"), said = form.querySelector("[data-chosen]");
  form.addEventListener("change", function (event) {
    if (event.target === all) boxes().forEach((box) => { box.checked = all.checked; });
    const count = boxes().filter((box) => box.checked).length;
    if (all) all.checked = count === boxes().length;
    if (said) said.textContent = count ? "选中 " + count + " 项" : "先勾选；要退回，点单位名进去写意见。";
  });
})();
