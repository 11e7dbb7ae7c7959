"""勘正 of a record in a stage where nothing may be changed any more."""

import pytest
from django.test import Client

from disclosure.services import packages
from miyun_kpi.emendations.access import found
from miyun_kpi.emendations.services import decide, looked_at, propose
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import change_record
from tests.disclosure.conftest import AT, author, create, head, office, somebody
from tests.disclosure.test_release import DAY, PackageItem, reviewed, waiting

__all__ = ["author", "head", "office", "reviewed", "waiting"]
WHY = {"basis": "entry", "paper": "低保台账9月汇总表", "reason": "人数少录了一位"}


@pytest.fixture
def published(reviewed, author):
    made = packages.export_package(actor=author, record_ids=[reviewed.pk], at=AT)
    item = PackageItem.objects.get(package=made)
    packages.enter_links(
        actor=author, package_id=made.pk, links={item.pk: "https://www.bjmy.gov.cn/a.html"}, published_on=DAY, at=AT
    )
    return Record.objects.get(pk=reviewed.pk)


def put_right(actor, row, **facts):
    return propose(actor=actor, subject="record", subject_id=row.pk, typed=facts, at=AT, **WHY)


def test_what_is_published_is_put_right_and_says_what_the_website_still_has(published, author):
    second = somebody("区民政局", "reporter", 21)
    with pytest.raises(Refused):
        change_record(
            actor=author,
            app="disclosure",
            kind="welfare",
            record_id=published.pk,
            version=published.version,
            typed={"low_income": "112"},
            at=AT,
        )
    said = looked_at(actor=author, subject="record", subject_id=published.pk, typed={"low_income": "112"}, at=AT)
    assert any("号发布包" in one.what and "重新导出" in one.becomes for one in said)
    made = put_right(author, published, low_income="112")
    decide(actor=second, emendation_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    row = Record.objects.get(pk=published.pk)
    assert row.values["low_income"] == "112" and row.stage == published.stage
    event = row.events.last()
    assert event.get_act_display() == "勘正" and event.before == {"low_income": "12"} and WHY["reason"] in event.reason


def test_the_fields_are_read_as_the_register_reads_them(published, author):
    with pytest.raises(Refused) as refusal:
        put_right(author, published, low_income="一百一十二")
    assert [one.field for one in refusal.value.errors] == ["low_income"]


def test_what_may_simply_be_changed_is_changed(author):
    with pytest.raises(Refused) as refusal:
        put_right(author, create(author), low_income="112")
    assert refusal.value.code == "still-open" and "修改" in refusal.value.message


def test_another_unit_does_not_see_it(published):
    with pytest.raises(Refused):
        put_right(somebody("区水务局", "reporter", 31), published, low_income="112")
    with pytest.raises(NotFound):
        put_right(somebody("区水务局", "reporter", 31), Record(pk=999_999), low_income="112")


def test_no_page_without_a_sign_in(published):
    assert Client().get(f"/emendations/record/{published.pk}/new/").status_code == 302


def test_a_colleague_who_does_not_write_the_record_reads_no_emendation_of_it(published, author):
    made = put_right(author, published, low_income="112")
    colleague = somebody("区民政局", "evaluator", 41)
    with pytest.raises(Refused):
        decide(actor=colleague, emendation_id=made.pk, version=made.version, confirm=True, note="", at=AT)
    with pytest.raises(Refused):
        found(colleague, made.pk)
    assert found(author, made.pk)[0] == made
