"""A batch checked twice, or a figure proposed twice, at the same moment on real connections: one stands, the other is told."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.figures.services import figures, following
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures, withdraw_figures
from evaluation.models import Figure, FigureBatch, MarkSheet, Scheme
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, Refused
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import water_sheet
from tests.races.control import somebody_waits, unlock, wait_for
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres


def _propose(value: str, other: str) -> FigureBatch:
    scheme = Scheme.objects.get(track="township")
    nine, ten = (Figure.objects.get(scheme=scheme, key=f"weight/{n}/core") for n in (9, 10))
    return propose_figures(
        actor=actor_named("zhengfuban1"),
        scheme_id=scheme.pk,
        wanted=[Wanted(nine.pk, nine.version, value), Wanted(ten.pk, ten.version, other)],
        original_page="1",
        reason="原件",
        at=timezone.now(),
    )


def _together(acts: list[Callable[[], Any]]) -> list[Any]:
    start = threading.Barrier(len(acts))
    outcomes: list[Any] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def _check_twice(batch: FigureBatch) -> list[Any]:
    actor = actor_named("zhengfuban2")

    def check() -> FigureBatch:
        return check_figures(actor=actor, batch_id=batch.pk, approve=True, note="", at=timezone.now())

    return _together([check, check])


def _as_before() -> None:
    Figure.objects.filter(key__in=["weight/9/core", "weight/10/core"]).update(value="8")
    Figure.objects.filter(key="weight/10/core").update(value="5")


def test_one_of_two_checks_is_applied(live_demo: None) -> None:
    assert connection.vendor == "postgresql"
    for number in range(6):
        _as_before()
        outcomes = _check_twice(_propose("10", "3"))
        applied = [o for o in outcomes if isinstance(o, FigureBatch)]
        told = [o for o in outcomes if isinstance(o, Conflict)]
        assert (len(applied), len(told)) == (1, 1), outcomes
        nine, ten = (Figure.objects.get(key=f"weight/{n}/core") for n in (9, 10))
        assert int(nine.value) + int(ten.value) == 13 and nine.version == ten.version == number + 2


def test_one_of_two_proposals_of_one_figure_stands(live_demo: None) -> None:
    for number in range(6):
        outcomes = _together([lambda: _propose("10", "3"), lambda: _propose("11", "2")])
        stands = [o for o in outcomes if isinstance(o, FigureBatch)]
        told = [o for o in outcomes if isinstance(o, Conflict) and o.code == "waiting"]
        assert (len(stands), len(told)) == (1, 1), outcomes
        assert f"{stands[0].pk} 号确认单" in told[0].message
        assert FigureBatch.objects.count() == number + 1
        by = actor_named("zhengfuban1")
        withdraw_figures(actor=by, batch_id=stands[0].pk, reason="重新提出", at=timezone.now())


@pytest.mark.control("test_one_of_two_proposals_of_one_figure_stands")
def test_without_the_lock_one_figure_waits_twice(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(monkeypatch, Scheme, FigureBatch)
    wait_after(monkeypatch, figures, "waiting_in")
    outcomes = _together([lambda: _propose("10", "3"), lambda: _propose("11", "2")])
    assert len([one for one in outcomes if isinstance(one, FigureBatch)]) == 2, outcomes


@pytest.mark.control("test_one_of_two_checks_is_applied")
def test_without_the_lock_one_batch_is_checked_twice(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_before()
    batch = _propose("10", "3")
    unlock(monkeypatch, Scheme, FigureBatch)
    wait_after(monkeypatch, figures, "require_office")
    outcomes = _check_twice(batch)
    assert not [one for one in outcomes if isinstance(one, Conflict)], outcomes
    checked = AuditEntry.objects.filter(action="evaluation.figures.checked", subject=f"figure-batch:{batch.pk}")
    assert checked.count() == 2, outcomes


# A unit is struck out while its evaluator gives it a mark ----------------------------------------------------------------
def _struck_while_marked(monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any], int]:
    """What became of the striking and of the mark, and how many marks with a value the unit has: the mark comes when the
    sheets have been read, and is waited for until it is in or waits itself."""
    sheet = water_sheet()
    mark = sheet.marks.select_related("organisation").order_by("order")[0]
    MarkSheet.objects.filter(scheme=sheet.scheme).exclude(pk=sheet.pk).delete()
    figure = Figure.objects.get(scheme=sheet.scheme, key=f"carried/4/{mark.organisation.code}")
    batch = propose_figures(
        actor=actor_named("zhengfuban1"),
        scheme_id=sheet.scheme_id,
        wanted=[Wanted(figure.pk, figure.version, "no")],
        original_page="1",
        reason="原件",
        at=timezone.now(),
    )
    evaluator, checker = actor_named("shuiwu"), actor_named("zhengfuban2")
    row = RowInput(mark.organisation.code, mark.version, value="88", problems="台账更新偏晚")
    marked: list[Any] = []

    def give() -> None:
        try:
            marked.append(save_marks(actor=evaluator, sheet_id=sheet.pk, rows=[row], at=timezone.now()))
        except Exception as error:
            marked.append(error)
        finally:
            connections.close_all()

    giving, read = threading.Thread(target=give), following._views_of_periods

    def read_and_wait(scheme: Scheme) -> Any:
        found = read(scheme)
        giving.start()
        wait_for(lambda: bool(marked) or somebody_waits())
        return found

    monkeypatch.setattr(following, "_views_of_periods", read_and_wait)
    struck = _together(
        [lambda: check_figures(actor=checker, batch_id=batch.pk, approve=True, note="", at=timezone.now())]
    )
    giving.join(60)
    return struck, marked, sheet.marks.filter(organisation=mark.organisation, value__isnull=False).count()


def test_a_mark_that_was_taken_is_not_struck_out_with_its_unit(
    live_demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    struck, marked, kept = _struck_while_marked(monkeypatch)
    assert isinstance(struck[0], FigureBatch), struck
    assert isinstance(marked[0], Refused) and "不在这张打分表里" in marked[0].message, marked
    assert kept == 0


@pytest.mark.control("test_a_mark_that_was_taken_is_not_struck_out_with_its_unit")
def test_without_the_lock_a_mark_that_was_taken_is_gone(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(monkeypatch, MarkSheet)
    struck, marked, kept = _struck_while_marked(monkeypatch)
    assert isinstance(struck[0], FigureBatch) and isinstance(marked[0], list), (struck, marked)
    assert kept == 0, "it was said to be saved, and stands nowhere"
