"""勘正 of a 任免: 人事 alone puts it right; who proposed it alone withdraws it."""

from typing import Any

from django.utils import timezone

from miyun_kpi.emendations.models import Emendation
from miyun_kpi.organisations.queries import resolve
from personnel.models import Act

EXTRA = ("区委组织部",)
BODIES: dict[str, Any] = {
    "emendations:new": {"fact-note": "区卫健委", "basis": "entry", "paper": "第 1 页", "reason": "认错同名的人"},
    "emendations:decide": {"version": "1", "decision": "confirm", "note": ""},
    "emendations:withdraw": {"version": "1"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    act = Act.objects.standing().get(person__name="张艳")
    made = Emendation.objects.create(
        subject="act",
        subject_id=act.pk,
        name="任免",
        organisation=resolve("区委组织部"),
        basis="entry",
        paper="第 1 页",
        reason="认错同名的人",
        recorded_by="甲",
        recorded_by_id=0,
        recorded_at=timezone.now(),
    )
    made.emended.create(field="note", label="区别", before="", after="区卫健委")
    free = Act.objects.standing().exclude(pk=act.pk).order_by("pk")[0]
    return {"emendations:new:subject": "act", "subject_id": free.pk, "emendation_id": made.pk}


PAGES: dict[tuple[str, str], str] = {
    ("emendations:decide", "POST"): "SFFFFFFFFFA",
    ("emendations:emendation", "GET"): "SFFFFFFFFFA",
    ("emendations:new", "GET"): "SFFFFFFFFFA",
    ("emendations:new", "POST"): "SFFFFFFFFFA",
    ("emendations:withdraw", "POST"): "SFFFFFFFFFF",
}
