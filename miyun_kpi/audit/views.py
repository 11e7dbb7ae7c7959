from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.audit import queries, services
from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.forms import FilterForm
from miyun_kpi.audit.telling import Teller, readable
from miyun_kpi.audit.wording import WORDS, act_words, word_of
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
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    told = Teller(page, request.actor)
    context = {
        "form": form,
        "acts": act_words(values["action"]),
        "page": page,
        "rows": list(zip(page, told.sentences(), told.details(), strict=True)),
        "words": sorted(set(WORDS.values())),
    }
    return render(request, "audit/entries.html", context, status=200 if readable else 422)


@require_safe
def entry(request: KpiRequest, seq: int) -> HttpResponse:
    require_reader(request.actor)
    row = queries.entry(seq)
    told = Teller([row], request.actor)
    context = {
        "row": row,
        "word": word_of(row.action),
        "sentence": told.sentences()[0],
        "details": told.details()[0],
        "thing": told.things()[0],
        "readable": readable(row),
    }
    return render(request, "audit/entry.html", context)


@never_cache
@require_POST
def verify(request: KpiRequest) -> HttpResponse:
    """The answer is the result, to be printed: it holds for this moment and has no address of its own."""
    now = timezone.now()
    found = services.verify_chain(actor=request.actor, at=now)
    return render(request, "audit/verified.html", {"found": found, "now": now})
