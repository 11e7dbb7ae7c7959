"""A word of its own in every kind of protected text, every address × every role: who may sees it, nobody else does.

Of `make night PART=prove`, which names this file: half a thousand addresses by every column of the role matrix. Pages,
workbooks unpacked, REST, refusals, the audit, and the pages that ask for a reason first. `SEES` is the table: who is named
in it must see the word (the control), who is not must not. Of a 自查报告 draft nothing is said: no account of the matrix is
of its unit.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from disclosure.models import Application, ThirdParty
from evaluation.models import Mark, MarkSheet, Scheme
from finance_policy.models import BankReturn, FundEntry
from miyun_kpi.db.sealed import seal
from miyun_kpi.registers.models import Record
from personnel.models import Person as Appointed
from postdoc.models import Stay
from tests.factories.records import bare_record
from tests.house.role_matrix import API, CLIENTS, PAGES, ROLES
from tests.house.test_role_matrix import Walker, _demo_of_module, _world, arguments, demo, offices, world

__all__ = ["_demo_of_module", "_world", "demo", "world"]
pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]
WORD = re.compile(r"QXCANARY\d\dZ")
PEOPLE = [*ROLES, *(f"office {one}" for one in offices(api=False))]
MACHINES = [*CLIENTS, *(f"office {one}" for one in offices(api=True))]
# What → who is shown it on some page, with a reason where one is asked; then by REST.
SEES: dict[str, tuple[set[str], set[str]]] = {
    "applicant": ({"beizhuang"}, set()),
    "contact of an applicant": ({"beizhuang"}, set()),
    "third party": ({"beizhuang", "office 区政务服务中心"}, set()),
    "27号 name": ({"beizhuang", "office 区人社保局"}, set()),
    "27号 document_number": ({"beizhuang", "office 区人社保局"}, set()),
    "27号 phone": ({"beizhuang", "office 区人社保局"}, set()),
    "27号 account": ({"beizhuang", "office 区人社保局"}, set()),
    "draft mark": ({"fagai", "shuiwu", "zhengfuban1"}, {"office", "own"}),
    "person of an unissued act": ({"office 区委组织部"}, set()),
    "draft scheme": ({"fagai", "zhengfuban1"}, {"office"}),
    "bank return": ({"beizhuang", "office 区金融办"}, {"office 区金融办", "unit"}),
    "fund party": (
        {"fagai", "lingdao", "office 区财政局", "office 区金融办", "zhengfuban1"},
        {"leader", "office", "office 区财政局", "office 区金融办"},
    ),
    "case party": ({"office 区水务局", "office 区生态环境局"}, set()),
    "discharge contact": ({"beizhuang", "office 区城管委"}, set()),
    "inquiries asker": ({"beizhuang", "office 区政务服务中心"}, set()),
    "talent person": ({"office 区人社保局", "office 区委组织部", "office 区金融办"}, set()),
    "supplies keeper": ({"beizhuang", "office 区安委会办公室"}, set()),
    "sources content": ({"beizhuang", "fagai", "lingdao", "office 区安委会办公室", "zhengfuban1"}, set()),
}
FIELDS = (
    (
        "water",
        "case",
        "party",
        {"number": "Q1", "town": "北庄镇", "trade": "industry", "act": "above", "opened_on": "2020-01-02"},
    ),
    ("water", "discharge", "contact", {"name": "某店", "town": "北庄镇", "kind": "person", "found_on": "2020-01-02"}),
    (
        "disclosure",
        "inquiries",
        "asker",
        {"question": "某事", "unit": "北庄镇", "way": "phone", "received_on": "2020-01-02", "first": "值班员"},
    ),
    ("finance", "talent", "person", {"title": "某奖", "unit": "某行"}),
    ("safety", "supplies", "keeper", {"number": "Q1", "unit": "北庄镇", "town": "北庄镇", "item": "沙袋"}),
    (
        "safety",
        "sources",
        "content",
        {"number": "Q1", "unit": "北庄镇", "town": "北庄镇", "name": "某库", "place": "某处"},
    ),
)


class Planted:
    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.records: list[tuple[str, str, int]] = []
        self._columns()
        self._registers()

    def word(self, what: str) -> str:
        word = f"QXCANARY{len(self.words):02d}Z"
        self.words[word] = what
        return word

    def _columns(self) -> None:
        self.application = Application.objects.get(number=900)
        self.application.applicant = seal(self.word("applicant"), findable=True)
        self.application.contact = seal(self.word("contact of an applicant"))
        self.application.save()
        ThirdParty.objects.filter(record__number=900).update(name=seal(self.word("third party")))
        self.stay = Stay.objects.select_related("person").get(number=900)
        for name in ("name", "document_number", "phone", "account"):
            setattr(self.stay.person, name, seal(self.word(f"27号 {name}")))
        self.stay.person.save()
        sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
        # Taken back to its draft: it is the one that has addresses in the matrix.
        MarkSheet.objects.filter(pk=sheet.pk).update(state="open")
        mark = Mark.objects.filter(sheet=sheet).order_by("pk").first()
        assert mark is not None
        Mark.objects.filter(pk=mark.pk).update(problems=self.word("draft mark"))
        Appointed.objects.filter(name="拟任人").update(name=self.word("person of an unissued act"))
        draft = Scheme.objects.get(track="township", year=2021)
        indicator = draft.indicators.order_by("pk").first()
        assert indicator is not None
        type(indicator).objects.filter(pk=indicator.pk).update(name=self.word("draft scheme"))
        own = BankReturn.objects.get(bank__code="b-1")
        BankReturn.objects.filter(pk=own.pk).update(note=self.word("bank return"))
        last = FundEntry.objects.order_by("number").last()
        assert last is not None
        FundEntry.objects.filter(pk=last.pk).update(party=self.word("fund party"))

    def _registers(self) -> None:
        for app, kind, field, typed in FIELDS:
            row = bare_record(
                app=app, kind=kind, typed=typed | {field: self.word(f"{kind} {field}")}, at=timezone.now()
            )
            Record.objects.filter(pk=row.pk).update(words="")
            self.records.append((app, kind, row.pk))


@pytest.fixture
def planted(world: dict[str, Any]) -> Planted:
    return Planted()


def said(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b" ".join(book.read(one) for one in book.namelist())
    return content.decode(errors="replace")


def pages(planted: Planted, world: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every GET of the matrix, and the records that have no address there."""
    for name, method in PAGES:
        if method == "GET":
            yield name, reverse(name, kwargs=arguments(name, world))
    for app, kind, pk in planted.records:
        for tail in ("", f"{pk}/", "counts/", "workbook/"):
            yield "", f"/{app}/records/{kind}/{tail}"


