"""What a reorganisation does to a fact that names an organisation. Said where the fact is declared, for all to read."""

from enum import Enum


class Relation(Enum):
    """Of a foreign key or a field of a register: what follows when the organisation it names ends in another.

    MOVES: what is open is the successor's from the day of effect. STAYS: history, read under the old name.
    ASKS: a person decides, for the source does not say whose it becomes.
    """

    MOVES = "moves"
    STAYS = "stays"
    ASKS = "asks"
