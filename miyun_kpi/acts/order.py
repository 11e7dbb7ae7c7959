"""In which order an act takes its locks, so that no two acts ever wait for each other.

Idempotency key or sent form, organisation, scheme, period, records, pool, notice, audit, feed of the API. Records among each other: by app, low floors
first, within an app in the order its models are declared (what stands above before what hangs on it), then by key. The
tests compare every lock of every act with it (`tests/act_watch.py`).
"""

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
    FEED = 9


Place = tuple[int, int, int]

_ranks: dict[type[Model], Rank] = {}


def register_rank(rank: Rank, *models: type[Model]) -> None:
    """Called in AppConfig.ready() for models that are no records."""
    for model in models:
        _ranks[model] = rank


def place_of(model: type[Model], pk: int) -> Place:
    return (_ranks.get(model, Rank.RECORD), _positions().get(model, 0), pk)


@lru_cache(maxsize=1)
def _positions() -> dict[type[Model], int]:
    return {model: number for number, model in enumerate(apps.get_models())}
