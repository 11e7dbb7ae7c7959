"""Acts of the evaluation: marks and sheets, tasks, supervision, figures, data tables, rankings, bulletins, the year."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from evaluation import models as ev
from evaluation.adjustments import services as adjustments
from evaluation.adjustments.rules import GROUNDS
from evaluation.enums import DecisionKind, NotApplicable
from evaluation.figures.services.figures import Wanted, propose_figures
from evaluation.filing.services.filing import record_decision
from evaluation.ranking import services as rankings
from evaluation.sheets.services import certifying, marks, sheets
from evaluation.sheets.services.periods import change_window
from evaluation.sheets.services.workbooks import write_workbook
from evaluation.tasks.rules.supervision import ItemInput
from evaluation.tasks.rules.task_list import TaskInput
from evaluation.tasks.services import data_tables, supervision, supervision_course, task_list
from evaluation.tracking.services import tracking
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services import ReportInput, Seen
from miyun_kpi.organisations.models import Organisation
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo

OFFICE = ("zhengfuban1", "zhengfuban2")
EVALUATORS = ("shuiwu", "weijian", "zhengfuban1 evaluator")
MARKERS = {"shuiwu-ju": "shuiwu", "weijian-wei": "weijian", "zhengfu-ban": "zhengfuban1 evaluator"}
YEAR = 2020


def a_sheet(hand: Hand, period: str = "2020Q3") -> ev.MarkSheet:
    found = ev.MarkSheet.objects.filter(period__code=period, evaluator__code__in=MARKERS).select_related("evaluator")
    return hand.pick(found.order_by("indicator__number", "pk"), 4)


def marker(hand: Hand, sheet: ev.MarkSheet) -> Any:
    return hand.one_of(MARKERS[sheet.evaluator.code])


def said(sheet: ev.MarkSheet) -> str | None:
    """扣分原因, which nothing says of work that is handled on paper."""
    return None if sheet.indicator.offline_only else WHY


def rows_of(hand: Hand, sheet: ev.MarkSheet, most: int) -> list[marks.RowInput]:
    """Cells in any order: row locks taken one by one would meet head on."""
    found = list(sheet.marks.select_related("organisation").order_by("order")[:most])
    hand.chance.shuffle(found)
    return [
        marks.RowInput(
            one.organisation.code, hand.version(one), value=str(hand.chance.randint(91, 100)), problems=said(sheet)
        )
        for one in found
    ]


def cell(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    return marks.save_marks(actor=marker(hand, sheet), sheet_id=sheet.pk, rows=rows_of(hand, sheet, 4)[:2], at=hand.at)


def column(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    rows = [
        marks.RowInput(
            one.organisation.code, one.version, value=str(hand.chance.randint(91, 100)), problems=said(sheet)
        )
        for one in sheet.marks.select_related("organisation")
    ]
    hand.chance.shuffle(rows)
    if hand.coin():
        return marks.save_marks(actor=marker(hand, sheet), sheet_id=sheet.pk, rows=rows, at=hand.at)
    return write_workbook(
        actor=marker(hand, sheet), sheet_id=sheet.pk, rows=rows, file_name="打分.xlsx", digest="0" * 64, at=hand.at
    )


def not_applicable(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    mark = hand.pick(sheet.marks.select_related("organisation").order_by("order"))
    row = marks.RowInput(mark.organisation.code, hand.version(mark), not_applicable=True, reason=WHY)
    return marks.save_marks(actor=marker(hand, sheet), sheet_id=sheet.pk, rows=[row], at=hand.at)


def decide_not_applicable(hand: Hand) -> Any:
    mark = hand.pick(
        ev.Mark.objects.filter(not_applicable=NotApplicable.PROPOSED).select_related("organisation").order_by("pk")
    )
    return sheets.decide_not_applicable(
        actor=hand.one_of(*OFFICE),
        sheet_id=mark.sheet_id,
        organisation=mark.organisation.code,
        version=hand.version(mark),
        approve=hand.coin(),
        note=WHY,
        at=hand.at,
    )


def file_sheet(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    return sheets.file_sheet(
        actor=marker(hand, sheet), sheet_id=sheet.pk, version=hand.version(sheet), reason=WHY, at=hand.at
    )


def reopen_sheet(hand: Hand) -> Any:
    sheet = a_sheet(hand, "2020Q3" if hand.chance.random() < 0.8 else "2020Q2")
    return sheets.reopen_sheet(
        actor=hand.one_of(*OFFICE),
        sheet_id=sheet.pk,
        version=hand.version(sheet),
        reason=WHY,
        until=hand.at + timedelta(days=2),
        at=hand.at,
    )


def give_back(hand: Hand) -> Any:
    """Nobody certifies in this scheme: refused, and takes the same locks on the way."""
    sheet = a_sheet(hand)
    given = {"actor": marker(hand, sheet), "sheet_id": sheet.pk, "version": hand.version(sheet), "at": hand.at}
    return certifying.withdraw_sheet(**given) if hand.coin() else certifying.return_sheet(note=WHY, **given)


def paper_entry(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    return sheets.start_paper_entry(
        actor=hand.one_of(*OFFICE), sheet_id=sheet.pk, version=hand.version(sheet), paper_number="纸1", at=hand.at
    )


def sheet_decision(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    return record_decision(
        actor=hand.one_of(*OFFICE),
        sheet_id=sheet.pk,
        kind=hand.chance.choice([DecisionKind.EXTEND, DecisionKind.PAPER, DecisionKind.LEAVE_OUT]),
        reason=WHY,
        signer="王主任",
        signed_on=hand.today,
        until=hand.at + timedelta(days=3),
        paper_number="纸2",
        at=hand.at,
    )


def window(hand: Hand) -> Any:
    period = ev.Period.objects.get(code="2020Q3")
    moved = replace(period.window, locks_at=period.locks_at + timedelta(hours=hand.chance.choice([-1, 1])))
    return change_window(
        actor=hand.one_of(*OFFICE),
        period_id=period.pk,
        window=moved,
        version=hand.version(period),
        reason=WHY,
        at=hand.at,
    )


def propose_adjustment(hand: Hand) -> Any:
    place = Organisation.objects.get(code="beizhuang-zhen")
    typed = adjustments.Typed(
        ground=next(iter(GROUNDS)),
        work=f"创新案例{hand.number(6)}",
        points="0.5",
        reason="市级年度考评通报加分",
        happened_on=date(YEAR, 11, 3),
        document_number="京考〔2020〕7号",
    )
    actor = hand.one_of("beizhuang", *OFFICE)
    waiting = list(ev.Adjustment.objects.order_by("-pk")[:3])
    if len(waiting) < 3 or hand.coin():
        return adjustments.propose_adjustment(actor=actor, organisation_id=place.pk, year=YEAR, typed=typed, at=hand.at)
    row = hand.chance.choice(waiting)
    return adjustments.amend_adjustment(
        actor=actor, adjustment_id=row.pk, version=hand.version(row), typed=typed, at=hand.at
    )


def an_indicator(number: int = 4, track: str = "township") -> ev.Indicator:
    return ev.Indicator.objects.get(scheme__track=track, scheme__year=YEAR, number=number)


def task(hand: Hand) -> Any:
    given = TaskInput(f"巡河不少于 {hand.number(5)} 次", str(hand.number(50)), "次", date(YEAR, 11, 30))
    actor, rows = hand.one_of("shuiwu", "shuiwu", *OFFICE), ev.Task.objects.order_by("-pk")
    indicator = an_indicator()
    places = [Organisation.objects.get(code=code).pk for code in ("beizhuang-zhen", "taishitun-zhen")]
    kept = rows.filter(indicator=indicator, withdrawn_at=None)
    if kept.count() < 3:
        return task_list.add_task(
            actor=actor, indicator_id=indicator.pk, organisation_id=hand.chance.choice(places), task=given, at=hand.at
        )
    row = hand.pick(kept)
    if hand.chance.random() < 0.2:
        return task_list.withdraw_task(actor=actor, task_id=row.pk, version=hand.version(row), reason=WHY, at=hand.at)
    return task_list.change_task(actor=actor, task_id=row.pk, version=hand.version(row), task=given, at=hand.at)


def item(hand: Hand) -> Any:
    codes = ["beizhuang-zhen", "minzheng-ju", "xiwengzhuang-zhen"]
    hand.chance.shuffle(codes)
    lead, co = (Organisation.objects.get(code=code).pk for code in codes[:2])
    given = ItemInput(
        number=f"督〔2020〕{hand.number(4)}号",
        source="work_report",
        title=f"老旧小区改造{hand.number(9)}",
        content="改造 12 栋",
        registered_on=hand.ago(30),
        due_on=hand.ago(-20),
        lead_id=lead,
        co_ids=(co,),
    )
    actor, rows = hand.one_of("zhengfuban1 evaluator"), list(ev.SupervisionItem.objects.order_by("-pk")[:3])
    if not rows or hand.coin():
        return supervision.register_item(actor=actor, item=given, at=hand.at)
    row = hand.chance.choice(rows)
    return supervision.change_item(
        actor=actor, item_id=row.pk, version=hand.version(row), item=replace(given, due_on=row.due_on), at=hand.at
    )


def item_course(hand: Hand) -> Any:
    row = hand.newest(ev.SupervisionItem)
    given: dict[str, Any] = {"item_id": row.pk, "version": hand.version(row), "at": hand.at}
    unit = hand.near(row.parts.values_list("organisation_id", flat=True), "reporter")
    keeper = hand.one_of("zhengfuban1 evaluator")
    return hand.chance.choice(
        [
            lambda: supervision_course.give_feedback(actor=unit, text="正在推进，已完成一半", **given),
            lambda: supervision_course.ask_extension(actor=unit, new_due_on=hand.ago(-60), reason=WHY, **given),
            lambda: supervision_course.decide_extension(actor=keeper, approve=hand.coin(), answer=WHY, **given),
            lambda: supervision_course.urge(actor=keeper, text="请抓紧办理，按期反馈", **given),
            lambda: supervision_course.finish(actor=keeper, on=hand.today, note="已经全部完成", **given),
            lambda: supervision_course.close(actor=keeper, passed=False, note=WHY, **given),
        ]
    )()


def figures(hand: Hand) -> Any:
    found = ev.Figure.objects.filter(scheme__track="township", scheme__year=YEAR, kind="weight")
    two = [hand.pick(found.order_by("pk"), 4), hand.pick(found.order_by("-pk"), 2)]
    hand.chance.shuffle(two)
    return propose_figures(
        actor=hand.one_of(*OFFICE),
        scheme_id=two[0].scheme_id,
        wanted=[Wanted(one.pk, hand.version(one), one.value) for one in two],
        original_page="1",
        reason=WHY,
        at=hand.at,
    )


def data_table(hand: Hand) -> Any:
    actor = hand.one_of("shuiwu")
    rows = list(ev.DataTable.objects.order_by("pk")[:2])
    if len(rows) < 2:
        table = data_tables.TableInput(f"断面月报{hand.number(3)}", "unit", "达标率,%,2\n说明,文字")
        return data_tables.declare_table(actor=actor, indicator_id=an_indicator().pk, table=table, at=hand.at)
    row = hand.chance.choice(rows)
    given: dict[str, Any] = {"actor": actor, "table_id": row.pk, "version": hand.version(row), "at": hand.at}
    if hand.coin():
        return data_tables.change_columns(columns=f"达标率,%,2\n说明{hand.number(9)},文字", **given)
    now = row.sets.filter(period="2020-07", current=True).first()
    return data_tables.import_month(
        period="2020-07", seen=now.number if now else 0, rows=[], source="七月.xlsx", **given
    )


def ranking(hand: Hand) -> Any:
    scheme = hand.pick(ev.Scheme.objects.filter(year=YEAR).order_by("pk"))
    period = ev.Period.objects.get(code=hand.chance.choice(["2020Q2", "2020Q3"]))
    compute = rankings.compute_trial if hand.chance.random() < 0.8 else rankings.compute_official
    return compute(actor=hand.one_of(*OFFICE), scheme=scheme, period=period, at=hand.at)


def line(hand: Hand) -> Any:
    """月跟踪: saved, handed in, accepted or given back."""
    codes = {"beizhuang-zhen": "beizhuang", "xiwengzhuang-zhen": "xiwengzhuang"}
    code = hand.chance.choice(sorted(codes))
    found = DutyPeriod.objects.filter(
        unit__organisation__code=code, unit__duty__key__startswith=f"tracked/{YEAR}/township/", period="2020-09"
    ).select_related("report")
    # Those of the indicator that 区水务局 marks, and the whole it stands for.
    rows = list(found.filter(unit__duty__key__regex=r"/4(/|$)", unit__active=True).order_by("pk")[:3])
    hand.chance.shuffle(rows)
    if not rows:
        raise NothingToDo
    unit = hand.one_of(codes[code])
    seen = [Seen(one.pk, hand.version(one.report)) for one in rows if hasattr(one, "report")]
    act = hand.chance.choice(["save", "save", "submit", "accept", "back"])
    if act == "save":
        reports = {
            one.pk: ReportInput(
                hand.version(one.report) if hasattr(one, "report") else 0, "on-course", "推进中" + hand.key
            )
            for one in rows
        }
        return tracking.save_lines(actor=unit, reports=reports, at=hand.at)
    if act == "submit":
        month = ev.Period.objects.get(code="2020-09")
        return tracking.submit_month(actor=unit, period=month, partly=True, at=hand.at)
    reviewer = hand.one_of("shuiwu", "shuiwu", *EVALUATORS)
    if act == "accept":
        return tracking.accept_lines(actor=reviewer, seen=seen, at=hand.at)
    return tracking.return_line(actor=reviewer, seen=hand.pick(seen), observation=WHY, at=hand.at)


SHEETS = [
    Move("marks/cell", cell, 5),
    Move("marks/column", column, 4),
    Move("marks/not-applicable", not_applicable),
    Move("marks/decide-not-applicable", decide_not_applicable),
    Move("sheets/file", file_sheet, 4),
    Move("sheets/reopen", reopen_sheet, 4),
    Move("sheets/withdraw", give_back),
    Move("sheets/paper", paper_entry, 0.5),
    Move("sheets/decision", sheet_decision),
    Move("periods/window", window),
]
WORK = [
    Move("adjustments/propose", propose_adjustment, 2),
    Move("tasks/list", task, 3),
    Move("supervision/item", item, 2),
    Move("supervision/course", item_course, 4),
    Move("figures/propose", figures, 2),
    Move("tables/data", data_table, 2),
    Move("rankings/compute", ranking, 0.6),
    Move("tracking/line", line, 3),
]
