"""What no service does: writes past the triggers that keep rows as they were written, with the seal or without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.sealed import seal_ranking
from miyun_kpi.audit.guards import install_guards, remove_guards


def remove_guard(using: str = "default") -> None:
    remove_guards(using)


@contextmanager
def unguarded() -> Iterator[None]:
    """For as long as the block runs the store obeys, as it does to somebody who may drop triggers."""
    remove_guards()
    try:
        yield
    finally:
        install_guards()


def rewritten(pk: int, **columns: Any) -> Ranking:
    """The ranking as if it had been computed and published so: sealed anew, which a tamperer cannot."""
    with unguarded():
        if columns:
            Ranking.objects.filter(pk=pk).update(**columns)
        ranking = Ranking.objects.get(pk=pk)
        seal_ranking(ranking, ranking.rows.order_by("position"))
        Ranking.objects.filter(pk=pk).update(seal=ranking.seal, receipts_digest=ranking.receipts_digest)
    return ranking
