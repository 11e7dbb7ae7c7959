"""What apps above hang on duties: whose subject a document is, and a document whose reports have pages of their own (13号)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

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


@dataclass(frozen=True)
class DocumentPlace:
    """Under which subject of the top bar the duties of a document stand, and what the sub bar calls them."""

    code: str
    subject: str
    label: str

    @property
    def address(self) -> str:
        return to("duties:document", self.code)


_places: dict[str, DocumentPlace] = {}


def register_document(code: str, subject: str, label: str) -> None:
    _places[code] = DocumentPlace(code, subject, label)


def document_places() -> list[DocumentPlace]:
    return [_places[code] for code in sorted(_places)]


def subject_of(code: str) -> str:
    """The key of the top bar for a document; one that nobody has claimed stands on the desk."""
    return _places[code].subject if code in _places else "desk"
