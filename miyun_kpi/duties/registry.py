"""What apps above hang on duties: documents with duties, and duties whose reports have pages of their own (月跟踪)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.lib import citations
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label
from miyun_kpi.routes import to
from miyun_kpi.web.registry import subject_label

Scope = Callable[[Actor], QuerySet[DutyUnit]]
Address = Callable[[DutyPeriod], str]

_scopes: dict[str, Scope] = {}
_addresses: dict[str, Address] = {}
_evidence: set[str] = set()


def register_scope(name: str, scope: Scope, address: Address, *, evidence: str) -> None:
    """For duties whose `scope` is `name`: the units whose reports the actor may see, where one is filled in, and the kind of
    their files."""
    _scopes[name], _addresses[name] = scope, address
    _evidence.add(evidence)


def own_scopes() -> dict[str, Scope]:
    return dict(_scopes)


def evidence_kinds() -> set[str]:
    """Kinds of the files of reports that stand on pages of their own."""
    return set(_evidence)


def address_of(duty_period: DutyPeriod) -> str:
    """ "" for duties without a page of their own."""
    address = _addresses.get(duty_period.unit.duty.scope)
    return address(duty_period) if address else ""


def page_of(duty_period: DutyPeriod) -> str:
    return address_of(duty_period) or to("duties:period", duty_period.pk)


@dataclass(frozen=True)
class DocumentPlace:
    """A document that hands out duties: the subject of the top bar it stands under, and what the sub bar calls it."""

    ref: str

    @property
    def subject(self) -> str:
        return subject_of(self.ref)

    @property
    def label(self) -> str:
        return f"{document_label(self.ref)} {subject_label(self.subject)}"

    @property
    def address(self) -> str:
        return to("duties:document", self.ref)


_documents: set[str] = set()


def register_document(ref: str) -> None:
    """The duties of this document have a place in the sub bar, under the subject that the gazette gives it."""
    _documents.add(ref)


def document_places() -> list[DocumentPlace]:
    return [DocumentPlace(ref) for ref in sorted(_documents)]


def subject_of(ref: str) -> str:
    """The key of the top bar for a document; one of no subject stands on the desk."""
    return citations.subject_of(ref) or "desk"
