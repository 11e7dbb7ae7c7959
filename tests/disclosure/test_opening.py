"""期初 of 依申请公开 (五（一）): what ran before go-live is taken in where it stands, by two persons, under the right clock."""

import io
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from disclosure.excel import OPENING_COLUMNS, opening_template, read_openings
from disclosure.models import Application
from disclosure.queries.applications import line_of
from disclosure.rules.opening import STAGES
from disclosure.services import applications as services
from disclosure.services.opening import CODE, packed
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import by_two, decide, propose
from tests.disclosure.conftest import somebody
from tests.disclosure.test_applications import AT, act, receive
from tests.factories.rankings import BACKEND, person

ROW = {
    "stage": "received",
    "received_on": "2020-09-02",
    "way": "post",
    "applicant_kind": "natural",
    "applicant": "王某某",
    "contact": "13800000000",
    "content": "低保标准",
    "basis": "收件登记本第 12 页",
}
CORRECTING = {"stage": "correcting", "correction_sent_on": "2020-09-07"}
CORRECTED = {"correction_sent_on": "2020-09-07", "corrected_on": "2020-09-14"}
THIRD = {"stage": "third", "third_sent_on": "2020-09-10"}
EXTENDED = {"stage": "extended", "extension_days": "20", "extended_on": "2020-09-25"}


@pytest.fixture
def other(gazette):
    return somebody("区民政局", "reporter", 14)


def proposed(actor, *rows, at=AT):
    given = {"organisation_id": actor.organisation_id, "rows": [packed(ROW | row) for row in rows]}
    return propose(actor=actor, code=CODE, at=at, **given)


