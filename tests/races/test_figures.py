"""Two batches on one figure, checked at the same moment on real connections: one is applied, the other is told."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.figures.services import figures
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures
from evaluation.models import Figure, FigureBatch, Scheme
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.conftest import actor_named
from tests.races.control import unlock
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


def _together(batches: list[FigureBatch]) -> list[Any]:
    actor, start = actor_named("zhengfuban2"), threading.Barrier(len(batches))
    outcomes: list[Any] = []

    def run(batch: FigureBatch) -> None:
        try:
            start.wait(10)
            outcomes.append(check_figures(actor=actor, batch_id=batch.pk, approve=True, note="", at=timezone.now()))
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.parametrize("same", [False, True])
def test_one_of_two_checks_is_applied(live_demo: None, same: bool) -> None:
    assert connection.vendor == "postgresql"
    for number in range(6):
        Figure.objects.filter(key__in=["weight/9/core", "weight/10/core"]).update(value="8")
        Figure.objects.filter(key="weight/10/core").update(value="5")
        one = _propose("10", "3")
        batches = [one, one] if same else [one, _propose("11", "2")]
        outcomes = _together(batches)
        applied = [o for o in outcomes if isinstance(o, FigureBatch)]
        told = [o for o in outcomes if isinstance(o, Conflict)]
        assert (len(applied), len(told)) == (1, 1), outcomes
        nine, ten = (Figure.objects.get(key=f"weight/{n}/core") for n in (9, 10))
        assert int(nine.value) + int(ten.value) == 13 and nine.version == ten.version == number + 2


@pytest.mark.control("test_one_of_two_checks_is_applied")
def test_without_the_lock_one_batch_is_checked_twice(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Figure.objects.filter(key__in=["weight/9/core", "weight/10/core"]).update(value="8")
    Figure.objects.filter(key="weight/10/core").update(value="5")
    batch = _propose("10", "3")
    unlock(monkeypatch, Scheme, FigureBatch)
    wait_after(monkeypatch, figures, "require_office")
    outcomes = _together([batch, batch])
    assert not [one for one in outcomes if isinstance(one, Conflict)], outcomes
    checked = AuditEntry.objects.filter(action="evaluation.figures.checked", subject=f"figure-batch:{batch.pk}")
    assert checked.count() == 2, outcomes
