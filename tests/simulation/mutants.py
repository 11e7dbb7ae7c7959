"""A1 to A7 of the registers, put back at run time: the states without a way out that the product once had.

A mutant says by which invariant the year should find it. OPEN are faults that the product still has: their invariant is
left out of every year and their mutant is the product as it is; who mends one takes it out of OPEN and writes the patch
that puts it back (test_mutants.py fails until then).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

from farmland.services import striking, tables
from miyun_kpi.emendations import registry as emendations
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations import merging
from miyun_kpi.organisations.registry import relations
from miyun_kpi.registers.registry import Rights
from postdoc.models import Stay
from postdoc.services import course
from postdoc.services.settling import beyond


@dataclass(frozen=True)
class Mutant:
    name: str
    words: str
    found_by: tuple[str, ...]


_settle = tables.settle_new_row
GONE = ("nothing open is left with a body that went", "relations that move have moved")
MUTANTS = {
    one.name: one
    for one in (
        Mutant("A1", "27号: who left long ago cannot be registered as gone", ("a leaving is always taken in",)),
        Mutant("A2", "15号: a hazard is not in the scope of who listed it", ("every waiting step is on a desk",)),
        Mutant("A3", "a merger moves duties and banks alone", GONE),
        Mutant(
            "A4",
            "21号: a reward due is priced anew by what is entered",
            ("a reward due is never priced anew", "money of land covers itself"),
        ),
        Mutant("A5", "人事: a wrong act of an issued notice stays", ("every issued act can be put right",)),
        Mutant("A6", "14号: what was answered is never put right", ("every answer can be put right",)),
        Mutant("A7", "21号: a mistyped price stands for ever", ("a wrong price can be struck",)),
    )
}
OPEN: frozenset[str] = frozenset()


def left_out(mutant: str = "") -> frozenset[str]:
    """Invariants of what stands open, but for that of the mutant that is looked for."""
    return frozenset(one for name in OPEN if name != mutant for one in MUTANTS[name].found_by)


def _refuses(actor: Actor, stay: Stay, at: datetime) -> list[str]:
    if beyond(stay, at.astimezone().date(), lock=True):
        raise Conflict("claimed", "离站以后的月份已经申报，没有保存。请先撤回或追回那份申报。")
    return []


def _no_door(**given: Any) -> None:
    raise Refused("no-door", "单价表只能录入，没有执行。")


def _anew(*given: Any, anew: bool) -> None:
    """What is entered for past days moves what was fixed, as if a struck row had stood there."""
    _settle(*given, anew=True)


def _few_relations() -> Sequence[Any]:
    return [one for one in relations() if one.model._meta.app_label in ("duties", "finance_policy")]


def _without(code: str) -> Any:
    return mock.patch.dict(
        emendations._known, {key: one for key, one in emendations._known.items() if key != code}, clear=True
    )


@contextmanager
def put_back(name: str) -> Iterator[None]:
    """The product with the fault in it, for the block."""
    patches = {
        "A1": lambda: mock.patch.object(course, "settle_leaving", _refuses),
        "A2": lambda: mock.patch.object(Rights, "parties", property(lambda self: ())),
        "A3": lambda: mock.patch.object(merging, "relations", _few_relations),
        "A4": lambda: mock.patch.object(tables, "settle_new_row", _anew),
        "A5": lambda: _without("act"),
        "A6": lambda: _without("application"),
        "A7": lambda: mock.patch.object(striking, "strike_rate", _no_door),
    }
    if name in OPEN:
        yield
        return
    with patches[name]():
        yield