def opened(author, other, *rows):
    made = proposed(author, *rows)
    decide(actor=other, proposal_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    return list(Application.objects.order_by("number"))


def clock_of(row, today=date(2020, 9, 28)):
    return line_of(Application.objects.get(pk=row.pk), today).clock


@pytest.mark.parametrize(
    ("row", "state"),
    [({}, "due"), (CORRECTING, "correcting"), (CORRECTED, "running"), (THIRD, "running"), (EXTENDED, "running")],
)
def test_it_stands_where_it_stood_under_the_clock_of_its_day_of_receipt(author, other, row, state):
    """As the same acts entered one by one would leave it."""
    (found,) = opened(author, other, row)
    assert clock_of(found).state == state
    twin = receive(author, "09-02")
    if "correction_sent_on" in row:
        act(services.send_correction, author, twin, on=date(2020, 9, 7), note="")
    if "corrected_on" in row:
        act(services.receive_correction, author, twin, on=date(2020, 9, 14))
    if "third_sent_on" in row:
        act(services.ask_opinion, author, twin, kind="third", on=date(2020, 9, 10))
    if "extension_days" in row:
        Application.objects.filter(pk=twin.pk).update(extension_days=20)
    assert clock_of(found) == clock_of(twin)


def test_every_act_goes_on_from_there_and_the_trail_says_it_was_taken_in(author, other):
    (row,) = opened(author, other, THIRD | {"third_sent_on": "2020-09-10"})
    assert [(one.act, one.by) for one in row.events.all()] == [
        ("期初登记", other.label),
        ("登记", other.label),
        ("征求第三方意见", other.label),
    ]
    assert "收件登记本第 12 页" in row.events.first().note and row.created_by == "期初"
    act(services.receive_opinion, author, row, kind="third", on=date(2020, 9, 20))
    act(services.answer, author, row, on=date(2020, 9, 29), outcome="granted", note="")
    assert clock_of(row).state == "on_time"
    (late,) = opened(author, other, EXTENDED | {"content": "另一件"})[1:]
    with pytest.raises(Conflict, match="已经延期"):
        act(services.ask_extension, author, late, days=5, reason="情况复杂")


def test_two_persons_and_nothing_before_the_second(author, other):
    made = proposed(author, {}, {"content": "另一件"})
    assert not Application.objects.exists()
    with pytest.raises(NotAllowed):
        decide(actor=author, proposal_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    decide(actor=other, proposal_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    assert [row.number for row in Application.objects.order_by("number")] == [1, 2]


def test_who_asked_waits_sealed_and_is_in_no_words(author, other):
    made = proposed(author, {})
    row = Proposal.objects.get(pk=made.pk)
    said = f"{row.given}{row.said}{row.name}"
    assert "王某某" not in said and "13800000000" not in said
    decide(actor=other, proposal_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    found = Application.objects.get()
    assert (found.applicant.open(), found.contact.open()) == ("王某某", "13800000000")
    assert "王某某" not in str(list(AuditEntry.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"received_on": "2020-10-09"}, "在今天以后"),
        ({"received_on": ""}, "收到日期没有填"),
        ({"basis": ""}, "期初依据"),
        ({"applicant": " "}, "申请人没有填"),
        ({"way": "pigeon"}, "方式没有填或不认识"),
        ({"stage": "correcting"}, "期初阶段写的是“补正中”，按日期是“登记在办”"),
        ({**CORRECTING, "stage": "received"}, "按日期是“补正中”"),
        ({**CORRECTING, "correction_sent_on": "2020-09-01"}, "补正告知日期 2020-09-01 早于收到日期"),
        ({"corrected_on": "2020-09-14"}, "没有填补正告知日期"),
        ({**CORRECTED, "corrected_on": "2020-09-04"}, "早于补正告知日期"),
        ({**CORRECTED, **THIRD}, "早于期限起算 2020-09-14"),
        ({"third_returned_on": "2020-09-14"}, "没有填征求第三方意见日期"),
        ({**EXTENDED, "extended_on": ""}, "要一起填"),
        ({**EXTENDED, "extension_days": "21"}, "延长 1 至 20"),
        ({**EXTENDED, "extended_on": "2020-09-30"}, "延期不成立"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_proposed(author, row, words):
    with pytest.raises(Refused) as refusal:
        proposed(author, row)
    assert words in refusal.value.message and not Proposal.objects.exists()


def test_nothing_is_taken_in_twice(author, other):
    opened(author, other, {})
    with pytest.raises(Refused, match="第 1 号是同一件"):
        proposed(author, {})
    with pytest.raises(Refused, match="是同一件"):
        proposed(author, {"content": "又一件"}, {"content": "又一件"})
    receive(author, "09-02")
    assert Application.objects.count() == 2


def test_only_the_organ_takes_in_its_own(author, other, head, office):
    finance = somebody("区财政局", "reporter", 15)
    with pytest.raises(NotAllowed):
        propose(actor=finance, code=CODE, at=AT, organisation_id=author.organisation_id, rows=[packed(ROW)])
    leader = replace(author, user_id=77, verbs=frozenset())
    with pytest.raises(NotAllowed):
        proposed(leader, {})
    given = {"organisation_id": author.organisation_id, "rows": [packed(ROW)]}
    by_two(first=author, second=head, code=CODE, at=AT, **given)
    assert Application.objects.get().organisation_id == author.organisation_id


# ── The workbook ─────────────────────────────────────────────────────────────────────────────────────────────────


def filled(*rows):
    book = load_workbook(io.BytesIO(opening_template(at=AT)))
    words = {one.key: {code: label for label, code in one.words.items()} for one in OPENING_COLUMNS}
    for row in rows:
        whole = ROW | row
        book.worksheets[0].append(
            [words[one.key].get(whole.get(one.key, ""), whole.get(one.key, "")) or None for one in OPENING_COLUMNS]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(author, *rows):
    given = {"file_name": "a.xlsx", "organisation_id": author.organisation_id, "today": AT.date()}
    return read_openings(filled(*rows), **given)


def test_the_workbook_comes_in_as_it_was_filled(author, other):
    rows = read(author, {}, EXTENDED | {"content": "另一件"})
    assert [row["stage"] for row in rows] == ["received", "extended"]
    given = {"organisation_id": author.organisation_id, "rows": [packed(row) for row in rows]}
    by_two(first=author, second=other, code=CODE, at=AT, **given)
    assert Application.objects.get(content="另一件").extension_days == 20


def test_every_problem_of_the_workbook_is_told_by_its_cell(author, other):
    opened(author, other, {})
    with pytest.raises(Refused) as refusal:
        read(
            author,
            {},
            {"stage": "third", "content": "乙"},
            {"content": "丙"},
            {"content": "丙"},
            {"received_on": "昨天"},
        )
    said = {one.code for one in refusal.value.errors}
    assert {"twice", "bad-opening", "bad-date"} <= said


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(gazette):
    made = []
    for name in ("minzheng1", "minzheng2"):
        client = Client()
        client.force_login(person(name, "区民政局", "reporter"), backend=BACKEND)
        made.append(client)
    return made


def confirm(client, address):
    row = Proposal.objects.get()
    assert address == f"/proposals/{row.pk}/"
    return client.post(f"{address}decide/", {"version": row.version, "decision": "confirm", "note": ""})


def test_by_page_one_fills_and_the_other_confirms(two):
    one, other = two
    assert "/disclosure/applications/opening/" in one.get("/disclosure/applications/").content.decode()
    page = "/disclosure/applications/opening/"
    assert all(label in one.get(page).content.decode() for label in STAGES.values())
    wrong = one.post(page, ROW | CORRECTING | {"correction_sent_on": "2020-09-01"})
    said = wrong.content.decode()
    assert wrong.status_code == 422 and "早于收到日期" in said and "收件登记本第 12 页" in said and "王某某" in said
    sent = one.post(page, ROW | CORRECTING)
    assert sent.status_code == 302 and not Application.objects.exists()
    shown = other.get(sent["Location"]).content.decode()
    assert "补正告知日期 2020-09-07" in shown and "王某某" not in shown
    assert confirm(one, sent["Location"]).status_code in (403, 422)
    assert confirm(other, sent["Location"]).status_code == 302
    row = Application.objects.get()
    assert "期初登记" in other.get(f"/disclosure/applications/{row.pk}/").content.decode()


def test_by_workbook_previewed_proposed_and_confirmed(two):
    one, other = two
    page = "/disclosure/applications/opening/"
    assert one.get(f"{page}template/").status_code == 200
    file = SimpleUploadedFile("期初.xlsx", filled({}, {"content": "另一件"}))
    preview = one.post(f"{page}upload/", {"workbook": file}).content.decode()
    assert "提出期初登记 2 件" in preview and "王某某" not in preview and not Proposal.objects.exists()
    carried = preview.split('name="read" value="')[1].split('"')[0]
    sent = one.post(f"{page}accept/", {"read": carried})
    assert sent.status_code == 302
    assert confirm(other, sent["Location"]).status_code == 302
    assert Application.objects.count() == 2
    broken = one.post(f"{page}upload/", {"workbook": SimpleUploadedFile("b.xlsx", b"x")})
    assert broken.status_code == 422


def test_others_do_not_reach_the_pages(two, gazette):
    reader = Client()
    reader.force_login(person("lingdao", "区委", "leader"), backend=BACKEND)
    assert reader.get("/disclosure/applications/opening/").status_code == 403
    assert "期初登记" not in reader.get("/disclosure/applications/").content.decode()
