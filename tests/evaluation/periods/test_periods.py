"""The calendar: default windows, opening once, moving dates with a reason; and its page."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import MarkSheet, Period, Scheme
from evaluation.periods.queries.past import due_periods, past_periods
from evaluation.periods.rules.calendar import (
    SHANGHAI,
    Window,
    check_window,
    default_window,
    late_window,
    latest_reminder,
    stage_periods,
)
from evaluation.sheets.services.periods import change_window, leave_period, open_period
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from tests.evaluation.figures.test_figures_proposed import AT
from tests.factories.rankings import BACKEND, actor_of, person


def at(year, month, day, hour=0):
    return datetime.combine(date(year, month, day), time(hour), SHANGHAI)


def code(text):
    return PeriodCode.parse(text)


@pytest.mark.parametrize(
    ("period", "starts", "due", "late", "lock"),
    [
        ("2020-05", (6, 1), (6, 5), (6, 8), (6, 10)),
        ("2020-06", (7, 1), (7, 6), (7, 8), (7, 10)),  # 7月5日周日
        ("2020-07", (8, 3), (8, 5), (8, 10), (8, 11)),  # 8月1日、8日周六
        ("2020-08", (9, 1), (9, 7), (9, 8), (9, 10)),  # 9月5日周六
        ("2020-09", (10, 9), (10, 12), (10, 13), (10, 14)),  # 国庆中秋到8日，10日周六补班
        ("2020-10", (11, 2), (11, 5), (11, 9), (11, 10)),  # 11月8日周日
        ("2020-11", (12, 1), (12, 7), (12, 8), (12, 10)),  # 12月5日周六
        ("2020Q2", (7, 1), (7, 20), (7, 23), (7, 28)),
        ("2020Q3", (10, 9), (10, 20), (10, 23), (10, 28)),
    ],
)
def test_the_default_window_follows_working_days(period, starts, due, late, lock):
    window = default_window(code(period))
    assert window == Window(at(2020, *starts), at(2020, *due, 18), at(2020, *late, 18), at(2020, *lock))
    assert workdays.is_working_day(window.starts_at.date()) and workdays.is_working_day(window.due_at.date())


@pytest.mark.parametrize("year", range(2019, 2028))
def test_every_default_window_leaves_three_working_days_and_ends_on_working_days(year):
    """Engine 2, counted day by day and not with the calendar's own sums."""
    months = [(PeriodCode(year, month=month), 5, 8, 10) for month in range(1, 13)]
    longer = [(code, 20, 23, 28) for code in (*(PeriodCode(year, quarter=q) for q in range(1, 5)), PeriodCode(year))]
    for code, *printed in months + longer:
        window = default_window(code)
        check_window(window)
        starts, *ends = (getattr(window, name).date() for name in Window.__dataclass_fields__)
        assert all(workdays.is_working_day(day) for day in (starts, *ends)), code
        assert [getattr(window, n).hour for n in Window.__dataclass_fields__] == [0, 18, 18, 0]

        def working_days(first, last):
            days = (last - first).days + 1
            return sum(workdays.is_working_day(first + timedelta(days=n)) for n in range(days))

        earliest = [code.last_day + timedelta(days=day) for day in printed]
        before = starts
        for end, day, least in zip(ends, earliest, (3, 2, 2), strict=True):
            assert end >= day and working_days(before, end) >= least, code
            # No later than it must be: the working day before would break one of the two.
            earlier = end - timedelta(days=1)
            while not workdays.is_working_day(earlier):
                earlier -= timedelta(days=1)
            assert earlier < day or working_days(before, earlier) < least, code
            before = end


def test_a_shifted_working_day_counts_as_one():
    assert workdays.on_or_after(date(2020, 10, 10)) == date(2020, 10, 10)  # 周六补班
    assert workdays.on_or_after(date(2020, 10, 1)) == date(2020, 10, 9)


