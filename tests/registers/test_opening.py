"""B9: what already runs is taken in at its stage, with its day, by two persons of the keeping office."""

import io
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from miyun_kpi.db.sealed import Sealed
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import by_two, propose
from miyun_kpi.registers.excel import read_records, template
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services.records import organisation_resolver, take_step
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, actor_of, person

AT = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
HAZARD = {
    "number": "2026-3",
    "title": "某仓库消防通道堵塞",
    "unit": "北庄镇",
    "place": "北庄镇某村1号",
    "listed_by": "区应急局",
    "requirement": "清空",
    "due_on": "2026-12-31",
}


@pytest.fixture
def people(gazette):
    return [person(name, "区安委会办公室", "register_office") for name in ("jia", "yi")]


@pytest.fixture
def two(people):
    return [actor_of(one) for one in people]


def row(**changed):
    return {"values": HAZARD, "stage": "整改中", "on": "2026-09-01", "basis": "2026年挂牌台账"} | changed


def opened(two, *rows):
    given = {"app": "safety", "kind": "hazards", "rows": list(rows)}
    return by_two(first=two[0], second=two[1], code="registers-opening", at=AT, **given)


def test_a_running_hazard_stands_at_its_stage_since_its_day(two):
    opened(two, row())
    made = Record.objects.get(kind="safety.hazards", values__number="2026-3")
    assert (made.stage, made.hand_id) == ("working", None)
    event = made.events.get()
    assert (
        event.get_act_display() == "期初登记"
        and str(event.done_on) == "2026-09-01"
        and event.reason == "2026年挂牌台账"
    )
    owner = actor_of(person("bing", "北庄镇", "reporter"))
    given = {"app": "safety", "kind": "hazards", "record_id": made.pk, "version": made.version}
    done = take_step(actor=owner, step="ask", typed={"done": "已清空"}, at=AT, **given)
    assert done.stage == "asked"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stage": "已销号"}, "期初阶段只能是"),
        ({"stage": "没有这个"}, "期初阶段只能是"),
        ({"on": "2026-11-21"}, "晚于今天"),
        ({"basis": " "}, "期初依据"),
        ({"values": HAZARD | {"number": ""}}, "到“整改中”以前须填挂牌文号"),
        ({"basis": "台" * 201}, "期初依据"),
    ],
)
def test_what_cannot_be_is_refused_and_takes_in_nothing(two, changed, said):
    with pytest.raises(Refused, match=said):
        opened(two, row(**changed))
    assert not Record.objects.filter(kind="safety.hazards").exists() and not Proposal.objects.exists()


def test_by_the_keeper_alone_and_never_what_is_published(two, gazette):
    with pytest.raises(NotAllowed, match="主管单位"):
        given = {"app": "safety", "kind": "hazards", "rows": [row()]}
        propose(actor=actor_of(person("bing", "北庄镇", "reporter")), code="registers-opening", at=AT, **given)
    office = actor_of(person("ding", "区政务服务中心", "register_office"))
    with pytest.raises(Refused, match="没有期初登记"):
        propose(actor=office, code="registers-opening", at=AT, app="disclosure", kind="welfare", rows=[row()])


def book(kind, *rows, app="safety"):
    declared, _ = kind_by(app, kind)
    opened = load_workbook(io.BytesIO(template(declared, at=AT)))
    sheet = opened.worksheets[0]
    heads = {sheet.cell(1, at).value: at for at in range(1, sheet.max_column + 1)}
    labels = {one.name: one.label for one in declared.fields}
    titles = labels | {"stage": "期初阶段", "on": "期初日期", "basis": "期初依据"}
    for number, one in enumerate(rows, start=2):
        for name, text in (one["values"] | {key: one[key] for key in ("stage", "on", "basis")}).items():
            sheet.cell(number, heads[titles[name]], text)
    out = io.BytesIO()
    opened.save(out)
    return SimpleUploadedFile("期初.xlsx", out.getvalue())


def test_in_the_browser_from_the_workbook_to_the_second_person(people):
    one, other = Client(), Client()
    for client, user in zip((one, other), people, strict=True):
        client.force_login(user, backend=BACKEND)
    wrong = one.post("/safety/records/hazards/import/", {"workbook": book("hazards", row(stage="已销号"))})
    assert wrong.status_code == 422 and "期初阶段只能是" in wrong.content.decode()
    page = one.post("/safety/records/hazards/import/", {"workbook": book("hazards", row())})
    said = page.content.decode()
    assert page.status_code == 200 and "提出期初登记 1 条，请另一人确认" in said
    read = said.split('name="read" value="')[1].split('"')[0]
    made = one.post("/safety/records/hazards/import/accept/", {"read": read}, follow=True).content.decode()
    assert (
        "待第二人确认" in made
        and "整改中，2026-09-01 起" in made
        and not Record.objects.filter(kind="safety.hazards").exists()
    )
    waiting = Proposal.objects.get()
    sent = {"version": waiting.version, "decision": "confirm", "note": ""}
    assert other.post(f"/proposals/{waiting.pk}/decide/", sent).status_code == 302
    assert Record.objects.get(kind="safety.hazards").stage == "working"


def test_what_is_sealed_waits_sealed(gazette):
    declared, _ = kind_by("water", "discharge")
    found = {"name": "某饭馆", "town": "北庄镇", "kind": "个体", "found_on": "2026-09-01", "contact": "13800000000"}
    content = book("discharge", row(values=found, stage=declared.stages[0].label), app="water").read()
    preview = read_records(declared, content, Record.objects.none(), organisation_resolver(), today=AT.date())
    assert not preview.errors
    rights = kind_by("water", "discharge")[1]
    office = next(
        one for one in Organisation.objects.order_by("pk") if rights.keeper(acting(one.name, "register_office"))
    )
    keepers = [actor_of(person(name, office.name, "register_office")) for name in ("wu", "ji")]
    given = {"app": "water", "kind": "discharge", "rows": preview.openings}
    by_two(first=keepers[0], second=keepers[1], code="registers-opening", at=AT, **given)
    assert "13800000000" not in str(Proposal.objects.get().given)
    assert Sealed(Record.objects.get(kind="water.discharge").values["contact"]).open() == "13800000000"
