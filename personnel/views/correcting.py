"""录入有误还是原件有误: asked before anything of an issued notice is put right."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from personnel import access
from personnel.forms import CorrectForm
from personnel.services.correcting import correctable, draft_correction
from personnel.services.drafts import ActInput
from personnel.views.pages import names


def _page(request: KpiRequest, act_id: int, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    act = correctable(act_id)
    printed = {"person": act.person.name, "note": act.person.note, "organisation": act.position.organisation.name}
    printed |= {"title": act.position.title, "printed": act.printed, "probation_months": str(act.probation_months)}
    context = {
        "act": act,
        "form": form_of(request, CorrectForm, initial=printed),
        "original": request.method == "POST" or request.GET.get("which") == "original",
        "other": act.corrections.filter(struck_at__isnull=True).select_related("notice").first(),
        **names(),
    }
    return shown(request, "personnel/wrong.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def wrong(request: KpiRequest, act_id: int) -> HttpResponse:
    access.require_office(request.actor)
    given = sent(request, CorrectForm)
    day = given.pop("effective_on")
    made = draft_correction(
        actor=request.actor,
        act_id=act_id,
        given=ActInput(kind="", **given),
        effective_on=day,
        at=timezone.now(),
    )
    return redirect("personnel:notice", notice_id=made.pk)