def test_the_stage_has_seven_months_and_two_quarters():
    found = [str(one) for one in stage_periods(code("2020-05"), code("2020-11"))]
    assert found == [f"2020-{m:02d}" for m in range(5, 12)] + ["2020Q2", "2020Q3"]


def test_windows_are_half_open():
    window = default_window(code("2020Q3"))
    assert window.phase(at(2020, 10, 8, 23)) == "before"
    assert window.phase(window.starts_at) == "open"
    assert window.phase(window.due_at) == "late"
    assert window.phase(window.late_until) == "closed"
    assert window.phase(window.locks_at) == "locked"


@pytest.mark.parametrize("period", ["2020-09", "2020Q3", "2020-10"])
@pytest.mark.parametrize("late", range(40))
def test_a_window_opened_late_leaves_three_working_days_and_keeps_its_order(period, late):
    """Counted day by day, the opening day counted; no date is moved that need not be."""
    default = default_window(code(period))
    on = default.starts_at.date() + timedelta(days=late)
    window = late_window(code(period), on)
    check_window(window)
    days = [on + timedelta(days=n) for n in range((window.due_at.date() - on).days + 1)]
    assert sum(workdays.is_working_day(day) for day in days) >= 3
    ends = (window.due_at.date(), window.late_until.date(), window.locks_at.date())
    assert all(workdays.is_working_day(day) for day in ends)
    if (
        sum(map(workdays.is_working_day, (on + timedelta(n) for n in range((default.due_at.date() - on).days + 1))))
        >= 3
    ):
        assert window == default
    else:
        assert window.starts_at.date() == on
        assert sum(workdays.is_working_day(day) for day in days) == 3


def test_the_latest_reminder_is_that_of_the_day_and_none_from_before_the_opening():
    due, since = at(2020, 7, 20, 18), at(2020, 7, 1)
    said = {day: latest_reminder(since, due, at(2020, 7, day, 9))[0] for day in range(13, 22)}
    assert [said[day] for day in range(13, 22)] == ["", "", "due-3", "due-3", *["due-1"] * 3, "due-0", "late"]
    assert latest_reminder(since, due, due - timedelta(seconds=1)) == ("due-0", at(2020, 7, 20))
    assert latest_reminder(at(2020, 7, 16), due, at(2020, 7, 16, 9))[0] == ""


