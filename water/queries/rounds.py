from collections.abc import Sequence
from dataclasses import dataclass

from miyun_kpi.registers.models import Record
from water.models import Round
from water.rules.rounds import FIVE, passed


@dataclass(frozen=True)
class Checked:
    round: Round
    answers: Sequence[tuple[str, bool]]
    passed: bool


def rounds_of(body: Record) -> list[Checked]:
    """Latest first, struck ones included."""
    made = []
    for row in Round.objects.filter(body=body).order_by("-day", "-id"):
        found = {name: getattr(row, name) for name, _ in FIVE}
        made.append(Checked(row, [(words, found[name]) for name, words in FIVE], passed(found)))
    return made
