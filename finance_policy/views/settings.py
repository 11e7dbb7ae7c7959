"""Settings of 19号: the dated rows, a new one and a mistyped one, each by two persons."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from finance_policy import access
from finance_policy.forms import SettingsForm, StrikeSettingsForm
from finance_policy.models import DatedSettings
from finance_policy.queries.subsidy import held_in, settings_on
from finance_policy.rules.settings import Settings
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    today, office = timezone.localdate(), access.is_office(request.actor)
    held = settings_on(today)
    rows = []
    for row in DatedSettings.objects.all():
        initial = vars(held_in(row)) | {"version": row.version, "starts_on": row.starts_on, "basis": row.basis}
        strikes = office and row.struck_at is None
        rows.append(
            (row, form_of(request, StrikeSettingsForm, f"strike-{row.pk}", initial=initial) if strikes else None)
        )
    context = {
        "said": held.said,
        "rows": rows,
        "form": form_of(request, SettingsForm, initial=vars(held) | {"starts_on": today}),
        "office": office,
    }
    return shown(request, "finance/settings.html", context, refusal)


@page_act(_page, opens=True)
def table(request: KpiRequest) -> HttpResponse:
    decision("finance-settings").may(request.actor, {})
    given = sent(request, SettingsForm)
    made = propose(actor=request.actor, code="finance-settings", at=timezone.now(), **_with_held(given))
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(_page)
def strike(request: KpiRequest, row_id: int) -> HttpResponse:
    decision("finance-settings-strike").may(request.actor, {})
    given = _with_held(sent(request, StrikeSettingsForm, f"strike-{row_id}"))
    if given.pop("only"):
        given |= {"held": None, "starts_on": None, "basis": ""}
    made = propose(actor=request.actor, code="finance-settings-strike", row_id=row_id, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


def _with_held(given: dict[str, Any]) -> dict[str, Any]:
    """The four values as the one thing that the service takes."""
    return {"held": Settings(**{name: given.pop(name) for name in Settings.__dataclass_fields__})} | given