def interfaces(planted: Planted, world: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, method in API:
        if method == "GET":
            yield name, reverse(name, kwargs=arguments(name, world))
    for app, kind, pk in planted.records:
        for tail in ("", f"{pk}/"):
            yield "", f"/api/v1/{app}/{kind}/{tail}"


def asked(walker: Walker, planted: Planted) -> Iterator[Any]:
    """What a page shows for a reason."""
    post = walker.client.post
    yield post(f"/disclosure/applications/{planted.application.pk}/applicant/", {"reason": "寄送答复书"})
    yield post(f"/postdoc/stays/{planted.stay.pk}/reveal/", {"reason": "核对拨付账号"})
    yield post("/postdoc/names/", {"reason": "每月核对名单", "do": "workbook"})
    for app, kind, pk in planted.records:
        address = f"/{app}/records/{kind}/{pk}/"
        yield post(f"{address}step/", {"look": "1", "reason": "核对登记内容"})
        yield walker.client.get(address)


def seen(who: str, planted: Planted, world: dict[str, Any], api: bool) -> dict[str, str]:
    """What → an address where it stood."""
    walker, found = Walker(who, world, api), dict[str, str]()

    def look(answer: Any, address: str) -> None:
        for word in WORD.findall(said(answer)):
            found.setdefault(planted.words[word], address)

    for name, address in (interfaces if api else pages)(planted, world):
        mark = transaction.savepoint()
        look(walker.answer(name, "GET", address), address)
        transaction.savepoint_rollback(mark)
    mark = transaction.savepoint()
    for answer in () if api else asked(walker, planted):
        look(answer, "asked with a reason")
    transaction.savepoint_rollback(mark)
    return found


@pytest.mark.parametrize("api", [False, True], ids=["pages", "REST"])
def test_who_may_sees_it_and_nobody_else(world: dict[str, Any], planted: Planted, api: bool) -> None:
    by_what: dict[str, dict[str, str]] = {what: {} for what in planted.words.values()}
    for who in MACHINES if api else PEOPLE:
        for what, address in seen(who, planted, world, api).items():
            by_what[what][who] = address
    wrong = {
        what: {
            "sees": {who: at for who, at in seen_by.items() if who not in SEES.get(what, ({}, {}))[api]},
            "does not": sorted(set(SEES.get(what, ({}, {}))[api]) - set(seen_by)),
        }
        for what, seen_by in by_what.items()
        if set(seen_by) != set(SEES.get(what, ({}, {}))[api])
    }
    assert wrong == {}
    assert set(SEES) == set(by_what)
    assert api or all(people for people, _ in SEES.values()), (
        "a kind that nobody sees would be looked for in the wrong place"
    )
