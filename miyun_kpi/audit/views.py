import json

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.audit import queries, services
from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.forms import FilterForm
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.wording import WORDS, word_of
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
    context = {
        "form": form,
        "page": page,
        "rows": [(entry, word_of(entry.action)) for entry in page],
        "words": sorted(WORDS.items()),
    }
    return render(request, "audit/entries.html", context, status=200 if readable else 422)


@require_safe
def entry(request: KpiRequest, seq: int) -> HttpResponse:
    require_reader(request.actor)
    row = queries.entry(seq)
    context = {"row": row, "word": word_of(row.action), "data": _spread(row)}
    return render(request, "audit/entry.html", context)


def _spread(row: AuditEntry) -> str:
    """The data on several lines; as stored where it cannot be read, which only tampering can bring about."""
    try:
        return json.dumps(json.loads(row.data), ensure_ascii=False, indent=2)
    except ValueError:
        return row.data


@never_cache
@require_POST
def verify(request: KpiRequest) -> HttpResponse:
    """The answer is the result, to be printed: it holds for this moment and has no address of its own."""
    now = timezone.now()
    found = services.verify_chain(actor=request.actor, at=now)
    return render(request, "audit/verified.html", {"found": found, "now": now})
