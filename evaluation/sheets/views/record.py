"""记录对照: the page of the office."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.forms.record import RecordLineForm, WithdrawLineForm
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.carrying import offered_lines
from evaluation.sheets.queries.record import kept_lines, line_of, share_choices, source_choices
from evaluation.sheets.services.carrying import carry_lines
from evaluation.sheets.services.record import add_line, withdraw_line
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown, ticked


def kept_scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = one_of(Scheme.objects.issued().filter(year=year, track=track), "没有这一年、这一类别的考评方案。")
    require_office(request.actor, Verb.KEEP_SETTINGS, track=scheme.track)
    return scheme


def _withdrawing(request: KpiRequest, line: RecordLine) -> WithdrawLineForm:
    form = form_of(request, WithdrawLineForm, f"line-{line.pk}", initial={"version": line.version})
    return on_top(form, line.version)


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = kept_scheme(request, year, track)
    rows = kept_lines(scheme)
    context = {
        "scheme": scheme,
        "offered": offered_lines(scheme),
        "form": form_of(request, RecordLineForm, shares=share_choices(scheme), sources=source_choices()),
        "standing": [(row, _withdrawing(request, row.line)) for row in rows if row.line.withdrawn_at is None],
        "gone": [row for row in rows if row.line.withdrawn_at is not None],
    }
    return shown(request, "evaluation/sheets/record_lines.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def lines(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = kept_scheme(request, year, track)
    given = sent(request, RecordLineForm, shares=share_choices(scheme), sources=source_choices())
    provider, _, source = given["source"].partition(":")
    add_line(
        actor=request.actor,
        figure_id=given["share"],
        provider=provider,
        source=source,
        basis=given["basis"],
        assumed=given["assumed"],
        at=timezone.now(),
    )
    return redirect("evaluation:record-lines", year=year, track=track)


@page_act(_page)
def withdraw(request: KpiRequest, year: int, track: str, line_id: int) -> HttpResponse:
    line = line_of(kept_scheme(request, year, track), line_id)
    given = sent(request, WithdrawLineForm, f"line-{line.pk}")
    withdraw_line(
        actor=request.actor, line_id=line.pk, version=given["version"], reason=given["reason"], at=timezone.now()
    )
    return redirect("evaluation:record-lines", year=year, track=track)


@page_act(_page)
def carry(request: KpiRequest, year: int, track: str) -> HttpResponse:
    chosen = [pk for pk, _ in ticked(request, "line")]
    carry_lines(actor=request.actor, scheme_id=kept_scheme(request, year, track).pk, lines=chosen, at=timezone.now())
    return redirect("evaluation:record-lines", year=year, track=track)
