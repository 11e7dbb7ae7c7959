from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from miyun_kpi.gazette.registry import Loaded, loaders


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


def load_gazette(*, at: datetime) -> LoadReport:
    """Run every registered loader in one transaction: all of it or nothing. A second run changes nothing."""
    with transaction.atomic():
        return LoadReport(tuple((name, load(at)) for name, load in loaders()))
