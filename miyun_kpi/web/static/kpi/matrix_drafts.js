// What is typed in the mark matrix and not stored, kept over a reload.
"use strict";
// `sheet`: its number; `texts`: names of the fields beside the mark.
window.kpiDrafts = function (sheet, texts) {
  const draftKey = "kpi-sheet-" + sheet;
  function drafts() {
    try { return JSON.parse(sessionStorage.getItem(draftKey) || "{}"); } catch (error) { return {}; }
  }
  function keepDraft(code, field, text) {
    const all = drafts();
    all[code] = Object.assign({}, all[code]);
    if (text === undefined) delete all[code][field]; else all[code][field] = text;
    if (!Object.keys(all[code]).length) delete all[code];
    try { sessionStorage.setItem(draftKey, JSON.stringify(all)); } catch (error) { /* a full store loses no cell on screen */ }
  }
  function forget(code) { ["value"].concat(texts).forEach((name) => keepDraft(code, name)); }
  return { drafts: drafts, keepDraft: keepDraft, forget: forget };
};
