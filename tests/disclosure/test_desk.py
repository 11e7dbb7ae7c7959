"""What stands on the desks of 14号 is what its reader may do."""

from dataclasses import replace
from datetime import datetime

from disclosure.desk import desk_items
from disclosure.services import applications
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.registers.desk import desk_items as register_items
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import records
from tests.disclosure.conftest import ITEM, create, somebody, step
from tests.disclosure.test_applications import act, receive
from tests.disclosure.test_release import decide
from tests.duties.conftest import AT

NEAR = datetime(2020, 7, 28, 10, tzinfo=SHANGHAI)


def reviews_of(actor):
    return [item.title for item in desk_items(actor, AT) if item.action == "审核"]


def test_what_the_reader_wrote_or_changed_or_submitted_does_not_wait_for_him(author, head, office):
    row = create(author)
    step(author, row, "submitted")
    assert reviews_of(head) == ["公开信息待审核 1 条"] == reviews_of(office)
    step(author, row, "withdrawn")
    version = Record.objects.get(pk=row.pk).version
    given = {"app": "disclosure", "kind": "welfare", "record_id": row.pk, "version": version}
    records.change_record(actor=office, typed=ITEM | {"low_income": "13"}, at=AT, **given)
    step(author, row, "submitted")
    assert Record.objects.get(pk=row.pk).hand_id == author.user_id
    assert reviews_of(office) == [], "changed by the reader, submitted by another"
    assert reviews_of(head) == ["公开信息待审核 1 条"]
    assert reviews_of(replace(head, stands_for=author.user_id)) == [], "nor for who stands in for a hand"
    assert reviews_of(replace(head, user_id=author.user_id)) == []


def test_an_answer_is_asked_of_who_may_handle_it_alone(author):
    """主管办公室 of another subject in the same organ decides extensions and may not answer."""
    keeper = somebody("区民政局", "register_office", 14)
    row = receive(author)
    (item,) = desk_items(author, NEAR)
    assert item.action == "答复" and desk_items(keeper, NEAR) == []
    act(applications.ask_extension, author, row, days=20, reason="情况复杂", at=NEAR)
    assert [one.action for one in desk_items(keeper, NEAR)] == ["批准延期"]
    assert [one.action for one in desk_items(author, NEAR)] == ["答复"]


# ── what was given back ──────────────────────────────────────────────────────────────────────────────────────────


def back(actor):
    return [(one.state, one.context, one.url) for one in register_items(actor, AT) if one.group == "returned"]


def test_an_item_given_back_by_its_audit_stands_on_the_desk_of_its_unit_until_it_is_submitted(author, head, office):
    row = create(author)
    step(author, row, "submitted")
    decide(head, row, "returned", opinion="数字与报表不一致")
    (found,) = back(author)
    assert found == ("returned", f"{head.label}退回：数字与报表不一致", f"/disclosure/records/welfare/{row.pk}/")
    assert back(head) == [] == back(office) == back(somebody("区财政局", "reporter", 21))
    version = Record.objects.get(pk=row.pk).version
    given = {"app": "disclosure", "kind": "welfare", "record_id": row.pk, "version": version}
    records.change_record(actor=author, typed=ITEM | {"low_income": "13"}, at=AT, **given)
    assert back(author) == [found], "changed, and not yet submitted"
    step(author, row, "submitted")
    assert back(author) == []


def test_so_does_one_given_back_before_it_is_published_and_none_that_was_taken_back_by_its_author(author, head, office):
    row = create(author)
    step(author, row, "submitted")
    step(author, row, "withdrawn")
    assert back(author) == []
    step(author, row, "submitted")
    decide(head, row)
    step(office, row, "returned", "标题有误")
    (found,) = back(author)
    assert "标题有误" in found[1]
    assert len(back(head)) == 1, "who reviewed it may change it too"
