"""申请开锁, 延期 for a unit, 报送统计 and 缺表影响 on their pages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.enums import SheetState
from evaluation.filing.queries.filing_statistics import filing_statistics, impact_of, mark_periods
from evaluation.filing.services.unlocking import answer_unlock, ask_unlock
from evaluation.models import MarkSheet, UnlockRequest
from evaluation.sheets.services.sheets import reopen_sheet
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.sheets.write import CONTENT_TYPE
from tests.accounts import people
from tests.factories.sheets import move_window, person, water_sheet

pytestmark = pytest.mark.django_db
REASON = "报送后发现两个镇的数据写反了"


@pytest.fixture
def locked(demo):
    """The evaluator's blank sheet of the open quarter, its window over."""
    move_window("2020Q3", -(timezone.now() - water_sheet().period.locks_at).days - 400)
    sheet = water_sheet()
    if sheet.period.locks_at > timezone.now():
        move_window("2020Q3", -(sheet.period.locks_at - timezone.now()).days - 2)
    return water_sheet()


def later(days=3):
    return (timezone.now() + timedelta(days=days)).astimezone().strftime("%Y-%m-%dT%H:%M")


def test_a_locked_sheet_says_why_who_opens_it_and_offers_the_request(locked):
    evaluator, address = person("shuiwu"), f"/evaluation/sheets/{locked.pk}/unlock/"
    assert address in evaluator.get(f"/evaluation/sheets/{locked.pk}/").content.decode()
    page = evaluator.get(address).content.decode()
    assert "补报截止" in page and "谁能开：区政府办" in page and "提出申请" in page
    assert evaluator.post(address, {"reason": "改"}).status_code == 422
    assert evaluator.post(address, {"reason": REASON}).status_code == 302
    again = evaluator.post(address, {"reason": REASON})
    assert again.status_code == 409 and "已有一件开锁申请" in again.content.decode()
    assert UnlockRequest.objects.count() == 1
    assert Notice.objects.filter(key__startswith="unlock-asked/").exists()
    assert "申请开锁：" in person("zhengfuban1", "evaluation_office").get("/").content.decode()
    locked.refresh_from_db()
    assert locked.state == SheetState.OPEN and locked.reopened_until is None


def test_the_office_opens_it_until_a_moment(locked):
    address = f"/evaluation/sheets/{locked.pk}/unlock/"
    person("shuiwu").post(address, {"reason": REASON})
    asked = UnlockRequest.objects.get()
    office, act = person("zhengfuban1", "evaluation_office"), f"/evaluation/filing/unlock/{asked.pk}/answer/"
    assert office.post(act, {"decision": "approve"}).status_code == 422  # until when?
    assert office.post(act, {"decision": "approve", "until": later()}).status_code == 302
    assert office.post(act, {"decision": "approve", "until": later()}).status_code == 409  # a double click
    locked.refresh_from_db()
    assert locked.state == SheetState.RETURNED and locked.reopened_until > timezone.now()
    assert "现在可以打分" in person("shuiwu").get(address).content.decode()
    assert person("shuiwu").post(address, {"reason": REASON}).status_code == 409


def test_declined_with_a_reason_the_evaluator_is_told_and_may_ask_again(locked):
    evaluator, address = person("shuiwu"), f"/evaluation/sheets/{locked.pk}/unlock/"
    evaluator.post(address, {"reason": REASON})
    act = f"/evaluation/filing/unlock/{UnlockRequest.objects.get().pk}/answer/"
    office = person("zhengfuban1", "evaluation_office")
    assert office.post(act, {"decision": "refused"}).status_code == 422
    assert office.post(act, {"decision": "refused", "answer": "已经通报，按复核办理"}).status_code == 302
    assert Notice.objects.filter(key__startswith="unlock-refused/", organisation=locked.evaluator).exists()
    assert "已经通报，按复核办理" in evaluator.get(address).content.decode()
    locked.refresh_from_db()
    assert locked.state == SheetState.OPEN
    assert evaluator.post(address, {"reason": REASON}).status_code == 302


def test_only_its_evaluator_asks_and_an_open_sheet_needs_no_request(demo):
    sheet = MarkSheet.objects.get(pk=water_sheet("2020Q2").pk)
    address = f"/evaluation/sheets/{sheet.pk}/unlock/"
    assert person("weijian").post(address, {"reason": REASON}).status_code == 404
    assert person("zhengfuban1", "evaluation_office").post(address, {"reason": REASON}).status_code == 403
    assert person("shuiwu").post(address, {"reason": REASON}).status_code == 302  # filed, so locked


def test_a_unit_is_given_time_for_all_it_has_not_filed(locked):
    office = person("zhengfuban1", "evaluation_office")
    code = locked.evaluator.code
    address = f"/evaluation/filing/2020Q3/{code}/extend/"
    assert office.get(address).status_code == 200
    assert office.post(address, {"until": later(), "reason": ""}).status_code == 422
    assert office.post(address, {"until": later(), "reason": "该局系统停机两天"}).status_code == 302
    own = MarkSheet.objects.filter(period=locked.period, evaluator=locked.evaluator)
    assert own and all(sheet.reopened_until for sheet in own)
    assert not MarkSheet.objects.exclude(evaluator=locked.evaluator).filter(reopened_until__isnull=False).exists()
    assert office.get("/evaluation/filing/2020Q3/beizhuang-zhen/extend/").status_code == 404


