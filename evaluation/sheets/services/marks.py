"""Marks: saved, filed, reopened. One service per act; cell, column, API and workbook all come here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from evaluation.enums import EDITABLE_STATES, NotApplicable, SheetState
from evaluation.scheme.queries.schemes import weights_of
from evaluation.sheets.access import lock_visible_sheet, require_sheet_write
from evaluation.sheets.models.marks import Mark, MarkSheet, RulebookLine
from evaluation.sheets.queries.methods import ProposedMark, proposed_marks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.marks import Deduction, looks_like_points, mark_after_deductions, read_mark
from evaluation.sheets.services.accepting import (
    OWN_RULE,
    DeductionInput,
    accepted,
    accepted_before,
    cited_line,
    cited_lines,
    read_deductions,
    reason_beside,
)
from evaluation.sheets.services.replacing import Replaced, ask_about_lines, replace_lines, told_lines
from evaluation.sheets.services.storing import store_marks
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver

LOOKS_LIKE_POINTS = "looks-like-points"
LONGEST_TEXT = 2000
POINTS_QUESTION = (
    "这一列的数都不超过本项分值，疑似按分值打分；本表满分 {full}，系统会再按权重折算。"
    "没有保存。如确是按 {full} 分打的，请确认后再存；否则请改为百分制的数。"
)


@dataclass(frozen=True)
class RowInput:
    """One cell to save. `value` as typed, None clears; `not_applicable` with a reason; or a list of deductions.

    `organisation` is a code, name or alias. `version` is the one the writer saw, 0 for a never-saved cell. `accepts`:
    the token of what the own 细则 gave on the writer's screen, instead of a value. `replaces`: the writer knows that
    the 扣分明细 of the cell goes.
    """

    organisation: str
    version: int
    value: str | None = None
    not_applicable: bool = False
    reason: str = ""
    problems: str | None = None
    suggestions: str | None = None
    deductions: tuple[DeductionInput, ...] = ()
    sets_value: bool = True
    accepts: str = ""
    replaces: bool = False


@dataclass
class _Wanted:
    mark: Mark
    value: Decimal | None
    not_applicable: str
    reason: str
    problems: str
    suggestions: str
    deductions: list[tuple[Deduction, RulebookLine]] = field(default_factory=list)
    keeps_deductions: bool = False
    replaces: bool = False

    @property
    def takes_lines(self) -> bool:
        """Whether 扣分明细 of the cell would go with nobody having said so."""
        typed = not self.keeps_deductions and not self.deductions
        return typed and bool(self.mark.deduction_count) and not self.replaces


def locked_sheet(sheet_id: int) -> MarkSheet:
    return locked(
        MarkSheet.objects.select_related("scheme", "period", "indicator", "share_figure", "evaluator"), sheet_id
    )


def require_open(sheet: MarkSheet, at: datetime) -> None:
    """Refuse, saying why and who can open it, unless the sheet takes marks at this moment (engine 2)."""
    name = f"“{sheet.indicator.short_name} · {sheet.period.label}”"
    if sheet.state == SheetState.SUBMITTED:
        raise Conflict(
            "sheet-submitted",
            f"{name}已由{sheet.filed_by}送审，待审核，不能再改，没有保存。要改请送审人先撤回，或由审核人退回。",
        )
    if sheet.state not in EDITABLE_STATES:
        filed = f"已于 {sheet.filed_at.astimezone():%Y-%m-%d %H:%M} 报送" if sheet.filed_at else "已报送"
        raise Conflict(
            "sheet-filed",
            f"{name}{filed}，不能再改，没有保存。要改请区政府办退回这张表。",
            clause=sheet.scheme.cite("四（二）"),
        )
    if sheet.reopened_until and at < sheet.reopened_until:
        return
    phase = sheet.period.window.phase(at)
    if phase == "before":
        raise Conflict("sheet-not-started", f"{name}还没有到填报开始时间，没有保存。请届时再打分。")
    if phase in ("closed", "locked"):
        word = "已过补报截止" if phase == "closed" else "已锁定"
        raise Conflict(
            "sheet-closed",
            f"{name}{word}，没有保存，原值不变。要补报请向区政府办申请重开，并写明理由。",
            clause=sheet.scheme.cite("四（二）"),
        )


def save_marks(
    *, actor: Actor, sheet_id: int, rows: Sequence[RowInput], at: datetime, confirmed: frozenset[str] = frozenset()
) -> list[Mark]:
    """Save cells of one sheet, all or nothing, and return them with their new versions.

    Source: engine 5, 8; 13号四（二）. Refuses all bad rows at once: Refused for rules, Conflict when only versions are
    stale (each with what is stored now). A whole column under the weights asks once ("looks-like-points").
    """
    return save_on_sheet(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=confirmed).saved


@dataclass(frozen=True)
class SavedSheet:
    """The sheet as it stands after the save: all its cells in order, and those that were asked for.

    `replaced`: by mark, the 扣分明细 that stood there and has gone.
    """

    sheet: MarkSheet
    marks: list[Mark]
    saved: list[Mark]
    proposals: Mapping[int, ProposedMark]
    replaced: Mapping[int, tuple[DeductionInput, ...]]


def save_on_sheet(
    *,
    actor: Actor,
    sheet_id: int,
    rows: Sequence[RowInput],
    at: datetime,
    confirmed: frozenset[str] = frozenset(),
    before: bool = False,
) -> SavedSheet:
    """`save_marks` with the whole sheet, which was read for it: the page answers from it without reading again.

    `before`: each mark with what the unit had on the last filed sheet of the share, read with it.
    """
    with acting(actor, at) as act:
        sheet = lock_visible_sheet(actor, sheet_id)
        require_sheet_write(actor, sheet)
        require_open(sheet, at)
        held = held_marks(sheet, before=before)
        proposals = proposed_marks(sheet, held)
        cells = _Cells({m.organisation.code: m for m in held}, proposals, OWN_RULE in confirmed)
        wanted = _read_rows(sheet, rows, cells)
        _ask_about_points(sheet, wanted, confirmed)
        changed = [w for w in wanted if _differs(w)]
        ask_about_lines([Replaced(w.mark, _becomes(w)) for w in changed if w.takes_lines])
        changes = [_apply(w, actor, at) for w in changed]
        store_marks([w.mark for w in changed], actor, at)
        replaced = replace_lines([(w.mark, w.deductions) for w in changed if not w.keeps_deductions])
        gone = told_lines(replaced)
        for w, change in zip(changed, changes, strict=True):
            change |= {"old_deductions": gone[w.mark.pk]} if w.mark.pk in gone else {}
        if changed:
            said = {"confirmed": sorted(confirmed)} if confirmed else {}
            act.record("evaluation.marks.saved", sheet, rows=changes, **said)
    return SavedSheet(sheet, held, [w.mark for w in wanted], proposals, replaced)


@dataclass
class _Cells:
    """The cells of the sheet by code, and what is held against a row: proposals, lines that may be cited, those before."""

    marks: dict[str, Mark]
    proposals: Mapping[int, ProposedMark]
    without_reason: bool = False
    lines: dict[int, RulebookLine] = field(default_factory=dict)
    before: dict[int, list[Deduction]] = field(default_factory=dict)


def _read_rows(sheet: MarkSheet, rows: Sequence[RowInput], cells: _Cells) -> list[_Wanted]:
    marks = cells.marks
    resolve = _resolver_beside(marks)
    if any(row.deductions or row.accepts for row in rows):
        cells.lines, cells.before = cited_lines(sheet), accepted_before(marks.values())
    wanted: list[_Wanted] = []
    errors: list[FieldError] = []
    stale: list[FieldError] = []
    seen: set[str] = set()
    for row in rows:
        code = resolve(row.organisation)
        mark = marks.get(code)
        if mark is None:
            text = f"“{row.organisation[:40]}”不在这张打分表里，没有保存。请核对单位名称。"
            errors.append(FieldError(text, "not-on-sheet", code))
            continue
        if code in seen:
            errors.append(
                FieldError(f"{mark.organisation.name}出现了两次，没有保存。每个单位只写一行。", "twice", code)
            )
            continue
        seen.add(code)
        current = current_of(mark)
        if row.version != mark.version:
            text = f"{mark.organisation.name}刚被{mark.saved_by or '别人'}改为{shown(mark).rstrip()}，您的没有保存。请看过后再决定用哪个。"
            stale.append(FieldError(text, "stale", code, "version", current))
            continue
        try:
            if sheet.indicator.offline_only:
                _require_offline_words(row)
            read = _read_row(row, mark, cells)
            read.replaces = row.replaces
            wanted.append(read)
        except Refused as refusal:
            text = f"{mark.organisation.name}：{refusal.message}原值{shown(mark)}仍有效。"
            errors.append(FieldError(text, refusal.code, code, "value", current))
    if errors:
        message = (
            errors[0].message if len(errors) == 1 else f"有 {len(errors)} 格不能保存，整批没有写入。请逐格改正后再存。"
        )
        raise Refused(errors[0].code if len(errors) == 1 else "rows-refused", message, errors=errors + stale)
    if stale:
        message = (
            stale[0].message
            if len(rows) == 1
            else f"有 {len(stale)} 格刚被别人改过，整批没有写入。请看过现在的值再存。"
        )
        raise Conflict("stale", message, errors=stale)
    return wanted


def _resolver_beside(marks: Mapping[str, Mark]) -> Callable[[str], str]:
    """Text → code. Names and aliases are read only where something else than the code of a cell was given."""
    known: list[Callable[[str], Organisation | None]] = []

    def resolve(text: str) -> str:
        if text in marks:
            return text
        known.extend([resolver()] if not known else [])
        found = known[0](text)
        return found.code if found else text

    return resolve


def _read_row(row: RowInput, mark: Mark, cells: _Cells) -> _Wanted:
    problems = _text(row.problems, mark.problems, "存在问题")
    suggestions = _text(row.suggestions, mark.suggestions, "改进建议")
    proposal = cells.proposals.get(mark.organisation_id)
    if not row.sets_value and not row.accepts:
        return _Wanted(mark, mark.value, mark.not_applicable, mark.reason, problems, suggestions, keeps_deductions=True)
    if row.not_applicable:
        if row.value is not None or row.deductions:
            raise Refused("value-and-not-applicable", "一格不能既有得分又不适用，没有保存。请只留一样。")
        reason = read_reason(row.reason, "不适用要写明理由")
        return _Wanted(mark, None, NotApplicable.PROPOSED, reason, problems, suggestions)
    if row.deductions or row.accepts:
        if row.value is not None and row.value.strip():
            raise Refused("value-and-deductions", "得分不能既直接写又由扣分算出，没有保存。请只留一样。")
        taken = (
            accepted(proposal, row.accepts)
            if row.accepts
            else read_deductions(row.deductions, proposal, cells.before.get(mark.pk, ()), cells.lines)
        )
        read = [(deduction, cited_line(cells.lines, deduction.line_id)) for deduction in taken]
        value = mark_after_deductions(mark.full_mark, taken)
        return _Wanted(mark, value, NotApplicable.NO, "", problems, suggestions, read)
    if row.value is None or not row.value.strip():
        return _Wanted(mark, None, NotApplicable.NO, "", problems, suggestions)
    value = read_mark(row.value, full_mark=mark.full_mark)
    reason = row.reason.strip()
    if not cells.without_reason:
        reason = reason_beside(proposal, value, reason, mark)
    return _Wanted(mark, value, NotApplicable.NO, reason, problems, suggestions)


def _text(given: str | None, stored: str, what: str) -> str:
    text = stored if given is None else given.strip()
    if len(text) > LONGEST_TEXT:
        raise Refused("too-long", f"{what}超过 {LONGEST_TEXT} 字，没有保存。请精简。")
    return text


# Of an indicator handled on paper only, the reason is a paper's number or one of these (engine 20).
OFFLINE_REASONS = ("以本次核对为准", "前次为误录")
OFFLINE_PREFIX = "线下材料 "
OFFLINE_NUMBER = re.compile(r"(?a:线下材料 (?:[一-鿿]{1,8}〔\d{4}〕\d{1,5}号|[A-Za-z0-9\-]{1,30}))")


def _require_offline_words(row: RowInput) -> None:
    """No free text about work that must not be described online."""
    reason = row.reason.strip()
    texts = [row.problems or "", row.suggestions or "", *(deduction.reason for deduction in row.deductions)]
    if any(text.strip() for text in texts):
        raise Refused(
            "offline-only", "这项指标材料线下报送，这里不写文字，没有保存。存在问题和改进建议请写在纸质报送表上。"
        )
    if reason and reason not in OFFLINE_REASONS and not OFFLINE_NUMBER.fullmatch(reason):
        raise Refused(
            "offline-only", "这项指标材料线下报送，理由只写线下材料的编号，没有保存。请填编号，例如 平安办〔2020〕3号。"
        )


def current_of(mark: Mark) -> dict[str, object]:
    return {"value": None if mark.value is None else plain(mark.value), "version": mark.version}


def shown(mark: Mark) -> str:
    if mark.not_applicable:
        return "不适用"
    return "空白" if mark.value is None else f" {plain(mark.value)} "


def _becomes(wanted: _Wanted) -> str:
    if wanted.not_applicable:
        return "不适用"
    return "空白" if wanted.value is None else f" {plain(wanted.value)} "


def _ask_about_points(sheet: MarkSheet, wanted: Sequence[_Wanted], confirmed: frozenset[str]) -> None:
    if LOOKS_LIKE_POINTS in confirmed:
        return
    typed = [w for w in wanted if w.value is not None and not w.deductions]
    if len(typed) < 3:
        return
    weights = weights_of(sheet.scheme_id, sheet.indicator_id, sheet.period.period_code)
    if looks_like_points(
        [w.value for w in typed if w.value is not None],
        weights=[Decimal(weights[w.mark.organisation.zone].value) for w in typed],
        full_mark=max(w.mark.full_mark for w in typed),
    ):
        full = plain(typed[0].mark.full_mark)
        raise Refused(LOOKS_LIKE_POINTS, POINTS_QUESTION.format(full=full))


def _differs(wanted: _Wanted) -> bool:
    mark = wanted.mark
    stored = (mark.value, mark.not_applicable, mark.reason, mark.problems, mark.suggestions)
    same = stored == (
        wanted.value,
        wanted.not_applicable,
        wanted.reason,
        wanted.problems,
        wanted.suggestions,
    )
    proposed_again = (
        wanted.not_applicable and mark.not_applicable == NotApplicable.APPROVED and mark.reason == wanted.reason
    )
    return not (same or proposed_again) or bool(wanted.deductions)


def _apply(wanted: _Wanted, actor: Actor, at: datetime) -> dict[str, object]:
    """Put the wanted state on the mark and return old and new for the audit."""
    mark = wanted.mark
    change = {
        "organisation": mark.organisation.code,
        "old": shown(mark).strip(),
        "version": mark.version + 1,
        "full": plain(mark.full_mark),
    }
    for name in ("reason", "problems", "suggestions"):
        before, after = getattr(mark, name), getattr(wanted, name)
        if before != after:
            change[f"old_{name}"], change[name] = before, after
    mark.value, mark.not_applicable, mark.reason = wanted.value, wanted.not_applicable, wanted.reason
    mark.problems, mark.suggestions, mark.version = wanted.problems, wanted.suggestions, mark.version + 1
    mark.saved_at, mark.saved_by, mark.saved_by_id = at, actor.label, actor.user_id
    change["new"] = shown(mark).strip()
    if wanted.deductions:
        change["deductions"] = [
            {"line": line.text, "points": plain(deduction.points), "reason": deduction.reason}
            for deduction, line in wanted.deductions
        ]
    return change


def is_blank(mark: Mark) -> bool:
    return mark.value is None and not mark.not_applicable


def bump(sheet: MarkSheet, state: SheetState) -> None:
    sheet.state, sheet.version = state, sheet.version + 1
