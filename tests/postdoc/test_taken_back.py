"""第二十四、二十六条: what was not paid in the end, or came back whole, stands in nobody's way; what is paid does."""

import pytest

from miyun_kpi.lib.errors import Conflict
from postdoc.models import BudgetYear, ClaimedMonth
from postdoc.services import applications, ledger
from tests.postdoc.conftest import AT
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import approved, budget, living, write

__all__ = ["approved", "budget", "living"]
WHY = "核定错了，没有拨付出去"


def cancel(actor, row):
    row.refresh_from_db()
    return applications.cancel(actor=actor, application_id=row.pk, version=row.version, reason=WHY, at=AT)


def reverse(actor, row, line):
    row.refresh_from_db()
    return ledger.reverse_line(
        actor=actor, application_id=row.pk, version=row.version, line_id=line.pk, reason="登记有误", at=AT
    )


def test_an_approval_whose_payment_was_reversed_is_taken_back(approved, handler, treasury):
    line = write(treasury, approved, "paid", 48000)
    office = browser("rs", "区人社保局", "register_office")
    address = f"/postdoc/applications/{approved.pk}/"
    assert "撤销核定" not in office.get(address).content.decode()
    with pytest.raises(Conflict, match="已拨付 48,000.00 元"):
        cancel(handler, approved)
    reverse(treasury, approved, line)
    assert "撤销核定" in office.get(address).content.decode()
    approved.refresh_from_db()
    assert office.post(f"{address}cancel/", {"version": approved.version, "reason": WHY}).status_code == 302
    approved.refresh_from_db()
    assert (approved.phase, approved.lines.count(), approved.budget_year) == ("withdrawn", 2, None)
    assert BudgetYear.objects.get().used == 0 and not ClaimedMonth.objects.exists()


def test_an_approval_whose_payment_failed_is_taken_back_and_its_failure_stands(approved, handler, treasury):
    write(treasury, approved, "paid", 48000)
    failed = write(treasury, approved, "failed", 48000)
    cancel(handler, approved)
    approved.refresh_from_db()
    assert (approved.phase, approved.received, BudgetYear.objects.get().used) == ("withdrawn", 0, 0)
    with pytest.raises(Conflict, match="已撤回"):
        reverse(treasury, approved, failed)
    assert not hasattr(failed, "reversal")
