"""The tour of a demonstration: where a task is done is known by the app that owns it, who shows the tasks stands above all apps.

Both are hung in by AppConfig.ready(); a real site never asks.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from miyun_kpi.requests import OpenRequest

Target = Callable[[datetime], str]
Tour = Callable[[OpenRequest], Sequence[Any]]
_targets: dict[str, Target] = {}
_tours: list[Tour] = []


def register_target(name: str, function: Target) -> None:
    """`function(at)` is the address where this is done now, in a few queries; a list where there is nothing to be done."""
    _targets[name] = function


def target(name: str, at: datetime) -> str:
    return _targets[name](at)


def register_tour(function: Tour) -> None:
    """What the door of a demonstration shows beside its form; empty on every other site."""
    _tours[:] = [function]


def tour(request: OpenRequest) -> Sequence[Any]:
    return _tours[0](request) if _tours else ()
