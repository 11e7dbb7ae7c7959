"""What the four dates make of a report (design 4, engine 2): half-open intervals, the server's clock. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# In the order in which a page lists them; each is a word of the status vocabulary.
STANDINGS = ("on_time", "late", "missing", "returned", "reporting", "late_open", "not_started", "exempt", "opening")


class Dated(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def late_until(self) -> datetime: ...
    @property
    def locks_at(self) -> datetime: ...


def phase(window: Dated, at: datetime) -> str:
    """ "before", "open", "late", "closed" (only by request) or "locked"."""
    if at < window.starts_at:
        return "before"
    if at < window.due_at:
        return "open"
    if at < window.late_until:
        return "late"
    return "closed" if at < window.locks_at else "locked"


def standing(window: Dated, *, state: str, late: bool, given_back: bool, at: datetime, missed: bool = False) -> str:
    """One of STANDINGS. `given_back`: returned and not reported again, though a new draft may be under way.

    `missed`: made up after its window, which it let pass; it counts as missing for good.
    """
    if missed:
        return "missing"
    if state in ("exempt", "opening"):
        return state
    if state in ("filed", "accepted"):
        return "late" if late else "on_time"
    if state == "returned" or given_back:
        return "returned"
    now = phase(window, at)
    return {"before": "not_started", "open": "reporting", "late": "late_open"}.get(now, "missing")


def settled_as(*, state: str, late: bool, missed: bool) -> str:
    """The standing of a report that is settled: its window has locked and nothing waits for anybody."""
    if missed:
        return "missing"
    if state in ("exempt", "opening"):
        return state
    if state in ("expected", "draft"):
        return "missing"
    return "late" if late else "on_time"


@dataclass
class Tally:
    """How the reports of one unit (or all) and one period (or all) stand."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    returned: int = 0
    reporting: int = 0
    late_open: int = 0
    not_started: int = 0
    exempt: int = 0
    opening: int = 0

    def add(self, standing: str, count: int = 1) -> None:
        setattr(self, standing, getattr(self, standing) + count)

    def plus(self, other: "Tally") -> None:
        for name in STANDINGS:
            self.add(name, getattr(other, name))

    @property
    def owed(self) -> int:
        return sum(getattr(self, name) for name in STANDINGS if name not in ("exempt", "opening"))

    @property
    def decided(self) -> int:
        """Reports whose time has come: on time, late, missing or given back."""
        return self.on_time + self.late + self.missing + self.returned

    @property
    def waiting(self) -> int:
        return self.reporting + self.late_open + self.not_started

    @property
    def heat(self) -> int:
        """0–4. A missing report weighs as much as three late or returned ones (推定, of the tint only)."""
        # No printed basis; a late report can still be read, a missing one leaves the month unknown. Nothing is decided by it.
        weight = self.late + self.returned + self.late_open + 3 * self.missing
        return sum(weight >= limit for limit in (1, 3, 6, 13))
