"""What other apps do when an organisation goes: they hang a function here in AppConfig.ready()."""

from collections.abc import Callable
from datetime import date, datetime

from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation

Mover = Callable[[Actor, Organisation, Organisation, date, datetime], int]

_movers: dict[str, Mover] = {}


def register_mover(label: str, function: Mover) -> None:
    """`function(actor, source, target, on, at)` moves what is open from a merged organisation to the one that goes on.

    It runs inside the transaction of the merge and returns how many things it moved; published results stay.
    """
    _movers[label] = function


def movers() -> list[tuple[str, Mover]]:
    return list(_movers.items())
