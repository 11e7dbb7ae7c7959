"""What follows when a ranking goes out: floors above hang a function here in `registration.register()`."""

from collections.abc import Callable
from datetime import datetime

from evaluation.engine.models.ranking import Ranking

After = Callable[[Ranking, datetime], None]

_after: list[After] = []


def register_after_publication(function: After) -> None:
    """`function(ranking, at)` runs in the transaction of the publication, after the ranking is written."""
    if function not in _after:
        _after.append(function)


def after_publication() -> list[After]:
    return list(_after)
