"""When a duty is to be done, as its sentence prints it, and what the system counts by. Pure.

The two are not the same: “2022 年” is printed, 2022-12-31 is not. A value is 原文 only as long as its words stand in the
sentence; the day or the span counted by has a status of its own.
"""

import re
from dataclasses import dataclass
from datetime import date

from miyun_kpi.duties.enums import Cadence

_YEAR = r"\d{4} ?年"
_PRINTED = {
    Cadence.ONCE: rf"{_YEAR} ?\d{{1,2}} ?月 ?\d{{1,2}} ?日|{_YEAR}底前|{_YEAR}",
    Cadence.MONTHLY: r"按月度|每月(?:至少开展一次)?",
    Cadence.QUARTERLY: r"按季度|每季度(?:至少开展一次)?",
    Cadence.HALF_YEARLY: r"每半年(?:至少开展一次)?",
    Cadence.YEARLY: r"按年度|每年(?:至少开展一次)?",
    Cadence.SCHOOL_YEAR: r"按学年",
}


@dataclass(frozen=True)
class When:
    """`printed`: words of the sentence, "" where they are not in it. `counted`: what they are counted as, with its status."""

    printed: str
    counted: str = ""
    counted_status: str = ""


def printed_words(cadence: str, text: str) -> str:
    """The words of the sentence that say it, "" where none do."""
    pattern = _PRINTED.get(Cadence(cadence))
    found = re.search(pattern, text.replace("**", "")) if pattern else None
    return found[0] if found else ""


def status_of_day(printed: str) -> str:
    """printed for a day, derived for 年底前, assumed for a bare year: whether its last day is meant, the text does not say."""
    if printed.endswith("日"):
        return "printed"
    return "derived" if printed.endswith("底前") else "assumed"


def last_day(printed: str) -> date | None:
    """The last day that the words leave; None where they name none."""
    numbers = [int(one) for one in re.findall(r"\d+", printed)]
    if len(numbers) == 3:
        return date(numbers[0], numbers[1], numbers[2])
    return date(numbers[0], 12, 31) if len(numbers) == 1 else None


def when(cadence: str, text: str, due_on: date | None) -> When:
    """Of a duty whose sentence says when."""
    printed = printed_words(cadence, text)
    if due_on is not None:
        followed = last_day(printed) == due_on
        return When(printed, due_on.isoformat(), status_of_day(printed) if followed else "set")
    label = Cadence(cadence).label
    return When(printed) if printed.startswith(label) else When(printed, label, "derived")
