"""B7 and B8: 同一人？ is always asked; 任职时间 is the day of the decision where it is known."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from miyun_kpi.emendations.services import decide, looked_at, propose
from miyun_kpi.lib.errors import Refused
from personnel.models import Act, Notice, Person
from personnel.queries.terms import book
from personnel.services import drafts, posts
from personnel.services.drafts import ActInput
from personnel.services.history import HistoryRow, record_history
from personnel.services.issue import issue
from personnel.services.namesakes import OTHER, SAME
from tests.factories.rankings import BACKEND, actor_of, person

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
# 张艳 is named in 16号 and 23号 of the gazette.
WANTED = ActInput("appoint", "张艳", "区水务局", "副局长", probation_months=12)
NEW = replace(WANTED, person="新来人")


@pytest.fixture
def people(gazette):
    return [person(name, "区委组织部", "register_office") for name in ("jia", "yi")]


@pytest.fixture
def hands(people):
    return [actor_of(one) for one in people]


@pytest.fixture
def draft(hands):
    return drafts.create_draft(actor=hands[0], meeting="区政府第99次常务会议", at=AT)


def add(actor, row, given):
    row.refresh_from_db()
    return drafts.add_act(actor=actor, notice_id=row.pk, version=row.version, given=given, at=AT)


def test_a_known_name_is_asked_about_and_nothing_is_stored(hands, draft):
    before = Person.objects.count()
    with pytest.raises(Refused, match="已有同名的人，张艳.*请先答“同一人？”") as refusal:
        add(hands[0], draft, WANTED)
    assert refusal.value.errors[0].field == "same" and not draft.acts.exists()
    assert add(hands[0], draft, NEW).person.name == "新来人", "an unknown name is not asked about"
    assert Person.objects.count() == before + 1


def test_the_same_person_goes_on_and_another_must_be_told_apart(hands, draft):
    first = Person.objects.get(name="张艳")
    assert add(hands[0], draft, replace(WANTED, same=SAME)).person == first
    with pytest.raises(Refused, match="不与已有的相同"):
        add(hands[0], drafts.create_draft(actor=hands[0], meeting="另一次会议", at=AT), replace(WANTED, same=OTHER))
    other = drafts.create_draft(actor=hands[0], meeting="又一次会议", at=AT)
    made = add(hands[0], other, replace(WANTED, same=OTHER, note="区卫健委"))
    assert made.person != first and str(made.person) == "张艳（区卫健委）"


def test_of_several_the_one_meant_is_named(hands, draft):
    posts.add_opening(
        actor=hands[0],
        person="张艳",
        note="区卫健委",
        organisation="区卫健委",
        title="科长",
        since=None,
        basis="名册",
        same=OTHER,
        at=AT,
    )
    known = Person.objects.get(name="张艳", note="")
    assert add(hands[0], draft, replace(WANTED, same=SAME)).person == known
    other = drafts.create_draft(actor=hands[0], meeting="另一次会议", at=AT)
    with pytest.raises(Refused, match="要与其中一个相同"):
        add(hands[0], other, replace(WANTED, same=SAME, note="没有这个"))
    assert add(hands[0], other, replace(WANTED, same=SAME, note="区卫健委")).person.note == "区卫健委"


def test_whom_the_post_or_the_draft_itself_names_is_not_asked_about(hands, draft):
    line = next(line for line in book().lines if line.ended is None and line.term.since)
    body, title = line.position.organisation.name, line.position.title
    removal = ActInput("remove", line.person.name, body, title, note=line.person.note)
    assert add(hands[0], draft, removal).person == line.person
    assert add(hands[0], draft, replace(removal, kind="appoint", title="调研员")).person == line.person
    with pytest.raises(Refused, match="同一人"):
        other = drafts.create_draft(actor=hands[0], meeting="另一次会议", at=AT)
        add(hands[0], other, replace(removal, title="没有任过的职务"))


def history(**more):
    given = {"number": "密政发〔2019〕1号", "dated": date(2019, 3, 1), "meeting": "", "person": "张艳", "note": ""}
    return HistoryRow(**given | {"organisation": "区民政局", "title": "科长", "kind": "appoint"} | more)


def test_the_history_is_asked_too_and_one_answer_holds_for_the_file(hands):
    with pytest.raises(Refused, match="同一人"):
        record_history(actor=hands[0], rows=[history()], at=AT)
    rows = [history(same=SAME), history(kind="remove", number="密政发〔2019〕2号", dated=date(2019, 9, 1))]
    assert record_history(actor=hands[0], rows=rows, at=AT) == 2
    assert Person.objects.filter(name="张艳").count() == 1


def issued(hands, row, **more):
    row.refresh_from_db()
    drafts.submit(actor=hands[0], notice_id=row.pk, version=row.version, at=AT)
    row.refresh_from_db()
    given = {"number": "密政发〔2026〕90号", "dated": date(2026, 11, 18), "late_reason": "文件月底才送到"} | more
    return issue(actor=hands[1], notice_id=row.pk, version=row.version, at=AT, **given)


def line_of(name):
    return next(line for line in book().lines if line.person.name == name)


def test_a_term_starts_on_the_day_of_the_decision(hands, draft):
    add(hands[0], draft, NEW)
    for wrong, said in ((date(2026, 11, 19), "晚于成文日期"), (date(2026, 11, 21), "晚于今天")):
        with pytest.raises(Refused, match=said):
            issued(hands, draft, decided_on=wrong)
        Notice.objects.filter(pk=draft.pk).update(state="draft")
    issued(hands, draft, decided_on=date(2026, 11, 12))
    term = line_of("新来人").term
    assert (term.since, term.probation_until) == (date(2026, 11, 12), date(2027, 11, 12))


def test_without_it_from_the_date_of_the_document_and_put_right_by_two(hands, draft):
    add(hands[0], draft, NEW)
    row = issued(hands, draft)
    assert line_of("新来人").term.since == date(2026, 11, 18)
    common = {"subject": "notice", "subject_id": row.pk}
    typed = {"decided_on": "2026-11-12"}
    said = [one.what + one.becomes for one in looked_at(actor=hands[0], typed=typed, at=AT, **common)]
    assert any("任职时间由 2026-11-18 改为 2026-11-12" in one for one in said)
    assert any("期满日由 2027-11-18 改为 2027-11-12" in one for one in said)
    why = {"basis": "entry", "paper": "常务会议纪要第 3 页", "reason": "会议日期没有登记"}
    with pytest.raises(Refused, match="晚于成文日期"):
        propose(actor=hands[0], typed={"decided_on": "2026-11-19"}, at=AT, **common, **why)
    made = propose(actor=hands[0], typed=typed, at=AT, **common, **why)
    decide(actor=hands[1], emendation_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    assert line_of("新来人").term.since == date(2026, 11, 12)
    row.refresh_from_db()
    assert (row.dated, row.number) == (date(2026, 11, 18), "密政发〔2026〕90号"), "nothing printed is changed"


def test_in_the_browser_the_question_keeps_what_was_typed(people, draft):
    client = Client()
    client.force_login(people[0], backend=BACKEND)
    address = f"/personnel/notices/{draft.pk}/"
    sent = {
        "version": draft.version,
        "kind": "appoint",
        "person": "张艳",
        "organisation": "区水务局",
        "title": "副局长",
    }
    sent |= {"probation_months": "12", "printed": "区水务局副局长兼总工"}
    asked = client.post(f"{address}do/act/", sent)
    said = asked.content.decode()
    assert asked.status_code == 422 and "请先答“同一人？”" in said and "区水务局副局长兼总工" in said
    assert client.post(f"{address}do/act/", sent | {"same": "yes"}).status_code == 302
    assert Act.objects.get(notice=draft).person == Person.objects.get(name="张艳")
