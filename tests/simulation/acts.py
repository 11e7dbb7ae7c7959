"""All moves of the year: those of the race of mixed acts, by the same services, and what a year has beside them."""

from tests.races.mixed import doors, evaluation, farming, offices, records
from tests.races.mixed.hands import Move

# Each has the same share.
SUBJECTS: list[list[Move]] = [
    evaluation.SHEETS,
    evaluation.WORK,
    doors.MOVES,
    farming.MOVES,
    offices.FINANCE,
    offices.WATER,
    offices.POSTDOC,
    offices.PERSONNEL,
    offices.DISCLOSURE,
    offices.DUTIES,
    records.REGISTERS,
    records.ORGANISATIONS,
    records.ACCOUNTS,
]
MOVES: dict[str, Move] = {move.name: move for group in SUBJECTS for move in group}
