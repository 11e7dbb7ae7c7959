"""All moves of the year: those of the race of mixed acts, by the same services, and what a year has beside them."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from tests.races.mixed import doors, evaluation, farming, offices, records
from tests.races.mixed.hands import Hand, Move
from tests.simulation import (
    acts_emendations,
    acts_house,
    acts_land,
    acts_personnel,
    acts_postdoc,
    acts_sheets,
    acts_web,
)


def whole(move: Move) -> Move:
    """An act of the doors may be several services: of those a refusal half way takes all back."""

    def call(hand: Hand) -> Any:
        with transaction.atomic():
            return move.call(hand)

    return replace(move, call=call)


# Each has the same share.
SUBJECTS: list[list[Move]] = [
    evaluation.SHEETS,
    evaluation.WORK,
    [whole(move) for move in doors.MOVES],
    farming.MOVES,
    offices.FINANCE,
    offices.WATER,
    offices.POSTDOC,
    offices.PERSONNEL,
    offices.DISCLOSURE,
    offices.DUTIES,
    records.REGISTERS,
    records.ACCOUNTS,
    [*records.ORGANISATIONS[:1], *acts_house.ORGANISATIONS],
    [*acts_house.HAZARDS, *acts_house.INQUIRIES],
    acts_house.RESULTS,
    acts_land.MOVES,
    acts_postdoc.MOVES,
    acts_personnel.MOVES,
    acts_sheets.MOVES,
    acts_emendations.MOVES,
    acts_web.MOVES,
]
MOVES: dict[str, Move] = {move.name: move for group in SUBJECTS for move in group}
