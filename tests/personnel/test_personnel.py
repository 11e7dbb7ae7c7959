"""人事任免 over its services, pages, workbooks and API."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from docx import Document

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice as InboxNotice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from personnel.citing import people_called
from personnel.desk import desk_items
from personnel.loading import load_appointments
from personnel.models import Act, Notice, Person, Position, ProbationDecision
from personnel.queries import terms as queries
from personnel.services import drafts, posts
from personnel.services.drafts import ActInput
from personnel.services.issue import issue, strike_act
from personnel.services.probation import record_decision
from personnel.services.reminders import send_notices
from tests.factories.rankings import actor_of
from tests.factories.rankings import person as account

AT = datetime(2020, 7, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
GIVEN = ActInput(kind="appoint", person="李测试", organisation="区水务局", title="副局长", probation_months=12)


@pytest.fixture
def hands(gazette):
    return [actor_of(account(name, "区委组织部", "register_office")) for name in ("hr1", "hr2", "hr3")]


def draft(actor, *acts, at=AT):
    row = drafts.create_draft(actor=actor, meeting="区政府第90次常务会议", at=at)
    for one in acts:
        row.refresh_from_db()
        drafts.add_act(actor=actor, notice_id=row.pk, version=row.version, given=one, at=at)
    row.refresh_from_db()
    return row


def issued(one, two, *acts, number="密政发〔2020〕90号", dated=date(2020, 7, 6), at=AT, late=""):
    row = draft(one, *acts, at=at)
    drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=at)
    row.refresh_from_db()
    return issue(actor=two, notice_id=row.pk, version=row.version, number=number, dated=dated, late_reason=late, at=at)


def held(day, name):
    return [line.printed for line in queries.book().on(day) if line.person.name == name]


def test_the_gazette_says_who_holds_what(gazette):
    assert load_appointments(AT).created == 0
    assert Act.objects.standing().count() == 32
    before, after = date(2020, 7, 4), date(2020, 7, 6)
    assert held(before, "仇燕红") == ["果园街道办事处副主任"]
    assert held(after, "仇燕红") == ["区政务服务局副局长"]
    assert held(before, "任连峰") == ["区农业农村局副局长"] and held(after, "任连峰") == ["区司马台雾灵山管委会副主任"]
    assert held(after, "张向东") == ["区农业综合执法大队队长"] and held(after, "王剑") == []
    assert queries.book().concurrent(after) == {}
    ends = [(one.line.person.name, one.last_day) for one in queries.probations(queries.book(), after)]
    assert ends[0] == ("张艳", date(2021, 4, 7)) and len(ends) == 6


def test_a_notice_is_secret_until_a_second_person_issues_it(hands, client):
    one, two, _ = hands
    row = draft(one, GIVEN)
    outsider = Client()
    outsider.force_login(account("outsider", "区水务局", "reporter"))
    for address in (f"/personnel/notices/{row.pk}/", f"/personnel/notices/{row.pk}/document/"):
        assert outsider.get(address).status_code == 404
    for address in (
        "/personnel/",
        "/personnel/notices/",
        "/personnel/acts/workbook/",
        "/",
    ):
        answer = outsider.get(address)
        assert "李测试" not in str(answer.content.decode("utf-8", "ignore"))
    assert outsider.get(f"/personnel/people/{Person.objects.get(name='李测试').pk}/").status_code == 404
    assert people_called("李测试") == []
    assert "李测试" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=AT)
    row.refresh_from_db()
    with pytest.raises(NotAllowed):
        issue(actor=one, notice_id=row.pk, version=row.version, number="x1号", dated=AT.date(), at=AT)
    deputy = replace(two, stands_for=one.user_id)
    with pytest.raises(NotAllowed, match="代理人"):
        issue(actor=deputy, notice_id=row.pk, version=row.version, number="x1号", dated=AT.date(), at=AT)
    assert not desk_items(deputy, AT)
    assert [item.action for item in desk_items(two, AT)][:1] == ["印发"]
    issue(actor=two, notice_id=row.pk, version=row.version, number="密政发〔2020〕90号", dated=AT.date(), at=AT)
    assert outsider.get(f"/personnel/notices/{row.pk}/").status_code == 200
    assert held(AT.date(), "李测试") == ["区水务局副局长"]
    assert InboxNotice.objects.filter(key__startswith=f"appointments:{row.pk}:").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        ActInput(kind="appoint", person="张艳", organisation="区生态环境综合执法大队", title="队长", same="yes"),
        ActInput(kind="remove", person="王剑", organisation="檀营地区", title="副主任", same="yes"),
    ],
)
def test_the_same_act_twice_is_refused(hands, given):
    with pytest.raises(Refused) as refusal:
        issued(*hands[:2], given)
    assert refusal.value.code == "same-act-twice" and given.person in refusal.value.message
    assert Act.objects.standing().count() == 32
    row = draft(hands[0], given, replace(given, person="别人"))
    with pytest.raises(Conflict):
        drafts.add_act(actor=hands[0], notice_id=row.pk, version=row.version, given=given, at=AT)


def test_what_is_refused_on_a_draft(hands):
    one = hands[0]
    row = draft(one)
    with pytest.raises(Refused, match="还没有任免事项"):
        drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=AT)
    for wrong, code in (
        (replace(GIVEN, organisation="没有局"), "unknown-organisation"),
        (replace(GIVEN, person="甲"), "bad-name"),
        (replace(GIVEN, person="李\u200b测试"), "bad-character"),
        (replace(GIVEN, kind="remove"), "bad-probation"),
        (replace(GIVEN, probation_months=25), "bad-probation"),
        (replace(GIVEN, title=""), "bad-title"),
        (replace(GIVEN, kind="opening"), "bad-kind"),
    ):
        with pytest.raises(Refused) as refusal:
            drafts.add_act(actor=one, notice_id=row.pk, version=row.version, given=wrong, at=AT)
        assert refusal.value.code == code
    assert not Person.objects.filter(name="李测试").exists()
    drafts.add_act(actor=one, notice_id=row.pk, version=row.version, given=GIVEN, at=AT)
    with pytest.raises(Conflict):
        drafts.add_act(actor=one, notice_id=row.pk, version=row.version, given=replace(GIVEN, person="王二"), at=AT)
    row.refresh_from_db()
    drafts.discard(actor=one, notice_id=row.pk, version=row.version, at=AT)
    assert not Person.objects.filter(name="李测试").exists() and not Notice.objects.filter(pk=row.pk).exists()


def test_a_number_or_a_day_that_cannot_be(hands):
    for number, dated, code in (
        ("密政发〔2020〕32号", AT.date(), "number-taken"),
        ("密政发〔2020〕91号", date(2020, 7, 7), "future"),
    ):
        with pytest.raises(Refused) as refusal:
            issued(*hands[:2], GIVEN, number=number, dated=dated)
        assert refusal.value.code == code


def test_a_dismissal_in_probation_drafts_the_removal_that_ends_the_term(hands):
    one, two, _ = hands
    act = Act.objects.get(person__name="张艳")
    early, day = datetime(2021, 4, 6, 9, tzinfo=AT.tzinfo), datetime(2021, 4, 8, 9, tzinfo=AT.tzinfo)
    with pytest.raises(Refused) as refusal:
        record_decision(
            actor=one, act_id=act.pk, outcome="confirmed", decided_on=early.date(), basis="考核合格", at=early
        )
    assert refusal.value.code == "too-early"
    items = desk_items(one, day)
    assert (items[0].title, items[0].group, len(items)) == ("试用期满：张艳　区生态环境综合执法大队队长", "late", 5)
    assert {item.group for item in items[1:]} == {"later"}
    assert send_notices(at=day) == 5 and send_notices(at=day) == 0
    made = record_decision(
        actor=one, act_id=act.pk, outcome="dismissed", decided_on=day.date(), basis="考核不合格", at=day
    )
    with pytest.raises(Conflict):
        record_decision(actor=one, act_id=act.pk, outcome="confirmed", decided_on=day.date(), basis="考核合格", at=day)
    assert held(day.date(), "张艳") != []
    row = made.removal.notice
    drafts.change_draft(actor=one, notice_id=row.pk, version=row.version, meeting="会议", dated=None, number="", at=day)
    row.refresh_from_db()
    drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=day)
    row.refresh_from_db()
    issue(actor=two, notice_id=row.pk, version=row.version, number="密政发〔2021〕9号", dated=day.date(), at=day)
    assert held(day.date(), "张艳") == []


def test_confirmation_on_the_last_day_and_a_discarded_dismissal(hands):
    one = hands[0]
    last = datetime(2021, 4, 7, 9, tzinfo=AT.tzinfo)
    act = Act.objects.get(person__name="张艳")
    made = record_decision(
        actor=one, act_id=act.pk, outcome="dismissed", decided_on=last.date(), basis="不合格", at=last
    )
    row = Notice.objects.get(pk=made.removal.notice_id)
    drafts.discard(actor=one, notice_id=row.pk, version=row.version, at=last)
    assert not ProbationDecision.objects.exists()
    record_decision(actor=one, act_id=act.pk, outcome="confirmed", decided_on=last.date(), basis="合格", at=last)
    assert ProbationDecision.objects.get().outcome == "confirmed"


def test_a_wrong_record_is_struck_by_another_person_and_the_rest_still_fits(hands):
    one, two, three = hands
    row = issued(one, two, GIVEN)
    act = row.acts.get()
    with pytest.raises(NotAllowed):
        strike_act(actor=two, act_id=act.pk, reason="登记错了", at=AT)
    with pytest.raises(NotAllowed, match="代理人"):
        strike_act(actor=replace(three, stands_for=two.user_id), act_id=act.pk, reason="登记错了", at=AT)
    strike_act(actor=three, act_id=act.pk, reason="登记错了", at=AT)
    assert held(AT.date(), "李测试") == []
    with pytest.raises(NotFound):
        strike_act(actor=three, act_id=act.pk, reason="登记错了", at=AT)


def test_an_opening_gives_a_removal_its_beginning(hands):
    one = hands[0]
    given = {
        "person": "王剑",
        "note": "",
        "organisation": "檀营地区",
        "title": "副主任",
        "basis": "干部名册",
        "same": "yes",
        "at": AT,
    }
    posts.add_opening(actor=one, since=date(2016, 3, 1), **given)
    (line,) = [one for one in queries.book().lines if one.person.name == "王剑"]
    assert (line.term.since, line.term.until) == (date(2016, 3, 1), date(2020, 7, 5))
    with pytest.raises(Refused):
        posts.add_opening(actor=one, since=date(2017, 3, 1), **given)


def test_by_page_an_opening_counts_only_once_another_of_the_office_has_confirmed_it(hands):
    client = Client()
    client.force_login(account("renshi", "区委组织部", "register_office"))
    typed = {"person": "期初丁", "note": "", "organisation": "区体育局", "title": "副局长", "same": ""}
    typed |= {"since": "2016-03-01", "basis": "干部名册"}
    answer = client.post("/personnel/openings/new/", typed)
    row = Proposal.objects.get(code="personnel-opening")
    assert answer["Location"] == f"/proposals/{row.pk}/" and not Act.objects.filter(person__name="期初丁").exists()
    assert ["任职自", "2016-03-01"] in row.said
    again = client.post("/personnel/openings/new/", typed)
    assert again.status_code == 409 and "期初丁" in again.content.decode()
    decide(actor=hands[0], proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    assert held(AT.date(), "期初丁") == ["区体育局副局长"]
    late = client.post("/personnel/openings/new/", typed | {"person": "期初戊", "since": "2199-01-01"})
    assert late.status_code == 422 and "期初戊" in late.content.decode()


@pytest.mark.parametrize(
    "other", ["密政发〔2020〕090号", "密政发2020年90号", "密政发〔2020〕第90号", "密政发 [2020] ９０ 号"]
)
def test_a_second_paper_under_an_issued_number_is_refused_however_it_is_written(hands, other):
    one, two, _ = hands
    issued(one, two, GIVEN)
    with pytest.raises(Refused) as refusal:
        issued(one, two, replace(GIVEN, person="另一人"), number=other)
    assert refusal.value.code == "number-taken"


def test_a_number_with_a_sign_that_nobody_sees_is_refused(hands):
    with pytest.raises(Refused) as refusal:
        drafts.read_number("密政发〔2020〕4\u200b0号")
    assert refusal.value.code == "bad-character"


def test_a_second_press_comes_to_the_same_empty_draft(hands):
    one, two, _ = hands
    first = drafts.create_draft(actor=one, meeting="会议", at=AT)
    assert drafts.create_draft(actor=one, meeting="会议", at=AT).pk == first.pk
    assert drafts.create_draft(actor=two, meeting="会议", at=AT).pk != first.pk
    drafts.add_act(actor=one, notice_id=first.pk, version=first.version, given=GIVEN, at=AT)
    assert drafts.create_draft(actor=one, meeting="会议", at=AT).pk != first.pk


def test_who_is_looked_for_is_found_where_the_page_names_them(gazette):
    """仇燕红 left 果园街道, where somebody else now stands; 王剑 left a post that nobody holds."""
    found = {name: queries.seats_on(queries.book(), AT.date(), name) for name in ("仇燕红", "王剑")}
    assert [one.code for one in found["仇燕红"]] == ["zhengwufuwu-ju"]
    assert [one.code for one in found["王剑"]] == ["tanying-diqu"]


def test_seats_make_a_vacancy(hands, client):
    position = Position.objects.get(organisation__code="tanying-diqu", title="副主任")
    (before,) = queries.seats_on(queries.book(), AT.date(), "王剑")
    assert before.seats[0].seat.unfollowed
    posts.set_seats(actor=hands[0], position_id=position.pk, version=1, seats=2, basis="三定规定", at=AT)
    (after,) = queries.seats_on(queries.book(), AT.date(), "檀营")
    assert after.seats[0].seat.open_ == 2
    with pytest.raises(Conflict):
        posts.set_seats(actor=hands[0], position_id=position.pk, version=1, seats=3, basis="三定规定", at=AT)


def test_the_document_says_what_the_notice_says(hands):
    client = Client()
    client.force_login(account("hr9", "区委组织部", "register_office"))
    row = Notice.objects.get(document="2020-23")
    answer = client.get(f"/personnel/notices/{row.pk}/document/")
    text = [one.text for one in Document(io.BytesIO(answer.content)).paragraphs]
    assert "王万杰同志任密云水库综合执法大队副大队长，免去区生态建设发展研究中心副主任职务；" in text
    assert "密政发〔2020〕23号" in text
    made = draft(hands[0], GIVEN)
    words = "".join(
        one.text
        for one in Document(io.BytesIO(client.get(f"/personnel/notices/{made.pk}/document/").content)).paragraphs
    )
    assert "送审稿" in words and "李测试同志任区水务局副局长（试用期一年）。" in words


def test_what_was_typed_is_kept_and_each_page_opens(hands):
    client = Client()
    client.force_login(account("hr9", "区委组织部", "register_office"))
    row = draft(hands[0], GIVEN)
    typed = {"version": row.version, "kind": "appoint", "person": "王二麻", "organisation": "没有局", "title": "副局长"}
    answer = client.post(f"/personnel/notices/{row.pk}/do/act/", typed)
    assert answer.status_code == 422 and "王二麻" in answer.content.decode() and "没有叫" in answer.content.decode()
    stale = client.post(f"/personnel/notices/{row.pk}/do/act/", typed | {"version": 1, "organisation": "区教委"})
    assert stale.status_code == 409 and "王二麻" in stale.content.decode()
    person = Person.objects.get(name="仇燕红").pk
    for address in (
        "/personnel/?on=2020-07-06",
        "/personnel/?q=农业",
        f"/personnel/people/{person}/",
        "/personnel/probations/",
        "/personnel/openings/new/",
        "/personnel/settings/",
        "/personnel/history/",
        "/personnel/history/template/",
        "/personnel/workbook/?on=2020-07-06",
        f"/personnel/acts/{Act.objects.standing().first().pk}/strike/",
    ):
        assert client.get(address).status_code == 200, address
    assert client.get("/personnel/?on=昨天").status_code == 400


def test_the_api_answers_for_a_day_and_tries_without_saving(hands, client):
    client.force_login(account("zzz", "区水务局", "reporter"))
    from miyun_kpi.lib.actors import SYSTEM
    from tests.factories.tokens import issue_token

    _, text = issue_token(actor=SYSTEM, client="x", organisation=None, role="", at=AT + timedelta(days=3000))
    header = {"Authorization": f"Token {text}"}
    found = client.get("/api/v1/appointments/?on=2020-07-06&name=仇燕红", headers=header).json()
    assert [one["position"]["printed"] for one in found["results"]] == ["区政务服务局副局长"]
    assert client.get("/api/v1/appointments/acts/?document=32", headers=header).json()["count"] == 24
    acts = [{"kind": "appoint", "person": "张艳", "organisation": "区生态环境综合执法大队", "title": "队长"}]
    tried = client.post(
        "/api/v1/appointments/trial/",
        {"on": "2020-07-06", "acts": acts},
        content_type="application/json",
        headers=header,
    ).json()
    assert tried["refused"] and tried["remarks"][0]["code"] == "same-act-twice"
    acts[0] |= {"person": "新来人", "probation_months": 12}
    tried = client.post(
        "/api/v1/appointments/trial/",
        {"on": "2020-07-06", "acts": acts},
        content_type="application/json",
        headers=header,
    ).json()
    assert not tried["refused"] and tried["sentences"] == ["新来人同志任区生态环境综合执法大队队长（试用期一年）。"]
    assert Act.objects.count() == 32 and not Person.objects.filter(name="新来人").exists()


def test_a_removal_before_the_known_appointment_and_a_number_of_another_year_are_refused(hands):
    given = ActInput(kind="remove", person="张榕华", organisation="区财政局", title="副局长")
    with pytest.raises(Refused) as refusal:
        issued(*hands[:2], given, dated=date(2020, 4, 28), late="补以前的通知")
    assert refusal.value.code == "not-held" and "2020-04-29" in refusal.value.message
    assert issued(*hands[:2], given, dated=date(2020, 4, 30), number="密政发〔2020〕91号", late="补以前的通知")
    with pytest.raises(Refused) as refusal:
        issued(*hands[:2], GIVEN, number="密政发〔2021〕1号")
    assert refusal.value.code == "year-differs"


def test_the_office_is_handed_over_once_the_other_receives_it(hands):
    one = hands[0]
    other = actor_of(account("hr8", "区人社保局", "register_office"))
    with pytest.raises(Refused) as refusal:
        posts.change_office(actor=one, version=1, organisation="北庄镇", remind_days=30, at=AT)
    assert refusal.value.code == "not-an-office"
    with pytest.raises(NotFound):
        posts.receive_office(actor=other, version=1, at=AT)
    posts.change_office(actor=one, version=1, organisation="区人社局", remind_days=30, at=AT)
    assert [item.action for item in desk_items(other, AT)] == ["接收"]
    draft(one, GIVEN)
    with pytest.raises(NotAllowed):
        drafts.create_draft(actor=other, meeting="会议", at=AT)
    posts.receive_office(actor=other, version=2, at=AT)
    assert drafts.create_draft(actor=other, meeting="会议", at=AT).pk
    with pytest.raises(NotAllowed):
        drafts.create_draft(actor=one, meeting="会议", at=AT)
