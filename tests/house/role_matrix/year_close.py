"""The year's last acts. 效果评价 of the townships is open."""

from datetime import date
from typing import Any

from django.utils import timezone

from evaluation.models import LeaderSurvey, Scheme

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:close-leader-survey", "POST"): "SFFAAFFFFF",
    ("evaluation:effect", "GET"): "SFFAAFAFFF",
    ("evaluation:effect-sheet", "GET"): "SFFAAFFFFF",
    # One form a person: only leaders, and not even the office for them.
    ("evaluation:fill-leader-form", "POST"): "SFFFFFAFFF",
    ("evaluation:open-leader-survey", "POST"): "SFFAAFFFFF",
}
BODIES: dict[str, Any] = {
    "evaluation:open-leader-survey": {"items": "总体评价 100", "basis": "工作安排", "due_on": "2099-01-01"},
    "evaluation:close-leader-survey": {"version": "9"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    LeaderSurvey.objects.create(
        scheme=Scheme.objects.get(track="township", year=2020), items=[{"name": "总体评价", "full": 100}], basis="安排",
        due_on=date(2099, 1, 1), opened_by="甲", opened_at=timezone.now(),
    )  # fmt: skip
    return {}
