"""What stands beside the marks: 任务清单, 数据表, 督办台账 and 督促整改."""

from datetime import date, datetime, timedelta

from evaluation.demo.marks import draw
from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import OFFICE, Cast
from evaluation.demo.year.scheme import scheme
from evaluation.enums import DataRows, RectificationOrigin, SupervisionSource
from evaluation.scheme.models.scheme import Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import ItemInput
from evaluation.tasks.rules.task_list import TaskInput
from evaluation.tasks.services import supervision_course as course
from evaluation.tasks.services.data_tables import TableInput, declare_table, import_month, rows_wanted
from evaluation.tasks.services.supervision import register_item
from evaluation.tasks.services.task_list import add_task, withdraw_task
from evaluation.tracking.access import tracked
from evaluation.tracking.models import Rectification
from evaluation.tracking.services.rectifications import (
    answer_rectification,
    decide_rectification,
    open_rectification,
    open_year_rectification,
)
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

KEEPER = "shuiwu-ju"
WITH_TASKS = ("gubeikou-zhen", "taishitun-zhen", "bulaotun-zhen")
TASK_END = date(2020, 10, 31)
# Number, source, lead, helping unit.
ITEMS = (
    ("演示督〔2020〕1号", SupervisionSource.CITY_TASK, "nongyenongcun-ju", "shuiwu-ju"),
    ("演示督〔2020〕2号", SupervisionSource.WORK_REPORT, "jingxin-ju", "caizheng-ju"),
    ("演示督〔2020〕3号", SupervisionSource.PRACTICAL, "zhujian-wei", "chengguan-wei"),
    ("演示督〔2020〕4号", SupervisionSource.INSTRUCTION, "jiaotong-ju", "gonglu-fenju"),
    ("演示督〔2020〕5号", SupervisionSource.ASSIGNED, "wenlv-ju", "tiyu-ju"),
    ("演示督〔2020〕6号", SupervisionSource.MEETING, "shuiwu-ju", "guizi-fenju"),
)
# Units that are called upon to put something right, with what became of it.
PRESSED = (("gaoling-zhen", 2), ("xinchengzi-zhen", 1), ("shicheng-zhen", 0))
YEAR_ORIGINS = (RectificationOrigin.FEEDBACK, RectificationOrigin.SELF_REPORT, RectificationOrigin.VISIT)


def plan_work(agenda: Agenda, cast: Cast) -> None:
    _plan_tasks(agenda, cast)
    _plan_tables(agenda, cast)
    _plan_supervision(agenda, cast)
    _plan_rectifications(agenda, cast)


def indicator(track: str, number: int) -> Indicator:
    return Indicator.objects.get(scheme=scheme(track), number=number)


def _unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


# 任务清单 -----------------------------------------------------------------------------------------------------------
def _plan_tasks(agenda: Agenda, cast: Cast) -> None:
    for place, code in enumerate(WITH_TASKS):
        agenda.plan(agenda.at(90, 10, place), _add, cast, code)
    agenda.plan(agenda.at(70, 10), _take_off, cast)


def _add(cast: Cast, code: str, at: datetime) -> None:
    task = TaskInput(
        name="（虚构）完成一段河道清理",
        target="12",
        unit="公里",
        due_on=TASK_END,
        definition="（演示）以月报数为准",
        data_source="（演示）单位月报",
    )
    actor, where = cast.of(KEEPER, Role.EVALUATOR), indicator(Track.TOWNSHIP, 4)
    add_task(actor=actor, indicator_id=where.pk, organisation_id=_unit(code).pk, task=task, at=at)


def _take_off(cast: Cast, at: datetime) -> None:
    task = Task.objects.get(organisation__code=WITH_TASKS[-1])
    reason = "（虚构）并入上级安排的任务。"
    withdraw_task(actor=cast.of(KEEPER, Role.EVALUATOR), task_id=task.pk, version=task.version, reason=reason, at=at)


# 数据表 -------------------------------------------------------------------------------------------------------------
BY_UNIT, BY_SERIES = "水质达标率（演示）", "主要指标月度（演示）"


