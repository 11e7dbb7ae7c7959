from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.audit import queries, services
from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.forms import AnchorForm, FilterForm, ReasonForm
from miyun_kpi.audit.streams import stream_words
from miyun_kpi.audit.telling import Teller, readable
from miyun_kpi.audit.wording import WORDS, act_words, is_unknown, word_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import portion
from miyun_kpi.requests import KpiRequest

PER_PAGE = 50


@require_safe
def entries(request: KpiRequest) -> HttpResponse:
    require_reader(request.actor)
    form = FilterForm(request.GET)
    readable = form.is_valid()
    since, before = form.limits()
    values = {name: form.cleaned_data.get(name, "").strip() for name in ("action", "subject", "actor")}
    found = queries.entries(**values, since=since, before=before)
    page = portion(found, request.GET, PER_PAGE)
    told = Teller(page, request.actor)
    context = {
        "form": form,
        "acts": act_words(values["action"]),
        "page": page,
        "rows": list(zip(page, told.sentences(), told.details(), strict=True)),
        "words": sorted(set(WORDS.values())),
        "unknown": values["action"] if is_unknown(values["action"]) else "",
    }
    return render(request, "audit/entries.html", context, status=200 if readable else 422)


@never_cache
@require_safe
def entry(request: KpiRequest, seq: int) -> HttpResponse:
    return entry_page(request, seq)


def entry_page(
    request: KpiRequest,
    seq: int,
    refusal: Refused | None = None,
    *,
    form: ReasonForm | None = None,
    opened: bool = False,
) -> HttpResponse:
    """One entry; what is withheld only where it was `opened` with a reason (accounts/views/opening.py)."""
    require_reader(request.actor)
    row = queries.entry(seq)
    told = Teller([row], request.actor, opened=opened)
    context = {
        "withheld": seq in told.withheld,
        "refusal": refusal,
        "form": form or ReasonForm(),
        "row": row,
        "word": word_of(row.action),
        "sentence": told.sentences()[0],
        "details": told.details()[0],
        "thing": told.things()[0],
        "readable": readable(row),
        "stream": stream_words(row.stream),
    }
    return render(request, "audit/entry.html", context, status=refusal.status if refusal else 200)


@never_cache
@require_POST
def verify(request: KpiRequest) -> HttpResponse:
    """The answer is the result, to be printed: it holds for this moment and has no address of its own."""
    now = timezone.now()
    found = services.verify_chain(actor=request.actor, at=now)
    return render(request, "audit/verified.html", {"found": found, "now": now})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def anchor(request: KpiRequest) -> HttpResponse:
    """An old master head, typed from its paper, against the chain of today."""
    require_reader(request.actor)
    form = AnchorForm(request.POST if request.method == "POST" else None)
    found, refusal = None, None
    if request.method == "POST" and form.is_valid():
        try:
            found = services.check_anchor(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            refusal = refused
    context = {
        "form": form,
        "found": found,
        "refusal": refusal,
        "page": page_asked(request.GET, queries.masters(), PER_PAGE),
    }
    return render(request, "audit/anchor.html", context, status=422 if refusal or form.errors else 200)
