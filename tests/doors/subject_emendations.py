"""勘正 of a case of the demonstration that was answered: confirmed, given back, withdrawn."""

from datetime import datetime, timedelta

from django.db import models

from disclosure.enums import Outcome
from disclosure.models import Application
from disclosure.services import applications as asked_for
from miyun_kpi.accounts.models import Post
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.services import decide, propose, withdraw
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from tests.doors.standings import Standing, by_column
from tests.doors.subject_disclosure import a_case
from tests.doors.table import HEAD, REPORTER, WHY, Act, Maker, day, plain

ACTS: dict[type[models.Model], list[Act]] = {
    Emendation: [
        plain(decide, "", "emendation_id", name="decide: confirmed", confirm=True, note=""),
        plain(decide, "", "emendation_id", name="decide: returned", confirm=False, note=WHY),
        plain(withdraw, REPORTER, "emendation_id"),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {Emendation: by_column(Emendation)}


def archived(actor: Actor, at: datetime) -> Application:
    """A case that came to its end today."""
    row = a_case(actor, at)
    given = {"actor": actor, "application_id": row.pk, "on": day(at), "at": at}
    asked_for.answer(version=row.version, outcome=Outcome.GRANTED, note=WHY, **given)
    row.refresh_from_db()
    asked_for.archive(version=row.version, **given)
    return Application.objects.get(pk=row.pk)


def proposed(actor: Actor, at: datetime, **facts: str) -> Emendation:
    given = {"subject": "application", "subject_id": archived(actor, at).pk, "basis": "later", "paper": WHY}
    return propose(actor=actor, typed=facts, reason=WHY, at=at, **given)


def an_emendation(actor: Actor, at: datetime) -> Emendation:
    """Where there are two who may: the day on which it was received was entered a day late."""
    if not Post.objects.filter(organisation_id=actor.organisation_id, role=HEAD).exists():
        raise Refused("no-head", "这个机关没有负责人。")
    return proposed(actor, at, received_on=(day(at) - timedelta(days=1)).isoformat())


MAKERS: dict[type[models.Model], list[Maker]] = {Emendation: [(REPORTER, an_emendation)]}
