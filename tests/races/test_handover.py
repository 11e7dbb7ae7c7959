"""A filed sheet is given back while its evaluator goes into another body: whoever goes on has it on the desk."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from evaluation.enums import SheetState
from evaluation.models import MarkSheet
from evaluation.sheets.services import giving_back
from evaluation.sheets.services.sheets import reopen_sheet
from miyun_kpi.organisations import services as organisations
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.conftest import actor_named
from tests.races.control import somebody_waits, unlock, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def given_back_while_merged(monkeypatch: pytest.MonkeyPatch, first: str) -> MarkSheet:
    """`first` has done its part and not ended yet; the other comes through, or waits for it."""
    sheet = MarkSheet.objects.filter(evaluator__code="shuiwu-ju", state=SheetState.FILED).order_by("pk")[0]
    began, other_is_done = threading.Event(), threading.Event()
    module, name = {"return": (giving_back, "to_the_heir"), "merge": (organisations, "_changed")}[first]
    step = getattr(module, name)

    def step_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = step(*args, **kwargs)
        began.set()
        wait_for(lambda: other_is_done.is_set() or somebody_waits(), "the other neither comes through nor waits")
        return found

    monkeypatch.setattr(module, name, step_and_wait)

    def give_back() -> None:
        now = timezone.now()
        reopen_sheet(
            actor=actor_named("zhengfuban2"),
            sheet_id=sheet.pk,
            version=sheet.version,
            reason="第三行与检查记录不符",
            until=now + timedelta(days=2),
            at=now,
        )

    def merge() -> None:
        source, into = (Organisation.objects.get(code=code) for code in ("shuiwu-ju", "weijian-wei"))
        organisations.merge_organisations(
            number="密编〔2020〕1号",
            actor=actor_named("guanliyuan"),
            merged=[organisations.Seen(source.code, source.version)],
            into=organisations.Seen(into.code, into.version),
            on=timezone.localdate(),
            at=timezone.now(),
        )

    acts = {"return": give_back, "merge": merge}

    def other() -> None:
        assert began.wait(20)
        try:
            acts["merge" if first == "return" else "return"]()
        finally:
            other_is_done.set()

    assert at_once([acts[first], other]) == [None, None]
    sheet.refresh_from_db()
    assert sheet.state == SheetState.RETURNED
    return sheet


@pytest.mark.parametrize("first", ["return", "merge"])
def test_a_sheet_given_back_during_a_merger_is_with_the_one_that_goes_on(
    live_demo: None, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    assert given_back_while_merged(monkeypatch, first).evaluator.code == "weijian-wei"


@pytest.mark.parametrize("first", ["return", "merge"])
@pytest.mark.control("test_a_sheet_given_back_during_a_merger_is_with_the_one_that_goes_on")
def test_without_the_lock_it_waits_at_a_body_that_has_ended(
    live_demo: None, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    unlock(monkeypatch, MarkSheet)
    assert given_back_while_merged(monkeypatch, first).evaluator.code == "shuiwu-ju"