@pytest.mark.django_db
class TestOpening:
    def test_a_quarter_opens_with_all_sheets_and_opening_twice_adds_nothing(self, gazette):
        first = open_period(actor=SYSTEM, code=code("2020Q3"), at=AT)
        assert first.sheets == 57
        counts = {t: MarkSheet.objects.filter(scheme__track=t).count() for t in ("township", "department")}
        assert counts == {"township": 28, "department": 29}
        again = open_period(actor=SYSTEM, code=code("2020Q3"), at=AT, window=default_window(code("2020Q2")))
        assert again.sheets == 0 and again.period.window == default_window(code("2020Q3"))
        assert AuditEntry.objects.filter(action="evaluation.period.opened").count() == 1

    def test_a_month_opens_a_row_for_every_carrier_and_item(self, gazette):
        opened = open_period(actor=SYSTEM, code=code("2020-09"), at=AT)
        carried = 0
        for scheme in Scheme.objects.all():
            carried += scheme.figures.filter(kind="carried", value="yes").count()
        assert opened.duty_periods == carried == DutyPeriod.objects.filter(period="2020-09").count()
        assert open_period(actor=SYSTEM, code=code("2020-09"), at=AT).duty_periods == 0

    def test_a_lost_sheet_is_opened_again(self, gazette):
        open_period(actor=SYSTEM, code=code("2020Q3"), at=AT)
        MarkSheet.objects.first().delete()
        assert open_period(actor=SYSTEM, code=code("2020Q3"), at=AT).sheets == 1

    def test_a_year_without_a_scheme_is_refused(self, gazette):
        with pytest.raises(Refused) as refusal:
            open_period(actor=SYSTEM, code=code("2021Q1"), at=AT)
        assert refusal.value.code == "no-scheme" and "2021" in refusal.value.message
        assert not Period.objects.exists()

    def test_the_clock_opens_only_what_is_current(self, gazette):
        Scheme.objects.update(in_force_at=at(2020, 10, 1))
        assert [str(c) for c in due_periods(at(2020, 10, 9, 9))] == ["2020-09", "2020Q3"]
        assert due_periods(at(2020, 10, 8, 9)) == []
        # Nothing is forgotten: what the clock slept through is due until it is opened.
        assert [str(c) for c in due_periods(at(2021, 1, 5))] == ["2020-09", "2020-10", "2020-11", "2020Q3"]

    def test_what_had_locked_before_the_scheme_came_is_the_office_s_to_open_or_to_leave(self, gazette):
        Scheme.objects.update(in_force_at=at(2020, 7, 28))
        past = ["2020-05", "2020-06", "2020Q2"]
        assert [str(one) for one in past_periods()] == past
        assert not set(past) & {str(one) for one in due_periods(at(2021, 1, 5))}
        # In force a second before the lock it is the clock's.
        Scheme.objects.filter(track="township").update(in_force_at=at(2020, 7, 28) - timedelta(seconds=1))
        assert [str(one) for one in past_periods()] == past[:2]

    def test_a_past_period_is_left_once_with_a_reason_by_the_office_alone(self, gazette):
        Scheme.objects.update(in_force_at=at(2020, 7, 28))
        office = actor_of(person("past-office", "区政府办公室", "evaluation_office"))
        other = actor_of(person("past-water", "区水务局", "evaluator"))
        with pytest.raises(NotAllowed):
            leave_period(actor=other, code=code("2020-05"), reason="当月没有考评", at=AT)
        with pytest.raises(Refused, match="写理由"):
            leave_period(actor=office, code=code("2020-05"), reason="无", at=AT)
        with pytest.raises(Conflict, match="不在往期未开启"):
            leave_period(actor=office, code=code("2020-08"), reason="当月没有考评", at=AT)
        leave_period(actor=office, code=code("2020-05"), reason="当月没有考评", at=AT)
        assert [str(one) for one in past_periods()] == ["2020-06", "2020Q2"]
        with pytest.raises(Conflict):
            leave_period(actor=office, code=code("2020-05"), reason="当月没有考评", at=AT)
        assert AuditEntry.objects.get(action="evaluation.period.left").data == '{"reason":"当月没有考评"}'

    def test_the_office_decides_on_its_page_and_finds_them_on_its_desk(self, gazette):
        Scheme.objects.update(in_force_at=at(2020, 7, 28))
        person("past-office", "区政府办公室", "evaluation_office")
        client = Client()
        client.force_login(User.objects.get(username="past-office"), backend=BACKEND)
        assert "往期未开启 3 期" in client.get("/").content.decode()
        page = client.get("/evaluation/periods/").content.decode()
        assert page.count('name="reason"') == 3 and "2020年5月" in page
        refused = client.post("/evaluation/periods/leave/", {"code": "2020-05", "reason": "无"})
        assert refused.status_code == 422 and 'value="无"' in refused.content.decode()
        client.post("/evaluation/periods/leave/", {"code": "2020-05", "reason": "当月没有考评"})
        page = client.get("/evaluation/periods/").content.decode()
        assert page.count('name="reason"') == 2 and "不开启：当月没有考评" in page
        # Opened by hand now, it is offered with days in which somebody can file.
        offered = client.get("/evaluation/periods/open/?code=2020Q2").content.decode()
        window = late_window(code("2020Q2"), timezone.localdate())
        assert f"{window.due_at:%Y-%m-%dT%H:%M}" in offered and window.due_at > timezone.now()

    @pytest.mark.parametrize("who", ["guanliyuan", "anquan", "shenji", "shuiwu", "beizhuang", "lingdao"])
    def test_only_the_office_opens_and_moves(self, actor_for, who):
        with pytest.raises(NotAllowed):
            open_period(actor=actor_for(who), code=code("2020Q4"), at=AT)
        period = Period.objects.get(code="2020Q3")
        with pytest.raises(NotAllowed):
            change_window(
                actor=actor_for(who), period_id=period.pk, window=period.window, version=1, reason="因", at=AT
            )


