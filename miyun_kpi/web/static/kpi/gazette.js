// The reader: from one hit of the search to the next.
"use strict";
(function () {
  const hits = Array.from(document.querySelectorAll("mark[data-hit]"));
  let here = -1;

  function step(by) {
    if (!hits.length) return;
    if (here >= 0) hits[here].classList.remove("here");
    here = (here + by + hits.length) % hits.length;
    hits[here].classList.add("here");
    hits[here].scrollIntoView({ block: "center" });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-step]");
    if (button) step(Number(button.dataset.step));
  });
})();
