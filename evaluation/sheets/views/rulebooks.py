"""考评细则: read by those evaluated, kept by the evaluator."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Figure
from evaluation.sheets import access
from evaluation.sheets.models.marks import Rulebook, RulebookLine
from evaluation.sheets.queries.carried_rules import ended_rules, offered_counts, rules_before
from evaluation.sheets.queries.methods import number_columns, own_tables
from evaluation.sheets.queries.rulebooks import listed_shares, printed_lines, tried_on_the_last, versions_of
from evaluation.sheets.rules.declaring import Typed, typed_of
from evaluation.sheets.rules.methods import KINDS, TAKES, method_of
from evaluation.sheets.services.rulebooks import (
    LineInput,
    carried_lines,
    line_input,
    publish_rulebook,
    tried_lines,
    withdraw_line,
)
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.organisations.enums import TRACK_CHOICES
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import keep_typed, page_act, shown, ticked, typed_again, version_of

SPARE_LINES = 5
# In the order of `Typed`.
METHOD_FIELDS = [f"m-{name}" for name in Typed.__dataclass_fields__]


@require_safe
def rulebooks(request: KpiRequest) -> HttpResponse:
    """Items one marks or is marked under, each with its newest 考评细则."""
    track = request.GET.get("track", "")
    listed = listed_shares(access.shares_visible_to(request.actor), track=track)
    rows = [(one, access.may_keep_rulebook(request.actor, one.figure)) for one in listed]
    counts = offered_counts([one.figure for one, keeps in rows if keeps and one.newest is None])
    context = {
        "rows": [(one, keeps, counts.get(one.figure.pk)) for one, keeps in rows],
        "ended": ended_rules(request.actor.organisation_id) if request.actor.may(Verb.KEEP_RULEBOOK) else [],
        "tracks": TRACK_CHOICES,
        "track": track,
        "written": sum(bool(one.newest) for one in listed),
    }
    return render(request, "evaluation/sheets/rulebooks.html", context)


def _page(request: KpiRequest, figure_id: int, refusal: Refused | None = None) -> HttpResponse:
    """All versions of a share, and for its evaluator the form of the next one, tried on the last period where asked."""
    share = access.visible_share(request.actor, figure_id)
    versions = versions_of(share)
    keeps = access.may_keep_rulebook(request.actor, share)
    before = rules_before(share) if keeps else None
    context = {
        "share": share,
        "before": before,
        "ticked": request.POST.getlist("rule"),
        "standing": {str(one.continues_id) for one in versions[0].lines.all()} if versions else set(),
        "versions": printed_lines(versions),
        "keeps": keeps,
        "tables": [(one, number_columns(one)) for one in own_tables(share)] if keeps else [],
        "kinds": KINDS.items(),
        "takes": TAKES.items(),
        "tried": typed_again(request).get("tried"),
        "withdrawing": typed_again(request).get("withdrawing"),
        "why": typed_again(request).get("why", ""),
        **_form(request, share, versions),
    }
    return shown(request, "evaluation/sheets/rulebook.html", context, refusal)


@page_act(_page, opens=True)
def rulebook(request: KpiRequest, figure_id: int) -> HttpResponse:
    """A POST publishes the next version, with `try` shows what its methods would have given in the last period, or with
    `carry` puts ticked lines of the year before into the form.
    """
    share = access.visible_share(request.actor, figure_id)
    if "carry" in request.POST:
        chosen, typed = ticked(request, "rule"), _lines(request)
        lines = carried_lines(actor=request.actor, figure_id=figure_id, chosen=chosen, typed=typed)
        keep_typed(request, lines=lines + [LineInput("")] * SPARE_LINES)
        return _page(request, figure_id)
    if "try" in request.POST:
        declared = tried_lines(actor=request.actor, figure_id=figure_id, lines=_lines(request))
        keep_typed(request, tried=tried_on_the_last(share, declared))
        return _page(request, figure_id)
    publish_rulebook(
        actor=request.actor,
        figure_id=figure_id,
        title=request.POST.get("title", "").replace("\x00", ""),
        lines=_lines(request),
        seen_number=version_of(request, "seen"),
        at=timezone.now(),
    )
    return redirect("evaluation:rulebook", figure_id=figure_id)


@page_act(_page)
def withdraw(request: KpiRequest, figure_id: int, line_id: int) -> HttpResponse:
    access.visible_share(request.actor, figure_id)
    reason = request.POST.get("reason", "").replace("\x00", "")
    keep_typed(request, withdrawing=line_id, why=reason)
    withdraw_line(actor=request.actor, figure_id=figure_id, line_id=line_id, reason=reason, at=timezone.now())
    return redirect("evaluation:rulebook", figure_id=figure_id)


def _form(request: KpiRequest, share: Figure, versions: list[Rulebook]) -> dict[str, object]:
    """What stands in the form: what was typed, else the newest version, with a few empty lines after it."""
    newest = versions[0] if versions else None
    if request.method == "POST" and "seen" in request.POST:
        lines = typed_again(request).get("lines") or _lines(request)
        return {"title": request.POST.get("title", ""), "lines": lines, "seen": request.POST.get("seen", "0")}
    lines = [_typed_line(line) for line in newest.lines.all() if not line.withdrawn_at] if newest else []
    title = newest.title if newest else f"{share.indicator.short_name}考评细则" if share.indicator else ""
    return {"title": title, "lines": lines + [LineInput("")] * SPARE_LINES, "seen": newest.number if newest else 0}


def _typed_line(line: RulebookLine) -> LineInput:
    method = typed_of(method_of(line.method)) if line.method else Typed()
    return line_input(line, method, str(line.continues_id or ""))


def _lines(request: KpiRequest) -> list[LineInput]:
    """Parallel lists: text and limit of each line, and where the page offers methods a list for each of their parts."""
    methods = [name for name in METHOD_FIELDS if name in request.POST]
    names = ["text", "points", *(["continues"] if "continues" in request.POST else []), *methods]
    lists = [request.POST.getlist(name) for name in names]
    if len({len(one) for one in lists}) != 1 or len(lists[0]) > 200 or len(methods) not in (0, len(METHOD_FIELDS)):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有发布。请刷新页面后再试。")
    sure, read = request.POST.getlist("sure"), []
    for row in zip(*lists, strict=True):
        text, points, *rest = (part.replace("\x00", "") for part in row)
        source = rest.pop(0) if "continues" in names else ""
        read.append(LineInput(text, points, Typed(*rest), source, bool(source) and source in sure))
    return read