def _plan_tables(agenda: Agenda, cast: Cast) -> None:
    water, economy = cast.of(KEEPER, Role.EVALUATOR), cast.of("fagai-wei", Role.EVALUATOR)
    day = agenda.at
    columns = "达标率,%,2\n检查河段,条,0\n说明,文字"
    agenda.plan(day(80, 10), _declare, water, Track.TOWNSHIP, 4, BY_UNIT, DataRows.UNIT, columns)
    columns = "累计完成,亿元,2\n同比,%,1"
    agenda.plan(day(80, 11), _declare, economy, Track.DEPARTMENT, 5, BY_SERIES, DataRows.SERIES, columns)
    for back, month in ((54, "2020-07"), (32, "2020-08"), (26, "2020-08")):
        agenda.plan(day(back, 16), _import, water, BY_UNIT, month)
        agenda.plan(day(back, 17), _import, economy, BY_SERIES, month)


def _declare(actor: Actor, track: str, number: int, name: str, rows_by: str, columns: str, at: datetime) -> None:
    table = TableInput(name=name, rows_by=rows_by, columns=columns)
    declare_table(actor=actor, indicator_id=indicator(track, number).pk, table=table, at=at)


def _import(actor: Actor, name: str, month: str, at: datetime) -> None:
    """A month again is its next version, with one figure corrected."""
    table = DataTable.objects.get(name=name)
    seen = DataSet.objects.filter(table=table, period=month).count()
    rows = [
        {"key": key, "name": label, "values": _values(table, month, key, place if seen else -1)}
        for place, (key, label) in enumerate(rows_wanted(table))
    ]
    source = f"演示 {month} 第 {seen + 1} 次.xlsx"
    import_month(
        actor=actor, table_id=table.pk, period=month, seen=seen, rows=rows, source=source, version=table.version, at=at
    )


def _values(table: DataTable, month: str, key: str, place: int) -> list[str | None]:
    chance = draw("table", table.name, month, key)
    corrected = 1 if place == 0 else 0
    if table.name == BY_UNIT:
        return [f"{88 + chance % 11 + corrected}.5", str(2 + chance % 7), "（虚构）" if chance % 4 == 0 else None]
    return [f"{10 + chance % 80 + corrected}.25", f"{chance % 9}.5"]


# 督办台账 -----------------------------------------------------------------------------------------------------------
def _plan_supervision(agenda: Agenda, cast: Cast) -> None:
    day = agenda.at
    for place, (number, source, lead, helping) in enumerate(ITEMS):
        due = agenda.date(12) if place == 4 else agenda.date(0) + timedelta(days=20 + place)
        item = ItemInput(
            number=number,
            source=source,
            title=f"（虚构）演示督办事项{'一二三四五六'[place]}",
            content="" if source == SupervisionSource.INSTRUCTION else "（虚构）按月反馈进展。",
            registered_on=agenda.date(60),
            due_on=due,
            lead_id=_unit(lead).pk,
            co_ids=(_unit(helping).pk,),
        )
        agenda.plan(day(60, 10, place), _register, cast, item)
        agenda.plan(day(45, 10, place), _feedback, cast, place)
    agenda.plan(day(25, 10), _finish, cast, 0)
    agenda.plan(day(24, 10), _close, cast, 0, True)
    agenda.plan(day(20, 10), _finish, cast, 1)
    agenda.plan(day(19, 10), _close, cast, 1, False)
    agenda.plan(day(18, 10), _extend, cast, 2, 30)
    agenda.plan(day(17, 10), _answer, cast, 2, True)
    agenda.plan(day(18, 11), _extend, cast, 3, 60)
    agenda.plan(day(17, 11), _answer, cast, 3, False)
    agenda.plan(day(9, 10), _urge, cast, 4)
    agenda.plan(day(3, 10), _extend, cast, 5, 40)
    agenda.plan(day(2, 14), _finish, cast, 1)


def _item(place: int) -> SupervisionItem:
    return SupervisionItem.objects.get(number=ITEMS[place][0])


def _keeper(cast: Cast) -> Actor:
    return cast.of(OFFICE, Role.EVALUATOR)


def _register(cast: Cast, item: ItemInput, at: datetime) -> None:
    register_item(actor=_keeper(cast), item=item, at=at)


def _feedback(cast: Cast, place: int, at: datetime) -> None:
    item, lead = _item(place), cast.of(ITEMS[place][2], Role.REPORTER)
    text = "（虚构）已完成前期工作，按计划推进。"
    course.give_feedback(actor=lead, item_id=item.pk, version=item.version, text=text, at=at)


