"""Duties of a document as a workbook: one row a duty, then one row a unit and period."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, When

from miyun_kpi.duties.enums import OpeningHow, ReportState
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.lists import number_of, roles_of
from miyun_kpi.duties.queries.owing import BeforeLive
from miyun_kpi.duties.queries.reports import COURSES
from miyun_kpi.duties.queries.when import timing_of
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.rules.standing import standing
from miyun_kpi.duties.services.taking_in import key_of, wrong
from miyun_kpi.lib.citations import document_label
from miyun_kpi.sheets.table import ColumnSpec, Kind, Limits, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from miyun_kpi.web.shapes import STATES


def duties_workbook(
    document: DutyDocument, duties: Sequence[Duty], periods: QuerySet[DutyPeriod], *, viewer: str, at: datetime
) -> bytes:
    """`periods` are those the viewer may see."""
    title = f"{document_label(document.document)}任务"
    lines = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    rows: list[Sequence[Cell]] = []
    for duty in duties:
        units = {role.role: role for role in roles_of(duty)}
        named = [
            "、".join(unit.organisation.name for view in units[role].phrases for unit in view.units if unit.active)
            if role in units
            else ""
            for role in ("lead", "responsible", "jointly", "separately")
        ]
        rows.append(
            [
                number_of(duty),
                duty.get_kind_display(),
                duty.parent.title if duty.parent else "",
                duty.clause,
                duty.title,
                duty.requirement,
                timing_of(duty).words,
                duty.printed_units,
                *named,
            ]
        )
    columns = [
        Column("序号", 6),
        Column("种类", 12),
        Column("属于", 30),
        Column("条款", 14),
        Column("任务", 40),
        Column("要求（原文）", 80),
        Column("周期或时限", 36),
        Column("原文所列单位", 40),
        Column("牵头", 24),
        Column("责任", 40),
        Column("会同", 20),
        Column("分别", 20),
    ]
    sheets = [Sheet(title="任务", columns=columns, rows=rows, lines=lines)]
    heads = [
        Column("条款", 14),
        Column("任务", 40),
        Column("单位", 24),
        Column("角色", 8),
        Column("期间", 16),
        Column("报送截止", 18),
        Column("报送情况", 12),
        Column("状态", 8),
        Column("进展", 60),
        Column("问题", 40),
        Column("下一步", 40),
        Column("期初已办", 40),
    ]
    sheets.append(Sheet(title="报送", columns=heads, rows=_reported(periods, at), lines=lines))
    return workbook(sheets, title=title, at=at)


class _Window(NamedTuple):
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


# Whose standing hangs on the window; of all others its dates are not even read.
_UNDECIDED = Q(missed=False, reopened_until__isnull=True, state__in=[ReportState.EXPECTED, ReportState.DRAFT])
_DATES = ("starts_at", "late_until", "locks_at")


def _units(chosen: Any) -> dict[int, tuple[str, str, str, str]]:
    """Clause and title of the duty, name of the unit, its role."""
    found = DutyUnit.objects.filter(pk__in=chosen).select_related("duty", "organisation")
    return {one.pk: (one.duty.clause, one.duty.title, one.organisation.name, one.get_role_display()) for one in found}


def _reported(periods: QuerySet[DutyPeriod], at: datetime) -> Iterator[Sequence[Cell]]:
    """Rows of plain values: of a long export, models took more time than all the writing."""
    units = _units(periods.order_by().values("unit"))
    courses, hows = dict(COURSES), dict(OpeningHow.choices)
    labels: dict[str, str] = {}
    moments: dict[datetime, str] = {}
    found = periods.annotate(
        given_back=Q(reopened_until__isnull=False),
        **{f"open_{name}": Case(When(_UNDECIDED, then=F(name))) for name in _DATES},
    ).values_list(
        "unit_id",
        "period",
        "due_at",
        "state",
        "late",
        "missed",
        "given_back",
        *(f"open_{name}" for name in _DATES),
        *(f"report__{name}" for name in ("course", "progress", "problem", "next_step")),
        *(f"opening__{name}" for name in ("how", "on", "basis")),
    )
    for row in found.iterator(chunk_size=2_000):
        unit, period, due_at, state, late, missed, given_back, starts_at, late_until, locks_at, *said = row
        course, progress, problem, next_step, how, on, basis = said
        if unit not in units:
            units |= _units([unit])  # taken on since
        if period not in labels:
            labels[period] = label_of(period)
        if due_at not in moments:
            moments[due_at] = f"{due_at.astimezone():%Y-%m-%d %H:%M}"
        window = _Window(starts_at, due_at, late_until, locks_at)
        word = standing(window, state=state, late=late, given_back=given_back, at=at, missed=missed)
        yield [
            *units[unit],
            labels[period],
            moments[due_at],
            STATES[word].word,
            courses.get(course, course or ""),
            progress or "",
            problem or "",
            next_step or "",
            f"{hows[how]}，{on}，依据：{basis}" if how is not None else "",
        ]


# ── 期初已办: a template with the lines that can be taken in, and its rows as they are proposed ───────────────────

NOTES = "填写说明"
OPENING_LIMITS = Limits(rows=5_000)
OPENING_COLUMNS = (
    ColumnSpec("key", "编号", required=True, longest=30),
    ColumnSpec("how", "期初情形", Kind.CHOICE, words={str(label): code for code, label in OpeningHow.choices}),
    ColumnSpec("on", "纸面日期", Kind.DAY),
    ColumnSpec("basis", "期初依据", longest=200),
)
SHOWN = ("条款", "任务", "单位", "期间")
OPENINGS = TableSpec(OPENING_COLUMNS, sheet="任务期初", passed=SHOWN, beside=(NOTES,))


def opening_template(rows: Iterable[DutyPeriod], before: BeforeLive, *, at: datetime) -> bytes:
    """One line a period that can be taken in; the last three columns are to be filled."""
    lines: list[Sequence[Cell]] = [
        [
            key_of(row),
            row.unit.duty.clause,
            row.unit.duty.title,
            row.unit.organisation.name,
            label_of(row.period),
            None,
            None,
            None,
        ]
        for row in rows
    ]
    said = [
        f"只列报送截止在上线日 {before.day} 以前、系统里没有填报的；不登记的那几行，后三栏留空或删去",
        f"期初情形只能是{'、'.join(str(one.label) for one in OpeningHow)}；原文没有允许免报的任务不能写已免报",
        "纸面日期写成 2020-09-05，是报送或免报的那天；期初依据写台账或来文的名称、页码",
        "编号不要改。由两个人办理：一人上传提出，本单位另一人确认",
    ]
    titles = ("编号", *SHOWN, "期初情形", "纸面日期", "期初依据")
    columns = [Column(title, 40 if title in ("任务", "期初依据") else 18, text=True) for title in titles]
    sheets = [
        Sheet(title="任务期初", columns=columns, rows=lines),
        Sheet(title=NOTES, columns=[Column("说明", 100)], rows=[[one] for one in said]),
    ]
    return workbook(sheets, title="任务期初登记模板", at=at)


def read_openings(content: bytes, *, file_name: str, before: BeforeLive) -> list[dict[str, str]]:
    """Every filled row as the service takes it. Raises Refused with every problem by cell."""
    table = read_table(content, OPENINGS, file_name=file_name, limits=OPENING_LIMITS)
    rows: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for line in table.rows:
        if line.problems or all(line.blank(name) for name in ("how", "on", "basis")):
            continue
        key = line["key"].strip()
        unit, _, period = key.partition("-")
        how, on = line["how"] or "", line["on"].isoformat() if line["on"] else ""
        row = {"unit": unit, "period": period, "how": how, "on": on, "basis": line["basis"].strip()}
        for problem in wrong(row, before):
            field = problem.field or ""
            line.wrong("key" if field == "unit" else field, problem.code, problem.message)
        if key in seen:
            line.wrong("key", "twice", f"与第 {seen[key]} 行是同一期。请删去一行。")
        seen.setdefault(key, line.number)
        rows.append(row)
    table.refuse_if_wrong()
    return rows
