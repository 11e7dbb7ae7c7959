"""Who takes up a 拟稿 that came back."""

from datetime import timedelta

from miyun_kpi.accounts.models import Post
from personnel.desk import desk_items
from personnel.services import drafts
from tests.personnel.test_personnel import AT, GIVEN, draft, hands

__all__ = ["hands"]


def test_a_returned_draft_whose_writer_has_left_waits_for_the_whole_office(hands):
    one, two, three = hands
    row = draft(one, GIVEN)
    drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=AT)
    drafts.send_back(actor=two, notice_id=row.pk, version=row.version + 1, reason="会议写错", at=AT)

    def on_desks(day):
        return ["修改" in [item.action for item in desk_items(each, day)] for each in hands]

    assert on_desks(AT) == [True, False, False]
    Post.objects.filter(user_id=one.user_id).update(ends_on=AT.date())
    assert on_desks(AT) == [True, False, False], "the last day counts"
    after = AT + timedelta(days=1)
    assert on_desks(after)[1:] == [True, True]
    row.refresh_from_db()
    given = {"meeting": "区政府第91次常务会议", "dated": None, "number": ""}
    drafts.change_draft(actor=three, notice_id=row.pk, version=row.version, at=after, **given)
    assert on_desks(after)[1:] == [False, True], "who takes it up has it"
