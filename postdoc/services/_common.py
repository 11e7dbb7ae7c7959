"""What the acts share: checks of days and versions, the trail, the audit. No text of these holds a personal datum."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max, Model

from miyun_kpi.acts.acting import record as audit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused


def today_of(at: datetime) -> date:
    return at.astimezone().date()


def require_past(day: date | None, at: datetime, what: str) -> None:
    if day is not None and day > today_of(at):
        raise Refused("future-day", f"{what}不能晚于今天，没有保存。请核对日期。")


def require_reason(text: str, what: str, most: int = 300) -> str:
    said = text.strip()
    if not 4 <= len(said) <= most:
        raise Refused("reason-missing", f"{what}要写理由（4 至 {most} 字），没有执行。请补写后再办。")
    return said


def next_number(model: type[Model]) -> int:
    top: int | None = model._default_manager.aggregate(top=Max("number"))["top"]
    return (top or 0) + 1


def note(actor: Actor, action: str, subject: Model, data: dict[str, Any], at: datetime) -> None:
    name = subject._meta.model_name
    audit(actor=actor, action=f"postdoc.{action}", subject=f"postdoc.{name}:{subject.pk}", data=data, at=at)
