"""第二十六条: a 追回 that waits is confirmed on what stands by then, or given back, or withdrawn; it never blocks the next one."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose, withdraw
from postdoc.queries.money import balance_of
from tests.factories.rankings import BACKEND
from tests.postdoc.conftest import AT, somebody
from tests.postdoc.test_money import approved, budget, living, write
from tests.postdoc.test_one_body import posted
from tests.postdoc.test_settling import gone

__all__ = ["approved", "budget", "living"]


@pytest.fixture
def second(gazette):
    return somebody("区人社局", "register_office", 25)


def asked(handler, row, amount):
    row.refresh_from_db()
    given = {"ground": "wrong", "amount": amount, "proof": "追回决〔2026〕1号", "note_text": "误付，重复计算"}
    return propose(actor=handler, code="postdoc-clawback", application_id=row.pk, version=row.version, at=AT, **given)


@pytest.fixture
def moved(approved, treasury, handler, park, stay):
    """48,000 paid; a 追回 of it waits, and then the stay is registered as ended, which asks back 16,000 by itself."""
    write(treasury, approved, "paid", 48000)

    def of(amount):
        made = asked(handler, approved, amount)
        gone(park, stay, date(2021, 5, 20))
        approved.refresh_from_db()
        return made

    return of


def test_the_second_person_sees_what_changed_and_confirms_it(moved, approved):
    made = moved(None)
    posted("第二人", resolve("区人社局"), "")
    client = Client()
    client.force_login(User.objects.get(username="第二人"), backend=BACKEND)
    page = client.get(f"/proposals/{made.pk}/").content.decode()
    assert "提出以后，这件事又有变化" in page and "32,000.00 元（全部）" in page and "已决定追回 16,000.00 元" in page
    typed = {"version": made.version, "decision": "confirm", "note": ""}
    assert client.post(f"/proposals/{made.pk}/decide/", typed).status_code == 409, "not without having seen it"
    read = re.findall(r'name="read" value="(\d+)"', page)[0]
    for other in ({"seen": approved.version - 1, "read": read}, {"seen": approved.version}):
        assert client.post(f"/proposals/{made.pk}/decide/", typed | other).status_code == 409
    done = client.post(f"/proposals/{made.pk}/decide/", typed | {"seen": approved.version, "read": read})
    assert done.status_code == 302, done.content.decode()[:2000]
    assert balance_of(approved).clawback == 48000
    assert "提出以后" not in client.get(f"/proposals/{made.pk}/").content.decode()


def test_what_no_longer_fits_is_refused_with_the_limit_and_ends_by_hand(moved, approved, handler, second):
    made = moved(Decimal(48000))
    given = {"actor": second, "proposal_id": made.pk, "version": made.version, "seen": approved.version, "at": AT}
    with pytest.raises(Refused, match="至多再追回 32,000.00 元"):
        decide(confirm=True, note="", **given)
    with pytest.raises(Conflict, match="已有一件等待确认"):
        asked(handler, approved, Decimal(100))
    decide(confirm=False, note="已自动追回一部分", **given)
    again = asked(handler, approved, Decimal(32000))
    withdraw(actor=handler, proposal_id=again.pk, version=again.version, at=AT)
    last = asked(handler, approved, Decimal(100))
    decide(actor=second, proposal_id=last.pk, version=last.version, confirm=True, note="", at=AT)
    assert balance_of(approved).clawback == 16100
    assert set(Proposal.objects.values_list("state", flat=True)) == {"returned", "withdrawn", "confirmed"}
