"""A quarter published with its bulletin and a year reported to 区委 that rests on it; and what may happen afterwards."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins
from evaluation.enums import DecisionKind, NotApplicable, SheetState
from evaluation.feedback.services import reviews
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures
from evaluation.filing.services.filing import decide_decision, record_decision
from evaluation.models import Bulletin, Feedback, Figure, Mark, MarkSheet, Period, Ranking, Review, Scheme
from evaluation.ranking.services import compute_official, compute_trial
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet, reopen_sheet
from evaluation.year.services.deliberation import Said
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import Seen, merge_organisations, rename_organisation
from tests.factories.feedback import actor, people
from tests.factories.rankings import filed_quarter, official, published, signed
from tests.factories.year_end import YEAR, adjustment, confirm, deliberate, locked, report, township
from tests.factories.year_end import recompute as official_again

QUARTER = "2020Q2"
WEIGHTS = {"2020": "0.7", "2020Q1": "", "2020Q2": "0.3", "2020Q3": "", "2020Q4": ""}
EXCUSED, LEFT_OUT, MARKED = "bulaotun-zhen", 9, "beizhuang-zhen"
NUMBER = "密政办字〔2020〕20号"


def quarter_in_force() -> Ranking:
    """Filed but one sheet (本期不计), one cell 不适用; computed, checked, signed, published, with its final bulletin."""
    people()
    Scheme.objects.update(quarter_adjustments=True, problems_below_percent=0, reasons_required=False)
    locked(WEIGHTS)
    period = filed_quarter()
    sheets = MarkSheet.objects.filter(period=period, scheme=township())
    Mark.objects.filter(sheet__in=sheets, sheet__indicator__number=4, organisation__code=EXCUSED).update(
        value=None, not_applicable=NotApplicable.APPROVED, reason="没有河道"
    )
    missing = sheets.filter(indicator__number=LEFT_OUT).first()
    assert missing is not None
    MarkSheet.objects.filter(pk=missing.pk).update(state=SheetState.OPEN, filed_at=None)
    decided(missing, DecisionKind.LEAVE_OUT)
    ranking = published(
        signed(official("township", period, by=actor("office1")), by=actor("office1")), by=actor("office2")
    )
    at, one = timezone.now(), actor("office1")
    drafted = bulletins.draft_bulletin(
        actor=one, ranking_ids=[ranking.pk], kind="report", options=Options(first=3, last=2), at=at
    )
    content = {"issuer_mark": "北京市密云区人民政府办公室文件", "copies": "区委办公室"}
    saved = bulletins.save_bulletin(actor=one, bulletin_id=drafted.pk, version=drafted.version, content=content, at=at)
    sent = bulletins.submit_bulletin(actor=one, bulletin_id=drafted.pk, version=saved.version, at=at)
    bulletins.finalise_bulletin(
        actor=actor("office2"),
        bulletin_id=drafted.pk,
        version=sent.version,
        number=NUMBER,
        dated=date(2020, 7, 16),
        at=at,
    )
    return ranking


def year_in_force() -> Ranking:
    """On the quarter: 专项考评 filed, computed, deliberated, reported to 区委."""
    filed_quarter(YEAR)
    period = Period.objects.get(code="2020")
    year = compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())[0]
    confirm(deliberate(year))
    again = official_again(year)
    report(again)
    return again


def ranking_of() -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(
        scheme=township(), period__code=QUARTER, number=1, kind="official"
    )


def bulletin() -> Bulletin:
    return Bulletin.objects.get(number=NUMBER)


def sheet_of(number: int = 4) -> MarkSheet:
    found = MarkSheet.objects.filter(scheme=township(), period__code=QUARTER, indicator__number=number).first()
    assert found is not None
    return found


# What may happen afterwards, each by the acts of the product ----------------------------------------------------------
def decided(sheet: MarkSheet, kind: DecisionKind, **fields: Any) -> None:
    at = timezone.now()
    row = record_decision(
        actor=actor("office1"),
        sheet_id=sheet.pk,
        kind=kind,
        reason="考评部门书面说明本季度无法打分",
        signer="王主任",
        signed_on=date(2020, 10, 1),
        at=at,
        **fields,
    )
    decide_decision(actor=actor("office2"), decision_id=row.pk, confirm=True, note="", at=at)


def reopened(number: int = 4) -> MarkSheet:
    sheet, at = sheet_of(number), timezone.now()
    return reopen_sheet(
        actor=actor("office1"),
        sheet_id=sheet.pk,
        version=sheet.version,
        reason="核对后须改一格",
        until=at + timedelta(days=2),
        at=at,
    )


def filed_with(code: str, value: str) -> None:
    """Reopened, one cell typed anew, filed again by its evaluator."""
    sheet, at = reopened(), timezone.now()
    mark = Mark.objects.get(sheet=sheet, organisation__code=code)
    save_marks(actor=actor("water"), sheet_id=sheet.pk, rows=[RowInput(code, mark.version, value=value)], at=at)
    file_sheet(actor=actor("water"), sheet_id=sheet.pk, version=sheet.version, at=at, reason="已逐格核对，确有变动")


def mark_after_reopening() -> None:
    filed_with(MARKED, "12.5")


def mark_put_back() -> None:
    before = Mark.objects.get(sheet=sheet_of(), organisation__code=MARKED).value
    filed_with(MARKED, "12.5")
    filed_with(MARKED, str(before))


def review_decided() -> None:
    at = timezone.now()
    feedback = Feedback.objects.get(check_round__ranking=ranking_of(), organisation__code=MARKED)
    row = reviews.ask_review(
        actor=actor("town"),
        feedback_id=feedback.pk,
        sheet_id=sheet_of().pk,
        reason="水质断面七月已经达标，附监测报告",
        evidence="",
        at=at,
    )

    def step(name: str, who: str, **data: Any) -> None:
        version = Review.objects.get(pk=row.pk).version
        getattr(reviews, name)(actor=actor(who), review_id=row.pk, version=version, at=at, **data)

    step("consent_review", "townhead", consent=True)
    step("answer_review", "water", outcome="changed", value="99.5", text="核对监测报告后同意调整")
    step("propose_decision", "office1", outcome="changed", value="99.5", text="监测报告属实，予以改分")
    step("decide_review", "office2", approve=True)


def excuse_withdrawn() -> None:
    filed_with(EXCUSED, "88.5")


def figures_replaced(wanted: dict[str, str]) -> None:
    at = timezone.now()
    figures = {figure.key: figure for figure in Figure.objects.filter(scheme=township(), key__in=wanted)}
    batch = propose_figures(
        actor=actor("office1"),
        scheme_id=township().pk,
        wanted=[Wanted(figures[key].pk, figures[key].version, value) for key, value in wanted.items()],
        original_page="第 5 页",
        reason="对照印发原件",
        at=at,
    )
    check_figures(actor=actor("office2"), batch_id=batch.pk, approve=True, note="", at=at)


def figure_replaced() -> None:
    figures_replaced({f"carried/4/{MARKED}": "no"})


def share_replaced() -> None:
    keys = Figure.objects.filter(scheme=township(), kind="share").order_by("order")
    by_item: dict[int, list[Figure]] = {}
    for figure in keys:
        by_item.setdefault(figure.indicator_id or 0, []).append(figure)
    one, other = next(found for found in by_item.values() if len(found) == 2)
    figures_replaced({one.key: f"{one.value.split(':')[0]}:3/5", other.key: f"{other.value.split(':')[0]}:2/5"})


def missing_sheet_decided() -> None:
    """本期不计 is replaced by 延期: the sheet is asked for again."""
    decided(sheet_of(LEFT_OUT), DecisionKind.EXTEND, until=timezone.now() + timedelta(days=3))


def adjustment_decided() -> None:
    row = adjustment(happened_on=date(2020, 5, 3))
    confirm(deliberate(Ranking.objects.filter(period__code="2020").latest("number"), {row.pk: Said("granted")}))


def corrected() -> None:
    mark_after_reopening()
    period = Period.objects.get(code=QUARTER)
    by = actor("office1")
    published(signed(official("township", period, by=by), by=by), by=actor("office2"))


def written_past_the_services() -> None:
    """As somebody with the database's password does it: no service, no audit, no revision."""
    mark = Mark.objects.get(sheet=sheet_of(), organisation__code=MARKED)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_mark SET value = %s WHERE id = %s", [12500, mark.pk])
    assert Mark.objects.get(pk=mark.pk).value == Decimal("12.5")


def merger() -> None:
    now = timezone.now()
    source, into = (Organisation.objects.get(code=code) for code in ("dachengzi-zhen", MARKED))
    merge_organisations(
        number="密编〔2020〕1号",
        actor=actor("sysadmin"),
        merged=[Seen(source.code, source.version)],
        into=Seen(into.code, into.version),
        on=now.astimezone().date(),
        at=now,
    )


def new_name() -> None:
    now = timezone.now()
    row = Organisation.objects.get(name="区水务局")
    rename_organisation(
        number="密编〔2020〕1号",
        actor=actor("sysadmin"),
        seen=Seen(row.code, row.version),
        name="区水务和河湖局",
        on=now.astimezone().date(),
        at=now,
    )


def earlier_trial() -> None:
    """The trial of another quarter computed again: what movement is once was read from."""
    other = filed_quarter(PeriodCode(2020, quarter=3))
    compute_trial(actor=SYSTEM, scheme=township(), period=other, at=timezone.now())
    Mark.objects.filter(sheet__period=other).update(value=Decimal("77"))
    compute_trial(actor=SYSTEM, scheme=township(), period=other, at=timezone.now())
