"""The duties of all gazettes from the committed fixtures. What an office has changed since stays as it is."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from miyun_kpi.duties.enums import PhraseKind
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPhrase, DutyUnit
from miyun_kpi.gazette.fixtures import read_gazettes
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.organisations.models import Group, Organisation

Data = dict[str, Any]


def load_duties(at: datetime) -> Loaded:
    """Create the documents, duties, printed lists and units that are missing, in a fixed number of statements."""
    return load_rows(merged(read_gazettes("duties.json")), label="任务")


def merged(parts: Sequence[Data]) -> Data:
    return {name: [row for part in parts for row in part[name]] for name in ("documents", "duties")}


def load_rows(data: Data, *, label: str) -> Loaded:
    """`data`: {"documents": […], "duties": […]} as in duties.json of a gazette."""
    codes = dict(Organisation.objects.values_list("code", "pk"))
    documents = [
        DutyDocument(
            document=row["document"],
            office_id=codes[row["office"]],
            clause=row["clause"],
            office_note=row["note"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        )
        for row in data["documents"]
    ]
    DutyDocument.objects.bulk_create(documents, ignore_conflicts=True)
    stored = dict(Duty.objects.values_list("key", "pk"))
    fresh = [row for row in data["duties"] if row["key"] not in stored]
    for children in (False, True):
        Duty.objects.bulk_create([_duty(row, stored) for row in fresh if bool(row["parent"]) is children])
        stored = dict(Duty.objects.values_list("key", "pk"))
    _load_lists(fresh, stored, codes)
    counts = ((label, len(data["duties"])), ("其中新装载", len(fresh)))
    return Loaded(created=len(fresh), counts=counts)


def _duty(row: Data, stored: dict[str, int]) -> Duty:
    return Duty(
        key=row["key"],
        document=row["document"],
        clause=row["clause"],
        kind=row["kind"],
        number=row["number"],
        parent_id=stored[row["parent"]] if row["parent"] else None,
        title=row["title"],
        requirement=row["requirement"],
        printed_units=row["printed_units"],
        cadence=row["cadence"],
        basis=row["cadence_status"],
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        exemptible=row["exemptible"],
    )


def _load_lists(fresh: list[Data], stored: dict[str, int], codes: dict[str, int]) -> None:
    members: dict[str, list[int]] = {}
    for code, organisation_id in Group.objects.order_by("pk", "members__organisation__order").values_list(
        "code", "members__organisation_id"
    ):
        members.setdefault(code, [])
        if organisation_id is not None:
            members[code].append(organisation_id)
    phrases: list[DutyPhrase] = []
    named: list[list[int]] = []
    for row in fresh:
        for order, unit in enumerate(row["units"], start=1):
            found = [codes[unit["organisation"]]] if "organisation" in unit else members.get(unit.get("group", ""), [])
            kind = PhraseKind.ORGANISATION if "organisation" in unit else PhraseKind.GROUP if found else PhraseKind.OPEN
            phrases.append(
                DutyPhrase(duty_id=stored[row["key"]], order=order, text=unit["phrase"], role=unit["role"], kind=kind)
            )
            named.append(found)
    made = DutyPhrase.objects.bulk_create(phrases, batch_size=500)
    units: dict[tuple[int, int], DutyUnit] = {}
    # A unit named by itself and again in a group stands once, where it was named first.
    for phrase, organisation_ids in zip(made, named, strict=True):
        for organisation_id in organisation_ids:
            key = (phrase.duty_id, organisation_id)
            units.setdefault(
                key,
                DutyUnit(duty_id=phrase.duty_id, organisation_id=organisation_id, role=phrase.role, phrase=phrase),
            )
    DutyUnit.objects.bulk_create(units.values(), batch_size=500)
