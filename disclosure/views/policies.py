"""The ratio of 主动公开 over time, and the way from a meeting or an interpretation to the duty it fulfils."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disclosure import access
from disclosure.enums import APP, DOCUMENT
from disclosure.rules.duties import fulfilled
from disclosure.rules.ratio import Policy, series
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import reports_visible_to
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.registers.queries.records import doubted
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.requests import KpiRequest


@require_safe
def ratio(request: KpiRequest) -> HttpResponse:
    """Of the documents the viewer may see."""
    found = access.visible_records(request.actor).filter(kind=f"{APP}.policies")
    today = timezone.localdate()
    kind, _ = kind_by(APP, "policies")
    unsure = doubted(kind)
    listed = list(found.order_by("number"))
    rows = [row for row in listed if row.pk not in unsure]
    policies = [
        Policy(
            date.fromisoformat(row.values["made_on"]),
            date.fromisoformat(row.values["opened_on"]) if row.values.get("opened_on") else None,
        )
        for row in rows
    ]
    held = [row for row in rows if not row.values.get("opened_on")]
    points = list(reversed(series(policies, today)))
    held.sort(key=lambda row: row.values.get("next_on") or "9999")
    context = {
        "points": points,
        "held": held,
        "uncounted": len(listed) - len(rows),
        "today": today.isoformat(),
        "office": access.is_office(request.actor),
    }
    return render(request, "disclosure/ratio.html", context)


@require_safe
def duty(request: KpiRequest, record_id: int) -> HttpResponse:
    """To the report of the duty in whose span the record lies; to the duties of 14号 where none is owed."""
    row = one_of(access.visible_records(request.actor).filter(pk=record_id))
    found = fulfilled(row.kind.removeprefix(f"{APP}."), row.values)
    if found is None:
        raise NotFound
    key, period = found
    owed = reports_visible_to(request.actor).filter(
        unit__duty__key=key, unit__organisation_id=row.owner_id or 0, period=period
    )
    period_row = owed.first()
    return redirect("duties:period", period_id=period_row.pk) if period_row else redirect("duties:document", DOCUMENT)
