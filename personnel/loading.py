"""The acts that the gazettes print, from the committed fixtures, and who 人事 is until the district says otherwise."""

from datetime import date, datetime

from miyun_kpi.gazette.fixtures import read_gazettes
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.organisations.models import Organisation
from personnel.enums import NoticeState
from personnel.models import Act, Notice, Office, Person, Position

LABEL = "公报装载"


def load_appointments(at: datetime) -> Loaded:
    """Create what is missing; a notice that is there stays as it is."""
    parts = read_gazettes("appointments.json")
    codes = dict(Organisation.objects.values_list("code", "pk"))
    for part in parts:
        Office.objects.get_or_create(pk=1, defaults={"organisation_id": codes[part["office"]["organisation"]]})
    made = 0
    for row in [row for part in parts for row in part["notices"]]:
        notice, fresh = Notice.objects.get_or_create(
            number=row["number"],
            defaults={
                "dated": date.fromisoformat(row["dated"]),
                "meeting": row["meeting"],
                "document": row["document"],
                "state": NoticeState.ISSUED,
                "created_at": at,
                "created_by": LABEL,
                "issued_at": at,
                "issued_by": LABEL,
            },
        )
        if not fresh:
            continue
        for act in row["acts"]:
            person, _ = Person.objects.get_or_create(name=act["person"], note="")
            position, _ = Position.objects.get_or_create(organisation_id=codes[act["organisation"]], title=act["title"])
            Act.objects.create(
                notice=notice,
                line=act["line"],
                order=act["order"],
                kind=act["kind"],
                person=person,
                position=position,
                printed=act["printed"],
                probation_months=act["probation_months"],
                clause=act["clause"],
            )
            made += 1
    return Loaded(created=made, counts=(("任免", Act.objects.filter(notice__created_by=LABEL).count()),))
