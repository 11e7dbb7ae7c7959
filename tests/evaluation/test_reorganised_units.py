"""Work of evaluation that runs when a unit or an evaluator ends goes on at the successor; what is published stays."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluation.adjustments.access import is_proposer, visible_adjustment
from evaluation.adjustments.services import propose_adjustment
from evaluation.enums import SheetState
from evaluation.feedback.services.unit_checks import confirm_feedback, open_unit_check, sign_feedback
from evaluation.filing.services.unlocking import answer_unlock, ask_unlock
from evaluation.models import (
    DataTable,
    Feedback,
    Indicator,
    Mark,
    MarkSheet,
    Ranking,
    RankingRow,
    Scheme,
    SiteVisit,
    SupervisionItem,
)
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_official
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.periods import open_period
from evaluation.tasks.access.data_tables import require_keep_table
from evaluation.tasks.queries.supervision import beside_the_mark
from evaluation.tasks.rules.supervision import ITEM_WORDS, ItemInput
from evaluation.tasks.services.supervision import change_item, register_item
from evaluation.tasks.services.supervision_course import ask_extension, give_feedback
from evaluation.tracking.services.rectifications import (
    answer_rectification,
    decide_rectification,
    open_year_rectification,
)
from evaluation.year.access.visits import keeps
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.revoking import revoke_change
from miyun_kpi.organisations.services import Seen, deal_out
from tests.clock import today
from tests.evaluation.adjustments.test_adjustments import BONUS
from tests.evaluation.ranking.test_population import merged
from tests.factories.drafts import split
from tests.factories.feedback import actor, people
from tests.factories.rankings import filed_quarter, official, person, published, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter(gazette):
    people()
    for name, unit, role in (
        ("cheng", "区城管委", "evaluator"),
        ("chengban", "区城管委", "reporter"),
        ("shui", "区水务局", "reporter"),
        ("zhengfu", "区政府办公室", "evaluator"),
    ):
        person(name, unit, role)
    return filed_quarter()


def town_into_town():
    merged("bulaotun-zhen", "beizhuang-zhen")


def bureau_into_bureau():
    merged(resolve("区水务局").code, resolve("区城管委").code)


def supervised(lead="区水务局", co=("北庄镇",)):
    given = ItemInput(
        number="督〔2020〕5号",
        source="work_report",
        title="老旧小区改造",
        content="改造 12 栋",
        registered_on=today() - timedelta(days=30),
        due_on=today() + timedelta(days=20),
        lead_id=resolve(lead).pk,
        co_ids=tuple(resolve(one).pk for one in co),
    )
    return register_item(actor=actor("zhengfu"), item=given, at=timezone.now())


def test_an_open_sheet_is_marked_by_the_one_that_goes_on(quarter):
    third = PeriodCode(2020, quarter=3)
    window = default_window(third)
    period = open_period(actor=SYSTEM, code=third, at=timezone.now(), window=window).period
    sheet = MarkSheet.objects.filter(period=period, evaluator=resolve("区水务局")).first()
    mark = Mark.objects.filter(sheet=sheet).order_by("order").first()
    at = window.starts_at + timedelta(hours=1)
    bureau_into_bureau()
    sheet.refresh_from_db()
    row = [RowInput(mark.organisation.code, mark.version, "1", reason="资料不全")]
    with pytest.raises((NotAllowed, NotFound)):
        save_marks(actor=actor("water"), sheet_id=sheet.pk, rows=row, at=at)
    save_marks(actor=actor("cheng"), sheet_id=sheet.pk, rows=row, at=at)
    mark.refresh_from_db()
    assert mark.value is not None and mark.saved_by == actor("cheng").label


def test_of_a_bureau_that_was_split_the_trail_and_the_notice_say_so(quarter):
    third = PeriodCode(2020, quarter=3)
    open_period(actor=SYSTEM, code=third, at=timezone.now(), window=default_window(third))
    old = resolve("区水务局")
    parts = split(actor("sysadmin"), "department", code=old.code, at=timezone.now())
    change = Reorganisation.objects.get(kind="split")
    given = {"reorganisation_id": change.pk, "label": "打分表", "to": Seen(parts[1].code, parts[1].version)}
    assert deal_out(actor=actor("sysadmin"), at=timezone.now(), **given)
    sheet = MarkSheet.objects.filter(period__code="2020Q3", evaluator=parts[1]).first()
    assert sheet.events.last().note == f"考评部门由区水务局变为{parts[1].name}（{change.on}分设）"
    told = Notice.objects.get(key__startswith=f"sheet-handed-over/{sheet.pk}/")
    assert told.body.startswith("区水务局已分设，")


def test_a_filed_sheet_is_asked_open_by_the_one_that_goes_on(quarter):
    sheet = MarkSheet.objects.filter(period=quarter, evaluator=resolve("区水务局"), state=SheetState.FILED).first()
    bureau_into_bureau()
    now = timezone.now()
    with pytest.raises((NotAllowed, NotFound)):
        ask_unlock(actor=actor("water"), sheet_id=sheet.pk, reason="有一格填错了", at=now)
    asked = ask_unlock(actor=actor("cheng"), sheet_id=sheet.pk, reason="有一格填错了", at=now)
    answer_unlock(
        actor=actor("office1"), request_id=asked.pk, approve=True, answer="", until=now + timedelta(days=2), at=now
    )
    sheet.refresh_from_db()
    assert sheet.evaluator == resolve("区城管委")


def test_an_item_of_the_register_keeps_its_limit_and_is_led_by_the_one_that_goes_on(quarter):
    item = supervised()
    due = item.due_on
    bureau_into_bureau()
    item = SupervisionItem.objects.get(pk=item.pk)
    assert item.due_on == due and item.version == 2
    assert {p.organisation.name: p.role for p in item.parts.all()} == {"区城管委": "lead", "北庄镇": "co"}
    now = timezone.now()
    with pytest.raises(NotFound):
        give_feedback(actor=actor("shui"), item_id=item.pk, version=2, text="已完成八栋", at=now)
    give_feedback(actor=actor("chengban"), item_id=item.pk, version=2, text="已完成八栋", at=now)
    new = {"new_due_on": due + timedelta(days=10)}
    ask_extension(actor=actor("chengban"), item_id=item.pk, version=3, reason="汛期停工十天", at=now, **new)
    # Who marks the ended unit still sees it beside the mark.
    indicator = Indicator.objects.get(scheme__track="department", name__contains=ITEM_WORDS)
    sheet = MarkSheet.objects.filter(period=quarter, indicator=indicator).first()
    assert [one.item.pk for one in beside_the_mark(sheet, resolve("区水务局").pk, today())] == [item.pk]


def test_where_both_had_a_part_one_is_left_and_leads(quarter):
    item = supervised(lead="区水务局", co=("区城管委", "北庄镇"))
    bureau_into_bureau()
    assert {p.organisation.name: p.role for p in item.parts.all()} == {"区城管委": "lead", "北庄镇": "co"}
    assert item.entries.get(act="handed").organisation == resolve("区水务局")


def taken_back():
    change = Reorganisation.objects.latest("pk")
    return revoke_change(actor=actor("sysadmin"), reorganisation_id=change.pk, reason="选错了单位", at=timezone.now())


@pytest.mark.parametrize("lead", ["区水务局", "区城管委"])
def test_of_two_parts_that_became_one_each_is_there_again(quarter, lead):
    """One of them leads, as before; whom somebody has made the lead meanwhile stays it."""
    other = {"区水务局": "区城管委", "区城管委": "区水务局"}[lead]
    item = supervised(lead=lead, co=(other, "北庄镇"))
    bureau_into_bureau()
    taken_back()
    item = SupervisionItem.objects.get(pk=item.pk)
    assert {p.organisation.name: p.role for p in item.parts.all()} == {lead: "lead", other: "co", "北庄镇": "co"}
    assert "撤销并入的登记，由区城管委退回区水务局" in item.entries.order_by("pk").last().text
    give_feedback(actor=actor("shui"), item_id=item.pk, version=item.version, text="已完成八栋", at=timezone.now())


def test_a_part_into_which_another_has_come_rightly_stays_for_that_one(quarter):
    item = supervised(lead="区水务局", co=("区应急局", "北庄镇"))
    bureau_into_bureau()
    mistake = Reorganisation.objects.latest("pk")
    merged(resolve("区应急局").code, resolve("区城管委").code)
    given = {"reorganisation_id": mistake.pk, "reason": "选错了单位", "at": timezone.now()}
    revoke_change(actor=actor("sysadmin"), **given)
    parts = {p.organisation.name: p.role for p in item.parts.all()}
    assert parts == {"区城管委": "co", "区水务局": "lead", "北庄镇": "co"}


def test_the_lead_that_was_changed_meanwhile_stays(quarter):
    item = supervised(lead="区水务局", co=("区城管委", "北庄镇"))
    bureau_into_bureau()
    item.parts.filter(role="lead").update(role="co")
    item.parts.filter(organisation=resolve("北庄镇")).update(role="lead")
    taken_back()
    assert {p.organisation.name: p.role for p in item.parts.all()} == {
        "区水务局": "co",
        "区城管委": "co",
        "北庄镇": "lead",
    }


def test_an_item_that_was_edited_meanwhile_goes_back_too(quarter):
    item = supervised()
    bureau_into_bureau()
    item.refresh_from_db()
    given = ItemInput(
        number=item.number,
        source=item.source,
        title="老旧小区综合整治",
        content=item.content,
        registered_on=item.registered_on,
        due_on=item.due_on,
        lead_id=resolve("区城管委").pk,
        co_ids=(resolve("太师屯镇").pk,),
    )
    change_item(actor=actor("zhengfu"), item_id=item.pk, version=item.version, item=given, at=timezone.now())
    taken_back()
    assert {p.organisation.name: p.role for p in item.parts.all()} == {"区水务局": "lead", "太师屯镇": "co"}


def test_a_sheet_that_was_opened_or_given_back_meanwhile_comes_too(quarter):
    filed = MarkSheet.objects.filter(period=quarter, share_figure__organisation=resolve("区水务局")).first()
    assert filed.state == SheetState.FILED
    bureau_into_bureau()
    third = PeriodCode(2020, quarter=3)
    period = open_period(actor=SYSTEM, code=third, at=timezone.now(), window=default_window(third)).period
    new = MarkSheet.objects.filter(period=period, share_figure__organisation=resolve("区水务局"))
    now = timezone.now()
    asked = ask_unlock(actor=actor("cheng"), sheet_id=filed.pk, reason="有一格填错了", at=now)
    answer_unlock(
        actor=actor("office1"), request_id=asked.pk, approve=True, answer="", until=now + timedelta(days=2), at=now
    )
    filed.refresh_from_db()
    assert {filed.evaluator.name, *new.values_list("evaluator__name", flat=True)} == {"区城管委"}
    taken_back()
    filed.refresh_from_db()
    assert {filed.evaluator.name, *new.values_list("evaluator__name", flat=True)} == {"区水务局"}


def test_open_sheets_and_items_go_back_and_what_was_filed_meanwhile_stays(quarter):
    third = PeriodCode(2020, quarter=3)
    period = open_period(actor=SYSTEM, code=third, at=timezone.now(), window=default_window(third)).period
    first, second = MarkSheet.objects.filter(period=period).order_by("pk")[:2]
    MarkSheet.objects.filter(pk__in=[first.pk, second.pk]).update(
        evaluator=resolve("区水务局"), evaluator_name="区水务局"
    )
    MarkSheet.objects.filter(evaluator=resolve("区水务局")).exclude(pk__in=[first.pk, second.pk]).update(
        evaluator=resolve("区应急局")
    )
    item = supervised()
    bureau_into_bureau()
    MarkSheet.objects.filter(pk=second.pk).update(state=SheetState.FILED, filed_at=timezone.now())
    made = taken_back()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.evaluator.name, first.evaluator_name, second.evaluator.name) == ("区水务局", "区水务局", "区城管委")
    assert (
        first.events.last().note == f"考评部门由区城管委变为区水务局（{made.revoked_at.astimezone():%Y-%m-%d}并入撤销）"
    )
    told = Notice.objects.get(key=f"sheet-handed-over/{first.pk}/{first.version}")
    assert told.organisation == resolve("区水务局") and told.body.startswith("撤销并入的登记，由区城管委退回区水务局，")
    assert made.left == {"打分表": 1}
    assert {p.organisation.name: p.role for p in item.parts.all()} == {"区水务局": "lead", "北庄镇": "co"}
    # Who is ranked in the next quarter is everybody who stands, and nobody lacks a cell.
    assert resolve("区水务局").evaluated


def test_a_rectification_is_answered_and_closed_by_those_that_go_on(quarter):
    scheme, month = Scheme.objects.get(track="township"), PeriodCode(2020, month=7)
    now = timezone.now()
    open_period(actor=SYSTEM, code=month, at=now, window=default_window(month))
    row = open_year_rectification(
        actor=actor("water"),
        scheme_id=scheme.pk,
        organisation="bulaotun-zhen",
        indicator=4,
        origin="visit",
        requirement="补齐巡河记录",
        due_on=date(2099, 3, 31),
        at=now,
    )
    due = row.due_at
    town_into_town(), bureau_into_bureau()
    row.refresh_from_db()
    assert row.due_at == due and row.opened_for == resolve("区城管委")
    answered = {"rectification_id": row.pk, "version": row.version, "answer": "已补齐并建台账", "at": now}
    with pytest.raises((NotAllowed, NotFound)):
        answer_rectification(actor=actor("othertown"), **answered)
    row = answer_rectification(actor=actor("town"), **answered)
    decided = {"rectification_id": row.pk, "version": row.version, "passed": True, "note": "", "at": now}
    with pytest.raises((NotAllowed, NotFound)):
        decide_rectification(actor=actor("water"), **decided)
    assert decide_rectification(actor=actor("cheng"), **decided).state == "closed"


def test_a_feedback_not_yet_signed_is_checked_and_signed_by_the_successor_alone(quarter):
    ranking, _ = compute_official(
        actor=actor("office1"), scheme=Scheme.objects.get(track="township"), period=quarter, at=timezone.now()
    )
    town_into_town()
    open_unit_check(actor=actor("office1"), ranking_id=ranking.pk, at=timezone.now())
    sheet = Feedback.objects.get(check_round__ranking=ranking, organisation__code="bulaotun-zhen")
    given = {"feedback_id": sheet.pk, "version": sheet.version, "at": timezone.now()}
    with pytest.raises((NotAllowed, NotFound)):
        confirm_feedback(actor=actor("othertown"), **given)
    confirm_feedback(actor=actor("town"), **given)
    Ranking.objects.filter(pk=ranking.pk).update(state="published", published_at=timezone.now())
    with pytest.raises((NotAllowed, NotFound)):
        sign_feedback(actor=actor("othertown"), feedback_id=sheet.pk, at=timezone.now())
    assert sign_feedback(actor=actor("town"), feedback_id=sheet.pk, at=timezone.now()).signed_by


def test_what_is_published_keeps_every_byte(quarter):
    one, other = actor("office1"), actor("office2")
    ranking = published(signed(official("township", quarter, by=one), by=one), by=other)
    names = [field.attname for field in Ranking._meta.concrete_fields]
    rows = [field.attname for field in RankingRow._meta.concrete_fields]

    def bytes_of():
        found = RankingRow.objects.filter(ranking=ranking).order_by("pk").values_list(*rows)
        return Ranking.objects.filter(pk=ranking.pk).values_list(*names).get(), list(found)

    before = bytes_of()
    town_into_town(), bureau_into_bureau()
    assert bytes_of() == before


def test_a_proposal_a_visit_and_a_table_are_kept_by_the_one_that_goes_on(quarter):
    scheme, now = Scheme.objects.get(track="township"), timezone.now()
    unit = resolve("北庄镇")
    row = propose_adjustment(actor=actor("water"), organisation_id=unit.pk, year=2020, typed=BONUS, at=now)
    visit = SiteVisit.objects.create(
        scheme=scheme,
        evaluator=resolve("区水务局"),
        organisation=unit,
        starts_on=today(),
        ends_on=today(),
        leader="某人",
        planned_at=now,
        planned_by="某人",
    )
    indicator = MarkSheet.objects.filter(evaluator=resolve("区水务局")).first().indicator
    table = DataTable.objects.create(
        indicator=indicator,
        name="断面",
        rows_by="unit",
        columns=[],
        kept_for=resolve("区水务局"),
        saved_at=now,
        saved_by="某人",
    )
    bureau_into_bureau()
    new, old = actor("cheng"), actor("water")
    for one in (row, visit, table):
        one.refresh_from_db()
        assert one.version == 2
    assert is_proposer(new, visible_adjustment(new, row.pk)) and not is_proposer(old, row)
    assert keeps(new, visit) and not keeps(old, visit)
    require_keep_table(new, table)
    with pytest.raises(Refused):
        require_keep_table(old, table)
    assert Organisation.objects.get(pk=old.organisation_id).valid_to
