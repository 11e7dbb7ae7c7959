"""The arguments of an act as JSON, and again as the act takes them."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import Decision, Given, decision


def to_store(value: Any) -> Any:
    """Exact: figures and days as text; what an act takes as one thing (a dataclass) by its fields."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return to_store({one.name: getattr(value, one.name) for one in fields(value)})
    if isinstance(value, list | tuple):
        return [to_store(one) for one in value]
    if isinstance(value, dict):
        return {str(name): to_store(one) for name, one in value.items()}
    assert value is None or isinstance(value, str | int | bool), type(value)
    return str(value) if isinstance(value, str) else value


def given_of(row: Proposal) -> tuple[Decision, Given]:
    kind = decision(row.code)
    return kind, {
        name: None if row.given.get(name) is None else read(row.given[name]) for name, read in kind.takes.items()
    }
