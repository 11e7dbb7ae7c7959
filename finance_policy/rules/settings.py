"""What the text leaves open, with the defaults that hold until 区金融办 sets others (推定)."""

from dataclasses import dataclass

DAY_BASES = (360, 365)
LEAST_BANKS = 3


@dataclass(frozen=True)
class Settings:
    day_basis: int = 360
    count_last_day: bool = False
    fewest_banks: int = LEAST_BANKS
    due_days: int = 15
    version: int = 0