def test_statistics_count_expected_on_time_late_and_unfiled(demo):
    MarkSheet.objects.filter(pk=water_sheet("2020Q2").pk).update(late=True)
    found = filing_statistics(MarkSheet.objects.all(), mark_periods())
    assert (found.whole.expected, found.whole.filed, found.whole.late, found.whole.unfiled) == (114, 57, 1, 57)
    water = next(line for line in found.lines if line.evaluator.name == "区水务局")
    by_period = {p.code: t for p, t in zip(found.periods, water.cells(found.periods), strict=True)}
    assert by_period["2020Q2"].late == 1 and by_period["2020Q3"].filed == 0
    office = person("zhengfuban1", "evaluation_office")
    page = office.get("/evaluation/filing/?period=2020Q3").content.decode()
    assert "未报的打分表 57 张" in page and "缺表影响" in page
    book = office.get("/evaluation/filing/filing.xlsx")
    assert book["Content-Type"] == CONTENT_TYPE and len(book.content) > 2000


def test_statistics_take_the_same_number_of_queries_however_many_sheets(demo, django_assert_num_queries):
    for periods in (mark_periods()[:1], mark_periods()):
        with django_assert_num_queries(2):
            filing_statistics(MarkSheet.objects.all(), periods)


def test_the_impact_of_what_is_missing_is_the_office_s_alone(demo):
    sheet = water_sheet("2020Q2")
    scheme, period = sheet.scheme, sheet.period
    before = impact_of(scheme, period, MarkSheet.objects.all())
    assert before.moving == 0 and before.unfiled == []
    MarkSheet.objects.filter(pk=sheet.pk).update(state=SheetState.OPEN)
    after = impact_of(scheme, period, MarkSheet.objects.all())
    assert after.moving > 0 and [one.pk for one in after.unfiled] == [sheet.pk]
    settled = {row.organisation.code: row.reach.best for row in before.rows}
    for row in after.rows:
        assert row.reach.best <= settled[row.organisation.code] <= row.reach.worst
    office = person("zhengfuban1", "evaluation_office")
    page = office.get("/evaluation/filing/2020Q2/township/impact/").content.decode()
    assert "只供考评办内部看" in page and "no-print" in page
    for name in ("shuiwu", "beizhuang", "lingdao", "shenji", "guanliyuan"):
        assert person(name).get("/evaluation/filing/2020Q2/township/impact/").status_code == 403


def test_the_co_office_is_offered_nothing_over_the_departments(demo):
    """区发改委 is ranked among them: what the services would refuse stands on no page and on no desk (engine 12)."""
    move_window("2020Q3", -400)
    sheets = MarkSheet.objects.filter(period__code="2020Q3", evaluator__code="fagai-wei", state=SheetState.OPEN)
    people.person("fagai-ban", "evaluation_office", "区发改委")
    office = person("fagai-ban")
    for sheet in sheets:
        UnlockRequest.objects.create(sheet=sheet, reason=REASON, asked_at=timezone.now(), asked_by="甲")
        own = sheet.scheme.track == "township"
        asked = office.get(f"/evaluation/sheets/{sheet.pk}/unlock/").content.decode()
        assert REASON in asked and ('name="decision"' in asked) == own
        assert ("退回重开" in office.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()) == own
        assert (f"/evaluation/sheets/{sheet.pk}/unlock/" in office.get("/").content.decode()) == own
        assert (f"/evaluation/sheets/{sheet.pk}/decision/" in office.get("/evaluation/filing/").content.decode()) == own
    assert {sheet.scheme.track for sheet in sheets} == {"township", "department"}


def test_nobody_gives_time_to_himself(locked):
    """One person with a post of the evaluator and one of the office (engine 12)."""
    office = people.actor(people.person("liangbian", "evaluation_office"))
    evaluator = replace(
        office, role="evaluator", organisation_id=locked.evaluator_id, verbs=verbs_of("evaluator"), known_code=None
    )
    asked = ask_unlock(actor=evaluator, sheet_id=locked.pk, reason=REASON, at=timezone.now())
    with pytest.raises(NotAllowed, match="您自己提出的"):
        answer_unlock(actor=office, request_id=asked.pk, approve=False, answer="不开", at=timezone.now())
    filed = {"state": SheetState.FILED, "filed_at": timezone.now(), "filed_by": office.label}
    MarkSheet.objects.filter(pk=locked.pk).update(**filed, filed_by_id=office.user_id)
    given = {"sheet_id": locked.pk, "version": locked.version, "reason": REASON, "at": timezone.now()}
    with pytest.raises(NotAllowed, match="您自己报送的"):
        reopen_sheet(actor=office, until=timezone.now() + timedelta(days=2), **given)
    address, again = f"/evaluation/sheets/{locked.pk}/", f"/evaluation/sheets/{locked.pk}/reopen/"
    own, other = person("liangbian", "evaluation_office"), person("zhengfuban1", "evaluation_office")
    assert again not in (shown := own.get(address).content.decode()) and "您自己报送的，退回重开请由" in shown
    assert again in (shown := other.get(address).content.decode()) and "您自己报送的" not in shown
