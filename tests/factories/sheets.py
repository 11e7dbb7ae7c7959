"""What the tests of sheets share: people at the page door, the sheet of 区水务局, saving a cell as the page does."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from evaluation.models import Mark, MarkSheet, Period
from miyun_kpi.accounts.models import Post, User

# Why a mark is below full, where a test says nothing of it.
WHY_LESS = "台账更新偏晚"


def person(username: str, role: str = "") -> Client:
    """A client signed in as a demonstration account, in the post with `role` where the person has several."""
    client = Client()
    user = User.objects.get(username=username)
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    if role:
        session = client.session
        session["post_id"] = Post.objects.get(user=user, role=role).pk
        session.save()
    return client


def water_sheet(period: str = "2020Q3") -> MarkSheet:
    """河长制和水环境治理: 20 townships carry it, 中关村密云园 does not."""
    return MarkSheet.objects.get(scheme__track="township", period__code=period, indicator__number=4)


def cell(sheet: MarkSheet, number: int = 1) -> Mark:
    return sheet.marks.select_related("organisation").get(pk=sheet.marks.order_by("order")[number - 1].pk)


def save(client: Client, sheet: MarkSheet, mark: Mark, **fields: Any) -> Any:
    data = {"organisation": mark.organisation.code, "version": mark.version} | fields
    return client.post(f"/evaluation/sheets/{sheet.pk}/marks/", data, headers={"hx-request": "true"})


def fill(sheet: MarkSheet, value: str = "88.5", leave: int = 0) -> None:
    """Set every cell but the last `leave` straight in the table, each below full with its sentence (扣分原因)."""
    marks = list(sheet.marks.order_by("order"))
    for mark in marks[: len(marks) - leave]:
        mark.value, mark.version = Decimal(value), mark.version + 1
        if mark.value < mark.full_mark and not sheet.indicator.offline_only:
            mark.problems = mark.problems or WHY_LESS
    Mark.objects.bulk_update(marks, ["value", "version", "problems"])


def move_window(code: str, days: float) -> None:
    """Shift the four dates of a period by days."""
    period = Period.objects.get(code=code)
    for name in ("starts_at", "due_at", "late_until", "locks_at"):
        setattr(period, name, getattr(period, name) + timedelta(days=days))
    period.save()


def file(client: Client, sheet: MarkSheet, **data: object) -> Any:
    """报送 by the page."""
    row = MarkSheet.objects.get(pk=sheet.pk)
    sent = {"version": row.version, "reason": "与检查记录一致"} | data
    return client.post(f"/evaluation/sheets/{sheet.pk}/file/", sent)


def seen_at(sheet: MarkSheet, numbers: Iterable[int], version: int | None = None) -> list[str]:
    """Cells by their place, each with the version that is looked at, as the forms for many rows send them."""
    cells = [cell(sheet, number) for number in numbers]
    return [f"{one.pk}:{one.version if version is None else version}" for one in cells]
