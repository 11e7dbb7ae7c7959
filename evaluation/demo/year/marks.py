"""Marks of the story: whole columns or part of one, saved and filed by the evaluator's own person."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.demo.marks import draw, invented_mark
from evaluation.demo.year.cast import OFFICE, Cast
from evaluation.sheets.models.marks import Mark, MarkSheet, RulebookLine
from evaluation.sheets.services.marks import DeductionInput, RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain

# Whose sheets of the open quarter the demonstration's visitors fill themselves.
LEFT_TO_VISITORS = ("shuiwu-ju", "weijian-wei", OFFICE)
# Every mark below full says what was found; under this rate also what is suggested, which the settings ask for from 80 on.
SAID_BELOW = 85
PROBLEMS = (
    "（虚构）台账个别项更新晚于约定日期。",
    "（虚构）月报与台账有一处数字不一致，已更正。",
    "（虚构）阶段性材料分两次报齐。",
)
SUGGESTIONS = ("（虚构）按月核对一次台账。", "（虚构）报送前由科室互核一遍。", "（虚构）材料提前两天报齐。")
CHECKED = "（演示）已与台账逐家核对，确实如此。"
NOT_HERE = "（虚构）本季度没有这项任务。"
LINES = (("（演示）月报迟报一次", "1"), ("（演示）巡河记录缺一次", "0.5"), ("（演示）排污口台账漏登一处", "2"))


def sheets_of(period: str, *, track: str = "", evaluator: str = "") -> list[MarkSheet]:
    found = MarkSheet.objects.filter(period__code=period).select_related(
        "scheme", "period", "indicator", "share_figure", "evaluator"
    )
    if track:
        found = found.filter(scheme__track=track)
    if evaluator:
        found = found.filter(evaluator__code=evaluator)
    return list(found.order_by("scheme__track", "indicator__number", "share_figure__order"))


def free_sheets(period: str, track: str) -> list[MarkSheet]:
    """Sheets that something may happen to: not a visitor's, and with words beside the marks."""
    found = sheets_of(period, track=track)
    return [s for s in found if s.evaluator.code not in LEFT_TO_VISITORS and not s.indicator.offline_only]


def evaluator_of(cast: Cast, sheet: MarkSheet) -> Actor:
    return cast.of(sheet.evaluator.code, Role.EVALUATOR)


def fill(actor: Actor, sheet: MarkSheet, at: datetime, *, part: int = 100, excused: str = "") -> None:
    """Save the first `part` hundredths of the column; `excused`: the unit that is proposed as 不适用."""
    marks = list(Mark.objects.filter(sheet=sheet).select_related("organisation").order_by("order"))
    wanted = [mark for place, mark in enumerate(marks, start=1) if place * 100 <= len(marks) * part]
    lines = _lines(sheet)
    rows = [_row(sheet, mark, lines, excused=mark.organisation.code == excused) for mark in wanted]
    save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=at)


def hand_in(actor: Actor, sheet: MarkSheet, at: datetime) -> MarkSheet:
    version = MarkSheet.objects.values_list("version", flat=True).get(pk=sheet.pk)
    seen = sum(Mark.objects.filter(sheet=sheet).values_list("version", flat=True))
    return file_sheet(actor=actor, sheet_id=sheet.pk, version=version, at=at, seen=seen, reason=CHECKED)


def _lines(sheet: MarkSheet) -> Sequence[RulebookLine]:
    rulebook = sheet.share_figure.rulebooks.filter(published_at__lte=sheet.period.starts_at).order_by("-number").first()
    return list(rulebook.lines.all()) if rulebook else []


def _row(sheet: MarkSheet, mark: Mark, lines: Sequence[RulebookLine], *, excused: bool) -> RowInput:
    code = mark.organisation.code
    if excused:
        return RowInput(code, mark.version, not_applicable=True, reason=NOT_HERE)
    place = (sheet.period.code, sheet.scheme.track, sheet.share_figure.key, code)
    taken = [
        DeductionInput(line.pk, plain(line.points), f"（虚构）{line.text.removeprefix('（演示）')}。")
        for line in lines
        for _ in range(draw("deduction", *place, str(line.order)) % 3)
        if line.points is not None
    ]
    if lines:
        return RowInput(code, mark.version, value=None if taken else plain(mark.full_mark), deductions=tuple(taken))
    value = invented_mark(
        period=sheet.period.code,
        share_key=f"{sheet.scheme.track}/{sheet.share_figure.key}",
        organisation=code,
        full_mark=mark.full_mark,
    )
    said = value < mark.full_mark and not sheet.indicator.offline_only
    low = said and value * 100 < mark.full_mark * SAID_BELOW
    chosen = draw("words", *place)
    return RowInput(
        code,
        mark.version,
        value=plain(value),
        problems=PROBLEMS[chosen % len(PROBLEMS)] if said else None,
        suggestions=SUGGESTIONS[chosen % len(SUGGESTIONS)] if low else None,
    )
