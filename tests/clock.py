"""What the tests call now and today. Asked for in the test, never at import: a run that begins before midnight ends after it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone


def now() -> datetime:
    return timezone.now()


def today(days: int = 0) -> date:
    """The local day, so many days on (or back)."""
    return timezone.localdate() + timedelta(days=days)


class Day(int):
    """In a table of cases: so many days from the day the test runs."""


def dated(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a case, each `Day` as the day it stands for."""
    return {name: today(value) if isinstance(value, Day) else value for name, value in fields.items()}