@pytest.mark.django_db
class TestMoving:
    def move(self, actor, **changes):
        period = Period.objects.get(code="2020Q3")
        wanted = {"window": default_window(code("2020Q3")), "version": period.version, "reason": "区政府通知"}
        return change_window(actor=actor, period_id=period.pk, at=AT, **(wanted | changes))

    def test_dates_move_with_a_reason_and_stand_in_the_audit(self, actor_for):
        moved = self.move(actor_for("zhengfuban1"))
        assert moved.window == default_window(code("2020Q3")) and moved.version == 2
        entry = AuditEntry.objects.get(action="evaluation.period.window-changed")
        assert "区政府通知" in entry.data and "2020-10-20T18:00:00+08:00" in entry.data

    def test_without_a_reason_out_of_order_or_on_an_old_version_nothing_moves(self, actor_for):
        actor = actor_for("zhengfuban1")
        before = Period.objects.get(code="2020Q3").window
        window = before
        with pytest.raises(Refused):
            self.move(actor, reason="  ")
        with pytest.raises(Refused):
            self.move(actor, window=Window(window.due_at, window.starts_at, window.late_until, window.locks_at))
        with pytest.raises(Conflict):
            self.move(actor, version=9)
        with pytest.raises(NotFound):
            change_window(actor=actor, period_id=0, window=window, version=1, reason="因", at=AT)
        assert Period.objects.get(code="2020Q3").window == before

    def test_the_months_rows_move_with_their_month(self, actor_for):
        period = open_period(actor=SYSTEM, code=code("2020-09"), at=AT).period
        new = default_window(code("2020-10"))
        change_window(actor=actor_for("zhengfuban1"), period_id=period.pk, window=new, version=1, reason="推迟", at=AT)
        months = DutyPeriod.objects.filter(period="2020-09")
        assert set(months.filter(unit__duty__scope="tracked").values_list("due_at", flat=True)) == {new.due_at}
        others = months.exclude(unit__duty__scope="tracked")
        assert others.exists() and not others.filter(due_at=new.due_at).exists(), "duties of other documents stay"


# ── the pages ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def client_of(demo):
    def sign_in(username):
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    return sign_in


def typed(window: Window) -> dict[str, str]:
    return {name: f"{timezone.localtime(getattr(window, name)):%Y-%m-%dT%H:%M}" for name in window.__dataclass_fields__}


