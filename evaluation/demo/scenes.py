"""What a demonstration shows when it is loaded."""

from enum import Enum


class Scene(Enum):
    """`OPENING`: a quarter filed, the next one open; nothing decided yet. `YEAR`: half a year told act by act."""

    OPENING = "opening"
    YEAR = "year"
