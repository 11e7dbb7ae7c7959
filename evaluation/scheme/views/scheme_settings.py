"""方案设置: what the text leaves open, kept by the office."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.scheme.access.drafts import schemes_visible_to
from evaluation.scheme.access.office import require_office
from evaluation.scheme.forms import SchemeSettingsForm
from evaluation.scheme.services import change_settings
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    scheme = one_of(schemes_visible_to(actor).filter(year=year, track=track), "没有这一年、这一类别的考评方案。")
    require_office(actor, Verb.KEEP_SETTINGS, track=scheme.track)
    if request.method != "POST":
        return render(
            request, "evaluation/scheme/scheme_settings.html", {"scheme": scheme, "form": SchemeSettingsForm.of(scheme)}
        )
    form, status = SchemeSettingsForm(request.POST), 422
    if form.is_valid():
        values = dict(form.cleaned_data)
        version, reason = values.pop("version"), values.pop("reason")
        try:
            change_settings(actor=actor, scheme_id=scheme.pk, version=version, values=values, reason=reason, at=at)
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect("evaluation:scheme", year=year, track=track)
    return render(request, "evaluation/scheme/scheme_settings.html", {"scheme": scheme, "form": form}, status=status)
