"""Who keeps 人事 goes on; a post of an ended body is ended by 任免, not by a merger."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from miyun_kpi.acts.acting import record
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.registry import Reorganised, asks, moves, register_relations
from personnel.models import Office, Position
from personnel.queries.terms import held_positions


def _note(rows: Sequence[Any], done: Reorganised) -> None:
    record(actor=done.actor, action="personnel.office.merged", subject="office", data=done.data, at=done.at)


def _held(organisations: Sequence[Organisation]) -> QuerySet[Position]:
    """Posts that somebody still holds: printed notices named them, so that they are neither renamed nor moved."""
    return Position.objects.filter(organisation__in=organisations, pk__in=held_positions())


def register() -> None:
    register_relations(
        Office,
        {
            "organisation": moves("人事主管单位", noted=_note),
            "proposed": moves("待接手的人事主管单位", noted=_note),
        },
    )
    why = "现任人员由人事主管单位按任免办理，职务不自动转。"
    register_relations(Position, {"organisation": asks("现任职务", why, rows=_held, address="personnel:index")})
