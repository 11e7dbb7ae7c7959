"""移交 of an application to the organ that has to answer it."""

import pytest

from disclosure.access import visible_applications
from disclosure.models import Application
from disclosure.queries.applications import line_of
from disclosure.services.handing import hand_over
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from tests.disclosure.conftest import LATE, somebody
from tests.disclosure.test_applications import AT, act, d, due, receive, services
from tests.factories.rankings import BACKEND, person

REASON = "属于区财政局制作的信息"


@pytest.fixture
def row(author):
    return receive(author, on="09-10")


@pytest.fixture
def receiver(gazette):
    return somebody("区财政局", "reporter", 14)


def hand(actor, row, **changed):
    given = {"to": "区财政局", "on": d("09-29"), "reason": REASON} | changed
    return act(hand_over, actor, row, **given)


def test_the_clock_runs_on_at_the_organ_it_was_handed_to(row, author, receiver):
    receive(receiver)
    limit = due(row)
    hand(author, row)
    found = Application.objects.get(pk=row.pk)
    assert due(row) == limit and (found.organisation.name, found.number, found.version) == ("区财政局", 2, 2)
    event = found.events.last()
    assert event.act == "移交" and "由区民政局移交给区财政局（原编号第 1 号）" in event.note
    told = Notice.objects.get(key=f"application-handed-over/{row.pk}/2")
    assert told.organisation.name == "区财政局" and str(limit) in told.body
    assert "王某某" not in AuditEntry.objects.get(action="disclosure.application.handed-over").data
    with pytest.raises(NotFound):
        act(services.answer, author, row, on=d("09-30"), outcome="granted", note="")
    act(services.answer, receiver, row, on=d("09-30"), outcome="granted", note="")
    assert line_of(Application.objects.get(pk=row.pk), d("09-30")).clock.state == "on_time"
    assert not visible_applications(author).filter(pk=row.pk).exists()


def test_a_number_that_went_away_is_not_given_again(row, author, receiver):
    """Two cases of one organ would bear the same number in letters, events and audit."""
    hand(author, row)
    following = receive(author, on="09-11")
    assert following.number == 2
    hand(receiver, Application.objects.get(pk=row.pk), to="区民政局")
    back = Application.objects.get(pk=row.pk)
    assert back.number == 3, "nor to the case itself: its first number stands in its events"
    former = back.former_numbers.order_by("pk").values_list("organisation__name", "number")
    assert list(former) == [("区民政局", 1), ("区财政局", 1)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "区民政局"}, "same-unit"),
        ({"to": "没有这个局"}, "unknown-organisation"),
        ({"to": "区水务局"}, "ended-unit"),
        ({"on": d("10-01")}, "future-day"),
        ({"on": d("09-09")}, "too-early"),
        ({"reason": "短"}, "reason-missing"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(row, author, changed, code):
    Organisation.objects.filter(name="区水务局").update(valid_to=d("01-01"))
    with pytest.raises(Refused) as refusal:
        hand(author, row, **changed)
    assert refusal.value.code == code
    assert Application.objects.get(pk=row.pk).version == 1


def test_who_may_and_until_when(row, author, head, office, receiver):
    with pytest.raises(NotFound):
        hand(receiver, row)
    with pytest.raises(NotAllowed):
        hand(somebody("区政府办公室", "leader", 15), row)
    hand(office, row)
    hand(receiver, row, to="区民政局")
    act(services.answer, author, row, on=d("09-30"), outcome="granted", note="")
    with pytest.raises(Conflict, match="已经答复"):
        hand(author, row)


def test_the_page_offers_it_and_keeps_what_was_typed(row, author, client):
    client.force_login(person("minzheng1", "区民政局", "reporter"), backend=BACKEND)
    address = f"/disclosure/applications/{row.pk}/"
    assert f'{address}act/hand-over/"' in client.get(address).content.decode()
    typed = {"version": 1, "to": "区民政局", "on": "2020-09-29", "reason": REASON}
    typed |= {"late_source": LATE.source, "late_reason": LATE.reason}
    refused = client.post(f"{address}act/hand-over/", typed)
    assert refused.status_code == 422 and REASON in refused.content.decode()
    done = client.post(f"{address}act/hand-over/", typed | {"to": "区财政局"})
    assert done.status_code == 302 and done["location"] == "/disclosure/applications/"
    assert AT and Application.objects.get(pk=row.pk).organisation.name == "区财政局"
