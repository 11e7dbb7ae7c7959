from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from miyun_kpi.gazette.models import Document
from miyun_kpi.gazette.registry import Loaded, loaders
from miyun_kpi.lib.citations import DocumentName, free_ref

# Two series of one number, and one to spare.
MOST_TRIES = 3


@dataclass(frozen=True)
class LoadReport:
    parts: tuple[tuple[str, Loaded], ...]

    @property
    def created(self) -> int:
        return sum(loaded.created for _, loaded in self.parts)

    @property
    def changed(self) -> int:
        return sum(loaded.changed for _, loaded in self.parts)

    @property
    def changes(self) -> int:
        return self.created + self.changed


def document_issued(*, name: DocumentName, title: str, subject: str, issued_on: date) -> Document:
    """The document of this 文号; one that no gazette prints is made, without text. Inside the transaction of its 印发."""
    key = {"series": name.series, "year": name.year, "number": name.number}
    found = Document.objects.filter(**key).first()
    if found is not None:
        return found
    facts = {"title": title, "short_title": title[:60], "subject": subject, "issued_on": issued_on}
    for left in reversed(range(MOST_TRIES)):
        # Whoever issues a document of the same year waits here, so that two series do not take one ref. In a year without
        # documents nobody has anything to wait for: then the one ref is given once, and who comes second looks again.
        taken = set(Document.objects.select_for_update().filter(year=name.year).values_list("ref", flat=True))
        try:
            with transaction.atomic():
                made, _ = Document.objects.get_or_create(**key, defaults=facts | {"ref": free_ref(name, taken)})
            return made
        except IntegrityError:
            if not left:
                raise
    raise AssertionError


def load_gazette(*, at: datetime) -> LoadReport:
    """Run every registered loader in one transaction: all of it or nothing. A second run changes nothing."""
    with transaction.atomic():
        return LoadReport(tuple((name, load(at)) for name, load in loaders()))
