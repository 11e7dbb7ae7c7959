"""考评细则: read by those evaluated, kept by the evaluator."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Figure
from evaluation.sheets import access
from evaluation.sheets.models.marks import Rulebook
from evaluation.sheets.queries.rulebooks import listed_shares, versions_of
from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.enums import TRACK_CHOICES
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown, version_of

SPARE_LINES = 5


@require_safe
def rulebooks(request: KpiRequest) -> HttpResponse:
    """Items one marks or is marked under, each with its newest 考评细则."""
    track = request.GET.get("track", "")
    listed = listed_shares(access.shares_visible_to(request.actor), track=track)
    rows = [(one, access.may_keep_rulebook(request.actor, one.figure)) for one in listed]
    context = {
        "rows": rows,
        "tracks": TRACK_CHOICES,
        "track": track,
        "written": sum(bool(one.newest) for one in listed),
    }
    return render(request, "evaluation/sheets/rulebooks.html", context)


def _page(request: KpiRequest, figure_id: int, refusal: Refused | None = None) -> HttpResponse:
    """All versions of a share, and for its evaluator the form of the next one."""
    share = access.visible_share(request.actor, figure_id)
    versions = versions_of(share)
    context = {
        "share": share,
        "versions": [(version, list(version.lines.all())) for version in versions],
        "keeps": access.may_keep_rulebook(request.actor, share),
        **_form(request, share, versions),
    }
    return shown(request, "evaluation/sheets/rulebook.html", context, refusal)


@page_act(_page, opens=True)
def rulebook(request: KpiRequest, figure_id: int) -> HttpResponse:
    access.visible_share(request.actor, figure_id)
    publish_rulebook(
        actor=request.actor,
        figure_id=figure_id,
        title=request.POST.get("title", "").replace("\x00", ""),
        lines=_lines(request),
        seen_number=version_of(request, "seen"),
        at=timezone.now(),
    )
    return redirect("evaluation:rulebook", figure_id=figure_id)


def _form(request: KpiRequest, share: Figure, versions: list[Rulebook]) -> dict[str, object]:
    """What stands in the form: what was typed, else the newest version, with a few empty lines after it."""
    if request.method == "POST":
        lines = [(line.text, line.points) for line in _lines(request)]
        return {"title": request.POST.get("title", ""), "lines": lines, "seen": request.POST.get("seen", "0")}
    newest = versions[0] if versions else None
    lines = (
        [(line.text, "" if line.points is None else plain(line.points)) for line in newest.lines.all()]
        if newest
        else []
    )
    title = newest.title if newest else f"{share.indicator.short_name}考评细则" if share.indicator else ""
    return {"title": title, "lines": lines + [("", "")] * SPARE_LINES, "seen": newest.number if newest else 0}


def _lines(request: KpiRequest) -> list[LineInput]:
    texts, points = request.POST.getlist("text"), request.POST.getlist("points")
    if len(texts) != len(points) or len(texts) > 200:
        raise Malformed("bad-request", "这次提交的内容读不懂，没有发布。请刷新页面后再试。")
    return [LineInput(text.replace("\x00", ""), point) for text, point in zip(texts, points, strict=True)]
