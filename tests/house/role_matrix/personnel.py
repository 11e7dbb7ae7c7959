"""人事任免: everybody reads what was issued; drafts, decisions and settings are 人事's alone."""

from typing import Any

from django.utils import timezone

from miyun_kpi.organisations.queries import resolve
from personnel.models import Act, Notice, Person, Position

EXTRA = ("区委组织部",)
GIVEN = {"kind": "appoint", "person": "王二麻", "organisation": "区水务局", "title": "副局长", "probation_months": 0}
BODIES: dict[str, Any] = {
    "personnel:decide": {"outcome": "confirmed", "decided_on": "2021-05-01", "basis": "考核合格"},
    "personnel:discard-notice": {"version": "9"},
    "personnel:new-notice": {"meeting": "会议"},
    "personnel:notice-act": {"version": "9", **GIVEN},
    "personnel:opening": {**GIVEN, "basis": "干部名册"},
    "personnel:receive-office": {"version": "1"},
    "personnel:remove-act": {"version": "9"},
    "personnel:seats": {"version": "1", "seats": "2", "basis": "三定规定"},
    "personnel:settings": {"version": "1", "organisation": "区委组织部", "remind_days": "30"},
    "personnel:wrong": {**GIVEN, "effective_on": "2026-01-01"},
    "personnel:strike": {"reason": "登记有误"},
    "personnel:withdraw-decision": {"reason": "登记有误"},
    "api:appointments-trial": {"acts": [GIVEN]},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    standing = Act.objects.standing().get(person__name="张艳")
    draft = Notice.objects.create(meeting="会议", created_at=timezone.now(), created_by="甲")
    person = Person.objects.create(name="拟任人")
    position = Position.objects.create(organisation=resolve("区水务局"), title="某职")
    act = Act.objects.create(notice=draft, kind="appoint", person=person, position=position, printed="某职")
    made: dict[str, Any] = {}
    for name, _ in PAGES:
        made |= {f"{name}:notice_id": draft.pk, f"{name}:act_id": standing.pk}
        made |= {f"{name}:person_id": standing.person_id, f"{name}:position_id": standing.position_id}
    return made | {"personnel:notice-act:act": "act", "personnel:remove-act:act_id": act.pk}


PAGES: dict[tuple[str, str], str] = {
    ("personnel:accept-history", "POST"): "SFFFFFFFFFA",
    ("personnel:acts-workbook", "GET"): "SAAAAAAAAAA",
    ("personnel:decide", "POST"): "SFFFFFFFFFA",
    ("personnel:discard-notice", "POST"): "SNNNNNNNNNA",
    ("personnel:history", "GET"): "SFFFFFFFFFA",
    ("personnel:history", "POST"): "SFFFFFFFFFA",
    ("personnel:history-template", "GET"): "SFFFFFFFFFA",
    ("personnel:index", "GET"): "SAAAAAAAAAA",
    ("personnel:new-notice", "POST"): "SFFFFFFFFFA",
    ("personnel:notice", "GET"): "SNNNNNNNNNA",
    ("personnel:notice-act", "POST"): "SNNNNNNNNNA",
    ("personnel:notice-document", "GET"): "SNNNNNNNNNA",
    ("personnel:notices", "GET"): "SAAAAAAAAAA",
    ("personnel:opening", "GET"): "SFFFFFFFFFA",
    ("personnel:opening", "POST"): "SFFFFFFFFFA",
    ("personnel:person", "GET"): "SAAAAAAAAAA",
    ("personnel:position", "GET"): "SAAAAAAAAAA",
    ("personnel:probations", "GET"): "SAAAAAAAAAA",
    ("personnel:receive-office", "GET"): "SNNNNNNNNNN",
    ("personnel:receive-office", "POST"): "SNNNNNNNNNN",
    ("personnel:remove-act", "POST"): "SNNNNNNNNNA",
    ("personnel:seats", "POST"): "SFFFFFFFFFA",
    ("personnel:settings", "GET"): "SFFFFFFFFFA",
    ("personnel:settings", "POST"): "SFFFFFFFFFA",
    ("personnel:strike", "GET"): "SFFFFFFFFFA",
    ("personnel:strike", "POST"): "SFFFFFFFFFA",
    ("personnel:wrong", "GET"): "SFFFFFFFFFA",
    ("personnel:wrong", "POST"): "SFFFFFFFFFA",
    ("personnel:withdraw-decision", "GET"): "SFFFFFFFFFN",
    ("personnel:withdraw-decision", "POST"): "SFFFFFFFFFN",
    ("personnel:workbook", "GET"): "SAAAAAAAAAA",
}
API: dict[tuple[str, str], str] = {
    ("api:appointment-acts", "GET"): "SAAAAAAAAA",
    ("api:appointments", "GET"): "SAAAAAAAAA",
    ("api:appointments-trial", "POST"): "SAAAAAAAAA",
}
