"""Certified, returned and withdrawn in the same moment, on real connections: one of them happens, once."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from evaluation.models import MarkSheet, Scheme, SheetEvent
from evaluation.sheets.services import certifying
from evaluation.sheets.services.certifying import certify_sheet, return_sheet, withdraw_sheet
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import fill, water_sheet
from tests.races.control import unlock
from tests.races.test_marks import together
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres

ROUNDS = 6


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    Scheme.objects.update(certification=True)
    user = User.objects.create_user("shenhe", "x" * 12, display_name="水务审核")
    Post.objects.create(user=user, organisation=resolve("区水务局"), role="certifier", starts_on=date(2020, 1, 1))
    sheet = water_sheet()
    fill(sheet)
    return sheet


def submit(sheet: MarkSheet) -> int:
    sheet.refresh_from_db()
    filed = file_sheet(
        actor=actor_named("shuiwu"),
        sheet_id=sheet.pk,
        version=sheet.version,
        at=timezone.now(),
        reason="与检查记录一致",
    )
    return filed.version


def test_of_four_acts_at_once_one_happens(sheet: MarkSheet) -> None:
    for _ in range(ROUNDS):
        version = submit(sheet)
        before = SheetEvent.objects.filter(sheet=sheet).count()

        def act(number: int, version: int = version) -> Any:
            given: dict[str, Any] = {"sheet_id": sheet.pk, "version": version, "at": timezone.now()}
            if number == 0:
                return return_sheet(actor=actor_named("shenhe"), note="第三行与检查记录不符", **given)
            if number == 1:
                return withdraw_sheet(actor=actor_named("shuiwu"), **given)
            return certify_sheet(actor=actor_named("shenhe"), **given)

        outcomes = together(4, act)
        assert sum(isinstance(one, Conflict) for one in outcomes) == 3, outcomes
        assert sum(isinstance(one, MarkSheet) for one in outcomes) == 1
        assert SheetEvent.objects.filter(sheet=sheet).count() == before + 1
        sheet.refresh_from_db()
        if sheet.state == "filed":
            assert sheet.receipt_number
            MarkSheet.objects.filter(pk=sheet.pk).update(state="open")
        else:
            assert not sheet.receipt_number


@pytest.mark.control("test_of_four_acts_at_once_one_happens")
def test_without_the_lock_a_sheet_is_certified_and_given_back(
    sheet: MarkSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found it submitted: a receipt is out and the maker is told to correct it."""
    version, before = submit(sheet), SheetEvent.objects.filter(sheet=sheet).count()
    unlock(monkeypatch, MarkSheet)
    wait_after(monkeypatch, certifying, "_submitted")
    given: dict[str, Any] = {"sheet_id": sheet.pk, "version": version, "at": timezone.now()}
    actor = actor_named("shenhe")
    acts = (
        lambda: certify_sheet(actor=actor, **given),
        lambda: return_sheet(actor=actor, note="第三行与检查记录不符", **given),
    )
    outcomes = together(2, lambda number: acts[number]())
    assert all(isinstance(one, MarkSheet) for one in outcomes), outcomes
    assert SheetEvent.objects.filter(sheet=sheet).count() == before + 2
