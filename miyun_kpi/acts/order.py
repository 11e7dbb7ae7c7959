"""In which order an act takes its locks, so that no two acts ever wait for each other.

Idempotency key, organisation, scheme, period, records, pool, notice, audit. Records among each other: by app, low floors
first, within an app in the order its models are declared (what stands above before what hangs on it), then by key.
"""

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache

from django.apps import apps
from django.db.models import Model


class Rank(IntEnum):
    KEY = 1
    ORGANISATION = 2
    SCHEME = 3
    PERIOD = 4
    RECORD = 5
    POOL = 6
    NOTICE = 7
    AUDIT = 8


Place = tuple[int, int, int]

_ranks: dict[type[Model], Rank] = {}
# Set by the tests: hears of every lock an act takes.
_listener: Callable[[type[Model], Place], None] | None = None


def register_rank(rank: Rank, *models: type[Model]) -> None:
    """Called in AppConfig.ready() for models that are no records."""
    for model in models:
        _ranks[model] = rank


def place_of(model: type[Model], pk: int) -> Place:
    return (_ranks.get(model, Rank.RECORD), _positions().get(model, 0), pk)


@lru_cache(maxsize=1)
def _positions() -> dict[type[Model], int]:
    return {model: number for number, model in enumerate(apps.get_models())}


def listen(listener: Callable[[type[Model], Place], None] | None) -> None:
    global _listener
    _listener = listener


def taken(model: type[Model], pk: int) -> None:
    """A row of the model was locked."""
    if _listener is not None:
        _listener(model, place_of(model, pk))
