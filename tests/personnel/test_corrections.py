"""原件有误: a 更正通知 under its own number puts an issued notice right from the day it names (16号、23号、32号)."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from personnel.excel import read_history, template
from personnel.models import Act, Notice, Person
from personnel.queries import terms as queries
from personnel.queries.document import corrections_of, said_by
from personnel.queries.preview import planned_of, preview
from personnel.services import drafts
from personnel.services.correcting import draft_correction
from personnel.services.drafts import ActInput, read_number
from personnel.services.history import HistoryRow, record_history
from personnel.services.issue import issue, strike_act
from personnel.services.probation import record_decision
from tests.factories.rankings import BACKEND, actor_of
from tests.factories.rankings import person as account
from tests.factories.tokens import issue_token
from tests.personnel.test_personnel import AT, GIVEN, held, issued

WRONG, RIGHT = "密政发〔2020〕90号", "密政发〔2020〕95号"
BEGUN, FROM = date(2020, 7, 6), date(2020, 7, 20)
LATER = AT + timedelta(days=30)
OTHER = replace(GIVEN, person="李更正")


@pytest.fixture
def accounts(gazette):
    return [account(name, "区委组织部", "register_office") for name in ("hr1", "hr2", "hr3")]


@pytest.fixture
def hands(accounts):
    return [actor_of(one) for one in accounts]


@pytest.fixture
def act(hands):
    return issued(hands[0], hands[1], GIVEN, number=WRONG).acts.get()


LATE = "更正通知月底才送到"


def drafted(hands, act, given=OTHER, day=FROM):
    return draft_correction(actor=hands[0], act_id=act.pk, given=given, effective_on=day, at=LATER)


def put_out(hands, row, number=RIGHT, dated=date(2020, 7, 30)):
    row.refresh_from_db()
    common = {"notice_id": row.pk, "at": LATER}
    drafts.change_draft(
        actor=hands[0], version=row.version, meeting="区政府第91次常务会议", dated=dated, number=number, **common
    )
    row.refresh_from_db()
    drafts.submit(actor=hands[0], version=row.version, **common)
    row.refresh_from_db()
    return issue(actor=hands[1], version=row.version, number=number, dated=dated, late_reason=LATE, **common)


def corrected(hands, act, given=OTHER, day=FROM, **more):
    return put_out(hands, drafted(hands, act, given, day), **more)


def probation_of(name):
    (found,) = [one for one in queries.probations(queries.book(), LATER.date()) if one.line.person.name == name]
    return found


def test_from_its_day_the_right_person_holds_the_post_and_before_it_nothing_moves(hands, act):
    before = said_by(act.notice)
    row = drafted(hands, act)
    assert held(FROM, "李测试") == ["区水务局副局长"] and held(FROM, "李更正") == [], "a draft moves nothing"
    put_out(hands, row)
    eve = FROM - timedelta(days=1)
    assert held(eve, "李测试") == ["区水务局副局长"] and held(eve, "李更正") == []
    assert held(FROM, "李测试") == [] and held(FROM, "李更正") == ["区水务局副局长"]
    assert probation_of("李测试").state == "left"
    assert probation_of("李更正").last_day == date(2021, 7, 20)
    with pytest.raises(Conflict, match="已经免去"):
        decided(hands, act)
    act.refresh_from_db()
    assert act.struck_at is None and said_by(Notice.objects.get(number=WRONG)) == before


def test_counted_from_the_beginning_the_wrong_one_never_held_it(hands, act):
    corrected(hands, act, day=BEGUN)
    assert held(BEGUN, "李测试") == [] and held(BEGUN, "李更正") == ["区水务局副局长"]
    assert probation_of("李更正").last_day == date(2021, 7, 6)


def test_a_wrong_probation_is_put_right_and_the_term_goes_on(hands, act):
    corrected(hands, act, replace(GIVEN, probation_months=6))
    (line,) = [one for one in queries.book().lines if one.person.name == "李测试"]
    assert (line.term.since, line.term.until, line.term.probation_until) == (BEGUN, None, date(2021, 1, 6))
    (said,) = said_by(Notice.objects.get(number=RIGHT))
    assert "（试用期一年）”，更正为“李测试同志任区水务局副局长（试用期六个月）”" in said

    with pytest.raises(Refused, match="到 2021-01-06 才满"):
        decided(hands, act)
    assert decided(hands, act, date(2021, 1, 6)).act == act


def decided(hands, act, on=date(2020, 8, 5)):
    at = LATER if on < LATER.date() else AT + timedelta(days=365)
    given = {"act_id": act.pk, "outcome": "confirmed", "decided_on": on, "basis": "考核合格"}
    return record_decision(actor=hands[0], at=at, **given)


def removal(hands, day):
    """王剑 is removed instead of 仇燕红; corrected from `day`."""
    given = ActInput(
        kind="remove", person="任连峰", organisation="区司马台雾灵山管委会", title="副主任", printed="管委会副主任"
    )
    wrong = issued(hands[0], hands[1], given, number=WRONG).acts.get()
    assert held(BEGUN, "任连峰") == []
    right = ActInput(kind="remove", person="仇燕红", organisation="区政务服务局", title="副局长", same="yes")
    return corrected(hands, wrong, right, day)


def test_who_was_removed_by_mistake_holds_the_post_again_from_the_day(hands):
    removal(hands, FROM)
    assert held(FROM - timedelta(days=1), "任连峰") == [] and held(FROM, "任连峰")
    assert held(FROM, "仇燕红") == [] and held(FROM - timedelta(days=1), "仇燕红") == ["区政务服务局副局长"]


def test_removed_by_mistake_and_corrected_from_that_day_the_term_was_never_broken(hands):
    removal(hands, BEGUN)
    (line,) = [one for one in queries.book().lines if one.person.name == "任连峰" and one.term.until is None]
    assert line.term.since == date(2020, 7, 5) and line.began.notice.number == "密政发〔2020〕32号"


def test_a_correction_that_is_wrong_is_corrected_again(hands, act):
    first = corrected(hands, act)
    again = corrected(hands, first.acts.get(), replace(GIVEN, person="李再正"), FROM, number="密政发〔2020〕96号")
    assert [name for name in ("李测试", "李更正", "李再正") if held(FROM, name)] == ["李再正"]
    assert again.corrects == first
    with pytest.raises(Conflict, match="已有更正"):
        drafted(hands, act, replace(GIVEN, person="李又正"))


def test_what_has_become_of_the_wrong_one_since_stays(hands, act):
    gone = replace(GIVEN, kind="remove", probation_months=0)
    issued(hands[0], hands[1], gone, number="密政发〔2020〕93号", dated=date(2020, 7, 10), at=LATER, late=LATE)
    corrected(hands, act)
    (line,) = [one for one in queries.book().lines if one.person.name == "李测试"]
    assert line.term.until == date(2020, 7, 10) and held(FROM, "李更正")


def test_a_later_removal_of_who_would_never_have_held_it_is_said(hands, act):
    gone = replace(GIVEN, kind="remove", probation_months=0)
    issued(hands[0], hands[1], gone, number="密政发〔2020〕93号", dated=date(2020, 7, 25), at=LATER, late=LATE)
    with pytest.raises(Refused) as refusal:
        corrected(hands, act)
    assert refusal.value.code == "same-act-twice" and "更正改自 2020-07-25 起" in refusal.value.message
    row = Notice.objects.get(corrects=act.notice)
    Notice.objects.filter(pk=row.pk).update(state="draft", effective_on=date(2020, 7, 25))
    put_out(hands, row)
    assert held(date(2020, 7, 24), "李测试") and held(date(2020, 7, 25), "李更正")


def test_the_draft_says_what_it_will_bring_about(hands, act):
    row = drafted(hands, act)
    said = [one.words for one in preview([planned_of(one) for one in row.acts.all()], row.on).remarks]
    assert f"李测试自 {FROM} 起不再任区水务局副局长（更正）。" in said


@pytest.mark.parametrize(
    ("given", "day", "words"),
    [
        (GIVEN, FROM, "没有不同"),
        (OTHER, date(2020, 7, 5), "早于被更正的任免"),
        (replace(OTHER, person="张艳"), FROM, "请先答“同一人？”"),
        (replace(OTHER, organisation="没有的局"), FROM, "没有叫“没有的局”"),
    ],
)
def test_what_cannot_be_drafted_leaves_no_draft(hands, act, given, day, words):
    with pytest.raises(Refused, match=words):
        drafted(hands, act, given, day)
    assert not Notice.objects.exclude(state="issued").exists()


def test_its_rules_are_those_of_any_notice_and_its_own(hands, act):
    row = drafted(hands, act)
    common = {"actor": hands[0], "notice_id": row.pk, "at": LATER}
    row.refresh_from_db()
    with pytest.raises(Refused, match="更正通知只写更正"):
        drafts.add_act(version=row.version, given=replace(GIVEN, person="别的人"), **common)
    with pytest.raises(Refused, match="晚于更正通知的成文日期"):
        drafts.change_draft(version=row.version, meeting="会议", dated=date(2020, 7, 19), number="", **common)
    with pytest.raises(Refused, match="一份更正通知只写一天"):
        other = issued_with_two(hands)
        drafted(hands, other[0])
        drafted(hands, other[1], replace(GIVEN, person="王更正"), FROM + timedelta(days=1))
    row.refresh_from_db()
    drafts.change_draft(version=row.version, meeting="会议", dated=date(2020, 7, 30), number=RIGHT, **common)
    row.refresh_from_db()
    drafts.submit(version=row.version, **common)
    row.refresh_from_db()
    with pytest.raises(NotAllowed):
        issue(version=row.version, number=RIGHT, dated=date(2020, 7, 30), **common)


def issued_with_two(hands):
    given = [replace(GIVEN, person="甲测试"), replace(GIVEN, person="乙测试", title="科长")]
    return list(issued(hands[0], hands[1], *given, number="密政发〔2020〕94号").acts.order_by("line"))


def test_one_paper_takes_several_entries_and_says_which(hands):
    first, second = issued_with_two(hands)
    drafted(hands, first)
    row = drafted(hands, second, replace(GIVEN, person="王更正", title="科长"))
    said = said_by(put_out(hands, row))
    assert len(said) == 2 and said[0].startswith("第1项“甲测试") and said[1].startswith("第2项“乙测试")


def test_what_is_corrected_is_not_struck_and_its_entry_can_still_be_put_right(hands, act):
    row = corrected(hands, act)
    with pytest.raises(Refused, match=f"已由{RIGHT}更正"):
        strike_act(actor=hands[2], act_id=act.pk, reason="登记错了", at=LATER)
    why = {"basis": "entry", "paper": "原件第 1 页", "reason": "认错同名的人"}
    made = propose(actor=hands[0], subject="act", subject_id=act.pk, typed={"note": "密云镇"}, at=LATER, **why)
    decide(actor=hands[1], emendation_id=made.pk, version=made.version, confirm=True, note="", at=LATER)
    assert row.acts.get().corrects == Act.objects.get(emends=act)
    assert held(FROM, "李测试") == [] and held(FROM, "李更正")
    strike_act(actor=hands[2], act_id=row.acts.get().pk, reason="更正登记错了", at=LATER)
    assert held(FROM, "李测试") and not held(FROM, "李更正"), "without the correction the original counts"


def test_a_struck_entry_is_not_corrected_any_more(hands, act):
    row = drafted(hands, act)
    Act.objects.filter(pk=act.pk).update(struck_at=LATER)
    with pytest.raises(Conflict, match="已经撤销"):
        put_out(hands, row)


# ── A second paper under an issued number ────────────────────────────────────────────────────────────────────────

SPELLED = ("密政发〔2020〕90号", "密政发[2020]90号", "密政发（2020）９０号", " 密政发〔2020〕 90号")


@pytest.mark.parametrize("number", SPELLED)
def test_no_door_takes_a_second_paper_under_an_issued_number(hands, act, number):
    assert read_number(number) == WRONG
    row = drafted(hands, act)
    row.refresh_from_db()
    common = {"actor": hands[0], "notice_id": row.pk, "version": row.version, "at": LATER}
    with pytest.raises(Refused) as draft:
        drafts.change_draft(meeting="会议", dated=date(2020, 7, 30), number=number, **common)
    with pytest.raises(Refused) as at_issue:
        put_out_under(hands, row, number)
    given = {"number": number, "dated": BEGUN, "meeting": "", "person": "又一人", "note": ""}
    given |= {"organisation": "区教委", "title": "科长", "kind": "appoint"}
    with pytest.raises(Conflict) as history:
        record_history(actor=hands[0], rows=[HistoryRow(**given)], at=LATER)
    with pytest.raises(Refused) as workbook:
        read_history(filled([number, "2020-07-06", "", "又一人", "", "区教委", "科长", "任"]), **READ)
    assert {one.value.code for one in (draft, at_issue, history)} == {"number-taken"}
    assert {one.code for one in workbook.value.errors} == {"number-taken"}
    assert Notice.objects.filter(state="issued", number=WRONG).count() == 1 and act.notice.acts.count() == 1


READ = {"file_name": "a.xlsx", "today": LATER.date()}


def filled(row):
    book = load_workbook(io.BytesIO(template(at=LATER)))
    book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put_out_under(hands, row, number):
    row.refresh_from_db()
    common = {"notice_id": row.pk, "at": LATER}
    drafts.change_draft(actor=hands[0], version=row.version, meeting="会议", dated=None, number="", **common)
    row.refresh_from_db()
    drafts.submit(actor=hands[0], version=row.version, **common)
    row.refresh_from_db()
    issue(actor=hands[1], version=row.version, number=number, dated=date(2020, 7, 30), late_reason=LATE, **common)


def test_a_number_spelled_otherwise_before_is_still_taken(hands, act):
    Notice.objects.filter(pk=act.notice_id).update(number="密政发[2020]90号")
    row = drafted(hands, act)
    row.refresh_from_db()
    with pytest.raises(Refused, match="已经印发过一份通知"):
        drafts.change_draft(
            actor=hands[0], notice_id=row.pk, version=row.version, meeting="", dated=None, number=WRONG, at=LATER
        )


def test_rest_reads_the_link_and_takes_no_paper(hands, act, client):
    row = corrected(hands, act)
    _, text = issue_token(actor=SYSTEM, client="x", organisation=None, role="", at=AT + timedelta(days=3000))
    header = {"Authorization": f"Token {text}"}
    (wrong,) = client.get("/api/v1/appointments/acts/?name=李测试", headers=header).json()["results"]
    (right,) = client.get("/api/v1/appointments/acts/?name=李更正", headers=header).json()["results"]
    assert right["corrects"] == wrong["id"] and wrong["corrected_by"] == right["id"] == row.acts.get().pk
    assert right["on"] == str(FROM) and right["document"] == RIGHT
    found = client.get(f"/api/v1/appointments/?on={FROM}&organisation=区水务局", headers=header).json()["results"]
    assert [one["person"]["name"] for one in found if one["position"]["title"] == "副局长"] == ["李更正"]
    for address in ("appointments/", "appointments/acts/"):
        sent = client.post(f"/api/v1/{address}", {"number": WRONG}, "application/json", headers=header)
        assert sent.status_code == 405


# ── The journey ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_journey_of_a_wrong_namesake_in_the_original(accounts, hands, act):
    one, two, reader = (Client() for _ in range(3))
    one.force_login(accounts[0], backend=BACKEND)
    two.force_login(accounts[1], backend=BACKEND)
    reader.force_login(account("reader", "区水务局", "reporter"), backend=BACKEND)
    address, question = f"/personnel/notices/{act.notice_id}/", f"/personnel/acts/{act.pk}/wrong/"
    assert question in one.get(address).content.decode() and question not in reader.get(address).content.decode()
    assert reader.get(question).status_code == 403
    asked = one.get(question).content.decode()
    assert "录入有误，原件是对的" in asked and f"/emendations/act/{act.pk}/new/" in asked
    assert "决定本身不对" in asked and "/personnel/notices/new/" in asked
    assert (
        "放进更正通知的拟稿" not in asked
        and "放进更正通知的拟稿" in one.get(f"{question}?which=original").content.decode()
    )
    assert question in one.get(f"/emendations/act/{act.pk}/new/").content.decode(), (
        "who comes by the other door is asked too"
    )

    # The namesake of another unit was meant: the same name, told apart.
    sent = {"person": "李测试", "note": "区农业农村局", "organisation": "区水务局", "title": "副局长"}
    sent |= {"probation_months": "12", "printed": "区水务局副局长", "effective_on": "2020-07-20"}
    refused = one.post(question, sent)
    assert refused.status_code == 422 and "请先答“同一人？”" in refused.content.decode()
    assert "区农业农村局" in refused.content.decode(), "nothing typed is lost"
    made = one.post(question, sent | {"same": "no"})
    row = Notice.objects.get(corrects=act.notice)
    paper = f"/personnel/notices/{row.pk}/"
    assert made.status_code == 302 and made["Location"] == paper
    assert WRONG in one.get(paper).content.decode() and reader.get(paper).status_code == 404
    assert paper in one.get(address).content.decode() and paper not in reader.get(address).content.decode()

    row.refresh_from_db()
    about = {"version": row.version, "meeting": "区政府第91次常务会议", "effective_on": "2020-07-20"}
    assert one.post(f"{paper}do/change/", about | {"number": WRONG, "dated": "2020-07-30"}).status_code == 422
    assert one.post(f"{paper}do/change/", about | {"number": RIGHT, "dated": "2020-07-30"}).status_code == 302
    row.refresh_from_db()
    assert one.post(f"{paper}do/submit/", {"version": row.version}).status_code == 302
    row.refresh_from_db()
    sent = {"version": row.version, "number": RIGHT, "dated": "2020-07-30", "late_reason": LATE}
    assert one.post(f"{paper}do/issue/", sent).status_code == 403
    assert two.post(f"{paper}do/issue/", sent).status_code == 302

    wrong, right = Person.objects.filter(name="李测试").order_by("note")
    says = "现任 1 职"
    assert says not in reader.get(f"/personnel/people/{wrong.pk}/").content.decode()
    assert says in reader.get(f"/personnel/people/{right.pk}/").content.decode()
    on = {day: reader.get(f"/personnel/?on={day}&q=李测试").content.decode() for day in ("2020-07-19", "2020-07-20")}
    assert f"/people/{wrong.pk}/" in on["2020-07-19"] and f"/people/{right.pk}/" not in on["2020-07-19"]
    assert f"/people/{right.pk}/" in on["2020-07-20"] and f"/people/{wrong.pk}/" not in on["2020-07-20"]
    assert paper in reader.get(address).content.decode() and address in reader.get(paper).content.decode()

    printed = [one.text for one in Document(io.BytesIO(reader.get(f"{paper}document/").content)).paragraphs]
    said = "\n".join(printed)
    assert "关于更正人事任免事项的通知" in said and RIGHT in said
    assert (
        f"经区政府第91次常务会议研究决定，对《北京市密云区人民政府关于人事任免事项的通知》（{WRONG}）更正如下" in said
    )
    assert "自2020年7月20日起执行" in said
    assert (
        "第1项“李测试同志任区水务局副局长（试用期一年）”，更正为“李测试（区农业农村局）同志任区水务局副局长（试用期一年）”。"
        in said
    )
    old = "\n".join(one.text for one in Document(io.BytesIO(reader.get(f"{address}document/").content)).paragraphs)
    assert "李测试同志任区水务局副局长（试用期一年）。" in old and RIGHT not in old
    assert [one.act.notice for one in corrections_of(act.notice, drafts=False)] == [row]


def test_the_page_of_the_notice_says_corrected_only_once_the_correction_is_issued(hands, act):
    client = Client()
    client.force_login(account("renshi", "区委组织部", "register_office"), backend=BACKEND)
    address = f"/personnel/notices/{act.notice_id}/"
    row = drafted(hands, act)
    page = client.get(address).content.decode()
    assert "更正通知还在拟" in page and "<h2>已更正" not in page
    put_out(hands, row)
    page = client.get(address).content.decode()
    assert "更正通知还在拟" not in page and "已更正" in page
