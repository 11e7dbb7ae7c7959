"""What the text leaves open, with the defaults that hold until 区金融办 sets others (推定).

A year of 360 days, the last not counted: how banks reckon the interest that is subsidised. Three banks: from the sum of two each
knows the other's figure. Due after 15 days: no printed basis; a bank has closed its quarter by then.
"""

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