def _finish(cast: Cast, place: int, at: datetime) -> None:
    item, note = _item(place), "（虚构）各项内容已办完。"
    day = at.astimezone().date()
    course.finish(actor=_keeper(cast), item_id=item.pk, version=item.version, on=day, note=note, at=at)


def _close(cast: Cast, place: int, passed: bool, at: datetime) -> None:
    """By another person of the office than who entered 办结."""
    item, note = _item(place), "" if passed else "（演示）请补充验收材料的编号。"
    course.close(actor=cast.second, item_id=item.pk, version=item.version, passed=passed, note=note, at=at)


def _extend(cast: Cast, place: int, days: int, at: datetime) -> None:
    item, lead = _item(place), cast.of(ITEMS[place][2], Role.REPORTER)
    course.ask_extension(
        actor=lead,
        item_id=item.pk,
        version=item.version,
        new_due_on=item.due_on + timedelta(days=days),
        reason="（虚构）招标推迟，申请顺延。",
        at=at,
    )


def _answer(cast: Cast, place: int, approve: bool, at: datetime) -> None:
    item, answer = _item(place), "（演示）同意。" if approve else "（演示）请按原时限办理。"
    course.decide_extension(
        actor=_keeper(cast), item_id=item.pk, version=item.version, approve=approve, answer=answer, at=at
    )


def _urge(cast: Cast, place: int, at: datetime) -> None:
    item = _item(place)
    course.urge(actor=_keeper(cast), item_id=item.pk, version=item.version, text="（演示）已过时限，请反馈。", at=at)


# 督促整改 -----------------------------------------------------------------------------------------------------------
def _plan_rectifications(agenda: Agenda, cast: Cast) -> None:
    """On lines of the second month that was closed, and on the year; steps done: answered, then closed."""
    day = agenda.at
    for place, (code, steps) in enumerate(PRESSED):
        due = agenda.date(0) + timedelta(days=9 + place)
        agenda.plan(day(24, 14, place), _press, cast, code, due)
        if steps > 0:
            agenda.plan(day(20, 14, place), _say, cast, code)
        if steps > 1:
            agenda.plan(day(18, 14, place), _pass, cast, code, False)
            agenda.plan(day(16, 14, place), _say, cast, code)
            agenda.plan(day(14, 14, place), _pass, cast, code, True)
    for place, origin in enumerate(YEAR_ORIGINS):
        due = agenda.date(0) + timedelta(days=30)
        agenda.plan(day(2, 16, place), _press_year, cast, origin, place, due)


def _press(cast: Cast, code: str, due: date, at: datetime) -> None:
    line = tracked().filter(period="2020-08", unit__organisation__code=code, unit__duty__key="tracked/2020/township/4")
    open_rectification(
        actor=cast.of(KEEPER, Role.EVALUATOR),
        duty_period_id=line.get().pk,
        requirement="（虚构）请补报本月台账的更新日期。",
        due_on=due,
        at=at,
    )


def _pressed(code: str) -> Rectification:
    return Rectification.objects.get(unit__organisation__code=code, origin=RectificationOrigin.TRACKING)


def _say(cast: Cast, code: str, at: datetime) -> None:
    row = _pressed(code)
    answer = "（虚构）台账已补更新日期，并与上报数核对一致。"
    actor = cast.of(code, Role.REPORTER)
    answer_rectification(actor=actor, rectification_id=row.pk, version=row.version, answer=answer, at=at)


def _pass(cast: Cast, code: str, passed: bool, at: datetime) -> None:
    row = _pressed(code)
    note = "（演示）已核对，销号。" if passed else "（演示）请附更新后的台账编号。"
    actor = cast.of(KEEPER, Role.EVALUATOR)
    decide_rectification(actor=actor, rectification_id=row.pk, version=row.version, passed=passed, note=note, at=at)


def _press_year(cast: Cast, origin: RectificationOrigin, place: int, due: date, at: datetime) -> None:
    open_year_rectification(
        actor=cast.second,
        scheme_id=scheme(Track.TOWNSHIP).pk,
        organisation=PRESSED[place][0],
        indicator=7,
        origin=origin,
        requirement="（虚构）请补充绿化台账的更新日期。",
        due_on=due,
        at=at,
    )
