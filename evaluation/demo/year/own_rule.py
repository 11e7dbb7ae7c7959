"""旅游收入 of the third quarter by the evaluator's own 细则: a 完成率 over its data table, what the office holds the marks
against, and what was said about one of them. Every number is invented and says so.
"""

from datetime import datetime

from evaluation.demo.marks import draw
from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.marks import PROBLEMS, evaluator_of
from evaluation.demo.year.scheme import scheme
from evaluation.enums import ConditionKind, DataRows, FigureKind
from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.declaring import Typed
from evaluation.sheets.services.conditions import activate_condition, add_condition, try_condition
from evaluation.sheets.services.differences import give_difference
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.record import add_line
from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook
from evaluation.tasks.models.data_tables import DataTable
from evaluation.tasks.services.data_tables import TableInput, declare_table, import_month, rows_wanted
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track

ITEM, KEEPER, TABLE = 14, "wenlv-ju", "旅游收入（演示）"
LIMIT = "60"
# Places among the towns of the sheet: far behind its target, marked otherwise than by the rule, and the first left blank.
BEHIND, OTHERWISE, BLANK_FROM = 2, 4, 11


def plan_own_rule(agenda: Agenda, cast: Cast) -> None:
    """Before the third quarter starts, and after the second has locked: a condition is tried on that one."""
    day = agenda.at
    agenda.plan(day(22, 9), _declare, cast)
    agenda.plan(day(21, 9), _publish, cast)
    agenda.plan(day(21, 14), _line, cast)
    agenda.plan(day(20, 9), _condition, cast)
    agenda.plan(day(19, 9), _try, cast)
    agenda.plan(day(19, 15), _activate, cast)


def is_own_rule(sheet: MarkSheet) -> bool:
    return sheet.scheme.track == Track.TOWNSHIP and sheet.indicator.number == ITEM


def plan_marks(agenda: Agenda, cast: Cast, sheet: MarkSheet, moments: tuple[datetime, datetime, datetime]) -> None:
    imported, marked, explained = moments
    agenda.plan(imported, _import, cast)
    agenda.plan(marked, _mark, cast, sheet)
    agenda.plan(explained, _explain, cast, sheet)


def _share() -> Figure:
    found = Figure.objects.select_related("indicator")
    return found.get(scheme=scheme(Track.TOWNSHIP), kind=FigureKind.SHARE, indicator__number=ITEM)


def _keeper(cast: Cast) -> Actor:
    return cast.of(KEEPER, Role.EVALUATOR)


def _declare(cast: Cast, at: datetime) -> None:
    table = TableInput(name=TABLE, rows_by=DataRows.UNIT, columns="目标,亿元,2\n完成,亿元,2\n说明,文字")
    declare_table(actor=_keeper(cast), indicator_id=_share().indicator_id or 0, table=table, at=at)


def _publish(cast: Cast, at: datetime) -> None:
    table = DataTable.objects.get(name=TABLE)
    rate = Typed("rate", str(table.pk), "last", "目标（亿元）\n完成（亿元）", step="1", cap="100", floor="0")
    publish_rulebook(
        actor=_keeper(cast),
        figure_id=_share().pk,
        title="（演示）旅游收入考评细则",
        lines=[LineInput("（演示）旅游收入没有完成目标的，每低一个百分点扣一分", "", rate)],
        seen_number=0,
        at=at,
    )


def _line(cast: Cast, at: datetime) -> None:
    add_line(
        actor=cast.first,
        figure_id=_share().pk,
        provider="supervision",
        source="all",
        basis="（演示）旅游项目列入督办台账的，与旅游收入对照；文件没有写明",
        assumed=True,
        at=at,
    )


def _condition(cast: Cast, at: datetime) -> None:
    add_condition(
        actor=cast.first,
        scheme_id=scheme(Track.TOWNSHIP).pk,
        kind=ConditionKind.NOTHING,
        threshold=LIMIT,
        basis="（演示）没有任何记录而得分很低的，说明一句",
        assumed=True,
        at=at,
    )


def _try(cast: Cast, at: datetime) -> None:
    row = MarkCondition.objects.get()
    try_condition(actor=cast.first, condition_id=row.pk, version=row.version, at=at)


def _activate(cast: Cast, at: datetime) -> None:
    row = MarkCondition.objects.get()
    activate_condition(actor=cast.first, condition_id=row.pk, version=row.version, at=at)


def _import(cast: Cast, at: datetime) -> None:
    table = DataTable.objects.get(name=TABLE)
    rows = [
        {"key": code, "name": name, "values": _values(code, place)}
        for place, (code, name) in enumerate(rows_wanted(table))
    ]
    import_month(
        actor=_keeper(cast),
        table_id=table.pk,
        period="2020-09",
        seen=0,
        rows=rows,
        source="演示 2020-09 旅游收入.xlsx",
        version=table.version,
        at=at,
    )


def _values(code: str, place: int) -> list[str | None]:
    """Hundredths of a target that is a multiple of a half, so that most sums have an end."""
    chance = draw("tourism", code)
    goal = 50 * (2 + chance % 4)
    rate = 52 if place == BEHIND else 86 + chance // 7 % 20
    done = goal * rate // 100
    return [f"{goal // 100}.{goal % 100:02d}", f"{done // 100}.{done % 100:02d}", "（虚构）"]


def _mark(cast: Cast, sheet: MarkSheet, at: datetime) -> None:
    """Accepted as proposed, but for one with its why and the last that are still to be looked at."""
    marks = held_marks(sheet)
    given, rows = proposed_marks(sheet, marks), []
    for place, mark in enumerate(marks[:BLANK_FROM]):
        code, found = mark.organisation.code, given[mark.organisation_id]
        if place == OTHERWISE:
            why = "（演示）有一笔收入跨月入账，按实际完成看"
            rows.append(RowInput(code, mark.version, value="97.5", reason=why, problems=PROBLEMS[0]))
        else:
            rows.append(RowInput(code, mark.version, accepts=found.token))
    save_marks(actor=evaluator_of(cast, sheet), sheet_id=sheet.pk, rows=rows, at=at)


def _explain(cast: Cast, sheet: MarkSheet, at: datetime) -> None:
    mark = min(held_marks(sheet), key=lambda one: one.full_mark if one.value is None else one.value)
    sentence = "（演示）目标定得偏高，没有列入督办，已与镇里核对"
    actor, cells = evaluator_of(cast, sheet), [(mark.pk, mark.version)]
    give_difference(actor=actor, sheet_id=sheet.pk, cells=cells, sentence=sentence, at=at)