@pytest.mark.django_db
class TestPages:
    def test_the_list_tells_dates_state_and_how_many_sheets_are_in(self, client_of):
        text = client_of("zhengfuban1").get("/evaluation/periods/").content.decode()
        assert re.search(r"2020年第二季度.*?已锁定.*?2020-07-20 周一 18:00.*?57 / 57", text, re.S)
        assert re.search(r"2020年第三季度.*?填报中.*?0 / 57", text, re.S)
        assert "2020年11月" in text and "改日期" in text and "推定" in text

    def test_others_read_the_dates_and_no_counts(self, client_of):
        text = client_of("beizhuang").get("/evaluation/periods/").content.decode()
        assert "2020年第三季度" in text and "57 / 57" not in text and "改日期" not in text and "还没有开启" not in text

    def test_the_number_of_queries_does_not_grow_with_the_periods(self, client_of, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = client_of("zhengfuban1")
        client.get("/evaluation/periods/")
        with CaptureQueriesContext(connection) as few:
            client.get("/evaluation/periods/")
        for month in (5, 6, 7):
            open_period(actor=SYSTEM, code=PeriodCode(2020, month=month), at=AT)
        with django_assert_num_queries(len(few)):
            client.get("/evaluation/periods/")

    def test_the_office_edits_the_default_before_opening(self, client_of):
        client = client_of("zhengfuban1")
        page = client.get("/evaluation/periods/open/?code=2020q4").content.decode()
        assert 'value="2021-01-20T18:00"' in page and "推定" in page
        assert not Period.objects.filter(code="2020Q4").exists()
        window = typed(default_window(code("2020Q4"))) | {"due_at": "2021-01-19T12:00"}
        answer = client.post("/evaluation/periods/open/", {"code": "2020Q4"} | window)
        assert answer.status_code == 302
        period = Period.objects.get(code="2020Q4")
        assert period.due_at == at(2021, 1, 19, 12) and period.sheets.count() == 57
        assert client.post("/evaluation/periods/open/", {"code": "2020Q4"} | window).status_code == 302
        assert period.sheets.count() == 57
        other = client.post("/evaluation/periods/open/", {"code": "2020Q4"} | window | {"due_at": "2021-01-18T12:00"})
        assert other.status_code == 409 and "已经开启" in other.content.decode()

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ("2020Q5", "不是一个期间"),
            ("", "不是一个期间"),
            ("2021Q1", "没有在用的考评方案"),
            ("２０２０Q4x", "不是一个期间"),
        ],
    )
    def test_a_period_that_cannot_be_opened_is_told_on_the_page(self, client_of, sent, words):
        answer = client_of("zhengfuban1").get("/evaluation/periods/open/", {"code": sent})
        assert answer.status_code in (400, 422) and words in answer.content.decode()
        assert "2020年第三季度" in answer.content.decode()

    def test_wrong_dates_lose_nothing_typed(self, client_of):
        window = typed(default_window(code("2020Q4")))
        client = client_of("zhengfuban1")
        answer = client.post("/evaluation/periods/open/", {"code": "2020Q4"} | window | {"due_at": "明天"})
        assert answer.status_code == 422 and 'value="明天"' in answer.content.decode()
        answer = client.post("/evaluation/periods/open/", {"code": "2020Q4"} | window | {"due_at": "2020-12-01T00:00"})
        assert answer.status_code == 422 and "一个比一个晚" in answer.content.decode()
        assert not Period.objects.filter(code="2020Q4").exists()

    def test_dates_are_moved_by_the_page_and_a_stale_page_is_a_conflict(self, client_of):
        client = client_of("zhengfuban1")
        address = "/evaluation/periods/2020Q3/window/"
        assert 'name="version" value="1"' in client.get(address).content.decode()
        sent = typed(default_window(code("2020Q3"))) | {"version": "1", "reason": "顺延"}
        assert client.post(address, sent | {"reason": ""}).status_code == 422
        assert client.post(address, sent).status_code == 302
        answer = client.post(address, sent | {"reason": "再顺延"})
        text = answer.content.decode()
        assert answer.status_code == 409 and "再顺延" in text and 'name="version" value="2"' in text

    @pytest.mark.parametrize("who", ["guanliyuan", "shuiwu", "beizhuang", "lingdao", "shenji"])
    def test_the_acts_are_the_offices(self, client_of, who):
        client = client_of(who)
        assert client.get("/evaluation/periods/").status_code == 200
        assert client.get("/evaluation/periods/open/?code=2020Q4").status_code == 403
        assert client.post("/evaluation/periods/open/", {"code": "2020Q4"}).status_code == 403
        assert client.get("/evaluation/periods/2020Q3/window/").status_code == 403
        assert client.post("/evaluation/periods/2020Q3/window/", {}).status_code == 403

    def test_an_unknown_period_is_not_found(self, client_of):
        assert client_of("zhengfuban1").get("/evaluation/periods/2020Q1/window/").status_code == 404
