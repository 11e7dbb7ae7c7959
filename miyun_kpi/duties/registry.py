"""What apps above hang on duties: a document whose reports have a scope and a page of their own (13号)."""

from collections.abc import Callable

from django.db.models import QuerySet

from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.actors import Actor

Scope = Callable[[Actor], QuerySet[DutyPeriod]]
Address = Callable[[DutyPeriod], str]

_scopes: dict[str, Scope] = {}
_addresses: dict[str, Address] = {}


def register_scope(document: str, scope: Scope, address: Address) -> None:
    """`scope(actor)` is what the actor may see of the document's reports, `address(duty_period)` where one is filled in."""
    _scopes[document], _addresses[document] = scope, address


def own_scopes() -> dict[str, Scope]:
    return dict(_scopes)


def address_of(duty_period: DutyPeriod) -> str:
    """ "" for a document without a page of its own."""
    address = _addresses.get(duty_period.unit.duty.document)
    return address(duty_period) if address else ""
