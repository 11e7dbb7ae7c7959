"""What every act on an organisation leaves: its next version, an entry of the audit, a line in the feed of the API."""

from datetime import date, datetime

from miyun_kpi.acts.acting import Act
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import announce
from miyun_kpi.organisations.models import Organisation


def save(row: Organisation) -> None:
    row.version += 1
    row.save()


def note(act: Act, what: str, row: Organisation, data: dict[str, object]) -> None:
    act.record(f"organisations.organisation.{what}", f"organisation:{row.code}", **data)


def announce_act(act: str, row: Organisation, on: date | None, at: datetime, **further: object) -> None:
    """For clients that keep a copy of the organisations: last of all, after the audit."""
    data = {"act": act, "organisation": row.code, "on": on.isoformat() if on else None, **further}
    announce(kind=ChangeKind.ORGANISATION, data=data, at=at)
