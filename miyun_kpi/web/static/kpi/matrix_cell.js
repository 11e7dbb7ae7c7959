// A cell of the matrix is selected or being edited, as in a spreadsheet: of a selected one the first key replaces the whole.
"use strict";
(function () {
  const m = window.kpiMatrix;
  if (!m) return;
  const table = m.table;
  const isCell = (box) => box.matches("input[data-cell]");
  const codeOf = (box) => box.closest("tr[data-row]").dataset.code;
  // The code of the row being edited stands at the table: the row itself is replaced by the answer to a save.
  const isEdited = (box) => table.dataset.editing === codeOf(box);
  function edit(box) {
    table.dataset.editing = codeOf(box);
    box.setSelectionRange(box.value.length, box.value.length);
  }

  table.addEventListener("focusin", function (event) {
    if (isCell(event.target) && !isEdited(event.target)) event.target.select();
  });
  table.addEventListener("focusout", function (event) {
    if (isCell(event.target) && document.hasFocus()) delete table.dataset.editing;
  });
  // The press has put the caret somewhere; a single one keeps the cell selected whole.
  table.addEventListener("click", function (event) {
    if (isCell(event.target) && event.detail < 2 && !isEdited(event.target)) event.target.select();
  });
  table.addEventListener("dblclick", function (event) {
    if (isCell(event.target) && !isEdited(event.target)) edit(event.target);
  });
  table.addEventListener("input", function (event) {
    if (isCell(event.target)) table.dataset.editing = codeOf(event.target);
  });
  table.addEventListener("keydown", function (event) {
    const box = event.target;
    if (!isCell(box) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F2") { event.preventDefault(); edit(box); return; }
    if (event.key === "Escape") { delete table.dataset.editing; return; }
    // A key that has acted already may have moved the focus away.
    if (isEdited(box) || event.defaultPrevented || document.activeElement !== box) return;
    if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) event.preventDefault();
    // Whatever has moved the caret in a selected cell, what is typed takes the place of the whole.
    if (event.key.length === 1 || /^(Backspace|Delete|Process|Unidentified)$/.test(event.key)) box.select();
  }, true);
})();
