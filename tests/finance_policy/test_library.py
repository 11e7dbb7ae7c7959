"""绿色产业（项目）库 and the small registers: who writes, two persons, dates of review, words of the clauses."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from finance_policy.excel import read_library
from finance_policy.rules.kinds import KINDS
from finance_policy.services.opening import open_library, require_openable
from finance_policy.services.reminders import send_notices
from miyun_kpi.duties.access import may_keep
from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.registry import subject_of
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by, kinds_of
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT, ENTERPRISE, RECOGNISED, another, code_of, in_library, make, step
from tests.registers.test_records import client_of


def test_every_register_stands_on_a_clause_and_quotes_it(gazette):
    targets = squeeze(Clause.objects.get(document__ref="2020-19", ref="一（二）").text)
    for kind in KINDS:
        text = squeeze(Clause.objects.get(document__ref="2020-19", ref=kind.clause).text) + targets
        for quoted in re.findall(r"“([^“”]+)”", kind.note):
            words = squeeze(quoted.replace("‘", "“").replace("’", "”"))
            assert words in text or quoted == "贴息试算", (kind.code, quoted)
    assert {kind.code for kind in kinds_of("finance")} == {kind.code for kind in KINDS}


def test_the_units_of_the_clause_keep_its_register_and_no_other_office(gazette):
    for code, name in {
        "enterprises": "区发改委",
        "risky": "区生态环境局",
        "listing": "区商务局",
        "talent": "区委组织部",
    }.items():
        keeper = kind_by("finance", code)[1].keeper
        assert keeper(acting(name, "register_office")) and keeper(acting("区金融办", "register_office")), code
        assert not keeper(acting(name, "reporter")) and not keeper(acting("区水务局", "register_office")), code


def test_a_wrong_code_is_refused_before_anything_is_stored(office):
    wrong = ENTERPRISE["code"][:-1] + ("0" if ENTERPRISE["code"][-1] != "0" else "1")
    with pytest.raises(Refused, match="校验位不符") as refusal:
        make(office, "enterprises", **(ENTERPRISE | {"code": wrong}))
    assert refusal.value.errors[0].field == "code" and not Record.objects.exists()


def test_an_enterprise_is_recognised_by_a_second_person_and_then_locked(office, second):
    row = make(office, "enterprises", **ENTERPRISE)
    with pytest.raises(Refused, match="认定所据标准"):
        step(office, row, "check")
    step(office, row, "check", standard="绿色产业指导目录 2.1")
    for wrong in (office, another(second, office.user_id)):
        with pytest.raises(NotAllowed, match="换一个人"):
            step(wrong, row, "recognise", **RECOGNISED)
    with pytest.raises(Refused, match="复核期限须在认定日期"):
        step(second, row, "recognise", **(RECOGNISED | {"review_on": "2020-10-20"}))
    row = step(second, row, "recognise", **RECOGNISED)
    assert row.stage == "recognised"
    with pytest.raises(Conflict, match="不能改动"):
        services.change_record(
            actor=office,
            app="finance",
            kind="enterprises",
            record_id=row.pk,
            version=row.version,
            typed={"name": "改名"},
            at=AT,
        )
    with pytest.raises(Refused, match="已经登记过"):
        make(office, "enterprises", **ENTERPRISE)


def test_a_review_moves_the_date_on_and_a_late_one_stands_on_the_desk(office, second):
    row = in_library(office, second)
    assert not [item for item in desk_items(office, AT) if item.subject == "finance_policy"]
    late = AT + timedelta(days=366)
    assert [(item.group, item.subject) for item in desk_items(office, late)] == [("late", "finance_policy")]
    row = step(office, row, "review", at=late, reviewed_on="2021-10-21", next_review="2022-10-20")
    assert (row.values["review_on"], row.values["last_review"], row.values["next_review"]) == (
        "2022-10-20",
        "2021-10-21",
        "",
    )
    assert not [item for item in desk_items(office, late) if item.subject == "finance_policy"]
    with pytest.raises(Refused, match="须先填"):
        step(office, row, "review", at=late)


def test_leaving_the_library_needs_a_reason_and_another_person(office, second):
    row = in_library(office, second)
    with pytest.raises(NotAllowed, match="另一个人"):
        step(second, row, "remove", reason="不再符合条件")
    with pytest.raises(Refused, match="理由"):
        step(office, row, "remove", reason="无")
    assert step(office, row, "remove", reason="不再符合条件").stage == "removed"
    assert row.events.last().reason == "不再符合条件"


def test_a_project_belongs_to_a_registered_enterprise(office, second):
    project = {"name": "再生水", "code": code_of(1), "focus": "6", "more_focus": "四（一）", "amount": "1200.50"}
    with pytest.raises(Refused, match="先在企业库登记"):
        make(office, "projects", **project)
    row = in_library(office, second)
    with pytest.raises(Refused, match="读不懂"):
        make(office, "projects", **(project | {"more_focus": "四（九）"}))
    assert make(office, "projects", **project).values["amount"] == "1200.5"
    step(office, row, "remove", reason="不再符合条件")
    with pytest.raises(Refused, match="重新申报"):
        make(office, "projects", **(project | {"name": "另一个"}))


def test_a_talent_is_named_to_the_keepers_alone(office):
    make(office, "talent", title="论坛组织", unit="某机构", person="李某某标记")
    made = make(
        office, "defaults", name="某债", debtor="某公司标记", code=code_of(4), sort="1", on="2020-10-01", amount="1"
    )
    stranger = client_of("区水务局", "register_office")
    assert "李某某标记" not in stranger.get("/finance/records/talent/").content.decode()
    assert "某公司标记" not in stranger.get("/finance/records/defaults/").content.decode()
    assert stranger.get(f"/finance/records/defaults/{made.pk}/").status_code == 404
    keeper = client_of("区金融办", "register_office", "another")
    address = f"/finance/records/talent/{Record.objects.get(kind='finance.talent').pk}/"
    assert "李某某标记" not in keeper.get(address).content.decode(), "sealed until a reason is given"
    keeper.post(f"{address}step/", {"look": "1", "reason": "核发奖励"})
    page = keeper.get(address)
    assert "李某某标记" in page.content.decode()


def test_terms_are_linked_on_the_pages_of_19_and_explained_from_the_clauses(gazette):
    client = client_of("区金融办", "register_office")
    assert client.get("/finance/").status_code == 200
    page = client.get("/finance/glossary/").content.decode()
    assert page.count("<dt id=") == 37 and "汇、缴、查" in page
    assert "没有这个词" in client.get("/finance/glossary/?q=不存在的词").content.decode()
    duty = client.get("/duties/19/").content.decode()
    assert "完善绿色信贷治理机制" in duty
    shown = client.get(f"/duties/duty/{Duty.objects.get(key='19/三（一）1').pk}/").content.decode()
    assert '<a class="term" href="/finance/glossary/#t33">绿色产业（项目）库</a>' in shown
    other = client.get(f"/duties/duty/{Duty.objects.filter(document='2020-14')[0].pk}/").content.decode()
    assert "/finance/glossary/" not in other.replace('/finance/glossary/"', "")


def test_terms_are_linked_in_the_gazette_too_at_the_price_of_one_query(gazette, django_assert_max_num_queries):
    client = client_of("区金融办", "register_office")
    # Desk and top bar are remembered: what is counted is the page.
    client.get("/gazette/22/")
    with django_assert_max_num_queries(14):
        page = client.get("/gazette/19/").content.decode()
    assert page.count('class="term"') > 100 and '/finance/glossary/#t6">三个不低于</a>' in page
    assert 'class="term"' not in client.get("/gazette/22/").content.decode()


def book(kind, *rows):
    made = Workbook()
    made.active.title = kind.title[:31]
    made.active.append([one.label for one in kind.fields])
    for row in rows:
        made.active.append([row.get(one.name, "") for one in kind.fields])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_what_was_recognised_before_go_live_enters_as_it_stood(office, second):
    kind, _ = kind_by("finance", "enterprises")
    old = ENTERPRISE | RECOGNISED | {"standard": "首批认定公告", "recognised_on": "2020-06-01"}
    other = old | {"code": code_of(2), "name": "乙公司"}

    def load(*rows, actor=office, basis="首批认定公告", at=AT):
        read = read_library("enterprises", book(kind, *rows), today=at.date())
        require_openable("enterprises", read.rows, read.errors)
        return open_library(actor=actor, kind="enterprises", rows=read.rows, basis=basis, at=at)

    with pytest.raises(NotAllowed, match="区金融办"):
        load(old, actor=second)
    for wrong, said in (
        ({"level": ""}, "没有填级次"),
        ({"recognised_on": "2020-10-21"}, "今天以后"),
        ({"code": code_of(2)[:-1] + "_"}, "第 18 位"),
    ):
        with pytest.raises(Refused, match=said):
            load(old, other | wrong)
    with pytest.raises(Refused, match="依据"):
        load(old, basis="无")
    assert not Record.objects.exists()
    assert load(old, other) == 2
    row = Record.objects.get(values__code=code_of(2))
    assert row.stage == "recognised" and [(e.step, e.reason) for e in row.events.all()][-1] == (
        "期初入库",
        "首批认定公告",
    )
    with pytest.raises(Refused, match="已经登记过"):
        load(other | {"industry": "改行"}, old | {"code": code_of(3), "name": "丙公司"})
    assert Record.objects.count() == 2
    client = client_of("区金融办", "register_office")
    assert client.get("/finance/opening/projects/").status_code == 200
    assert client.get("/finance/opening/talent/").status_code == 404
    assert client.post("/finance/opening/projects/", {"basis": "首批公告"}).status_code == 422


def test_the_opening_of_the_library_is_proposed_by_one_and_confirmed_by_another_of_the_office(gazette):
    kind, _ = kind_by("finance", "enterprises")
    old = ENTERPRISE | RECOGNISED | {"standard": "首批认定公告", "recognised_on": "2020-06-01"}
    one = client_of("区金融办", "register_office")
    workbook = SimpleUploadedFile("期初.xlsx", book(kind, old))
    sent = one.post("/finance/opening/enterprises/", {"basis": "首批认定公告", "workbook": workbook})
    row = Proposal.objects.get()
    assert sent.status_code == 302 and sent["Location"] == f"/proposals/{row.pk}/" and not Record.objects.exists()
    page = one.get(sent["Location"]).content.decode()
    assert old["name"] in page and "2020-06-01 认定" in page and "首批认定公告" in page
    decide = f"/proposals/{row.pk}/decide/", {"version": row.version, "decision": "confirm", "note": ""}
    assert one.post(*decide).status_code == 403 and not Record.objects.exists()
    other = client_of("区金融办", "register_office", name="second-of-finance")
    assert other.post(*decide).status_code == 302
    assert Record.objects.get().stage == "recognised"


def test_notices_go_out_once_to_the_office(office, second):
    in_library(office, second)
    for at, number in ((AT + timedelta(days=300), 0), (AT + timedelta(days=364), 1), (AT + timedelta(days=366), 1)):
        assert (send_notices(at=at), send_notices(at=at)) == (number, 0)
    assert [note.title[:3] for note in Notice.objects.order_by("pk")] == ["将到期", "已逾期"]
    assert {note.organisation_id for note in Notice.objects.all()} == {office.organisation_id}


def test_open_lists_of_19_are_extended_by_its_office_alone(office, second):
    duty = Duty.objects.get(key="19/三（一）1")
    assert may_keep(office, duty) and not may_keep(second, duty)
    assert [subject_of(code) for code in ("2020-14", "2020-15", "2020-19", "2020-22", "2020-99")] == [
        "disclosure",
        "safety",
        "finance_policy",
        "water",
        "desk",
    ]
