import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miyun_kpi.accounts.enums import Role
from miyun_kpi.inbox import queries, registry
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.inbox.registry import GROUPS, DeskItem
from miyun_kpi.inbox.services import Message, mark_all_read, mark_read, send
from tests.accounts.people import AT, actor, person, unit
from tests.factories.markup import one_line

pytestmark = pytest.mark.django_db
MONDAY = datetime(2020, 10, 19, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def item(group, title="事项", days=None, subject="evaluation", state="blank", due=None, kind=None):
    due = MONDAY.replace(hour=18) + timedelta(days=days) if days is not None else due
    kind = kind or (ItemKind.TERM if due else ItemKind.CHECK)
    return DeskItem(group, subject, state, title, "一句说明", "/inbox/", "办理", "2020-13", "附件4·4", due, kind)


@pytest.fixture
def items(monkeypatch):
    """What the apps put on the desk: fill the list."""
    found = []
    monkeypatch.setattr(registry, "_functions", [lambda actor, at: list(found)])
    return found


@pytest.fixture
def marker(gazette):
    return person("jing", Role.EVALUATOR, "区水务局")


@pytest.fixture
def page(marker, client, items):
    client.force_login(marker)

    with time_machine.travel(MONDAY, tick=False):
        yield lambda address="/": client.get(address).content.decode()


def test_groups_stand_in_their_fixed_order_and_empty_ones_are_left_out(items, marker):
    items += [item("later"), item("due-soon"), item("late"), item("to-check")]
    groups = queries.desk(actor(marker), MONDAY).groups
    assert [group.code for group in groups] == ["late", "to-check", "due-soon", "later"]
    assert [code for code, _ in GROUPS] == ["late", "returned", "to-check", "due-soon", "later"]


def test_within_a_group_the_earliest_is_first_and_what_has_no_day_last(items, marker):
    items += [item("later", "无期限"), item("later", "后", 20), item("later", "前", 9)]
    (group,) = queries.desk(actor(marker), MONDAY).groups
    assert [row.item.title for row in group.rows] == ["前", "后", "无期限"]


def test_days_left_are_working_days(items, marker):
    items += [item("later", days=n) for n in (-4, 0, 1, 7)]
    (group,) = queries.desk(actor(marker), MONDAY).groups
    assert [row.due_words for row in group.rows] == [
        "已逾期 2 个工作日",
        "今天到期",
        "还有 1 个工作日",
        "还有 5 个工作日",
    ]


@pytest.mark.parametrize("kind", [ItemKind.TERM, ItemKind.REPORT])
def test_an_item_without_a_day_is_of_a_kind_declared_so(kind):
    with pytest.raises(ValueError, match="without due_at"):
        DeskItem("late", "water", "overdue", "排污口", "", "/water/", "办理", kind=kind)
    assert (
        DeskItem("to-check", "water", "submitted", "审核", "", "/water/", "审核", kind=ItemKind.REVIEW).due_at is None
    )


def test_every_group_shows_five_rows_and_the_rest_behind_one_sign(items, page):
    items += [item("to-check", "月报待审核"), *(item("later", f"第{n}张表", n) for n in range(10, 17))]
    sheet = re.search(r'<div class="sheet">.*?</details>', one_line(page()), re.S)[0]
    open_part, folded = sheet.split("<details")
    assert "月报待审核" in open_part and all(f"第{n}张表" in open_part for n in range(10, 15))
    assert "另有 2 项" in folded and "第15张表" in folded and "第16张表" in folded


def test_a_row_says_its_day_with_the_year_and_how_far_off_it_is(items, page):
    items += [
        item("late", "久", due=datetime(2015, 4, 7, 23, 59, tzinfo=MONDAY.tzinfo)),
        item("to-check", "没有期限的"),
        item("later", "远", 100),
    ]
    shown = page()
    assert "2015-04-07 周二 23:59" in shown and "已逾期 5 年 6 个月" in shown
    assert "2021-01-27 周三 18:00" in shown and "还有 3 个月" in shown
    assert "无期限" in shown
    week = page("/inbox/week/")
    assert "2015-04-07 周二 23:59" in week and "无期限" in week


def test_what_is_overdue_since_this_month_stands_in_the_strip(items, page):
    items += [item("late", days=-7)]
    strip = re.search(r'<ol class="month">.*?</ol>', one_line(page()), re.S)[0]
    day = re.findall(r"<li.*?>(.*?)</li>", strip, re.S)[11]
    assert "is-red" in day and day.endswith("1</span>")


def test_what_is_said_over_a_group_fits_the_rows_below(items, page):
    items += [item("late", "试用期满", -3), item("to-check", "请签收反馈单", kind=ItemKind.SIGN)]
    shown = page()
    assert "期限已过，请尽快办理" in shown and "补报截止" not in shown
    assert "送到本单位的，请签收或确认" in shown and "由另一人提出" not in shown
    items += [item("late", "月报", -2, kind=ItemKind.REPORT), item("to-check", "确认单")]
    shown = page()
    assert "在补报截止前仍可报，计为迟报；其他的期限已过" in shown
    assert "由另一人提出的，请您复核；送到本单位的，请签收或确认" in shown


def test_the_strip_counts_by_document_and_greys_the_empty_ones(items, page):
    items += [item("late"), item("later"), item("later", subject="water")]
    shown = page()
    strip = re.search(r'<nav class="strip-tabs".*?</nav>', shown, re.S)[0]
    assert re.findall(r"<b>(\S+?)　*(?:\d+号)?</b><small>(.*?)</small>", strip) == [
        ("全部事项", "3 项"),
        ("考评", "2 项　迟 1"),
        ("政务公开", "无事项"),
        ("城市安全", "无事项"),
        ("绿色金融", "无事项"),
        ("耕地占补", "无事项"),
        ("水环境", "1 项"),
        ("博士后", "无事项"),
        ("人事任免", "无事项"),
    ]
    assert strip.count("<a ") == 3


def test_a_document_filters_the_groups_and_not_the_strip(items, page):
    items += [item("late", "甲事"), item("later", "乙事", subject="water")]
    shown = page("/?subject=water")
    assert "乙事" in shown and "甲事" not in shown and "全部事项</b><small>2 项" in shown
    assert "甲事" in page("/?subject=nonsense")


def test_the_month_strip_shows_today_the_shift_and_what_is_due(items, page):
    items += [item("due-soon", days=1), item("late", days=1), item("later", days=40)]
    shown = page()
    strip = re.search(r'<ol class="month">.*?</ol>', one_line(shown), re.S)[0]
    days = re.findall(r"<li class=\"(.*?)\".*?>(.*?)</li>", strip, re.S)
    assert len(days) == 31
    assert "today" in days[18][0] and "今天" in days[18][1]
    assert "rest" in days[0][0] and "六·班" in days[9][1] and "rest" not in days[9][0]
    assert "is-red" in days[19][1] and days[19][1].endswith("2</span>")
    assert "国庆节" in shown and "10 日（周六）上班" in shown


def test_an_empty_desk_says_why_and_nobody_without_a_post_is_left_wondering(items, page, client, gazette):
    assert "现在没有等您办的事" in page()
    client.force_login(person("wu"))
    assert "您还没有岗位" in page()


def test_the_week_list_holds_what_is_late_returned_to_check_and_due_this_week(items, page):
    items += [
        item("late", "迟的", -4),
        item("to-check", "审的"),
        item("later", "周日的", 6),
        item("later", "下周的", 7),
    ]
    shown = page("/inbox/week/")
    assert all(word in shown for word in ("迟的", "审的", "周日的")) and "下周的" not in shown
    items.clear()
    assert "本周没有要办的事" in page("/inbox/week/")


def test_the_desk_of_every_demonstration_account_renders(client, gazette):
    from evaluation.demo.scenes import Scene
    from evaluation.demo.services import load_demo
    from miyun_kpi.accounts.models import User

    load_demo(at=AT, scene=Scene.OPENING)
    for user in User.objects.filter(is_client=False):
        client.force_login(user)
        with time_machine.travel(AT, tick=False):
            answer = client.get("/")
        assert answer.status_code == 200
        assert ("打分表：" in answer.content.decode()) is (user.username in ("shuiwu", "weijian")), user


def test_the_desk_takes_the_same_number_of_queries_however_full(items, page, django_assert_num_queries):
    def fill(numbers):
        items.extend(item("later", f"第{n}件", n) for n in numbers)
        send([Message(f"k{n}", unit().pk, f"消息{n}", role=Role.EVALUATOR) for n in numbers], at=MONDAY)

    fill(range(2))
    page()
    with CaptureQueriesContext(connection) as few:
        page()
    fill(range(2, 40))
    with django_assert_num_queries(len(few)):
        assert "第39件" in page()


# ── messages ─────────────────────────────────────────────────────────────────────────────────────


def notice(key, organisation="区水务局", role="", at=MONDAY):
    send([Message(key, unit(organisation).pk, f"消息{key}", "正文", role)], at=at)
    return Notice.objects.get(key=key)


def test_a_notice_reaches_the_role_of_its_organisation_and_nobody_else(marker):
    for key, organisation, role in (
        ("all", "区水务局", ""),
        ("mine", "区水务局", Role.EVALUATOR),
        ("other-role", "区水务局", Role.REPORTER),
        ("other-unit", "区卫健委", ""),
    ):
        notice(key, organisation, role)
    assert {one.key for one in queries.notices_for(actor(marker))} == {"all", "mine"}
    assert list(queries.notices_for(actor(person("wu")))) == []


def test_sending_twice_is_one_notice(marker):
    message = Message("k", unit().pk, "一次")
    assert (send([message, message], at=MONDAY), send([message], at=MONDAY)) == (1, 0)


def test_reading_is_for_the_person_and_once(marker):
    colleague = person("jie", Role.EVALUATOR, "区水务局")
    one = notice("a")
    for _ in range(2):
        mark_read(actor=actor(marker), notice_ids=[one.pk], at=AT)
    assert NoticeRead.objects.count() == 1
    assert [n.read for n in queries.notices_for(actor(marker))] == [True]
    assert [n.read for n in queries.notices_for(actor(colleague))] == [False]


def test_somebody_elses_notice_cannot_be_marked(marker):
    other = notice("x", "区卫健委")
    mark_read(actor=actor(marker), notice_ids=[other.pk, 10**15], at=AT)
    assert not NoticeRead.objects.exists()
    notice("a")
    mark_all_read(actor=actor(marker), at=AT)
    assert list(NoticeRead.objects.values_list("notice__key", flat=True)) == ["a"]


def test_unread_come_first_then_what_is_new_since_the_last_sign_in(marker):
    old_read, old_unread, new_read = (
        notice(key, at=MONDAY - timedelta(days=days)) for key, days in (("1", 9), ("2", 8), ("3", 1))
    )
    mark_read(actor=actor(marker), notice_ids=[old_read.pk, new_read.pk], at=AT)
    found = queries.notices_since(actor(marker), MONDAY - timedelta(days=2))
    assert found == [old_unread, new_read]
    assert queries.notices_since(actor(marker), None) == [old_unread, new_read, old_read]


def test_marking_read_returns_to_the_page_and_looking_marks_nothing(page, client):
    one = notice("a")
    assert "消息a" in page() and "消息a" in page("/inbox/")
    assert not NoticeRead.objects.exists()
    assert client.get("/inbox/read/").status_code == 405
    answer = client.post("/inbox/read/", {"notice": [one.pk, "x", "９"], "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert NoticeRead.objects.count() == 1
    away = client.post("/inbox/read/", {"all": "1", "next": "//evil.example/"})
    assert away["Location"] == "/inbox/"
    assert "消息a" not in page("/inbox/?only=unread")


def test_messages_are_paged(page):
    send([Message(f"k{n:02}", unit().pk, f"消息{n:02}") for n in range(35)], at=MONDAY)
    assert one_line(page("/inbox/")).count("标为已读<span") == 30
    assert one_line(page("/inbox/?page=2")).count("标为已读<span") == 5
    assert one_line(page("/inbox/?page=999")).count("标为已读<span") == 5
